"""Enterprises and the tokens their names are found by."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.tables import RegistryTable, Versioned
from service_chassis.columns import Document


class Enterprise(Versioned, RegistryTable):
    """An enterprise, keyed by its unified social credit code (GB 32100-2015)."""

    __tablename__ = "enterprise"

    uscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str | None] = mapped_column(String(300))
    aliases: Mapped[list[str]] = mapped_column(Document)
    region_code: Mapped[str] = mapped_column(String(9), index=True)
    status: Mapped[str] = mapped_column(String(10))
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("enterprise.uscc"), index=True)
    organisation: Mapped[str] = mapped_column(String(9), index=True)
    """Characters 9 to 17 of the code, which stay when a firm is registered anew elsewhere."""
    search_text: Mapped[str] = mapped_column(Text)
    """All names, normalised, a line each; a search confirms here what the tokens suggest."""


class EnterpriseNameToken(RegistryTable):
    """Two neighbouring characters of an enterprise's names.

    A trigram index misses Chinese words of two characters.
    """

    __tablename__ = "enterprise_name_token"

    token: Mapped[str] = mapped_column(String(2), primary_key=True)
    uscc: Mapped[str] = mapped_column(ForeignKey("enterprise.uscc"), primary_key=True, index=True)
