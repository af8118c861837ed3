import re

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from service_chassis.api_docs import ASSETS
from tests.chassis.http.shop import Shop


async def test_the_documentation_needs_nothing_from_elsewhere(shop: Shop) -> None:
    root = Starlette(routes=[Mount("/shop", shop.app)])
    transport = httpx.ASGITransport(root)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as http:
        page = await http.get("/shop/docs")
        needed = re.findall(r'(?:src|href|data-openapi)="([^"]+)"', page.text)
        answers = {address: await http.get(page.url.join(address)) for address in needed}

    assert len(needed) == 5
    assert not [address for address in needed if "//" in address]
    assert {answer.status_code for answer in answers.values()} == {200}
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
    # No inline script: the policy would not run it.
    assert not re.search(r"<script>", page.text)
    assert answers["openapi.json"].json()["servers"] == [{"url": "/shop"}]


async def test_only_the_assets_of_the_page_are_served(shop: Shop) -> None:
    for name in ("LICENSE", "..%2f..%2fapp.py", "app.py"):
        assert (await shop.http.get(f"/docs/assets/{name}")).status_code == 404


def test_the_licence_lies_beside_what_it_covers() -> None:
    assert "Apache License" in (ASSETS / "LICENSE").read_text()
    assert (ASSETS / "NOTICE").is_file()


async def test_the_description_tells_problems_and_scopes(shop: Shop) -> None:
    document = (await shop.http.get("/openapi.json")).json()

    post = document["paths"]["/v1/stalls"]["post"]
    assert "`shop:write`" in post["description"]
    assert list(post["responses"]["409"]["content"]) == ["application/problem+json"]
    assert list(post["responses"]["422"]["content"]) == ["application/problem+json"]
    assert "default" in post["responses"]
    assert post["security"] == [{"token": ["shop:write"]}]
    assert "security" not in document["paths"]["/v1/stalls/by-age"]["get"]
    parameters = document["paths"]["/v1/stalls/{stall_id}"]["patch"]["parameters"]
    assert [p["required"] for p in parameters if p["name"] == "if-match"] == [True]
    assert "ProblemDocument" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    referenced = set(re.findall(r'"#/components/schemas/([^"]+)"', str(document).replace("'", '"')))
    assert referenced <= set(document["components"]["schemas"])
    assert "/docs" not in document["paths"]
