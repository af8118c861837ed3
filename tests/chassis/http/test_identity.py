import asyncio
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter
from sqlalchemy import delete, event

from service_chassis.app import build_app
from service_chassis.identity_book import KEY_READY
from service_chassis.outside_issuer import OutsideIssuer
from service_chassis.policy import RouteWithoutPolicy
from service_chassis.service import Service
from service_chassis.tables import RevokedClient, TrustedKey
from tests.chassis.http.shop import SERVICE, Shop, ShopTable

WHOAMI = "/v1/stalls/whoami"


async def code_of(shop: Shop, headers: dict[str, str], path: str = WHOAMI) -> str | None:
    answer = await shop.http.get(path, headers=headers)
    code: str | None = answer.json().get("code")
    return code


async def test_a_good_token_names_the_caller(shop: Shop) -> None:
    answer = await shop.http.get(WHOAMI, headers=shop.bearer(kind="person", parks=["GZ-PAZHOU"]))

    assert answer.json() == {"subject": "partner", "kind": "person", "parks": ["GZ-PAZHOU"]}


async def test_without_a_token_the_answer_says_how_to_get_one(shop: Shop) -> None:
    answer = await shop.http.get(WHOAMI)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_scope_that_was_not_given_is_named(shop: Shop) -> None:
    answer = await shop.http.get(WHOAMI, headers=shop.bearer("figures:read"))

    assert (answer.status_code, answer.json()["scopes"]) == (403, ["shop:read"])


@pytest.mark.parametrize("scope", ["shop:read", "shop:write"])
async def test_one_of_several_scopes_is_enough_where_the_route_says_so(
    shop: Shop, scope: str
) -> None:
    answer = await shop.http.get("/v1/stalls", headers=shop.bearer(scope))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"aud": "another"},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"exp": 1},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(shop: Shop, claims: dict[str, Any]) -> None:
    assert await code_of(shop, shop.bearer(**claims)) == "not_authenticated"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 10])
async def test_nonsense_is_refused(shop: Shop, token: str) -> None:
    answer = await shop.http.get(
        WHOAMI, headers=[(b"Authorization", f"Bearer {token}".encode("latin-1"))]
    )

    assert answer.status_code == 401


async def test_a_signature_of_another_key_under_a_known_name_is_refused(shop: Shop) -> None:
    shop.signer = Ed25519PrivateKey.generate()

    assert await code_of(shop, shop.bearer()) == "not_authenticated"


async def test_a_token_signed_by_nobody_is_refused(shop: Shop) -> None:
    claims = jwt.decode(shop.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": shop.kid})

    assert await code_of(shop, {"Authorization": f"Bearer {unsigned}"}) == "not_authenticated"


async def test_a_token_expires_although_it_was_seen_before(shop: Shop) -> None:
    headers = shop.bearer()
    assert await code_of(shop, headers) is None

    shop.clock.advance(timedelta(seconds=901))

    assert await code_of(shop, headers) == "not_authenticated"


async def test_a_revoked_client_is_out_within_two_seconds(shop: Shop) -> None:
    headers = shop.bearer()
    assert await code_of(shop, headers) is None

    async with shop.database.unit_of_work() as uow:
        uow.session.add(RevokedClient(client_id="partner", revoked_at=uow.now))
    await asyncio.sleep(1.1)

    assert await code_of(shop, headers) == "not_authenticated"


async def test_tokens_of_a_retired_key_are_refused(shop: Shop) -> None:
    async with shop.database.unit_of_work() as uow:
        await uow.session.execute(delete(TrustedKey))
    await shop.trust_signer(retired_in=timedelta(seconds=60))
    headers = shop.bearer()
    assert await code_of(shop, headers) is None

    shop.clock.advance(timedelta(seconds=61))

    assert await code_of(shop, headers) == "not_authenticated"


async def test_a_key_published_a_moment_ago_is_found_by_the_first_token(shop: Shop) -> None:
    assert await code_of(shop, shop.bearer()) is None

    shop.signer, shop.kid = Ed25519PrivateKey.generate(), "second"
    await shop.trust_signer()

    assert await code_of(shop, shop.bearer()) is None


async def test_the_database_is_asked_once_a_second_however_many_ask(shop: Shop) -> None:
    statements: list[str] = []
    engine = shop.database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    answers = await asyncio.gather(
        *(shop.http.get(WHOAMI, headers=shop.bearer(jti=str(number))) for number in range(50))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert len([text for text in statements if "trusted_key" in text]) == 1


async def test_readiness_waits_for_the_first_key(shop: Shop) -> None:
    runtime = shop.app.state.runtime
    assert await KEY_READY(runtime) is None

    async with shop.database.unit_of_work() as uow:
        await uow.session.execute(delete(TrustedKey))

    assert await KEY_READY(runtime) == "waits for signing keys from registry"
    answer = await shop.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["waits_for"] == ["waits for signing keys from registry"]
    assert (await shop.http.get("/livez")).status_code == 200


def outside_issuer(signer: Ed25519PrivateKey, asked: list[str]) -> OutsideIssuer:
    key = jwt.algorithms.OKPAlgorithm.to_jwk(signer.public_key(), as_dict=True)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"keys": [{**key, "kid": "theirs", "alg": "EdDSA"}]})

    return OutsideIssuer(
        "https://login.example.org",
        "https://login.example.org/keys",
        "yuanqu",
        httpx.MockTransport(answer),
    )


async def test_people_of_an_outside_issuer_are_let_in(shop: Shop) -> None:
    theirs, asked = Ed25519PrivateKey.generate(), list[str]()
    shop.app.state.identity.outside = outside_issuer(theirs, asked)
    ours = shop.signer
    shop.signer, shop.kid = theirs, "theirs"

    def headers(subject: str) -> dict[str, str]:
        return shop.bearer(iss="https://login.example.org", sub=subject, kind="person")

    answers = [await shop.http.get(WHOAMI, headers=headers(who)) for who in ("ann", "bo")]
    shop.signer = ours
    forged = await shop.http.get(WHOAMI, headers=headers("mallory"))
    shop.kid = "first"
    own = await shop.http.get(WHOAMI, headers=shop.bearer())

    assert [answer.json()["subject"] for answer in answers] == ["ann", "bo"]
    assert (forged.status_code, own.status_code) == (401, 200)
    assert asked == ["https://login.example.org/keys"]


async def test_a_route_without_a_policy_does_not_start(shop: Shop) -> None:
    naked = APIRouter(prefix="/v1/naked")

    @naked.get("")
    async def forgotten() -> None:
        """Say nothing."""

    service = Service(
        name="shop",
        package="tests",
        title_zh="摊位",
        title_en="Stalls",
        metadata=ShopTable.metadata,
        routers=[*SERVICE.routers, naked],
    )
    runtime = shop.app.state.runtime

    with pytest.raises(RouteWithoutPolicy, match="/v1/naked"):
        build_app(service, runtime, runtime.settings)
