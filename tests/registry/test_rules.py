"""Decisions that need no database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.enterprise import rules as names
from registry.periods import overlap
from registry.record_scope import reaches_region, region_prefix
from registry.tenancy.problems import StageSkip
from registry.tenancy.rules import STAGES, check_step
from service_chassis.identity import Principal

DAYS = st.integers(0, 40).map(lambda days: date(2020, 1, 1) + timedelta(days))


@given(DAYS, st.none() | DAYS, DAYS, st.none() | DAYS)
def test_two_periods_overlap_when_they_share_a_date(
    first_from: date, first_to: date | None, second_from: date, second_to: date | None
) -> None:
    end = date(2021, 1, 1)

    def dates(begins: date, ends: date | None) -> set[int]:
        return set(range(begins.toordinal(), (ends or end).toordinal()))

    if first_from == first_to or second_from == second_to:
        return
    if (first_to or end) < first_from or (second_to or end) < second_from:
        return

    shared = dates(first_from, first_to) & dates(second_from, second_to)

    assert overlap(first_from, first_to, second_from, second_to) == bool(shared)


@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_only_the_next_stage_follows(present: str, wanted: str) -> None:
    if STAGES.index(wanted) == STAGES.index(present) + 1:
        check_step(present, wanted)
    else:
        with pytest.raises(StageSkip):
            check_step(present, wanted)


@given(st.text(max_size=40))
def test_every_part_of_a_name_is_among_its_tokens(name: str) -> None:
    plain = names.normalised(name)

    found = names.tokens(names.search_text([name]))

    assert all(plain[start : start + 2] in found for start in range(len(plain) - 1))


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_a_share_and_has_no_direction(first: str, second: str) -> None:
    likeness = names.likeness(first, second)

    assert Decimal(0) <= likeness <= Decimal(1)
    assert likeness == names.likeness(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("东莞市虎门服饰有限公司", "东莞市虎门服饰有限责任公司"),
        ("Humen Apparel Co., Ltd.", "HUMEN APPAREL"),
        ("示例（广州）科技有限公司", "示例(广州)科技"),
    ],
)
def test_legal_forms_and_widths_make_no_other_name(first: str, second: str) -> None:
    assert names.likeness(first, second) == 1


@pytest.mark.parametrize(
    ("region", "prefix"),
    [("440000", "44"), ("440100", "4401"), ("440105", "440105"), ("441900121", "441900121")],
)
def test_a_region_reaches_what_lies_in_it(region: str, prefix: str) -> None:
    caller = Principal(subject="x", kind="person", client_id="x", scopes=frozenset(), region=region)

    assert region_prefix(region) == prefix
    assert reaches_region(caller, region)
    assert not reaches_region(caller, "330106")
