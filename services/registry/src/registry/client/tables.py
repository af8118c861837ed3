"""OAuth2 clients and their secrets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document, UtcDateTime, new_id


class Client(Versioned, RegistryTable):
    """A machine that asks for tokens, what it may do and with whose records."""

    __tablename__ = "client"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(Document)
    platform_code: Mapped[str | None] = mapped_column(ForeignKey("platform.code"), index=True)
    parks: Mapped[list[str] | None] = mapped_column(Document)
    enterprises: Mapped[list[str] | None] = mapped_column(Document)
    region: Mapped[str | None] = mapped_column(String(9))
    status: Mapped[str] = mapped_column(String(10))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last got a token, to the minute."""


class ClientSecret(RegistryTable):
    """A secret of 256 random bits, kept as its SHA-256; at most two are valid at once."""

    __tablename__ = "client_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.client_id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
