"""The base of livestream-supply's tables, and the feeds that callers read by cursor."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, CheckConstraint, MetaData, String, bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_chassis.bulk import insert_missing
from service_chassis.columns import NAMING


class LivestreamSupplyTable(DeclarativeBase):
    """Rows of livestream-supply."""

    metadata = MetaData(naming_convention=NAMING)


def integers(*columns: str) -> tuple[CheckConstraint, ...]:
    """SQLite would store a fraction in an integer column; money must not meet that."""
    return tuple(
        CheckConstraint(f"typeof({column}) = 'integer'", name=f"{column}_integer").ddl_if(
            dialect="sqlite"
        )
        for column in columns
    )


class Feed(LivestreamSupplyTable):
    """The last position given out to a platform's news (receipts, rejections, conflicts).

    Taking positions locks the row until the commit, so positions become visible in their order: a
    reader who has seen one will never be shown a smaller one later.
    """

    __tablename__ = "feed"

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)


_FEED = LivestreamSupplyTable.metadata.tables["feed"]
# Built once: building a statement costs as much as running it.
_ADVANCE = (
    update(_FEED)
    .where(_FEED.c.platform == bindparam("of"))
    .values(position=_FEED.c.position + bindparam("by"))
    .returning(_FEED.c.position)
)


async def take_positions(session: AsyncSession, wanted: Mapping[str, int]) -> dict[str, int]:
    """The first of so many fresh positions for each platform.

    Call it as late as possible: others who write for the same platform wait until the commit.
    """
    # Sorted, so that two transactions lock the rows in the same order.
    return {
        platform: await _advanced(session, platform, wanted[platform]) - wanted[platform] + 1
        for platform in sorted(wanted)
    }


async def _advanced(session: AsyncSession, platform: str, by: int) -> int:
    connection = await session.connection()
    last = await connection.scalar(_ADVANCE, {"of": platform, "by": by})
    if last is None:
        await insert_missing(session, _FEED, [{"platform": platform, "position": 0}])
        last = (await connection.execute(_ADVANCE, {"of": platform, "by": by})).scalar_one()
    return int(last)
