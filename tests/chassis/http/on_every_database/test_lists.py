import base64
from datetime import timedelta
from pathlib import Path

import pytest

from service_chassis.columns import new_id
from service_chassis.etags import Precondition, VersionStale
from service_chassis.settings import Settings
from tests.chassis.http.shop import Shop, Stall

RENTS = [300, 100, 200, 100, 200, 100, 300]


@pytest.fixture
async def market(shop: Shop) -> Shop:
    for place, rent in enumerate(RENTS):
        async with shop.database.unit_of_work() as uow:
            uow.session.add(Stall(id=new_id(), name=f"s{place}", rent=rent, opened_at=uow.now))
        if place % 2:
            shop.clock.advance(timedelta(minutes=1))
    return shop


async def read(shop: Shop, path: str, size: int) -> list[str]:
    names: list[str] = []
    joiner = "&" if "?" in path else "?"
    address = f"{path}{joiner}page_size={size}"
    token: str | None = None
    while True:
        following = f"{address}&page_token={token}" if token else address
        page = (await shop.http.get(following, headers=shop.bearer())).raise_for_status().json()
        assert 0 < len(page["items"]) <= size
        names += [item["name"] for item in page["items"]]
        token = page["next_page_token"]
        if token is None:
            return names


@pytest.mark.parametrize("size", [1, 2, 3, 7, 200])
async def test_pages_of_any_size_make_the_whole_list(market: Shop, size: int) -> None:
    mixed = await read(market, "/v1/stalls", size)
    uniform = await read(market, "/v1/stalls/by-age", size)

    assert mixed == ["s5", "s3", "s1", "s4", "s2", "s6", "s0"]
    assert uniform == ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]


async def test_rows_added_before_the_page_shift_nothing(market: Shop) -> None:
    first = await market.http.get("/v1/stalls?page_size=3", headers=market.bearer())
    async with market.database.unit_of_work() as uow:
        uow.session.add(Stall(id=new_id(), name="new", rent=1, opened_at=uow.now))

    token = first.json()["next_page_token"]
    second = await market.http.get(
        f"/v1/stalls?page_size=3&page_token={token}", headers=market.bearer()
    )

    assert [item["name"] for item in second.json()["items"]] == ["s4", "s2", "s6"]


async def test_a_token_serves_only_its_own_list_and_is_signed(market: Shop) -> None:
    page = await market.http.get("/v1/stalls?page_size=2", headers=market.bearer())
    token = page.json()["next_page_token"]
    sealed = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    sealed[-3] ^= 1
    forged = base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    for path in (
        f"/v1/stalls?rent=100&page_token={token}",
        f"/v1/stalls/by-age?page_token={token}",
        f"/v1/stalls?page_token={forged}",
        "/v1/stalls?page_token=%01",
        "/v1/stalls?page_token=AAAA",
    ):
        answer = await market.http.get(path, headers=market.bearer())
        assert (answer.status_code, answer.json()["code"]) == (400, "page_token_invalid"), path


async def test_processes_with_one_data_folder_sign_alike(tmp_path: Path) -> None:
    keys = {Settings(data_dir=tmp_path).signing_key for _ in range(2)}

    assert len(keys) == 1


async def test_a_change_needs_the_version_it_was_made_from(shop: Shop) -> None:
    opened = await shop.http.post(
        "/v1/stalls", json={"name": "tea", "rent": 5}, headers=shop.bearer()
    )
    path = f"/v1/stalls/{opened.json()['id']}?name=silk"

    blind = await shop.http.patch(path, headers=shop.bearer())
    good = await shop.http.patch(path, headers={**shop.bearer(), "If-Match": '"1"'})
    late = await shop.http.patch(path, headers={**shop.bearer(), "If-Match": '"1"'})

    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (good.status_code, good.headers["etag"]) == (200, '"2"')
    assert (late.status_code, late.json()["code"]) == (412, "version_stale")
    assert late.json()["current"] == '"2"'


def test_a_precondition_may_name_several_versions_or_any() -> None:
    assert Precondition('"1", "2"').holds_for(2)
    assert Precondition("*").holds_for(9)
    # A weak tag promises too little for a change.
    assert not Precondition('W/"2"').holds_for(2)
    with pytest.raises(VersionStale):
        Precondition('"1"').require(2)


async def test_a_number_that_no_column_holds_is_the_callers_fault(shop: Shop) -> None:
    answer = await shop.http.get(f"/v1/stalls?rent={10**30}", headers=shop.bearer())

    assert (answer.status_code, answer.json()["code"]) == (422, "value_unusable")
