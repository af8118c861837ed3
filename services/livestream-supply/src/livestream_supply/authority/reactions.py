"""Keep copies of platforms and authorisations, and number the news of each platform."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import update

from event_contracts.registry import AuthorisationRecorded, PlatformRecorded
from livestream_supply.authority.tables import AuthorityNews, Platform, SellerAuthorisation
from service_chassis.bulk import insert_missing
from service_chassis.copies import Copy, copies
from service_chassis.unit_of_work import UnitOfWork


async def note_platforms(uow: UnitOfWork, events: Sequence[PlatformRecorded]) -> None:
    """Let the books look again at these platforms."""
    await _number(uow, {event.code for event in events})


async def note_authorisations(uow: UnitOfWork, events: Sequence[AuthorisationRecorded]) -> None:
    """Give every changed authorisation the number of this news."""
    changed: dict[str, set[UUID]] = defaultdict(set)
    for event in events:
        changed[event.platform_code].add(event.authorisation_id)
    numbers = await _number(uow, changed)
    for platform, number in numbers.items():
        await uow.session.execute(
            update(SellerAuthorisation)
            .where(SellerAuthorisation.authorisation_id.in_(sorted(changed[platform])))
            .values(news=number)
        )


async def _number(uow: UnitOfWork, platforms: Iterable[str]) -> dict[str, int]:
    """The number of this news for each platform.

    The row is locked until the commit, so numbers become visible in their order.
    """
    ordered = sorted(platforms)
    await insert_missing(
        uow.session,
        AuthorityNews,
        [{"platform_code": code, "news": 0, "heard_at": uow.now} for code in ordered],
    )
    numbers = {}
    for code in ordered:
        numbered = await uow.session.execute(
            update(AuthorityNews)
            .where(AuthorityNews.platform_code == code)
            .values(news=AuthorityNews.news + 1, heard_at=uow.now)
            .returning(AuthorityNews.news)
        )
        numbers[code] = numbered.scalar_one()
    return numbers


COPIES = copies(
    "livestream-supply.copies",
    Copy(
        PlatformRecorded,
        Platform,
        ("code",),
        lambda event: {"code": event.code, "status": event.status},
        note_platforms,
    ),
    Copy(
        AuthorisationRecorded,
        SellerAuthorisation,
        ("authorisation_id",),
        lambda event: {
            "authorisation_id": event.authorisation_id,
            "platform_code": event.platform_code,
            "seller_uscc": event.seller_uscc,
            "valid_from": event.valid_from,
            "valid_to": event.valid_to,
            "status": event.status,
        },
        note_authorisations,
    ),
)
