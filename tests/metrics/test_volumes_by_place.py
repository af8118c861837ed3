"""Where a figure counts: regions on the map of its time, parks, nodes of plans, merged sellers."""

from datetime import date

from metrics.comparison.rules import Comparison
from tests.metrics.figures import Economy, amount, amounts, groups, sale

A, B, C = (f"91440101MA5AAAA{number:03}" for number in range(3))
YOY = [Comparison.YOY]


async def test_nothing_without_a_place_is_dropped(economy: Economy) -> None:
    await economy.hear(economy.park("PA"), economy.enterprise(A), economy.enterprise(B, "330106"))
    await economy.hear(economy.tenancy(A, "PA", date(2020, 1, 1)))
    await economy.sell(*(sale(each, date(2025, 5, 1), 100) for each in (A, B, C)))

    parks = await economy.ask("2025", group_by=["park"])
    provinces = await economy.ask("2025", group_by=["region:province"])

    assert amounts(parks, "park") == {"PA": 100, "unattributed": 200}
    assert amounts(provinces, "region:province") == {
        "440000": 100,
        "330000": 100,
        "unattributed": 100,
    }
    assert groups(provinces, "region:province")["440000"].group["region:province"].name_zh == (
        "广东省"
    )


async def test_regions_are_told_on_the_map_of_the_period(economy: Economy) -> None:
    await economy.hear(economy.park("XS", "330109"), economy.park("QT", "330114"))
    await economy.hear(economy.enterprise(A), economy.enterprise(B))
    await economy.hear(
        economy.tenancy(A, "XS", date(2010, 1, 1)), economy.tenancy(B, "QT", date(2010, 1, 1))
    )
    await economy.sell(
        *(sale(each, date(year, 5, 1), 100) for each in (A, B) for year in (2019, 2024))
    )

    city = await economy.ask("2019", regions=["330100"])
    districts = await economy.ask("2024", group_by=["region:county"], comparisons=YOY)

    assert amount(city.items[0]) == 200
    assert city.map_on == date(2019, 12, 31)
    assert amounts(districts, "region:county") == {"330109": 100, "330114": 100}


async def test_a_park_that_joins_a_node_inside_a_month_counts_from_its_day(
    economy: Economy,
) -> None:
    await economy.hear(economy.park("PA"), economy.park("PB"))
    await economy.hear(economy.enterprise(A), economy.enterprise(B))
    await economy.hear(
        economy.tenancy(A, "PA", date(2020, 1, 1)), economy.tenancy(B, "PB", date(2020, 1, 1))
    )
    await economy.hear(
        economy.plan(
            "GZ",
            {
                "N1": [("PA", date(2010, 1, 1), None), ("PB", date(2025, 5, 11), None)],
                "N2": [("PB", date(2010, 1, 1), date(2025, 5, 11))],
            },
        )
    )
    await economy.sell(
        *(sale(each, date(2025, 5, day), 10**day) for each in (A, B) for day in range(8, 14))
    )
    await economy.sell(sale(C, date(2025, 5, 9), 7))

    by_node = await economy.ask("2025", group_by=["plan_node"], plan="GZ")
    one = await economy.ask("2025-05", nodes=["N1"], plan="GZ")
    weeks = await economy.ask("2025-05", nodes=["N1"], plan="GZ", by="week")

    of_a = sum(10**day for day in range(8, 14))
    of_b = sum(10**day for day in range(11, 14))
    assert amounts(by_node, "plan_node") == {
        "N1": of_a + of_b,
        "N2": sum(10**day for day in range(8, 11)),
        "outside_the_plan": 7,
    }
    assert amount(one.items[0]) == of_a + of_b
    assert sum(amount(item) for item in weeks.items) == of_a + of_b


async def test_a_merged_enterprise_counts_where_the_one_it_became_is(economy: Economy) -> None:
    await economy.hear(economy.park("PA"), economy.enterprise(A), economy.enterprise(B))
    await economy.hear(economy.tenancy(B, "PA", date(2020, 1, 1)))
    await economy.sell(*(sale(each, date(2025, 5, 1), 100) for each in (A, B)))
    before = await economy.ask("2025", group_by=["park"])

    await economy.hear(economy.enterprise(A, merged_into=B))

    after = await economy.ask("2025", group_by=["park"])
    by_enterprise = await economy.ask("2025", group_by=["enterprise"])
    asked_by_old_code = await economy.ask("2025", enterprises=[A])
    assert amounts(before, "park") == {"PA": 100, "unattributed": 100}
    assert amounts(after, "park") == {"PA": 200}
    assert amounts(by_enterprise, "enterprise") == {B: 200}
    assert amount(asked_by_old_code.items[0]) == 200
