"""How names are compared and found, and what the other services hear of an enterprise."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, cast
from uuid import UUID

from event_contracts.registry import EnterpriseRecorded
from registry.enterprise.problems import SearchTooShort
from registry.enterprise.tables import Enterprise

TOKEN_LENGTH = 2
MOST_TOKENS_ASKED = 4
SIMILAR = Decimal("0.50")
ORGANISATION = slice(8, 17)

# What every firm's name ends with says nothing about which firm it is.
_LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|分公司|公司|集团|合伙企业|个体工商户"
    r"|coltd|companylimited|limitedcompany|limited|ltd|inc|corporation|corp)"
)
_DULL_WORDS = (
    "股份有限公司",
    "有限责任公司",
    "科技",
    "贸易",
    "电子商务",
    "集团",
    "limited",
    "company",
)


def normalised(name: str) -> str:
    """A name as searches see it: full-width made plain, lower case, only letters and digits."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def search_text(names: Iterable[str | None]) -> str:
    """All names of an enterprise, normalised, a line each."""
    lines = (normalised(name) for name in names if name)
    return "\n".join(dict.fromkeys(line for line in lines if line))


def tokens(text: str) -> set[str]:
    """Every two neighbouring characters of every line."""
    return {
        line[start : start + TOKEN_LENGTH]
        for line in text.split("\n")
        for start in range(len(line) - TOKEN_LENGTH + 1)
    }


_DULL = frozenset().union(*map(tokens, _DULL_WORDS))


def search_words(text: str) -> list[str]:
    """The words of a search; at least one must have two characters, or everything matches."""
    words = [word for word in map(normalised, text.split()) if word]
    if not any(len(word) >= TOKEN_LENGTH for word in words):
        raise SearchTooShort(f"{text!r} has no word of two characters or more.")
    return words


def telling_tokens(words: Iterable[str]) -> list[str]:
    """The few tokens that narrow a search most: those that not every firm's name has."""
    asked = tokens("\n".join(words))
    return sorted(asked - _DULL)[:MOST_TOKENS_ASKED] or sorted(asked)[:1]


def core(name: str) -> str:
    """What of a name tells the firm apart from others."""
    plain = normalised(name)
    return _LEGAL_FORMS.sub("", plain) or plain


def likeness(first: str, second: str) -> Decimal:
    """How much two names share: 1 for the same name, 0 for nothing in common."""
    if core(first) == core(second):
        return Decimal(1)
    one, other = tokens(core(first)), tokens(core(second))
    shared = len(one & other)
    union = len(one | other)
    return Decimal(shared) / Decimal(union) if union else Decimal(0)


def organisation(uscc: str) -> str:
    """The organisation code in a credit code; equal in two codes, the firm was registered anew."""
    return uscc[ORGANISATION]


def recorded(enterprise: Enterprise, snapshot_id: UUID | None = None) -> EnterpriseRecorded:
    """The state of an enterprise for the other services."""
    return EnterpriseRecorded(
        version=enterprise.version,
        snapshot_id=snapshot_id,
        uscc=enterprise.uscc,
        name_zh=enterprise.name_zh,
        name_en=enterprise.name_en,
        region_code=enterprise.region_code,
        status=cast("Literal['active', 'archived', 'merged']", enterprise.status),
        merged_into=enterprise.merged_into,
    )
