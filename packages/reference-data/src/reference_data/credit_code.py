"""The unified social credit code (统一社会信用代码) of GB 32100-2015.

Eighteen characters: registering authority, kind of entity, six digits of the place of registration
(GB/T 2260 as it was then; it survives re-zoning), nine of the organisation code (GB 11714, with a
check character of its own) and the outer check character.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cn import uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
ORGANISATION = slice(8, 17)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Fault(StrEnum):
    """Why a code is refused."""

    LENGTH = "length"
    CHARACTER = "character"
    PLACE = "place"
    CHECK_CHARACTER = "check_character"


class Oddity(StrEnum):
    """What is odd and no reason to refuse."""

    # Organisation codes given out before the standard do not always carry a right check.
    ORGANISATION_CHECK = "organisation_check"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code after normalisation, with everything found wrong with it."""

    code: str
    faults: tuple[Fault, ...]
    warnings: tuple[Oddity, ...]

    @property
    def valid(self) -> bool:
        return not self.faults

    @property
    def authority(self) -> str:
        """Position 1: 9 market supervision, 5 civil affairs, 1 institutions, N agriculture, …"""
        return self.code[0]

    @property
    def registered_in(self) -> str:
        """The six-digit division of the registering authority on the day of registration."""
        return self.code[2:8]


def normalise(text: str) -> str:
    """Full-width and lower-case characters made plain, spaces and hyphens removed."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if not character.isspace() and character != "-")


def check(text: str) -> CreditCode:
    """Normalise and check.

    N (agriculture) and Y (other) are right in positions 1 and 2, where some libraries want digits;
    so only the check character of python-stdnum is used here, not its format.
    """
    code = normalise(text)
    faults = tuple(_faults(code))
    warnings = () if faults else tuple(_warnings(code))
    return CreditCode(code, faults, warnings)


def is_valid(text: str) -> bool:
    """Whether the text, as it stands after normalisation, is a credit code."""
    return check(text).valid


def check_character(first_seventeen: str) -> str:
    """The eighteenth character for the seventeen before it."""
    found: str = uscc.calc_check_digit(first_seventeen)
    return found


def organisation_check_character(first_eight: str) -> str:
    """The ninth character of an organisation code (GB 11714) for the eight before it."""
    total = sum(
        int(character, 36) * weight
        for character, weight in zip(first_eight, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def _faults(code: str) -> list[Fault]:
    if len(code) != LENGTH:
        return [Fault.LENGTH]
    if any(character not in ALPHABET for character in code):
        return [Fault.CHARACTER]
    if not code[2:8].isdigit():
        return [Fault.PLACE]
    if check_character(code[:17]) != code[17]:
        return [Fault.CHECK_CHARACTER]
    return []


def _warnings(code: str) -> list[Oddity]:
    organisation = code[ORGANISATION]
    if organisation_check_character(organisation[:8]) != organisation[8]:
        return [Oddity.ORGANISATION_CHECK]
    return []
