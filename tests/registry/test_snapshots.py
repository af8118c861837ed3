"""Snapshots: everything announced again, so that a copy that was lost fills up."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from event_contracts import RegistryRecord
from event_contracts.registry import (
    AuthorisationRecorded,
    ClientRecorded,
    EnterpriseRecorded,
    ParkRecorded,
    PlanPublished,
    PlatformRecorded,
    SigningKeyPublished,
    SnapshotCompleted,
    TargetSet,
    TenancyRecorded,
)
from registry.snapshot import use_cases
from tests.registry.register import (
    Register,
    a_code,
    a_park,
    a_platform,
    a_tenancy,
    an_authorisation,
    an_enterprise,
)
from tests.registry.test_plans import A_TARGET, ADDRESS, drawn_up, nodes
from tests.registry.witness import WITNESSED


async def one_of_everything(register: Register) -> None:
    await drawn_up(register, nodes())
    await register.post(f"{ADDRESS}:publish")
    await register.edit("PUT", f"{ADDRESS}/draft", {"nodes": nodes()})
    await register.post(f"{ADDRESS}:publish")
    await register.post("/v1/targets", A_TARGET)
    await register.post("/v1/platforms", a_platform())
    await register.post("/v1/enterprises", an_enterprise())
    await register.post("/v1/tenancies", a_tenancy(moved_in_on="2014-01-01"))
    await register.post("/v1/authorisations", an_authorisation())
    await register.post(
        "/v1/accounts",
        {
            "account": "li.na",
            "name": "李娜",
            "password": "a long password of hers",
            "roles": ["administrator"],
        },
    )


async def taken(register: Register) -> tuple[dict[str, Any], SnapshotCompleted]:
    """A whole snapshot, as it is answered and as it is announced."""
    await register.platform.settle()
    WITNESSED.clear()
    begun = await register.call("POST", "/v1/snapshots")
    assert (begun.status_code, begun.headers["Location"]) == (
        202,
        f"snapshots/{begun.json()['id']}",
    )
    await register.platform.sweep("registry", "snapshots")
    shown = await register.get(f"/v1/snapshots/{begun.json()['id']}")
    [marker] = await register.announced(SnapshotCompleted)
    return shown, marker


async def test_a_snapshot_names_every_record_and_counts_them(register: Register) -> None:
    await one_of_everything(register)

    shown, marker = await taken(register)

    assert shown["status"] == "completed"
    assert (
        marker.counts
        == shown["counts"]
        == {
            SigningKeyPublished.event_type: 1,
            ClientRecorded.event_type: 2,
            PlatformRecorded.event_type: 1,
            ParkRecorded.event_type: 1,
            EnterpriseRecorded.event_type: 1,
            TenancyRecorded.event_type: 1,
            AuthorisationRecorded.event_type: 1,
            PlanPublished.event_type: 1,
            TargetSet.event_type: 1,
        }
    )
    told = [event for event in WITNESSED if isinstance(event, RegistryRecord)]
    assert Counter(event.event_type for event in told) == Counter(marker.counts)
    assert {event.snapshot_id for event in told} == {UUID(shown["id"])}
    [plan] = [event for event in told if isinstance(event, PlanPublished)]
    assert plan.version == 2


async def test_a_snapshot_repeats_the_present_version(register: Register) -> None:
    await register.post("/v1/parks", a_park())
    await register.edit("PATCH", "/v1/parks/GZ-PAZHOU", {"name_en": "Pazhou"})

    await taken(register)

    [told] = await register.announced(ParkRecorded)
    assert (told.version, told.name_en) == (2, "Pazhou")


async def test_a_snapshot_goes_in_chunks_and_goes_on_where_it_stopped(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [an_enterprise(a_code(number)) for number in range(7)]
    await register.post("/v1/enterprises:batch", {"items": items})
    monkeypatch.setattr(use_cases, "CHUNK", 3)
    database = register.platform.database("registry")
    await register.platform.settle()
    WITNESSED.clear()
    async with database.unit_of_work() as uow:
        await use_cases.begin_snapshot(uow)
    for _ in range(6):
        async with database.unit_of_work() as uow:
            await use_cases.announce_chunk(uow)

    await register.platform.sweep("registry", "snapshots")

    told = [one.uscc for one in await register.announced(EnterpriseRecorded)]
    assert sorted(told) == [a_code(number) for number in range(7)]
    [marker] = await register.announced(SnapshotCompleted)
    assert marker.counts[EnterpriseRecorded.event_type] == 7


async def test_snapshots_are_for_those_who_operate(embedded_register: Register) -> None:
    token = await embedded_register.token_of(scopes=["registry:admin"])

    problem = await embedded_register.refused("POST", "/v1/snapshots", token=token)

    assert problem["code"] == "scope_missing"


async def test_a_service_that_starts_is_told_the_keys_again(register: Register) -> None:
    from registry.service import prepare  # noqa: PLC0415

    [first] = await register.announced(SigningKeyPublished)

    await prepare(register.platform.runtime("registry"))

    told = await register.announced(SigningKeyPublished)
    assert [one.kid for one in told] == [first.kid, first.kid]
