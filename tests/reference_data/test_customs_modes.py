"""Customs supervision modes: when they opened and what the pilots of 2013 became."""

from datetime import date

import pytest

from reference_data.customs_modes import (
    CUSTOMS_MODES,
    allows,
    codes,
    customs_mode,
    effective_from,
    mapped,
)
from reference_data.goods_categories import GOODS_CATEGORIES

PILOTS = {
    "gz2013_b2c_export": "9610",
    "gz2013_bonded_export": "1210",
    "gz2013_b2b_export": "9710",
}


@pytest.mark.parametrize(("pilot", "national"), PILOTS.items())
def test_the_pilots_opened_in_2013_and_map_to_national_codes(pilot: str, national: str) -> None:
    assert effective_from(pilot) == date(2013, 9, 24)
    assert mapped(pilot) == national
    assert effective_from(national) > effective_from(pilot)
    assert allows(pilot, "export")
    assert not allows(pilot, "import")


@pytest.mark.parametrize("code", sorted(codes() - PILOTS.keys()))
def test_a_national_code_maps_to_itself(code: str) -> None:
    assert mapped(code) == code


@pytest.mark.parametrize(
    ("code", "opened"),
    [
        ("9610", date(2014, 2, 10)),
        ("1210", date(2014, 8, 1)),
        ("1239", date(2016, 12, 1)),
        ("9710", date(2020, 7, 1)),
        ("9810", date(2020, 7, 1)),
    ],
)
def test_the_days_of_the_notices(code: str, opened: date) -> None:
    assert effective_from(code) == opened


def test_directions() -> None:
    assert allows("1239", "import")
    assert not allows("1239", "export")
    assert not allows("9810", "import")
    assert allows("9610", "import")
    assert not allows("9610", "domestic")


def test_an_unknown_mode_is_none() -> None:
    assert customs_mode("9999") is None


def test_every_mode_is_named_in_both_languages_with_its_basis() -> None:
    assert all(mode.name_zh and mode.name_en and mode.basis for mode in CUSTOMS_MODES)
    assert len(codes()) == len(CUSTOMS_MODES)


def test_eighteen_categories_have_eighteen_codes() -> None:
    assert len({category.code for category in GOODS_CATEGORIES}) == 18
    assert all(len(category.name_zh) <= 32 for category in GOODS_CATEGORIES)
