"""The rules of facts in plain Python: what the platform must come to, computed without it."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

Fact = dict[str, Any]
Identity = tuple[str, str, str]

CORRECTIONS = ("voided", "amended")


def identity_of(fact: Fact) -> Identity:
    """What names a fact; a correction is named by what it corrects."""
    if fact["kind"] not in CORRECTIONS:
        return fact["order_no"], fact["kind"], fact.get("ref", "")
    corrected = f"{fact['corrects']['kind']}/{fact['corrects'].get('ref', '')}"
    revision = f"#{fact['revision']}" if fact["kind"] == "amended" else ""
    return fact["order_no"], fact["kind"], f"{corrected}{revision}"


def target_of(correction: Fact) -> Identity:
    """The fact that a correction names."""
    corrects = correction["corrects"]
    return correction["order_no"], corrects["kind"], corrects.get("ref", "")


def _content(fact: Fact) -> str:
    return json.dumps(fact, sort_keys=True)


class PlainCount:
    """Takes batches as one platform posts them and keeps everything in one dictionary."""

    def __init__(self) -> None:
        self.facts: dict[Identity, Fact] = {}

    def take(self, batch: Sequence[Fact]) -> list[str]:
        """What becomes of each item, as the receipt says once everything has settled."""
        together: dict[Identity, set[str]] = defaultdict(set)
        for fact in batch:
            together[identity_of(fact)].add(_content(fact))
        outcomes = []
        for fact in batch:
            identity = identity_of(fact)
            if len(together[identity]) > 1:
                outcomes.append("rejected")
            elif identity not in self.facts:
                self.facts[identity] = fact
                outcomes.append("counted")
            elif _content(self.facts[identity]) == _content(fact):
                outcomes.append("duplicate")
            else:
                outcomes.append("conflict")
        return [
            "pending" if outcome == "counted" and self._waits(fact) else outcome
            for outcome, fact in zip(outcomes, batch, strict=True)
        ]

    def standing(self) -> list[Fact]:
        """The originals as their corrections leave them, each in its own period."""
        corrections: dict[Identity, list[Fact]] = defaultdict(list)
        for fact in self.facts.values():
            if fact["kind"] in CORRECTIONS:
                corrections[target_of(fact)].append(fact)
        left = []
        for identity, fact in self.facts.items():
            if fact["kind"] in CORRECTIONS:
                continue
            heard = corrections[identity]
            if any(each["kind"] == "voided" for each in heard):
                continue
            said = max(heard, key=lambda each: each["revision"], default=fact)
            left.append(said | {"kind": fact["kind"], "occurred_at": fact["occurred_at"]})
        return left

    def sums(self) -> Counter[tuple[str, str]]:
        """Amount by kind and currency."""
        found: Counter[tuple[str, str]] = Counter()
        for fact in self.standing():
            found[fact["kind"], fact["currency"]] += fact["amount_minor"]
        return found

    def pending(self) -> int:
        """Corrections whose fact has not come."""
        return sum(self._waits(fact) for fact in self.facts.values())

    def _waits(self, fact: Fact) -> bool:
        return fact["kind"] in CORRECTIONS and target_of(fact) not in self.facts
