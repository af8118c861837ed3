"""Where figures belong follows the register, at once and without counting anything again."""

from service_chassis.testing import Platform
from tests.support.figures import volume, volume_by, volumes
from tests.support.orders import a_fact, sellers
from tests.support.scenario import (
    admit,
    edit,
    found,
    made,
    move_in,
    publish_plan,
    register_park,
    told,
)

SELLERS = sellers(3)


async def test_a_late_and_a_corrected_tenancy_move_the_figures_without_a_recount(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS, region="441900")
    for code, region in (("GZ-PAZHOU", "440105"), ("DG-HUMEN", "441900")):
        await register_park(platform, code, region)
    days = ("2026-01-10", "2026-01-20", "2026-02-10")
    orders = [
        a_fact(f"D{place}", occurred_at=f"{day}T12:00:00+08:00", amount_minor=10**place)
        for place, day in enumerate(days)
    ]
    receipt = await told(platform, shop, orders)

    nowhere = await volume_by(platform, "park", "2026")
    tenancy = await move_in(platform, SELLERS[0], "GZ-PAZHOU", "2026-01-15")
    late = await volume_by(platform, "park", "2026")
    await edit(
        platform,
        f"/registry/v1/tenancies/{tenancy}",
        {"moved_in_on": "2026-01-10", "reason": "the lease began earlier"},
    )
    corrected = await volume_by(platform, "park", "2026")
    await made(
        platform,
        f"/registry/v1/tenancies/{tenancy}:advance",
        {"stage": "left", "on": "2026-02-10"},
    )
    await move_in(platform, SELLERS[0], "DG-HUMEN", "2026-02-10")
    moved = await volume_by(platform, "park", "2026")
    by_month = await volumes(platform, "2026-Q1", by="month", group_by="park")

    assert nowhere == {"unattributed": 111}
    assert late == {"GZ-PAZHOU": 110, "unattributed": 1}
    assert corrected == {"GZ-PAZHOU": 111}
    assert moved == {"GZ-PAZHOU": 11, "DG-HUMEN": 100}
    assert {
        (item["period"]["period"], item["group"]["park"]["code"]): figure["amount_minor"]
        for item in by_month["items"]
        for figure in item["native"]
    } == {("2026-01", "GZ-PAZHOU"): 11, ("2026-02", "DG-HUMEN"): 100}
    assert await volume(platform, "2026-01-10", park="GZ-PAZHOU") == 1
    assert await volume(platform, "2026") == 111
    told_of_order = await found(platform, f"/metrics/v1/facts/{shop.code}/D2")
    assert told_of_order["facts"][0]["counted_as"]["attribution"]["park_code"] == "DG-HUMEN"
    assert receipt["summary"]["counted"] == 3


async def test_a_merged_enterprise_counts_for_the_one_it_became(platform: Platform) -> None:
    shop = await admit(platform, "mall", SELLERS)
    await register_park(platform, "GZ-PAZHOU", "440105")
    await move_in(platform, SELLERS[1], "GZ-PAZHOU", "2020-01-01")
    await told(
        platform,
        shop,
        [
            a_fact(f"M{place}", seller_uscc=code, amount_minor=10**place)
            for place, code in enumerate(SELLERS)
        ],
    )
    before = await volume_by(platform, "enterprise", "2026-03")
    parks_before = await volume_by(platform, "park", "2026-03")

    await made(
        platform,
        f"/registry/v1/enterprises/{SELLERS[0]}:merge",
        {"into": SELLERS[1], "reason": "one firm, registered twice"},
    )
    await platform.settle()
    after = await volume_by(platform, "enterprise", "2026-03")
    parks_after = await volume_by(platform, "park", "2026-03")
    late = await told(platform, shop, [a_fact("LATE", seller_uscc=SELLERS[0], amount_minor=5_000)])

    assert before == {SELLERS[0]: 1, SELLERS[1]: 10, SELLERS[2]: 100}
    assert parks_before == {"GZ-PAZHOU": 10, "unattributed": 101}
    assert after == {SELLERS[1]: 11, SELLERS[2]: 100}
    assert parks_after == {"GZ-PAZHOU": 11, "unattributed": 100}
    assert late["summary"]["counted"] == 1
    assert await volume(platform, "2026-03", park="GZ-PAZHOU") == 5_011


async def test_regions_are_told_on_the_map_of_their_date(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1], region="440116")
    years = {"2013-06-01": 1, "2015-06-01": 10}
    await told(
        embedded,
        shop,
        [
            a_fact(f"Y{amount}", occurred_at=f"{day}T12:00:00+08:00", amount_minor=amount)
            for day, amount in years.items()
        ],
    )

    before = await volume_by(embedded, "region:county", "2013")
    after = await volume_by(embedded, "region:county", "2015")
    city = await volume_by(embedded, "region:prefecture", "2013..2015")
    grown = await volumes(embedded, "2015", group_by="region:county", yoy=True)

    # Luogang (440116) became part of the new Huangpu (440112) in 2014.
    assert before == {"440116": 1}
    assert after == {"440112": 10}
    assert city == {"440100": 11}
    assert grown["map_on"] == "2015-12-31"
    assert await volume(embedded, "2015", region="440112") == 10
    assert await volume(embedded, "2013..2015", region="440000") == 11


async def test_growth_across_a_rezoning_compares_both_years_on_the_current_map(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1], region="440116")
    years = {"2013-11-01": 100, "2014-11-01": 125}
    await told(
        embedded,
        shop,
        [
            a_fact(f"Y{amount}", occurred_at=f"{day}T12:00:00+08:00", amount_minor=amount)
            for day, amount in years.items()
        ],
    )

    answer = await volumes(embedded, "2014", group_by="region:county", yoy=True)

    (item,) = answer["items"]
    assert item["group"]["region:county"]["code"] == "440112"
    assert item["native"][0]["yoy"]["rate"] == "0.250000"
    assert item["native"][0]["yoy"]["base_amount_minor"] == 100


async def test_a_moved_park_and_a_moved_enterprise_take_their_figures_along(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", SELLERS[:2], region="441900")
    await register_park(embedded, "GZ-PAZHOU", "440105")
    await move_in(embedded, SELLERS[0], "GZ-PAZHOU", "2020-01-01")
    await told(
        embedded,
        shop,
        [
            a_fact("IN-PARK", seller_uscc=SELLERS[0], amount_minor=1),
            a_fact("AT-HOME", seller_uscc=SELLERS[1], amount_minor=10),
        ],
    )
    before = await volume_by(embedded, "region:prefecture", "2026-03")

    await edit(embedded, "/registry/v1/parks/GZ-PAZHOU", {"region_code": "330106"})
    await edit(embedded, f"/registry/v1/enterprises/{SELLERS[1]}", {"region_code": "440105"})
    after = await volume_by(embedded, "region:prefecture", "2026-03")

    assert before == {"440100": 1, "441900": 10}
    assert after == {"330100": 1, "440100": 10}


async def test_a_dated_set_of_parks_is_what_a_node_of_a_plan_counts(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    await register_park(embedded, "GZ-PAZHOU", "440105")
    await move_in(embedded, SELLERS[0], "GZ-PAZHOU", "2020-01-01")
    await publish_plan(
        embedded, "PLAN", [("HQ", "hq", ["GZ-PAZHOU"])], since="2026-01-15", until="2026-02-10"
    )
    days = ("2026-01-14", "2026-01-15", "2026-02-09", "2026-02-10")
    await told(
        embedded,
        shop,
        [
            a_fact(f"D{place}", occurred_at=f"{day}T12:00:00+08:00", amount_minor=10**place)
            for place, day in enumerate(days)
        ],
    )

    of_node = await volume(embedded, "2026-Q1", plan="PLAN", node="HQ")
    by_node = await volume_by(embedded, "plan_node", "2026-Q1", plan="PLAN")

    assert of_node == 110
    assert by_node == {"HQ": 110, "outside_the_plan": 1_001}
