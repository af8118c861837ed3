"""The book of authorities: what this process knows, never more than a moment behind its copies."""

import asyncio
from time import monotonic

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from livestream_supply.authority.rules import Authorisation, Authority, days
from livestream_supply.authority.tables import AuthorityNews, Platform, SellerAuthorisation
from service_chassis.database import Database

FRESH_SECONDS = 0.5
"""How old the book may be when a batch passes."""
SUSPICIOUS_SECONDS = 0.1
"""How old it may be when a batch would be refused."""
REREAD_SECONDS = 300.0
"""After which a platform is read whole: a snapshot may have dropped rows."""
PART_ROWS = 1_000
"""Taken at once, so that a large platform does not hold up the others' requests."""


class _Page:
    def __init__(self, platform: str) -> None:
        self.authority = Authority(platform)
        self.seen = 0
        self.looked_at = float("-inf")
        self.read_at = monotonic()


class AuthorityBook:
    """The authorities of the platforms that post here, kept in memory and read by their news."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pages: dict[str, _Page] = {}
        self._reading = asyncio.Lock()

    async def of(self, platform: str, *, within: float = FRESH_SECONDS) -> Authority:
        """What the platform may report, as its copies said at most so many seconds ago."""
        page = self._pages.get(platform)
        if page is not None and monotonic() - page.looked_at < within:
            return page.authority
        async with self._reading:
            page = self._pages.get(platform)
            started = monotonic()
            if page is None or started - page.read_at > REREAD_SECONDS:
                page = _Page(platform)
            elif started - page.looked_at < within:
                return page.authority
            async with self._database.reading() as session:
                await _read(session, page)
            page.looked_at = started
            self._pages[platform] = page
            return page.authority


async def _read(session: AsyncSession, page: _Page) -> None:
    authority = page.authority
    rows = await session.execute(
        select(AuthorityNews.platform_code, AuthorityNews.news, AuthorityNews.heard_at)
    )
    news = {code: (number, heard_at) for code, number, heard_at in rows}
    authority.heard_at = max((heard_at for _, heard_at in news.values()), default=None)
    latest = news.get(authority.platform, (0, None))[0]
    if latest == page.seen:
        return
    status = await session.scalar(
        select(Platform.status).where(Platform.code == authority.platform)
    )
    authority.status = "suspended" if status == "suspended" else "active" if status else None
    copy = SellerAuthorisation
    changed = await session.stream(
        select(copy.authorisation_id, copy.seller_uscc, copy.valid_from, copy.valid_to, copy.status)
        .where(copy.platform_code == authority.platform)
        .where(copy.news > page.seen)
    )
    async for part in changed.partitions(PART_ROWS):
        authority.take(
            (
                authorisation_id,
                Authorisation(seller, *days(valid_from, valid_to)) if status == "active" else None,
            )
            for authorisation_id, seller, valid_from, valid_to, status in part
        )
        await asyncio.sleep(0)
    page.seen = latest
