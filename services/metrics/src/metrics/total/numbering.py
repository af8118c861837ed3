"""Small numbers for sellers and sets of dimensions, given once and remembered by the process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.facts import Dimensions, dimensions_digest
from metrics.attribution.use_cases import attribute_new_sellers
from metrics.total.tables import Dimension, Seller
from service_chassis.bulk import insert_into, read_rows
from service_chassis.unit_of_work import UnitOfWork

Reported = tuple[str, Dimensions]
"""A platform and the dimensions it reported."""

MOST_REMEMBERED = 200_000
_MOST_VALUES = 5_000
_FRESH = "metrics.numbers_of_this_transaction"


class Numbered(NamedTuple):
    """What a fact's dimensions are in the totals, and their digest in its content."""

    digest: bytes
    seller_id: int
    dimension_id: int
    platform: str
    currency: str


@dataclass(slots=True)
class Numbers:
    """Numbers by what they stand for."""

    sellers: dict[str, int] = field(default_factory=dict)
    dimensions: dict[bytes, int] = field(default_factory=dict)
    reported: dict[Reported, Numbered] = field(default_factory=dict)


# By engine: a process may hold several databases, and tests hold many.
_REMEMBERED: WeakKeyDictionary[object, Numbers] = WeakKeyDictionary()


async def number(uow: UnitOfWork, wanted: Iterable[Reported]) -> Mapping[Reported, Numbered]:
    """Number what was reported; what is new gets its numbers in this transaction.

    Only numbers that another transaction has committed are remembered: this one may be rolled back.
    """
    known = _REMEMBERED.setdefault(uow.session.sync_session.get_bind(), Numbers())
    if len(known.reported) > MOST_REMEMBERED:
        known.reported.clear()
    fresh: Numbers = uow.session.info.setdefault(_FRESH, Numbers())
    found: dict[Reported, Numbered] = {}
    missing: list[Reported] = []
    for reported in wanted:
        numbered = known.reported.get(reported) or fresh.reported.get(reported)
        if numbered is None:
            missing.append(reported)
        else:
            found[reported] = numbered
    if not missing:
        return found
    digests = {reported: _digest(*reported) for reported in missing}
    await _number_sellers(uow, known, fresh, {dimensions.seller_uscc for _, dimensions in missing})
    await _number_dimensions(uow, known, fresh, digests)
    for reported, digest in digests.items():
        platform, dimensions = reported
        seller_id = known.sellers.get(dimensions.seller_uscc)
        dimension_id = known.dimensions.get(digest)
        lasting = seller_id is not None and dimension_id is not None
        numbered = Numbered(
            dimensions_digest(dimensions),
            seller_id or fresh.sellers[dimensions.seller_uscc],
            dimension_id or fresh.dimensions[digest],
            platform,
            dimensions.currency,
        )
        (known if lasting else fresh).reported[reported] = numbered
        found[reported] = numbered
    return found


async def _number_sellers(uow: UnitOfWork, known: Numbers, fresh: Numbers, codes: set[str]) -> None:
    unknown = sorted(codes - known.sellers.keys() - fresh.sellers.keys())
    known.sellers |= await _sellers(uow.session, unknown)
    unknown = [code for code in unknown if code not in known.sellers]
    new: dict[str, int] = {}
    # Sorted, so that two workers that meet the same new sellers wait for each other in one order.
    for start in range(0, len(unknown), _MOST_VALUES):
        inserted = await uow.session.execute(
            insert_into(uow.session, Seller)
            .values([{"uscc": code} for code in unknown[start : start + _MOST_VALUES]])
            .on_conflict_do_nothing()
            .returning(Seller.uscc, Seller.id)
        )
        new |= {code: number for code, number in inserted}  # noqa: C416 - rows are no pairs to mypy
    fresh.sellers |= new
    fresh.sellers |= await _sellers(uow.session, [code for code in unknown if code not in new])
    if new:
        await attribute_new_sellers(uow, sorted((number, code) for code, number in new.items()))


async def _sellers(session: AsyncSession, codes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), _MOST_VALUES):
        part = codes[start : start + _MOST_VALUES]
        rows = await session.execute(select(Seller.uscc, Seller.id).where(Seller.uscc.in_(part)))
        found |= {code: number for code, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return found


async def _number_dimensions(
    uow: UnitOfWork, known: Numbers, fresh: Numbers, digests: Mapping[Reported, bytes]
) -> None:
    rows = {
        digest: reported
        for reported, digest in digests.items()
        if digest not in known.dimensions and digest not in fresh.dimensions
    }
    known.dimensions |= await _dimensions(uow.session, sorted(rows))
    unknown = [digest for digest in sorted(rows) if digest not in known.dimensions]
    for start in range(0, len(unknown), _MOST_VALUES // 4):
        await uow.session.execute(
            insert_into(uow.session, Dimension)
            .values(
                [
                    _columns(*rows[digest]) | {"digest": digest}
                    for digest in unknown[start : start + _MOST_VALUES // 4]
                ]
            )
            .on_conflict_do_nothing()
        )
    fresh.dimensions |= await _dimensions(uow.session, unknown)


async def _dimensions(session: AsyncSession, digests: list[bytes]) -> dict[bytes, int]:
    table = Dimension.metadata.tables[Dimension.__tablename__]
    found = await read_rows(session, table, "digest", digests, ("digest", "id"))
    return {bytes(digest): number for digest, number in found}


def _columns(platform: str, dimensions: Dimensions) -> dict[str, str | None]:
    return {
        "platform": platform,
        "buyer_type": dimensions.buyer_type,
        "channel": dimensions.channel,
        "trade_mode": dimensions.trade_mode,
        "trade_flow": dimensions.trade_flow,
        "customs_mode": dimensions.customs_mode,
        "goods_kind": dimensions.goods_kind,
        "category": dimensions.category,
        "currency": dimensions.currency,
        "attribution": dimensions.attribution,
    }


def _digest(platform: str, dimensions: Dimensions) -> bytes:
    values = _columns(platform, dimensions).values()
    canonical = "\0".join("\1" if value is None else value for value in values)
    return blake2b(canonical.encode(), digest_size=16).digest()
