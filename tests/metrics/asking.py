"""metrics alone over HTTP, with a signer of tokens that it trusts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from metrics.service import SERVICE
from service_chassis.app import build_app
from service_chassis.database import Database
from service_chassis.service import Runtime
from service_chassis.settings import Settings
from service_chassis.tables import TrustedKey


class Asking:
    """A caller of metrics, and its sweepers."""

    def __init__(self, http: httpx.AsyncClient, runtime: Runtime, key: Ed25519PrivateKey) -> None:
        self.http = http
        self.runtime = runtime
        self._key = key

    def bearer(self, scope: str, **claims: Any) -> dict[str, str]:
        """Headers of a caller with these scopes."""
        now = int(self.runtime.clock.now().timestamp())
        content = {
            "iss": "yuanqu",
            "aud": "yuanqu",
            "sub": "zhang.san",
            "kind": "person",
            "client_id": "console",
            "scope": scope,
            "iat": now,
            "exp": now + 900,
            **claims,
        }
        token = jwt.encode(content, self._key, algorithm="EdDSA", headers={"kid": "test"})
        return {"Authorization": f"Bearer {token}"}

    async def get(
        self, path: str, scope: str = "figures:operate figures:read", **claims: Any
    ) -> httpx.Response:
        """GET with these scopes."""
        return await self.http.get(path, headers=self.bearer(scope, **claims))

    async def post(
        self, path: str, json: Any, scope: str = "figures:operate", **claims: Any
    ) -> httpx.Response:
        """POST with these scopes."""
        return await self.http.post(path, json=json, headers=self.bearer(scope, **claims))

    async def sweep(self, name: str) -> None:
        """Run a sweeper now."""
        sweeper = next(each for each in SERVICE.sweepers if each.name == name)
        await sweeper.run(self.runtime)


@asynccontextmanager
async def asking(database: Database, folder: Path) -> AsyncIterator[Asking]:
    """Ask metrics over this database."""
    settings = Settings(data_dir=folder, rate_limit_per_second=0)
    runtime = Runtime(SERVICE, database, database.clock, settings)
    key = Ed25519PrivateKey.generate()
    async with database.unit_of_work() as uow:
        jwk = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
        uow.session.add(TrustedKey(kid="test", version=1, jwk=jwk, retired_at=None))
    app = build_app(SERVICE, runtime, settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://metrics.test"
    ) as http:
        yield Asking(http, runtime, key)
