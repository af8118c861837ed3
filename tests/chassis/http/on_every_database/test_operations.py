from datetime import timedelta

import pytest

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


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_moment_outside_all_calendars_is_a_fault_of_its_parameter(
    shop: Shop, since: str
) -> None:
    answer = await shop.http.get(
        ENTRIES, params={"since": since}, headers=shop.bearer("operations")
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/since"


@pytest.mark.parametrize("path", [ENTRIES, "/v1/dead-letters"])
async def test_nul_in_a_query_is_a_fault_of_its_parameter(shop: Shop, path: str) -> None:
    answer = await shop.http.get(f"{path}?group=a%00b", headers=shop.bearer("operations"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/group"


async def test_a_state_of_no_dead_letter_is_refused(shop: Shop) -> None:
    answer = await shop.http.get(
        "/v1/dead-letters?state=burried", headers=shop.bearer("operations")
    )

    assert answer.status_code == 422
    assert "'buried'" in answer.json()["errors"][0]["detail"]


async def test_the_audit_trail_is_for_operators(shop: Shop) -> None:
    assert (await shop.http.get(ENTRIES, headers=shop.bearer())).status_code == 403
    assert (await shop.http.get(ENTRIES)).status_code == 401
