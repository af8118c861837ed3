"""`yuanqu load`: a live sale that ends, every order of it counted once."""

from itertools import pairwise

import pytest

from tests.yuanqu.conftest import Installation
from yuanqu.load.shape import LiveSale


@pytest.mark.parametrize("seconds", [5, 120, 3_600])
def test_a_sale_rises_to_its_peak_within_seconds_and_ends(seconds: int) -> None:
    sale = LiveSale(seconds, base=50, peak=1_000)
    due = [sale.due(tenth / 10) for tenth in range(10 * seconds + 20)]
    busiest = max(after - before for before, after in pairwise(due)) * 10

    assert due == sorted(due)
    assert due[0] == 0
    assert due[10 * seconds] == due[-1] == sale.orders
    assert 50 * seconds < sale.orders < 500 * seconds
    assert 900 < busiest <= 1_010


def test_every_second_offer_is_smaller() -> None:
    sale = LiveSale(180, base=50, peak=1_000)
    offers = [sale.due(end + 60) - sale.due(end) for end in (0, 60, 120)]

    assert 60 * 50 < offers[1] < min(offers[0], offers[2])


def test_a_load_is_counted_once_though_parts_of_it_are_sent_twice(
    installation: Installation,
) -> None:
    options = ("--seconds", "5", "--base", "100", "--peak", "400", "--json")
    first = installation.command("load", *options).json
    second = installation.command("load", *options).json

    assert first["run"] != second["run"]
    for result in (first, second):
        assert result["orders"] == result["outcomes"]["counted"] > 500
        assert result["repeated"] == result["outcomes"]["duplicate"] > 0
        assert result["failures"] == {}
