"""Tokens: OAuth2 as RFC 6749 says it, keys that change while their tokens live on."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from event_contracts.registry import SigningKeyPublished
from service_chassis.testing import OPERATOR_SECRET
from tests.registry.register import Register

OPERATOR = ("operator", OPERATOR_SECRET)
GRANT = {"grant_type": "client_credentials"}


async def ask(register: Register, **kwargs: Any) -> httpx.Response:
    return await register.platform.http.post("/registry/oauth2/token", **kwargs)


async def test_a_token_is_verified_with_the_published_keys(register: Register) -> None:
    answer = await ask(register, data=GRANT, auth=OPERATOR)
    keys = (await register.platform.http.get("/registry/.well-known/jwks.json")).json()["keys"]

    assert answer.headers["cache-control"] == "no-store"
    granted = answer.json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 900)
    kid = jwt.get_unverified_header(granted["access_token"])["kid"]
    [jwk] = [key for key in keys if key["kid"] == kid]
    assert "d" not in jwk
    claims = jwt.decode(
        granted["access_token"],
        jwt.PyJWK(jwk),
        algorithms=["EdDSA"],
        audience="yuanqu",
        issuer="yuanqu",
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert (claims["sub"], claims["client_id"], claims["kind"]) == (
        "operator",
        "operator",
        "machine",
    )
    assert claims["exp"] - claims["iat"] == 900


async def test_the_form_does_as_well_as_the_header(embedded_register: Register) -> None:
    form = GRANT | {"client_id": OPERATOR[0], "client_secret": OPERATOR[1]}

    answer = await ask(embedded_register, data=form | {"scope": "registry:read operations"})

    assert answer.status_code == 200
    assert answer.json()["scope"] == "registry:read operations"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        ({"data": GRANT, "auth": ("operator", "wrong")}, 401, "invalid_client"),
        ({"data": GRANT, "auth": ("nobody", "wrong")}, 401, "invalid_client"),
        ({"data": GRANT}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Basic !!!"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": b"Basic \xe9"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Bearer abc"}}, 401, "invalid_client"),
        ({"data": {"scope": "x"}, "auth": OPERATOR}, 400, "invalid_request"),
        ({"data": {"grant_type": "password"}, "auth": OPERATOR}, 400, "unsupported_grant_type"),
        ({"data": GRANT | {"scope": "everything"}, "auth": OPERATOR}, 400, "invalid_scope"),
        ({"data": GRANT | {"client_secret": "x"}, "auth": OPERATOR}, 400, "invalid_request"),
        ({"data": GRANT | {"client_id": "other"}, "auth": OPERATOR}, 400, "invalid_request"),
        ({"json": GRANT, "auth": OPERATOR}, 400, "invalid_request"),
        (
            {
                "content": b"grant_type=client_credentials&grant_type=client_credentials",
                "headers": {"Content-Type": FORM},
                "auth": OPERATOR,
            },
            400,
            "invalid_request",
        ),
        (
            {"content": b"\xff\xfe", "headers": {"Content-Type": FORM}, "auth": OPERATOR},
            400,
            "invalid_request",
        ),
    ],
)
async def test_errors_are_those_of_the_standard(
    embedded_register: Register, request_: dict[str, Any], status: int, error: str
) -> None:
    answer = await ask(embedded_register, **request_)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_basic_credentials_are_percent_encoded(embedded_register: Register) -> None:
    # RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
    encoded = base64.b64encode(f"%6Fperator:{OPERATOR_SECRET}".encode()).decode()

    answer = await ask(embedded_register, data=GRANT, headers={"Authorization": f"Basic {encoded}"})

    assert answer.status_code == 200


async def test_a_key_is_published_before_it_signs_and_after_it_is_replaced(
    register: Register,
) -> None:
    old_token = await register.platform.token()
    old_kid = jwt.get_unverified_header(old_token)["kid"]

    keys = await register.post(
        "/v1/signing-keys:rotate", {"activates_in_seconds": 60, "reason": "yearly"}
    )

    new_kid = keys["items"][0]["kid"]
    still_old = (await ask(register, data=GRANT, auth=OPERATOR)).json()["access_token"]
    assert jwt.get_unverified_header(still_old)["kid"] == old_kid
    register.clock.advance(timedelta(seconds=60))
    now_new = (await ask(register, data=GRANT, auth=OPERATOR)).json()["access_token"]
    assert jwt.get_unverified_header(now_new)["kid"] == new_kid
    for token in (still_old, now_new):
        assert (await register.call("GET", "/v1/parks", token=token)).status_code == 200
    told = await register.announced(SigningKeyPublished)
    assert {one.kid: one.retired_at is None for one in told} == {old_kid: False, new_kid: True}


async def test_a_compromised_key_ends_at_once(register: Register) -> None:
    token = await register.platform.token()

    await register.post("/v1/signing-keys:rotate", {"at_once": True, "reason": "leaked"})

    await register.platform.settle()
    register.platform.host.apps["/registry"].state.identity.refresh_seconds = 0.0
    assert (await register.call("GET", "/v1/parks", token=token)).status_code == 401
    fresh = (await ask(register, data=GRANT, auth=OPERATOR)).json()["access_token"]
    assert (await register.call("GET", "/v1/parks", token=fresh)).status_code == 200
    keys = (await register.platform.http.get("/registry/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in keys] == [jwt.get_unverified_header(fresh)["kid"]]


async def test_private_keys_do_not_lie_open_in_the_database(register: Register) -> None:
    from registry.sealing import SealBroken, opened  # noqa: PLC0415
    from registry.token.queries import signing_keys  # noqa: PLC0415

    async with register.platform.database("registry").reading() as session:
        [key] = await signing_keys(session)

    with pytest.raises(SealBroken):
        opened(b"another secret of the platform, long enough", key.sealed_private_key, key.kid)
