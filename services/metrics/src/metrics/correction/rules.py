"""What a fact says once its corrections are heard."""

from collections.abc import Sequence
from typing import NamedTuple

from event_contracts.facts import VOIDED, Dimensions
from metrics.correction.tables import APPLIED, SUPERSEDED
from metrics.fact.rules.stored import StoredFact


class Correcting(NamedTuple):
    """A correction as far as deciding needs it."""

    kind: int
    revision: int


class Standing(NamedTuple):
    """What a fact counts as: the kind and the moment are its own, the rest may be amended."""

    platform: str
    kind: int
    occurred_ms: int
    amount_minor: int
    dimensions: Dimensions


def deciding(corrections: Sequence[Correcting]) -> int | None:
    """The place of the correction that decides: a void, else the highest revision."""
    if not corrections:
        return None
    return max(
        range(len(corrections)),
        key=lambda place: (corrections[place].kind == VOIDED, corrections[place].revision),
    )


def states(corrections: Sequence[Correcting]) -> list[int]:
    """The state of every correction of a fact that is there."""
    chosen = deciding(corrections)
    return [APPLIED if place == chosen else SUPERSEDED for place in range(len(corrections))]


def standing(fact: StoredFact, correction: StoredFact | None) -> Standing | None:
    """What the fact counts as under the correction that decides; nothing when it is void.

    An amendment replaces the whole content and counts in the period of the fact it names.
    """
    if correction is not None and correction.kind == VOIDED:
        return None
    said = correction or fact
    if said.dimensions is None:
        raise ValueError(f"the fact at {said.place} has no dimensions")
    return Standing(fact.platform, fact.kind, fact.occurred_ms, said.amount_minor, said.dimensions)
