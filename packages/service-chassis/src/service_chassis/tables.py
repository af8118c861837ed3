"""The chassis's own rows, in every service's database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_chassis.columns import NAMING, BigSerial, Document, UtcDateTime


class ChassisTable(DeclarativeBase):
    """What every service's database holds beside its own tables."""

    metadata = MetaData(naming_convention=NAMING)


class Copied:
    """The columns every copy of another service's row has."""

    version: Mapped[int] = mapped_column(BigInteger)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its owner last stated it, by the owner's clock."""


class OutboxRow(ChassisTable):
    """An event announced and not yet sent; the relay deletes it when the bus has it."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(BigSerial, primary_key=True, autoincrement=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    event_type: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    headers: Mapped[dict[str, str]] = mapped_column(Document)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class InboxRow(ChassisTable):
    """An event that a group has taken."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "taken_at"),)

    consumer_group: Mapped[str] = mapped_column(String(120), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeadLetter(ChassisTable):
    """An event that a group could not take, kept whole until somebody decides."""

    __tablename__ = "dead_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_group: Mapped[str] = mapped_column(String(120), index=True)
    event_id: Mapped[UUID] = mapped_column()
    event_type: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    headers: Mapped[dict[str, str]] = mapped_column(Document)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(60))
    detail: Mapped[str] = mapped_column(Text)
    buried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="buried", index=True)
    """buried, replayed or discarded"""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decision_reason: Mapped[str | None] = mapped_column(Text)


class IdempotencyKey(ChassisTable):
    """An answer given once, kept for the same question asked again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index(None, "created_at"),)

    client: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column()
    headers: Mapped[dict[str, str] | None] = mapped_column(Document)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditEntry(ChassisTable):
    """Who changed what, from what to what, and why."""

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(120), index=True)
    actor_kind: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    before: Mapped[Any | None] = mapped_column(Document)
    after: Mapped[Any | None] = mapped_column(Document)
    reason: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(64))


class TrustedKey(ChassisTable):
    """A public key of registry, with which this service verifies tokens by itself."""

    __tablename__ = "trusted_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    jwk: Mapped[dict[str, str]] = mapped_column(Document)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RevokedClient(ChassisTable):
    """A client whose tokens are refused although they have not expired."""

    __tablename__ = "revoked_client"

    client_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    revoked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CopySnapshot(ChassisTable):
    """A snapshot of registry on its way in: complete when every promised row has come."""

    __tablename__ = "copy_snapshot"

    consumer_group: Mapped[str] = mapped_column(String(120), primary_key=True)
    snapshot_id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(Document)
