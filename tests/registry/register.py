"""Registry as its callers know it: what they send, less what does not matter."""

from typing import Any, TypeVar

import httpx

from event_contracts import Event
from reference_data import credit_code
from service_chassis.testing import Platform
from tests.registry.witness import WITNESSED

Announced = TypeVar("Announced", bound=Event)

FIRST = "91441900MA4XDG017F"
SECOND = "91441900MA5HUM3N2E"


def a_code(number: int) -> str:
    """The credit code of the n-th enterprise of a test."""
    body = f"{number:08d}"
    stem = f"91440105{body}{credit_code.organisation_check_character(body)}"
    return stem + credit_code.check_character(stem)


def a_park(code: str = "GZ-PAZHOU", **members: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name_zh": "琶洲电子商务总部集聚区",
        "name_en": "Pazhou headquarters cluster",
        "park_type": "headquarters_cluster",
        "level": "municipal",
        "status": "operating",
        "status_from": "2013-11-01",
        "region_code": "440105",
        "verticals": ["apparel"],
    } | members


def an_enterprise(uscc: str = FIRST, **members: Any) -> dict[str, Any]:
    return {"uscc": uscc, "name_zh": "东莞市示例服饰有限公司", "region_code": "441900121"} | members


def a_tenancy(uscc: str = FIRST, park: str = "GZ-PAZHOU", **members: Any) -> dict[str, Any]:
    return {"enterprise_uscc": uscc, "park_code": park, "counting": True} | members


def a_platform(code: str = "demo-mall", **members: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": "示范商城", "name_en": "Demonstration Mall"} | members


def an_authorisation(seller: str = FIRST, **members: Any) -> dict[str, Any]:
    return {
        "platform_code": "demo-mall",
        "seller_uscc": seller,
        "valid_from": "2013-01-01",
    } | members


class Register:
    """Calls registry as a client, the operator by default."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clock = platform.clock

    async def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> httpx.Response:
        """A request to registry with a token; the operator's by default."""
        bearer = token or await self.platform.token()
        return await self.platform.http.request(
            method,
            f"/registry{path}",
            json=json,
            headers={"Authorization": f"Bearer {bearer}", **(headers or {})},
            **kwargs,
        )

    async def get(self, path: str, **kwargs: Any) -> Any:
        """What is there."""
        answer = await self.call("GET", path, **kwargs)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, json: Any = None, **kwargs: Any) -> Any:
        """The answer to something that succeeds."""
        answer = await self.call("POST", path, json, **kwargs)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, json: Any = None, **kwargs: Any) -> Any:
        """The problem of something that does not."""
        answer = await self.call(method, path, json, **kwargs)
        assert answer.status_code >= 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        return problem

    async def edit(self, method: str, path: str, json: Any, **kwargs: Any) -> httpx.Response:
        """Read, then change what was read."""
        seen = await self.call("GET", path.removesuffix("/draft"), **kwargs)
        return await self.call(
            method, path, json, headers={"If-Match": seen.headers["ETag"]}, **kwargs
        )

    async def announced(self, contract: type[Announced]) -> list[Announced]:
        """What the other services have heard of this kind, oldest first."""
        await self.platform.settle()
        return [event for event in WITNESSED if isinstance(event, contract)]

    async def token_of(self, **registration: Any) -> str:
        """The token of a client that is made for it."""
        issued = await self.post("/v1/clients", {"name": "a client", **registration})
        return await self.platform.token(issued["client_id"], issued["client_secret"])
