"""Which divisions stood on a date, and what they lay in."""

from datetime import date

import pytest

from reference_data.divisions import (
    DatedBy,
    Level,
    ancestors,
    at_level,
    children,
    lookup,
    parent,
    search,
    was_ever,
    within,
)

BEFORE, AFTER = date(2014, 2, 11), date(2014, 2, 12)


def names(code: str, as_of: date | None = None) -> list[str]:
    return [division.name for division in ancestors(code, as_of)]


@pytest.mark.parametrize("code", ["440116", "440183", "440184"])
def test_a_district_that_went_is_known_until_the_day_of_the_notice(code: str) -> None:
    went = lookup(code, BEFORE)

    assert went
    assert went.dated_by == DatedBy.NOTICE
    assert lookup(code, AFTER) is None
    assert lookup(code) is None


@pytest.mark.parametrize("code", ["440117", "440118"])
def test_a_district_that_came_is_known_from_the_day_of_the_notice(code: str) -> None:
    assert lookup(code, BEFORE) is None
    assert lookup(code, AFTER)


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("330103", date(2021, 4, 8), "下城区"),
        ("330114", date(2021, 4, 9), "钱塘区"),
        ("440106", date(1988, 12, 30), "芳村区"),
        ("440106", date(1988, 12, 31), "天河区"),
        ("441900121", date(2013, 11, 30), "虎门镇"),
        ("440000", date(1992, 1, 1), "广东省"),
    ],
)
def test_a_code_is_read_with_its_date(code: str, on: date, name: str) -> None:
    found = lookup(code, on)

    assert found
    assert found.name == name


def test_a_day_between_two_editions_belongs_to_the_earlier_one() -> None:
    assert lookup("330111", date(2014, 12, 30)) is None
    assert lookup("330183", date(2014, 12, 30))
    fuyang = lookup("330111", date(2014, 12, 31))
    assert fuyang
    assert fuyang.dated_by == DatedBy.EDITION


def test_nothing_is_known_before_the_first_edition() -> None:
    assert lookup("440100", date(1980, 12, 30)) is None
    assert ancestors("440105", date(1980, 12, 30)) == ()


def test_towns_of_dongguan_and_zhongshan_hang_directly_under_the_city() -> None:
    assert names("441900121") == ["东莞市", "广东省"]
    above = parent("442000001")
    assert above
    assert above.name == "中山市"


def test_a_town_elsewhere_lies_in_its_district() -> None:
    assert names("330110005") == ["余杭区", "杭州市", "浙江省"]


def test_a_district_of_a_municipality_has_no_prefecture() -> None:
    assert names("110105") == ["北京市"]
    assert at_level("110105", Level.PREFECTURE) is None


def test_a_place_in_a_district_founded_later_still_lies_in_the_city() -> None:
    assert names("330114", date(2019, 6, 1)) == ["杭州市", "浙江省"]


def test_a_code_never_given_has_no_ancestors() -> None:
    assert not was_ever("449999")
    assert ancestors("449999") == ()


def test_within_counts_the_region_itself() -> None:
    assert within("440105", "440105")
    assert within("441900121", "440000")
    assert not within("441900121", "440100")


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("441900121", Level.TOWNSHIP, "441900121"),
        ("441900121", Level.COUNTY, None),
        ("441900121", Level.PREFECTURE, "441900"),
        ("440105", Level.PROVINCE, "440000"),
    ],
)
def test_a_code_is_placed_at_a_level(code: str, level: Level, expected: str | None) -> None:
    found = at_level(code, level)

    assert (found.code if found else None) == expected


def test_guangzhou_had_ten_districts_and_two_cities_and_has_eleven_districts() -> None:
    assert len(children("440100", as_of=BEFORE)) == 12
    assert [division.name for division in children("440100", as_of=AFTER)] == [
        *("荔湾区", "越秀区", "海珠区", "天河区", "白云区", "黄埔区"),
        *("番禺区", "花都区", "南沙区", "从化区", "增城区"),
    ]


def test_children_go_one_level_down_or_to_the_level_asked() -> None:
    assert len(children()) == 34
    assert {division.level for division in children("440000")} == {Level.PREFECTURE}
    assert "440105" in {division.code for division in children("440000", Level.COUNTY)}
    assert len(children("441900")) == 36
    assert len(children("441900", Level.TOWNSHIP)) == 36
    assert children("441900", Level.COUNTY) == []


def test_search_finds_the_closest_name_first() -> None:
    assert [division.name for division in search("黄埔")] == ["黄埔区", "黄埔街道"]
    assert search("虎门镇")[0].code == "441900121"
    assert [division.code for division in search("440105", limit=1)] == ["440105"]
    assert search("萝岗区") == []
    assert search("萝岗区", as_of=BEFORE)[0].code == "440116"
    assert search(" ") == []
