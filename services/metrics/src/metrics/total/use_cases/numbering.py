"""Small numbers for sellers and sets of dimensions, given once and remembered by the process."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.facts import Dimensions, dimensions_digest
from metrics.attribution.use_cases import attribute_new_sellers
from metrics.total.rules.numbered import Numbered
from metrics.total.tables import Dimension, Seller
from service_chassis.bulk import insert_into, read_rows
from service_chassis.unit_of_work import UnitOfWork

Asked = tuple[str, Sequence[Dimensions]]
"""A platform and dimensions that it reported."""

Narrow = tuple[str | None, ...]
"""A platform and those of its dimensions that totals tell apart, in the order of `COLUMNS`."""

COLUMNS = ("platform", *Dimensions._fields[1:10])

MOST_REMEMBERED = 500_000
_MOST_VALUES = 5_000
_FRESH = "metrics.numbers_of_this_transaction"


class Named(NamedTuple):
    """What a number of a set of dimensions stands for, as far as partners are told totals."""

    platform: str
    currency: str


class Numbers:
    """Numbers by what they stand for.

    Columns and places in them instead of an object an entry: half a million objects would make
    every full garbage collection as long as a transaction.
    """

    def __init__(self) -> None:
        self.sellers: dict[str, int] = {}
        self.dimensions: dict[Narrow, int] = {}
        self.names: dict[int, Named] = {}
        self.places: dict[str, dict[tuple[str | None, ...], int]] = {}
        # Place 0 is nobody's.
        self.digest: list[bytes] = [b""]
        self._ids = np.zeros((1_024, 2), np.int64)

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

    def without_places(self) -> "Numbers":
        """The same with room; sellers and sets of dimensions are few enough to stay.

        A new object: whoever holds places of the old one, in a transaction of this process that
        waits for its database, goes on with it.
        """
        room = Numbers()
        room.sellers, room.dimensions, room.names = self.sellers, self.dimensions, self.names
        return room


# By engine: a process may hold several databases, and tests hold many.
_REMEMBERED: WeakKeyDictionary[object, Numbers] = WeakKeyDictionary()


async def number(uow: UnitOfWork, asked: Sequence[Asked]) -> list[Numbered]:
    """Number what was reported; what is new gets its numbers in this transaction.

    Only numbers that another transaction has committed are remembered: this one may be rolled back.
    """
    known, fresh = _of(uow)
    found: list[list[int | None]] = []
    missing: dict[tuple[str, Dimensions], Narrow] = {}
    for platform, dimensions in asked:
        # A dictionary a platform: a key of platform and dimensions would be hashed whole.
        own = list(map(known.places.setdefault(platform, {}).get, dimensions))
        if None in own:
            new = fresh.places.get(platform, {})
            for each, place in zip(dimensions, own, strict=True):
                if place is None and each not in new:
                    missing[platform, each] = (platform, *each[1:10])
        found.append(own)
    if missing:
        codes = {dimensions.seller_uscc for _, dimensions in missing}
        await _number_sellers(uow, known, fresh, codes)
        await _number_dimensions(uow, known, fresh, set(missing.values()))
        _enter(known, fresh, missing)
        for (platform, dimensions), own in zip(asked, found, strict=True):
            for row, place in enumerate(own):
                if place is None:
                    own[row] = known.places[platform].get(dimensions[row])
    return [
        _pick(known, own, fresh, fresh.places.get(platform, {}), dimensions)
        for (platform, dimensions), own in zip(asked, found, strict=True)
    ]


def name(uow: UnitOfWork, dimension_ids: Sequence[int]) -> list[Named]:
    """What numbers given or met in this transaction stand for."""
    known, fresh = _of(uow)
    return [known.names.get(each) or fresh.names[each] for each in dimension_ids]


def _of(uow: UnitOfWork) -> tuple[Numbers, Numbers]:
    engine = uow.session.sync_session.get_bind()
    known = _REMEMBERED.setdefault(engine, Numbers())
    if len(known.digest) > MOST_REMEMBERED:
        known = _REMEMBERED[engine] = known.without_places()
    return known, uow.session.info.setdefault(_FRESH, Numbers())


def _enter(
    known: Numbers, fresh: Numbers, missing: Mapping[tuple[str, Dimensions], Narrow]
) -> None:
    for (platform, dimensions), narrow in missing.items():
        seller_id = known.sellers.get(dimensions.seller_uscc)
        dimension_id = known.dimensions.get(narrow)
        into = fresh if seller_id is None or dimension_id is None else known
        seller_id = seller_id or fresh.sellers[dimensions.seller_uscc]
        dimension_id = dimension_id or fresh.dimensions[narrow]
        into.enter(platform, dimensions, seller_id, dimension_id)
        into.names[dimension_id] = Named(platform, dimensions.currency)


def _pick(
    known: Numbers,
    own: list[int | None],
    fresh: Numbers,
    new: Mapping[tuple[str | None, ...], int],
    dimensions: Sequence[Dimensions],
) -> Numbered:
    """From what is known, and where that says nothing from what this transaction numbered."""
    numbered = known.at([place or 0 for place in own])
    others = [place for place, found in enumerate(own) if found is None]
    if others:
        added = fresh.at([new[dimensions[place]] for place in others])
        numbered.seller_id[others] = added.seller_id
        numbered.dimension_id[others] = added.dimension_id
        for place, digest in zip(others, added.digest, strict=True):
            numbered.digest[place] = digest
    return numbered


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
    uow: UnitOfWork, known: Numbers, fresh: Numbers, wanted: set[Narrow]
) -> None:
    unknown = wanted - known.dimensions.keys() - fresh.dimensions.keys()
    digests = {_digest(narrow): narrow for narrow in unknown}
    known.dimensions |= await _dimensions(uow.session, digests)
    new = sorted(digest for digest, narrow in digests.items() if narrow not in known.dimensions)
    for start in range(0, len(new), _MOST_VALUES // 4):
        await uow.session.execute(
            insert_into(uow.session, Dimension)
            .values(
                [
                    dict(zip(COLUMNS, digests[digest], strict=True)) | {"digest": digest}
                    for digest in new[start : start + _MOST_VALUES // 4]
                ]
            )
            .on_conflict_do_nothing()
        )
    fresh.dimensions |= await _dimensions(uow.session, {digest: digests[digest] for digest in new})


async def _dimensions(session: AsyncSession, digests: Mapping[bytes, Narrow]) -> dict[Narrow, int]:
    table = Dimension.metadata.tables[Dimension.__tablename__]
    found = await read_rows(session, table, "digest", sorted(digests), ("digest", "id"))
    return {digests[bytes(digest)]: number for digest, number in found}


def _digest(narrow: Narrow) -> bytes:
    canonical = "\0".join(["\1" if value is None else value for value in narrow])
    return blake2b(canonical.encode(), digest_size=16).digest()
