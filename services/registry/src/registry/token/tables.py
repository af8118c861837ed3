"""The keys that sign tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document, UtcDateTime


class SigningKey(Versioned, RegistryTable):
    """An Ed25519 key: it signs from `activates_at` and verifies until `retired_at`."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    generation: Mapped[int] = mapped_column(unique=True)
    """1, 2, 3 …; two processes that make the same one meet in this constraint."""
    jwk: Mapped[dict[str, Any]] = mapped_column(Document)
    sealed_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """AES-256-GCM under a key derived from the platform's secret, the kid bound to it."""
    activates_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last wall token it signed expires; other tokens live for minutes."""
