"""Copies of registry's rows, and how far a process has read them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from livestream_supply.tables import LivestreamSupplyTable
from service_chassis.columns import UtcDateTime
from service_chassis.tables import Copied


class Platform(Copied, LivestreamSupplyTable):
    """A partner platform, as registry states it."""

    __tablename__ = "platform"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[str] = mapped_column(String(12))


class SellerAuthorisation(Copied, LivestreamSupplyTable):
    """A seller lets a platform report its orders of [valid_from, valid_to)."""

    __tablename__ = "seller_authorisation"
    __table_args__ = (Index(None, "platform_code", "news"),)

    authorisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    platform_code: Mapped[str] = mapped_column(String(32))
    seller_uscc: Mapped[str] = mapped_column(String(18))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(12))
    news: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The number of the news of its platform that brought it; a book reads only newer ones."""


class AuthorityNews(LivestreamSupplyTable):
    """How often registry has spoken of a platform or its sellers, and when last."""

    __tablename__ = "authority_news"

    platform_code: Mapped[str] = mapped_column(String(32), primary_key=True)
    news: Mapped[int] = mapped_column(BigInteger)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)
