"""People's accounts, and the failures that lock a name out."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document, UtcDateTime


class Account(Versioned, RegistryTable):
    """A person, what they do here and with whose records."""

    __tablename__ = "account"

    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(Document)
    parks: Mapped[list[str] | None] = mapped_column(Document)
    enterprises: Mapped[list[str] | None] = mapped_column(Document)
    region: Mapped[str | None] = mapped_column(String(9))
    status: Mapped[str] = mapped_column(String(10))
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(RegistryTable):
    """Attempts in a row on a name, whether or not an account has it.

    Kept apart from the account, so that being locked out tells nobody that the account exists.
    """

    __tablename__ = "sign_in_failure"

    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    attempts: Mapped[int] = mapped_column()
    last_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
