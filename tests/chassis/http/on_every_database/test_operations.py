from datetime import timedelta

from tests.chassis.http.shop import Shop

ENTRIES = "/v1/audit-entries"


async def test_operators_read_who_changed_what_the_latest_first(shop: Shop) -> None:
    for number in range(3):
        await shop.http.post(
            "/v1/stalls",
            json={"name": f"s{number}", "rent": number},
            headers={**shop.bearer(), "X-Request-ID": f"r{number}"},
        )
        shop.clock.advance(timedelta(minutes=1))

    whole = await shop.http.get(ENTRIES, headers=shop.bearer("operations"))
    one = await shop.http.get(
        ENTRIES, params={"subject": "stall/s1"}, headers=shop.bearer("operations")
    )
    since = await shop.http.get(
        ENTRIES,
        params={"since": (shop.clock.now() - timedelta(minutes=2)).isoformat()},
        headers=shop.bearer("operations"),
    )

    assert [entry["subject"] for entry in whole.json()["items"]] == [
        "stall/s2",
        "stall/s1",
        "stall/s0",
    ]
    [entry] = one.json()["items"]
    assert entry["after"] == {"name": "s1", "rent": 1}
    assert (entry["actor"], entry["request_id"]) == ("partner", "r1")
    assert len(since.json()["items"]) == 2


async def test_the_audit_trail_is_for_operators(shop: Shop) -> None:
    assert (await shop.http.get(ENTRIES, headers=shop.bearer())).status_code == 403
    assert (await shop.http.get(ENTRIES)).status_code == 401
