"""What msgspec cannot see: moments, authority, customs modes and repeated identities.

Every check looks at whole columns first. Only where one fails does a loop look for the rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from event_contracts.facts import AMENDED, REFUNDED
from livestream_supply.authority.rules import EPOCH, Authority
from livestream_supply.order_event import schemas
from livestream_supply.order_event.rules.columns import SHANGHAI_MS, Described, Facts
from livestream_supply.order_event.rules.faults import Fault
from livestream_supply.order_event.rules.moments import DAY_MS, NOT_A_MOMENT
from reference_data import customs_modes
from reference_data.shanghai import EARLIEST

MOST_AHEAD_MS = 5 * 60_000
_EARLIEST_MS = (EARLIEST.toordinal() - EPOCH) * DAY_MS - SHANGHAI_MS
_LATEST_DAY = 2**31

Suspects = dict[int, list[Fault]]
"""Row → what is wrong with it."""


def faults_of(facts: Facts, authority: Authority, now_ms: int) -> Suspects:
    """The rows that may not be recorded, and why."""
    found: Suspects = defaultdict(list)
    if len(facts):
        _moments(facts, now_ms, found)
        described = facts.described()
        _texts(facts, described, found)
        _customs(facts, described, found)
        _corrections(facts, found)
        _authority(facts, described, authority, found)
        _identities(facts, found)
    return dict(found)


def unauthorised(suspects: Suspects) -> bool:
    """Whether newer news of authorisations could clear a suspect."""
    return any(
        fault.code == "seller_not_authorised" for faults in suspects.values() for fault in faults
    )


def _moments(facts: Facts, now_ms: int, found: Suspects) -> None:
    latest = now_ms + MOST_AHEAD_MS
    moments = facts.occurred_ms
    if int(moments.min()) >= _EARLIEST_MS and int(moments.max()) <= latest:
        return
    for row in np.flatnonzero((moments < _EARLIEST_MS) | (moments > latest)).tolist():
        if moments[row] == NOT_A_MOMENT:
            fault = ("moment_invalid", "Write an RFC 3339 moment with an offset.")
        elif moments[row] > latest:
            fault = ("occurred_in_future", "The moment is more than five minutes ahead.")
        else:
            fault = ("occurred_too_early", f"Facts begin on {EARLIEST} in Shanghai.")
        found[row].append(Fault("/occurred_at", *fault))


def _texts(facts: Facts, described: Described, found: Suspects) -> None:
    order_numbers = "".join(facts.order_no)
    if not order_numbers.isascii():
        for row, order_no in enumerate(facts.order_no):
            if (length := len(order_no.encode())) > schemas.LONGEST_ORDER_NO:
                sentence = f"At most {schemas.LONGEST_ORDER_NO} bytes, got {length}."
                found[row].append(Fault("/order_no", "text_too_long", sentence))
    if "\0" in order_numbers:
        _note_nul(enumerate(facts.order_no), "/order_no", found)
    if facts.refs and "\0" in "".join(facts.refs.values()):
        _note_nul(facts.refs.items(), "/ref", found)
    for name in ("seller_uscc", "category", "session_no", "region_code"):
        column = getattr(described, name)
        if "\0" in "".join(filter(None, column)):
            words = facts.word.tolist()
            _note_nul(
                ((row, column[word] or "") for row, word in enumerate(words)), f"/{name}", found
            )
    for row, correction in facts.corrections.items():
        _note_nul([(row, correction.ref or "")], "/corrects/ref", found)
        _note_nul([(row, correction.reason or "")], "/reason", found)


def _note_nul(texts: Iterable[tuple[int, str]], pointer: str, found: Suspects) -> None:
    for row, text in texts:
        if "\0" in text:
            fault = Fault(pointer, "text_has_nul", "The text holds the character U+0000.")
            found[row].append(fault)


def _customs(facts: Facts, described: Described, found: Suspects) -> None:
    if not any(described.customs_mode):
        return
    uses, use = _numbered(
        list(zip(described.customs_mode, described.trade_flow, strict=True)), facts
    )
    days = facts.business_days()
    for number, (mode, flow) in enumerate(uses):
        if mode is None:
            continue
        rows = np.flatnonzero(use == number)
        opened = customs_modes.effective_from(mode)
        if flow == "domestic":
            code, sentence = "field_forbidden", "Only exports and imports have a customs mode."
        elif not customs_modes.allows(mode, flow):
            code, sentence = "customs_mode_wrong_direction", f"Nothing is {flow}ed under {mode}."
        else:
            rows = rows[days[rows] < opened.toordinal() - EPOCH]
            code, sentence = "customs_mode_not_effective", f"The mode {mode} opened on {opened}."
        for row in rows.tolist():
            found[row].append(Fault("/customs_mode", code, sentence))


def _corrections(facts: Facts, found: Suspects) -> None:
    for row, correction in facts.corrections.items():
        amended_refund = facts.kind[row] == AMENDED and correction.kind == REFUNDED
        if amended_refund and not facts.amount_minor[row]:
            fault = Fault("/amount_minor", "amount_out_of_range", "A refund is at least 1.")
            found[row].append(fault)


def _authority(facts: Facts, described: Described, authority: Authority, found: Suspects) -> None:
    sellers, seller = _numbered(described.seller_uscc, facts)
    days = facts.business_days()
    first, last = _ranges(seller, days, len(sellers))
    periods = authority.periods
    nobody: tuple[tuple[int, int], ...] = ()
    for number, (uscc, start, end) in enumerate(
        zip(sellers, first.tolist(), last.tolist(), strict=True)
    ):
        if uscc is None or start > end:
            continue
        for since, until in periods.get(uscc, nobody):
            if since <= start and end < until:
                break
        else:
            _note_unauthorised(facts, authority, uscc, np.flatnonzero(seller == number), found)


def _numbered(
    column: Sequence[Any], facts: Facts
) -> tuple[list[Any], np.ndarray[Any, np.dtype[np.intp]]]:
    """The distinct values of a column of the descriptions, and the number of every row's value."""
    numbers = {value: number for number, value in enumerate(dict.fromkeys(column))}
    of_word = np.fromiter(map(numbers.__getitem__, column), np.intp, len(column))
    return list(numbers), of_word[facts.word]


def _ranges(
    seller: np.ndarray[Any, np.dtype[np.intp]],
    days: np.ndarray[Any, np.dtype[np.int64]],
    sellers: int,
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The first and the last day of every seller; the first is later where it has no row."""
    first = np.full(sellers, _LATEST_DAY, np.int64)
    last = np.full(sellers, -_LATEST_DAY, np.int64)
    np.minimum.at(first, seller, days)
    np.maximum.at(last, seller, days)
    return first, last


def _note_unauthorised(
    facts: Facts,
    authority: Authority,
    uscc: str,
    rows: np.ndarray[Any, np.dtype[np.intp]],
    found: Suspects,
) -> None:
    days = facts.business_days()
    heard = authority.heard_at
    news = f"{heard:%Y-%m-%dT%H:%M:%SZ}" if heard else "never"
    faults: dict[int, Fault] = {}
    for row, day in zip(rows.tolist(), days[rows].tolist(), strict=True):
        # A moment far outside is a fault of its own.
        if row in found or authority.covers(uscc, day, day):
            continue
        if day not in faults:
            faults[day] = Fault(
                "/seller_uscc",
                "seller_not_authorised",
                f"Platform {authority.platform} may not report for {uscc} on "
                f"{date.fromordinal(day + EPOCH)}; last news from registry: {news}.",
            )
        found[row].append(faults[day])


def _identities(facts: Facts, found: Suspects) -> None:
    if len(set(facts.order_no)) == len(facts):
        return
    rows = range(len(facts))
    corrected = {
        row: (correction.kind, correction.ref, correction.revision)
        for row, correction in facts.corrections.items()
    }
    names = list(
        zip(
            facts.order_no,
            facts.kind.tolist(),
            map(facts.refs.get, rows),
            map(corrected.get, rows),
            strict=True,
        )
    )
    if len(set(names)) < len(names):
        rows_of: dict[Any, list[int]] = defaultdict(list)
        for row, name in enumerate(names):
            rows_of[name].append(row)
        for together in rows_of.values():
            if len(together) > 1:
                _repeated(facts, together, found)


def _repeated(facts: Facts, rows: list[int], found: Suspects) -> None:
    """Equal repeats are left to the judge of duplicates; different ones fall together."""
    content = facts.content(rows[0])
    if all(facts.content(row) == content for row in rows):
        return
    sentence = (
        f"{len(rows)} items of this batch state the same fact of order {facts.order_no[rows[0]]} "
        "differently; send the right one alone."
    )
    fault = Fault("/order_no", "identity_repeated", sentence)
    for row in rows:
        found[row].append(fault)
