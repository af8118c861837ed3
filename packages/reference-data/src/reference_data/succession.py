"""What became of a division, and what it was before.

Curated from notices for Guangzhou 2014 and Hangzhou 2021. Elsewhere a code that kept its name is
taken to be the same division; one that came or went has an unknown successor, and the answer says
so.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from reference_data.changes import CHANGES, Change
from reference_data.divisions import lookup


@dataclass(frozen=True, slots=True)
class Restatement:
    """`codes` is empty and `why_unknown` a sentence when nothing is known.

    Several codes mean that the territory was divided, or came together, and no figure by county can
    be carried over by itself. `sources` are the notices of the changes passed.
    """

    codes: tuple[str, ...]
    sources: tuple[str, ...] = ()
    why_unknown: str | None = None

    @property
    def known(self) -> bool:
        return self.why_unknown is None

    @property
    def single(self) -> str | None:
        """The one code that holds all of it, if there is one."""
        return self.codes[0] if len(self.codes) == 1 else None


def restate(code: str, from_date: date, to_date: date) -> Restatement:
    """The code or codes of the territory on another day's map, earlier or later."""
    forward = from_date <= to_date
    day, held, sources = from_date, {code}, []
    for change in _between(from_date, to_date):
        before, after = change.on - timedelta(days=1), change.on
        meets, leaves = (before, after) if forward else (after, before)
        lost = _first_unsteady(held, day, meets)
        if lost:
            return _unknown(lost, day, meets)
        if held & (change.old_codes if forward else change.new_codes):
            sources.append(change.source)
        day, held = leaves, _carried(held, change, forward=forward)
    lost = _first_unsteady(held, day, to_date)
    if lost:
        return _unknown(lost, day, to_date)
    return Restatement(tuple(sorted(held)), tuple(sources))


def successors(code: str, gone_on: date, as_of: date) -> Restatement:
    """What holds, on a later day, the territory of a division that stood until `gone_on`."""
    return restate(code, gone_on - timedelta(days=1), as_of)


def _between(from_date: date, to_date: date) -> list[Change]:
    first, last = sorted((from_date, to_date))
    passed = [change for change in CHANGES if first < change.on <= last]
    return sorted(passed, key=lambda change: change.on, reverse=to_date < from_date)


def _carried(held: set[str], change: Change, *, forward: bool) -> set[str]:
    carried: set[str] = set()
    for code in held:
        if forward:
            targets = {transfer.new for transfer in change.transfers if transfer.old == code}
        else:
            targets = {transfer.old for transfer in change.transfers if transfer.new == code}
        carried |= targets or {code}
    return carried


def _first_unsteady(held: set[str], day: date, other: date) -> str | None:
    """The first code that does not stand under the same name on both days."""
    for code in sorted(held):
        here, there = lookup(code, day), lookup(code, other)
        if here is None or there is None or here.name != there.name:
            return code
    return None


def _unknown(code: str, day: date, other: date) -> Restatement:
    if lookup(code, day) is None:
        return Restatement((), why_unknown=f"{code} was no division on {day}")
    return Restatement((), why_unknown=f"no notice says what {code} of {day} is on {other}")
