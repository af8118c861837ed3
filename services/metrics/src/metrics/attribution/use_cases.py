"""Working out where sellers belong, whenever a seller is new or registry has news of one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, or_, select

from metrics.attribution.rules import Belonging, Span, Stay, spans
from metrics.attribution.tables import (
    AttributionTurn,
    Enterprise,
    Place,
    SellerOwner,
    SellerSpan,
    Tenancy,
)
from metrics.change.use_cases import note_changed_attribution, note_moved_sellers
from metrics.total.rules.grains import DAY, day_of, month_slot
from metrics.total.tables import Seller
from service_chassis.bulk import insert_missing
from service_chassis.unit_of_work import UnitOfWork

AT_A_TIME = 1_000


async def take_turn(uow: UnitOfWork) -> None:
    """Wait until nobody else works out who was where, and keep others waiting."""
    await insert_missing(uow.session, AttributionTurn, [{"id": 1}])
    await uow.session.execute(select(AttributionTurn.id).with_for_update())


async def attribute_new_sellers(uow: UnitOfWork, sellers: Sequence[tuple[int, str]]) -> None:
    """Give spans to sellers (id, code) that this transaction has made."""
    if sellers:
        await take_turn(uow)
        await _attribute(uow, dict(sellers))


async def reattribute(uow: UnitOfWork, enterprises: Iterable[str]) -> None:
    """Work out anew the sellers that are these enterprises or were merged into them."""
    await take_turn(uow)
    for codes in _parts(sorted(set(enterprises))):
        merged = select(Enterprise.uscc).where(Enterprise.merged_into.in_(codes))
        found = await uow.session.execute(
            select(Seller.id, Seller.uscc).where(
                or_(Seller.uscc.in_(codes), Seller.uscc.in_(merged))
            )
        )
        await _attribute(uow, _as_dict(found))
    await note_changed_attribution(uow)


async def reattribute_everyone(uow: UnitOfWork) -> None:
    """Work out every seller anew, after a snapshot of registry has taken rows away."""
    await take_turn(uow)
    found = await uow.session.execute(select(Seller.id, Seller.uscc))
    await _attribute(uow, _as_dict(found))
    await note_changed_attribution(uow)


async def _attribute(uow: UnitOfWork, sellers: Mapping[int, str]) -> None:
    for part in _parts(sorted(sellers)):
        await _write(uow, {number: sellers[number] for number in part})


async def _write(uow: UnitOfWork, sellers: Mapping[int, str]) -> None:
    session = uow.session
    owners = await _owners(uow, sellers)
    stays = await _stays(uow, set(owners.values()))
    regions = await _regions(uow, set(owners.values()))
    found = {
        number: spans(stays.get(owner, ()), Belonging(region_code=regions.get(owner)))
        for number, owner in owners.items()
    }
    places = await _places(uow, {span.belonging for each in found.values() for span in each})
    rows = [
        _row(number, span, places[span.belonging.name])
        for number, each in found.items()
        for span in each
    ]
    if not await _note_differences(uow, owners, rows):
        return
    await session.execute(delete(SellerSpan).where(SellerSpan.seller_id.in_(list(sellers))))
    await session.execute(delete(SellerOwner).where(SellerOwner.seller_id.in_(list(sellers))))
    await session.execute(
        insert(SellerOwner),
        [{"seller_id": number, "enterprise_uscc": owner} for number, owner in owners.items()],
    )
    await session.execute(insert(SellerSpan), rows)


async def _note_differences(
    uow: UnitOfWork, owners: Mapping[int, str], rows: Sequence[dict[str, Any]]
) -> bool:
    """Note the months in which somebody is elsewhere than before; False when nothing differs."""
    sellers = sorted(owners)
    columns = (SellerSpan.seller_id, SellerSpan.from_slot, SellerSpan.to_slot, SellerSpan.place_id)
    spans_before = await uow.session.execute(
        select(*columns).where(SellerSpan.seller_id.in_(sellers), SellerSpan.resolution == DAY)
    )
    before = {tuple(row) for row in spans_before}
    after = {
        tuple(row[column.key] for column in columns) for row in rows if row["resolution"] == DAY
    }
    owners_before = await uow.session.execute(
        select(SellerOwner.seller_id, SellerOwner.enterprise_uscc).where(
            SellerOwner.seller_id.in_(sellers)
        )
    )
    differing = before ^ after
    if differing and before:
        first = month_slot(day_of(min(span[1] for span in differing)))
        last = month_slot(day_of(max(span[2] for span in differing)))
        await note_moved_sellers(uow, first, last)
    return bool(differing) or _as_dict(owners_before) != owners


def _row(seller_id: int, span: Span, place_id: int) -> dict[str, Any]:
    return {
        "seller_id": seller_id,
        "resolution": span.resolution,
        "grain": span.grain,
        "from_slot": span.first,
        "to_slot": span.last,
        "place_id": place_id,
    }


async def _owners(uow: UnitOfWork, sellers: Mapping[int, str]) -> dict[int, str]:
    """The enterprise each seller's figures are those of."""
    merged = await uow.session.execute(
        select(Enterprise.uscc, Enterprise.merged_into).where(
            Enterprise.uscc.in_(sorted(sellers.values())), Enterprise.merged_into.is_not(None)
        )
    )
    became = _as_dict(merged)
    return {number: became.get(code, code) for number, code in sellers.items()}


async def _stays(uow: UnitOfWork, enterprises: set[str]) -> dict[str, list[Stay]]:
    rows = await uow.session.execute(
        select(
            Tenancy.enterprise_uscc, Tenancy.moved_in_on, Tenancy.left_on, Tenancy.park_code
        ).where(
            Tenancy.enterprise_uscc.in_(sorted(enterprises)),
            Tenancy.counting,
            Tenancy.moved_in_on.is_not(None),
        )
    )
    stays: defaultdict[str, list[Stay]] = defaultdict(list)
    for code, moved_in_on, left_on, park_code in rows:
        if moved_in_on:
            stays[code].append(Stay(moved_in_on, left_on, park_code))
    return stays


async def _regions(uow: UnitOfWork, enterprises: set[str]) -> dict[str, str]:
    rows = await uow.session.execute(
        select(Enterprise.uscc, Enterprise.region_code).where(
            Enterprise.uscc.in_(sorted(enterprises))
        )
    )
    return _as_dict(rows)


async def _places(uow: UnitOfWork, belongings: Iterable[Belonging]) -> dict[str, int]:
    wanted = {belonging.name: belonging for belonging in belongings}
    query = select(Place.name, Place.id).where(Place.name.in_(sorted(wanted)))
    known = _as_dict(await uow.session.execute(query))
    missing = [wanted[name] for name in sorted(wanted) if name not in known]
    if missing:
        await insert_missing(
            uow.session,
            Place,
            [
                {
                    "name": belonging.name,
                    "park_code": belonging.park_code,
                    "region_code": belonging.region_code,
                }
                for belonging in missing
            ],
        )
        known = _as_dict(await uow.session.execute(query))
    return known


def _as_dict(rows: Iterable[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in rows}


def _parts(codes: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(codes)
    while part := list(islice(rest, AT_A_TIME)):
        yield part
