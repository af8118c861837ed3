"""The totals and the two lists of small numbers they are keyed by."""

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from metrics.tables import MetricsTable, integers


class Seller(MetricsTable):
    """A seller that facts have named, by a small number; 0 in a total means all of them."""

    __tablename__ = "seller"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)


class Dimension(MetricsTable):
    """A set of dimensions that facts have had, by a small number; measures select such sets."""

    __tablename__ = "dimension"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    """BLAKE2b of the other columns, because absent values never collide in a unique index."""
    platform: Mapped[str] = mapped_column(String(32), index=True)
    buyer_type: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    trade_mode: Mapped[str] = mapped_column(String(8))
    trade_flow: Mapped[str] = mapped_column(String(8))
    customs_mode: Mapped[str | None] = mapped_column(String(32))
    goods_kind: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(32))
    currency: Mapped[str] = mapped_column(String(3))
    attribution: Mapped[str | None] = mapped_column(String(16))


class Total(MetricsTable):
    """How many facts of a kind, and how much money, one slot of a grain holds.

    `grain` and `slot` are those of `metrics.total.rules.grains`; `kind` is the position in
    `event_contracts.facts.KINDS`, of originals only.
    """

    __tablename__ = "total"
    __table_args__ = (
        *integers("count", "amount"),
        # Room for the new version of a row on its own page: an upsert then touches no index.
        {"postgresql_with": {"fillfactor": "70"}, "sqlite_with_rowid": False},
    )

    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seller_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    dimension_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minor units of the dimension's currency."""
