"""The unified social credit code, against worked examples and what libraries get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_data.credit_code import (
    ALPHABET,
    Fault,
    Oddity,
    check,
    check_character,
    is_valid,
    normalise,
    organisation_check_character,
)


@pytest.mark.parametrize(
    "code",
    [
        "91441900MA4XDG017F",
        "91110000600037341L",
        "91441900MA5HUM3N2E",
        "51441900MJ0123456P",
        "12330100MJ01234568",
        "52441900MJ0123456L",
        "92441900MJ0123456G",
        "93330700MJ0123456U",
        "51330000MJ8701097M",
    ],
)
def test_right_codes_pass(code: str) -> None:
    assert check(code).faults == ()


def test_the_worked_example() -> None:
    assert check_character("91441900MA4XDG017") == "F"
    assert organisation_check_character("MA4XDG01") == "7"
    assert check("91441900MA4XDG017F").warnings == ()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91350100M000100Y4Z", Fault.CHARACTER),
        ("91350100M000100Y44", Fault.CHECK_CHARACTER),
        ("91441900MA4XDG017", Fault.LENGTH),
        ("91441900MA4XDG017FF", Fault.LENGTH),
        ("", Fault.LENGTH),
        ("91441900MA4XDG0I7F", Fault.CHARACTER),
        ("914419A0MA4XDG017F", Fault.PLACE),
        ("91441900MA4XDG018F", Fault.CHECK_CHARACTER),
    ],
)
def test_wrong_codes_name_their_fault(code: str, fault: Fault) -> None:
    assert check(code).faults == (fault,)
    assert not is_valid(code)


def test_the_right_last_character_of_a_wrong_code_can_be_told() -> None:
    assert check_character("91350100M000100Y4") == "3"


@pytest.mark.parametrize("start", ["N1", "N2", "Y1", "YY"])
def test_letters_are_right_in_the_first_two_positions(start: str) -> None:
    seventeen = f"{start}330110MJ0123456"

    assert is_valid(seventeen + check_character(seventeen))


def test_a_wrong_organisation_check_warns_and_passes() -> None:
    seventeen = "91441900MA4XDG018"
    checked = check(seventeen + check_character(seventeen))

    assert checked.valid
    assert checked.warnings == (Oddity.ORGANISATION_CHECK,)


@pytest.mark.parametrize(
    "written",
    [
        "91441900ma4xdg017f",
        " 9144 1900 MA4X DG01 7F ",
        "91441900-MA4XDG01-7F",
        "91441900MA4XDG017F",
        "91441900\u3000MA4XDG017F",
    ],
)
def test_a_code_is_normalised_before_it_is_checked(written: str) -> None:
    assert normalise(written) == "91441900MA4XDG017F"
    assert is_valid(written)


def test_the_parts_of_a_code() -> None:
    checked = check("91441900MA4XDG017F")

    assert checked.authority == "9"
    assert checked.registered_in == "441900"


@given(
    st.text(alphabet=ALPHABET, min_size=2, max_size=2),
    st.integers(0, 999_999),
    st.text(alphabet=ALPHABET, min_size=9, max_size=9),
    st.integers(0, 17),
    st.sampled_from(ALPHABET),
)
def test_one_changed_character_is_always_noticed(
    start: str, place: int, organisation: str, position: int, other: str
) -> None:
    seventeen = f"{start}{place:06d}{organisation}"
    code = seventeen + check_character(seventeen)
    changed = code[:position] + other + code[position + 1 :]

    assert is_valid(code)
    assert is_valid(changed) == (changed == code)
