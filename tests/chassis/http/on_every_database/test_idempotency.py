import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from service_chassis.tables import AuditEntry, IdempotencyKey
from tests.chassis.http.shop import Shop

TEA = {"name": "tea", "rent": 100}


async def open_stall(shop: Shop, key: str, stall: Any = None, **claims: Any) -> httpx.Response:
    return await shop.http.post(
        "/v1/stalls",
        json=stall or TEA,
        headers={**shop.bearer(**claims), "Idempotency-Key": key},
    )


async def keys_kept(shop: Shop) -> int:
    async with shop.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


async def test_the_same_request_again_is_answered_again_and_not_done_again(shop: Shop) -> None:
    first = await open_stall(shop, "one")
    again = await open_stall(shop, "one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await shop.stalls() == ["tea"]


async def test_what_is_done_under_a_key_names_its_author(shop: Shop) -> None:
    await open_stall(shop, "one")

    async with shop.database.reading() as session:
        [entry] = await session.scalars(select(AuditEntry))
    assert (entry.actor, entry.actor_kind, entry.action) == ("partner", "machine", "stall.opened")
    assert entry.request_id


async def test_twenty_twins_at_once_do_it_once(shop: Shop) -> None:
    answers = await asyncio.gather(*(open_stall(shop, "one") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 19
    assert await shop.stalls() == ["tea"]


async def test_a_key_belongs_to_one_request(shop: Shop) -> None:
    await open_stall(shop, "one")

    other = await open_stall(shop, "one", {"name": "silk", "rent": 1})

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await shop.stalls() == ["tea"]


async def test_clients_do_not_share_keys(shop: Shop) -> None:
    await open_stall(shop, "one")
    await open_stall(shop, "one", client_id="another", sub="another")

    assert await shop.stalls() == ["tea", "tea"]


@pytest.mark.parametrize(("name", "status"), [("taken", 409), ("broken", 500)])
async def test_a_refusal_or_a_failure_leaves_no_key_behind(
    shop: Shop, name: str, status: int
) -> None:
    refused = [await open_stall(shop, "one", {"name": name, "rent": 1}) for _ in range(2)]

    assert [answer.status_code for answer in refused] == [status, status]
    assert await keys_kept(shop) == 0
    # The corrected request may use the key.
    assert (await open_stall(shop, "one")).status_code == 201


async def test_an_invalid_request_leaves_no_key_behind(shop: Shop) -> None:
    refused = await open_stall(shop, "one", {"name": "tea"})

    assert refused.status_code == 422
    assert await keys_kept(shop) == 0


async def test_a_stored_answer_is_only_for_those_who_may_still_ask(shop: Shop) -> None:
    await open_stall(shop, "one")

    no_scope = await open_stall(shop, "one", scope="shop:read")
    nobody = await shop.http.post("/v1/stalls", json=TEA, headers={"Idempotency-Key": "one"})

    assert (no_scope.status_code, nobody.status_code) == (403, 401)


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
async def test_an_unusable_key_is_refused(shop: Shop, key: str) -> None:
    answer = await open_stall(shop, key)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


async def test_without_a_key_every_request_counts(shop: Shop) -> None:
    for _ in range(2):
        await shop.http.post("/v1/stalls", json=TEA, headers=shop.bearer())

    assert await shop.stalls() == ["tea", "tea"]
    assert await keys_kept(shop) == 0
