"""The base of the tables of metrics."""

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

from service_chassis.columns import NAMING


class MetricsTable(DeclarativeBase):
    """Rows of metrics."""

    metadata = MetaData(naming_convention=NAMING)


def integers(*columns: str) -> tuple[CheckConstraint, ...]:
    """Keep SQLite, which takes any value in any column, from storing money as a float."""
    return tuple(
        CheckConstraint(f"typeof({column}) = 'integer'", name=f"{column}_integer").ddl_if(
            dialect="sqlite"
        )
        for column in columns
    )
