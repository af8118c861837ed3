"""Small numbers for sellers and sets of dimensions, given once and remembered by the process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.facts import Dimensions, dimensions_digest
from metrics.attribution.use_cases import attribute_new_sellers
from metrics.total.grains import Int64s
from metrics.total.tables import Dimension, Seller
from service_chassis.bulk import insert_into, read_rows
from service_chassis.unit_of_work import UnitOfWork

Asked = tuple[str, Sequence[Dimensions]]
"""A platform and dimensions that it reported."""

MOST_REMEMBERED = 500_000
_MOST_VALUES = 5_000
_FRESH = "metrics.numbers_of_this_transaction"


class Named(NamedTuple):
    """What a number of a set of dimensions stands for, as far as partners are told totals."""

    platform: str
    currency: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """The numbers of dimensions, in the order asked, and their digests in the content of facts."""

    digest: list[bytes]
    seller_id: Int64s
    dimension_id: Int64s


class Numbers:
    """Numbers by what they stand for.

    Columns and places in them instead of an object an entry: half a million objects would make
    every full garbage collection as long as a transaction.
    """

    def __init__(self) -> None:
        self.sellers: dict[str, int] = {}
        self.dimensions: dict[bytes, int] = {}
        self.names: dict[int, Named] = {}
        self.places: dict[str, dict[tuple[str | None, ...], int]] = {}
        self.digest: list[bytes] = []
        self._ids = np.empty((1_024, 2), np.int64)

    def enter(
        self, platform: str, dimensions: Dimensions, seller_id: int, dimension_id: int
    ) -> None:
        """Remember what this platform's dimensions are."""
        place = len(self.digest)
        if place == len(self._ids):
            self._ids = np.concatenate([self._ids, np.empty_like(self._ids)])
        self._ids[place] = seller_id, dimension_id
        self.digest.append(dimensions_digest(dimensions))
        # A plain tuple, which the garbage collector stops following.
        self.places.setdefault(platform, {})[tuple(dimensions)] = place

    def at(self, places: Sequence[int]) -> Numbered:
        """The entries at these places."""
        ids = self._ids[np.array(places, np.int64)]
        return Numbered([self.digest[place] for place in places], ids[:, 0], ids[:, 1])

    def forget(self) -> None:
        """Make room; sellers and sets of dimensions are few enough to stay."""
        self.places.clear()
        self.digest.clear()


# By engine: a process may hold several databases, and tests hold many.
_REMEMBERED: WeakKeyDictionary[object, Numbers] = WeakKeyDictionary()


async def number(uow: UnitOfWork, asked: Sequence[Asked]) -> list[Numbered]:
    """Number what was reported; what is new gets its numbers in this transaction.

    Only numbers that another transaction has committed are remembered: this one may be rolled back.
    """
    known, fresh = _of(uow)
    if len(known.digest) > MOST_REMEMBERED:
        known.forget()
    found: list[list[int | None]] = []
    missing: dict[tuple[str, Dimensions], bytes] = {}
    for platform, dimensions in asked:
        # A dictionary a platform: a key of platform and dimensions would be hashed whole.
        own = list(map(known.places.setdefault(platform, {}).get, dimensions))
        if None in own:
            new = fresh.places.get(platform, {})
            for each in dimensions:
                if each not in known.places[platform] and each not in new:
                    missing[platform, each] = b""
        found.append(own)
    if missing:
        for reported in missing:
            missing[reported] = _digest(*reported)
        codes = {dimensions.seller_uscc for _, dimensions in missing}
        await _number_sellers(uow, known, fresh, codes)
        await _number_dimensions(uow, known, fresh, missing)
        _enter(known, fresh, missing)
    return [
        known.at(own)  # type: ignore[arg-type]
        if None not in own
        else _pick(platform, dimensions, known, fresh)
        for (platform, dimensions), own in zip(asked, found, strict=True)
    ]


def name(uow: UnitOfWork, dimension_ids: Sequence[int]) -> list[Named]:
    """What numbers given or met in this transaction stand for."""
    known, fresh = _of(uow)
    return [known.names.get(each) or fresh.names[each] for each in dimension_ids]


def _of(uow: UnitOfWork) -> tuple[Numbers, Numbers]:
    known = _REMEMBERED.setdefault(uow.session.sync_session.get_bind(), Numbers())
    return known, uow.session.info.setdefault(_FRESH, Numbers())


def _enter(known: Numbers, fresh: Numbers, missing: Mapping[tuple[str, Dimensions], bytes]) -> None:
    for (platform, dimensions), digest in missing.items():
        seller_id = known.sellers.get(dimensions.seller_uscc)
        dimension_id = known.dimensions.get(digest)
        into = fresh if seller_id is None or dimension_id is None else known
        seller_id = seller_id or fresh.sellers[dimensions.seller_uscc]
        dimension_id = dimension_id or fresh.dimensions[digest]
        into.enter(platform, dimensions, seller_id, dimension_id)
        into.names[dimension_id] = Named(platform, dimensions.currency)


def _pick(
    platform: str, dimensions: Sequence[Dimensions], known: Numbers, fresh: Numbers
) -> Numbered:
    """From both: what this transaction numbered is not among what is known."""
    lasting, new = known.places[platform], fresh.places.get(platform, {})
    own = [place for each in dimensions if (place := lasting.get(each)) is not None]
    others = [new[each] for each in dimensions if each not in lasting]
    parts = (known.at(own), fresh.at(others))
    is_new = np.array([each not in lasting for each in dimensions], np.bool_)
    # First those that are known, then the others; this puts them where they were asked.
    order = np.argsort(np.argsort(is_new, kind="stable"), kind="stable")
    digests = [*parts[0].digest, *parts[1].digest]
    return Numbered(
        [digests[place] for place in order.tolist()],
        np.concatenate([part.seller_id for part in parts])[order],
        np.concatenate([part.dimension_id for part in parts])[order],
    )


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
    uow: UnitOfWork, known: Numbers, fresh: Numbers, digests: Mapping[tuple[str, Dimensions], bytes]
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
