"""The pure half of the intake: moments, identity, encoding, authority, painting."""

import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_contracts.facts import KINDS, Dimensions
from event_contracts.orders_recorded import MOST_FACTS, OrdersRecorded
from livestream_supply.authority.rules import Authorisation, Authority, merged
from livestream_supply.order_event import schemas
from livestream_supply.order_event.rules import checks
from livestream_supply.order_event.rules.batches import Received, micro_batches
from livestream_supply.order_event.rules.columns import Facts
from livestream_supply.order_event.rules.explaining import faults_of
from livestream_supply.order_event.rules.moments import NOT_A_MOMENT, millisecond, milliseconds
from livestream_supply.receipt.rules import Run, Span, items_of_rows, painted
from tests.livestream_supply.conftest import SELLERS, a_paid, a_refund, a_void, an_amendment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW_MS = 1_800_000_000_000
RECEIPT = UUID(int=7)

# Hypothesis wants the bounds without a time zone.
EARLIEST, LATEST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001
FIRST, LAST = datetime(1992, 1, 2), datetime(2026, 1, 1)  # noqa: DTZ001

moments = st.datetimes(min_value=EARLIEST, max_value=LATEST).flatmap(
    lambda moment: st.integers(-23 * 60, 23 * 60).map(
        lambda minutes: moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    )
)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
)
originals = st.builds(
    lambda order_no, kind, ref, amount, seller, session, moment: {
        **a_paid(
            order_no,
            kind=kind,
            ref=ref if kind in ("refunded", "settled") else None,
            amount_minor=amount,
            seller_uscc=seller,
            session_no=session,
            occurred_at=moment.isoformat(),
        )
    },
    order_no=texts,
    kind=st.sampled_from(KINDS[:4]),
    ref=texts,
    amount=st.integers(1, 10**13),
    seller=st.sampled_from(SELLERS),
    session=st.none() | texts,
    moment=st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
)
corrections = st.sampled_from(
    [
        a_void("C1"),
        a_void("C2", corrects={"kind": "refunded", "ref": "R1"}),
        an_amendment("C3", revision=3),
        an_amendment("C4", corrects={"kind": "settled", "ref": "S"}, reason="typo"),
    ]
)


def decoded(facts: list[dict[str, Any]]) -> Facts:
    return Facts.of(schemas.BATCH.decode(json.dumps(facts).encode()))


def everybody() -> Authority:
    authority = Authority("demo-mall")
    authority.take(
        (UUID(int=number), Authorisation(seller, 0, 2**31)) for number, seller in enumerate(SELLERS)
    )
    return authority


@given(st.lists(moments, min_size=1, max_size=40), st.sampled_from(["seconds", "milliseconds"]))
def test_moments_in_a_column_are_those_of_the_calendar(
    given_moments: list[datetime], precision: str
) -> None:
    written = [moment.isoformat(timespec=precision) for moment in given_moments]
    unit = timedelta(milliseconds=1)

    found = milliseconds(written).tolist()

    finer = [datetime.fromisoformat(text) for text in written]
    assert found == [(moment - EPOCH) // unit for moment in finer]


@given(
    st.lists(
        st.from_regex(
            r"[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]"
            r"(\.[0-9]{3}|\.[0-9]{6})?(Z|[+-][0-2][0-9]:[0-6][0-9])",
            fullmatch=True,
        ),
        min_size=16,
        max_size=60,
    )
)
def test_a_column_takes_the_moments_that_one_by_one_would_be_taken(written: list[str]) -> None:
    assert milliseconds(written).tolist() == [millisecond(text) for text in written]


@pytest.mark.parametrize("width", [20, 24, 25, 27, 29, 32])
def test_what_only_looks_like_a_moment_is_none(width: int) -> None:
    assert set(milliseconds(["9" * width] * 20).tolist()) == {NOT_A_MOMENT}
    assert set(milliseconds(["零" * width] * 20).tolist()) == {NOT_A_MOMENT}


@settings(max_examples=60)
@given(st.lists(originals | corrections, min_size=1, max_size=60))
def test_what_is_encoded_is_read_again(facts: list[dict[str, Any]]) -> None:
    columns = decoded(facts)

    bodies = [each.to_body() for each in micro_batches([Received(RECEIPT, "p", columns)], "d")]

    read = [OrdersRecorded.from_body(body) for body in bodies]
    assert [_written(batch, row) for batch in read for row in range(len(batch.order_no))] == [
        _said(fact) for fact in facts
    ]


def _written(batch: OrdersRecorded, row: int) -> dict[str, Any]:
    place = int(batch.dimension[row])
    correction = batch.corrections.get(row)
    described = batch.dimensions[place]._asdict() if place < len(batch.dimensions) else {}
    return {
        "order_no": batch.order_no[row],
        "kind": KINDS[batch.kind[row]],
        "ms": int(batch.occurred_ms[row]),
        "amount_minor": int(batch.amount_minor[row]),
        "ref": batch.refs.get(row),
        "described": {name: value for name, value in described.items() if value is not None},
        "corrects": correction and (KINDS[correction.kind], correction.ref),
        "revision": correction.revision if correction else 0,
        "reason": correction and correction.reason,
    }


def _said(fact: dict[str, Any]) -> dict[str, Any]:
    corrects = fact.get("corrects")
    moment = datetime.fromisoformat(fact["occurred_at"])
    return {
        "order_no": fact["order_no"],
        "kind": fact["kind"],
        "ms": (moment - EPOCH) // timedelta(milliseconds=1),
        "amount_minor": fact.get("amount_minor", 0),
        "ref": fact.get("ref"),
        "described": {name: fact[name] for name in Dimensions._fields if name in fact},
        "corrects": corrects and (corrects["kind"], corrects.get("ref")),
        "revision": fact.get("revision", 0),
        "reason": fact.get("reason"),
    }


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 900), min_size=1, max_size=8),
    st.integers(0, 5_000),
)
def test_posts_share_messages_and_no_fact_is_lost_or_moved(
    sizes: list[int], long_post: int
) -> None:
    posts = [
        Received(UUID(int=number), f"p{number}", _numbered(size))
        for number, size in enumerate([*sizes, long_post])
    ]

    batches = list(micro_batches(posts, "2026-03-02"))

    found: dict[UUID, list[str]] = {}
    for batch in batches:
        batch.verify()
        assert len(batch.order_no) <= MOST_FACTS
        for part in batch.slices:
            rows = batch.order_no[part.first_row : part.first_row + part.rows]
            assert part.receipt_row == len(found.setdefault(part.receipt_id, []))
            found[part.receipt_id] += rows
    assert found == {post.receipt_id: post.facts.order_no for post in posts if len(post.facts)}


def _numbered(size: int) -> Facts:
    template = decoded([a_paid("x")])
    return Facts(
        [str(number) for number in range(size)],
        np.repeat(template.kind, size),
        np.repeat(template.occurred_ms, size),
        np.repeat(template.amount_minor, size),
        template.words,
        np.repeat(template.word, size),
        {},
        {},
    )


@given(
    originals | corrections,
    st.sampled_from([*sorted(schemas.Amended.__struct_fields__), "kind", "colour"]),
    st.none()
    | st.booleans()
    | st.integers(-2, 10**14)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
    | st.just({"kind": "paid"})
    | st.just([]),
)
def test_our_words_and_the_decoder_agree_on_what_is_wrong(
    fact: dict[str, Any], member: str, value: Any
) -> None:
    said = json.dumps({**fact, member: value}).encode()
    try:
        item = schemas.ITEM.decode(said)
    except msgspec.MsgspecError:
        assert faults_of(said)
    else:
        suspects = checks.faults_of(Facts.of([item]), everybody(), NOW_MS)
        beyond_shape = {"seller_not_authorised", "customs_mode_wrong_direction"}
        found = {fault.code for fault in suspects.get(0, [])} - beyond_shape
        assert {fault.code for fault in faults_of(said)} <= found


@given(st.lists(originals, min_size=1, max_size=12, unique_by=lambda fact: fact["order_no"]))
def test_an_identity_in_a_batch_is_repeated_only_with_other_content(
    facts: list[dict[str, Any]],
) -> None:
    changed = {**facts[0], "amount_minor": facts[0]["amount_minor"] % 10**13 + 1}

    same = checks.faults_of(decoded([*facts, facts[0]]), everybody(), NOW_MS)
    other = checks.faults_of(decoded([*facts, changed]), everybody(), NOW_MS)

    assert not same
    assert sorted(other) == [0, len(facts)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8), st.integers(-1, 61))
def test_merged_periods_cover_the_same_days(periods: list[tuple[int, int]], day: int) -> None:
    found = merged(periods)

    assert any(a <= day < b for a, b in found) == any(a <= day < b for a, b in periods)
    assert all(before[1] < after[0] for before, after in pairwise(found))


def test_a_revoked_authorisation_covers_no_day() -> None:
    authority = everybody()
    authority.take([(UUID(int=0), None)])

    assert not authority.covers(SELLERS[0], 100, 100)
    assert authority.covers(SELLERS[1], 100, 100)


def test_later_news_of_a_fact_stands_over_earlier_news() -> None:
    conflict = Run(1, 2, "conflict", RECEIPT, None)
    decided = Run(2, 1, "counted", None, None)

    painting = painted(5, [Span(0, 4, judged=True)], [conflict, decided])

    assert painting.counts() == {
        "counted": 3,
        "duplicate": 0,
        "conflict": 1,
        "rejected": 0,
        "pending": 1,
        "buried": 0,
    }


@given(st.integers(1, 50), st.sets(st.integers(0, 49)))
def test_accepted_rows_are_the_items_that_were_not_rejected(items: int, bad: set[int]) -> None:
    rejected = sorted(item for item in bad if item < items)

    assert items_of_rows(items, rejected).tolist() == [n for n in range(items) if n not in bad]


def test_refunds_and_settlements_of_an_order_are_told_apart_by_ref() -> None:
    facts = [a_refund("P1", "R1"), a_refund("P1", "R2"), a_refund("P1", "R1", kind="settled")]

    assert not checks.faults_of(decoded(facts), everybody(), NOW_MS)
