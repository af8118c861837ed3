"""The fact store: micro-batches as they came, and a key for every fact in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers
from service_chassis.columns import BigSerial, UtcDateTime

FACTS_GROUP = "metrics.facts"
"""The consumer group that fills these tables."""


class FactBatch(MetricsTable):
    """One message of facts, kept for ever; a fact lies at (batch, row) and never moves."""

    __tablename__ = "fact_batch"

    id: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column()
    slices: Mapped[bytes] = mapped_column(LargeBinary)
    """Whose rows these are, apart from the body so that a duplicate's first receipt is cheap."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """The bytes of the wire: columns in MessagePack under zstd."""


class FactKey(MetricsTable):
    """The identity of a fact, its content hash, and where the fact lies.

    The unique key is the judge of what counts once. A row points at the fact that stands: a
    conflict decided for the newcomer turns the pointer.
    """

    __tablename__ = "fact_key"
    __table_args__ = (
        *integers("content", "batch_id", "row"),
        # One tree instead of two.
        {"sqlite_with_rowid": False},
    )

    # The widest first: PostgreSQL then pads least, 40 bytes a row.
    content: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[int] = mapped_column(BigInteger)
    row: Mapped[int] = mapped_column(SmallInteger)
    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
