"""docs/guides/adding-a-service.md is followed to the letter, and the service works."""

import re
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import jwt
import pytest
from alembic import command
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import event_contracts
from event_contracts.event import _CATALOGUE
from event_contracts.registry import ParkRecorded, SigningKeyPublished
from service_chassis import migrations
from service_chassis.database import Database
from service_chassis.service import Service
from service_chassis.testing import FrozenClock, running
from tests.architecture.sources import ROOT

GUIDE = (ROOT / "docs/guides/adding-a-service.md").read_text(encoding="utf-8")
BLOCKS = dict(
    re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
)
CONTRACTS = "packages/event-contracts/src/event_contracts/"
PERMIT = {"park_code": "GZ-PAZHOU", "kind": "bonded_storage", "valid_from": "2026-03-02"}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of the guide, written, migrated and imported."""
    for name, text in BLOCKS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    home = tmp_path / "services/permits"
    for folder in ("src/permits", "src/permits/park", "src/permits/permit"):
        (home / folder / "__init__.py").touch()
    template = next(ROOT.glob("services/*/migrations/script.py.mako"))
    shutil.copy(template, home / "migrations")
    (home / "migrations/versions").mkdir()
    monkeypatch.syspath_prepend(str(home / "src"))
    contracts = [*event_contracts.__path__, str(tmp_path / CONTRACTS)]
    monkeypatch.setattr(event_contracts, "__path__", contracts)
    known = dict(_CATALOGUE)
    try:
        found: Service = import_module("permits.service").SERVICE
        write_migration(found, tmp_path)
        yield found
    finally:
        _CATALOGUE.clear()
        _CATALOGUE.update(known)
        for module in [name for name in sys.modules if name.split(".")[0] == "permits"]:
            del sys.modules[module]
        sys.modules.pop("event_contracts.permits", None)


def write_migration(service: Service, folder: Path) -> None:
    configuration = migrations.configuration(service, f"sqlite:///{folder / 'draft.db'}")
    command.revision(configuration, message="create permit", autogenerate=True)


async def test_the_service_of_the_guide_works(service: Service, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'permits.db'}"
    migrations.upgrade(service, url)
    migrations.check(service, url)
    clock, signer = FrozenClock(), Ed25519PrivateKey.generate()
    await announce_as_registry(Database(url, clock), signer)

    async with running([service], {"permits": url}, tmp_path, clock=clock) as platform:
        await platform.settle()
        bearer = {"Authorization": f"Bearer {token(signer, clock)}"}
        path = "/permits/v1/permits"
        granted = await platform.http.post(path, json=PERMIT, headers=bearer)
        again = await platform.http.post(path, json=PERMIT, headers=bearer)
        nowhere = {**PERMIT, "park_code": "NOWHERE"}
        refused = await platform.http.post(path, json=nowhere, headers=bearer)
        await platform.settle()
        listed = await platform.http.get(f"{path}?park_code=GZ-PAZHOU", headers=bearer)
        documented = await platform.http.get("/permits/openapi.json")

    assert granted.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "permit_exists")
    assert (refused.status_code, refused.json()["code"]) == (422, "park_not_operating")
    assert listed.json()["items"] == [granted.json()]
    assert "/v1/permits" in documented.json()["paths"]


async def announce_as_registry(database: Database, signer: Ed25519PrivateKey) -> None:
    """Put what registry would say into an outbox that the same bus serves."""
    jwk = jwt.algorithms.OKPAlgorithm.to_jwk(signer.public_key(), as_dict=True)
    async with database.unit_of_work() as uow:
        uow.announce(SigningKeyPublished(version=1, kid="first", jwk=jwk))
        uow.announce(
            ParkRecorded(
                version=1,
                code="GZ-PAZHOU",
                name_zh="琶洲",
                name_en="Pazhou",
                park_type="ecommerce",
                level="national_base",
                status="operating",
                region_code="440105",
            )
        )
    await database.dispose()


def token(signer: Ed25519PrivateKey, clock: FrozenClock) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": "yuanqu",
        "aud": "yuanqu",
        "sub": "desk",
        "client_id": "desk",
        "kind": "machine",
        "scope": "registry:read registry:write",
        "iat": now,
        "exp": now + 900,
    }
    return jwt.encode(claims, signer, algorithm="EdDSA", headers={"kid": "first"})


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_the_code_of_the_guide_is_formatted_and_whole(name: str) -> None:
    assert BLOCKS[name].endswith("\n")
    if name.endswith(".py"):
        compile(BLOCKS[name], name, "exec")
