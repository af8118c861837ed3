"""Corrections: voids and amendments, each beside the fact it corrects."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers

WAITING, APPLIED, SUPERSEDED = range(3)
"""Its fact has not come yet; it decides what its fact says; another correction decides instead."""


class Correction(MetricsTable):
    """A fact that corrects another; it lies in the fact store like every fact."""

    __tablename__ = "correction"
    __table_args__ = (
        Index(None, "target_key"),
        Index(
            "ix_correction_waiting",
            "target_key",
            postgresql_where=text("state = 0"),
            sqlite_where=text("state = 0"),
        ),
        *integers("batch_id", "row", "state"),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    target_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    batch_id: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(Integer)
    """0 for a void."""
    row: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[int] = mapped_column(SmallInteger)
