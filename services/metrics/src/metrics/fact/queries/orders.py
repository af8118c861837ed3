"""Everything known of an order."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from event_contracts.facts import VOIDED, order_prefix
from metrics.attribution.tables import Place as Where
from metrics.attribution.tables import SellerOwner, SellerSpan
from metrics.conflict.tables import Conflict
from metrics.correction.queries import Heard, Row, hear
from metrics.correction.tables import APPLIED, SUPERSEDED, WAITING
from metrics.fact.problems import OrderNotFound
from metrics.fact.queries.store import open_facts
from metrics.fact.rules.stored import Place, StoredFact
from metrics.fact.rules.times import date_of
from metrics.fact.schemas import (
    AsideView,
    Attribution,
    Content,
    CorrectionView,
    CountedAs,
    FactView,
    OrderFacts,
    State,
)
from metrics.fact.tables import FactKey
from metrics.total.rules.grains import DAY, day_slot
from metrics.total.tables import Seller

STATES: dict[int, State] = {WAITING: "waiting", APPLIED: "applied", SUPERSEDED: "superseded"}
NOWHERE = Attribution(enterprise_uscc=None, park_code=None, region_code=None)


async def order_facts(session: AsyncSession, platform: str, order_no: str) -> OrderFacts:
    """The facts of an order, where they count, and what waits or is aside."""
    prefix = order_prefix(platform, order_no)
    found = await session.execute(
        select(FactKey.key, FactKey.batch_id, FactKey.row).where(*_of_order(FactKey.key, prefix))
    )
    places = {bytes(key): Place(batch_id, row) for key, batch_id, row in found}
    aside = list(
        await session.scalars(
            select(Conflict)
            .where(*_of_order(Conflict.key, prefix), Conflict.order_no == order_no)
            .order_by(Conflict.detected_at, Conflict.id)
        )
    )
    heard = {
        key: each
        for key, each in (await hear(session, places)).items()
        # Two orders may share a prefix, though none are known to.
        if (each.fact.platform, each.fact.order_no) == (platform, order_no)
    }
    if not heard and not aside:
        raise OrderNotFound(f"{platform} reported no facts of the order {order_no!r}.")
    originals = [each for each in heard.values() if each.fact.kind < VOIDED]
    named = {row.key for each in originals for row, _ in each.corrections}
    opened = await open_facts(session, [Place(each.batch_id, each.row) for each in aside])
    where = await _attributions(session, originals)
    originals.sort(key=lambda each: (each.fact.occurred_ms, each.fact.kind, each.fact.ref or ""))
    return OrderFacts(
        platform=platform,
        order_no=order_no,
        facts=[_view(each, where) for each in originals],
        waiting=[
            CorrectionView(**_said(each.fact), state="waiting")
            for key, each in heard.items()
            if each.fact.kind >= VOIDED and key not in named
        ],
        conflicts=[
            AsideView(
                conflict_id=each.id,
                state=each.state,
                detected_at=each.detected_at,
                content=Content.of(opened[Place(each.batch_id, each.row)]),
            )
            for each in aside
        ],
    )


def _of_order(
    column: InstrumentedAttribute[bytes], prefix: bytes
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (column >= prefix + bytes(4), column <= prefix + b"\xff" * 4)


def _view(each: Heard, where: Mapping[tuple[str, int], Attribution]) -> FactView:
    standing = each.before
    counted_as = None
    if standing:
        asked = (standing.dimensions.seller_uscc, day_slot(date_of(standing.occurred_ms)))
        counted_as = CountedAs.of(standing, where.get(asked, NOWHERE))
    amended = any(row.state == APPLIED for row, _ in each.corrections)
    state: State = "void" if standing is None else "amended" if amended else "counted"
    return FactView(
        **_said(each.fact),
        state=state,
        counted_as=counted_as,
        corrections=[_correction(row, fact) for row, fact in each.corrections],
    )


def _correction(row: Row, fact: StoredFact) -> CorrectionView:
    return CorrectionView(**_said(fact), state=STATES[row.state])


def _said(fact: StoredFact) -> dict[str, object]:
    return dict(Content.of(fact))


async def _attributions(
    session: AsyncSession, heard: Collection[Heard]
) -> dict[tuple[str, int], Attribution]:
    """By seller and day slot; an order has a handful of facts."""
    found: dict[tuple[str, int], Attribution] = {}
    for each in heard:
        if not (standing := each.before):
            continue
        seller = standing.dimensions.seller_uscc
        slot = day_slot(date_of(standing.occurred_ms))
        row = (
            await session.execute(
                select(SellerOwner.enterprise_uscc, Where.park_code, Where.region_code)
                .select_from(Seller)
                .join(SellerSpan, SellerSpan.seller_id == Seller.id)
                .join(Where, Where.id == SellerSpan.place_id)
                .outerjoin(SellerOwner, SellerOwner.seller_id == Seller.id)
                .where(
                    Seller.uscc == seller,
                    SellerSpan.resolution == DAY,
                    SellerSpan.from_slot <= slot,
                    SellerSpan.to_slot >= slot,
                )
            )
        ).first()
        if row:
            found[seller, slot] = Attribution(
                enterprise_uscc=row[0], park_code=row[1], region_code=row[2]
            )
    return found
