"""What became of a division: known where a notice says it, unknown elsewhere."""

from datetime import date

import pytest

from reference_data.succession import restate, successors

OLD, NEW = date(2013, 6, 30), date(2015, 6, 30)
THEN, NOW = date(2019, 12, 31), date(2022, 12, 31)


@pytest.mark.parametrize(
    ("code", "from_date", "to_date", "expected"),
    [
        ("440116", OLD, NEW, ("440112",)),
        ("440112", OLD, NEW, ("440112",)),
        ("440183", OLD, NEW, ("440118",)),
        ("440184", OLD, NEW, ("440117",)),
        ("440112", NEW, OLD, ("440112", "440116")),
        ("440118", NEW, OLD, ("440183",)),
        ("330103", THEN, NOW, ("330105",)),
        ("330104", THEN, NOW, ("330102", "330114")),
        ("330110", THEN, NOW, ("330110", "330113")),
        ("330109", THEN, NOW, ("330109", "330114")),
        ("330114", NOW, THEN, ("330104", "330109")),
        ("330113", NOW, THEN, ("330110",)),
    ],
)
def test_curated_changes_are_followed_both_ways(
    code: str, from_date: date, to_date: date, expected: tuple[str, ...]
) -> None:
    restated = restate(code, from_date, to_date)

    assert restated.codes == expected
    assert restated.known
    assert restated.sources


def test_a_divided_territory_has_no_single_code() -> None:
    assert restate("330104", THEN, NOW).single is None
    assert restate("330103", THEN, NOW).single == "330105"


@pytest.mark.parametrize("code", ["440105", "441900", "441900121", "440000", "110105"])
def test_a_code_that_kept_its_name_is_the_same_division(code: str) -> None:
    restated = restate(code, OLD, NOW)

    assert restated.single == code
    assert restated.sources == ()


def test_what_no_notice_explains_is_unknown_and_says_so() -> None:
    went_without_notice = restate("330183", OLD, NOW)
    given_again = restate("440106", date(1987, 12, 31), NOW)
    never_there = restate("440116", NEW, NOW)

    assert not went_without_notice.known
    assert went_without_notice.codes == ()
    assert "no notice says" in str(went_without_notice.why_unknown)
    assert not given_again.known
    assert never_there.why_unknown == "440116 was no division on 2015-06-30"


def test_the_same_day_changes_nothing() -> None:
    assert restate("440116", OLD, OLD).codes == ("440116",)


def test_successors_start_from_the_last_day_a_division_stood() -> None:
    assert successors("440116", date(2014, 2, 12), NOW).single == "440112"
