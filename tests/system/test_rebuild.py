"""A damaged total is found by computing all of them again, told, and put right."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from service_chassis.testing import Platform
from service_chassis.unit_of_work import UnitOfWork
from tests.support.figures import volume
from tests.support.orders import a_fact, a_void, an_amendment, paid_orders, sellers
from tests.support.scenario import admit, found, made, told

REBUILDS = "/metrics/v1/rebuilds"


async def rebuilt(platform: Platform, *, compare_only: bool) -> dict[str, Any]:
    """What a rebuild found, when it is done."""
    asked = {"compare_only": compare_only, "reason": "monthly proof"}
    rebuild = await made(platform, REBUILDS, asked)
    await platform.sweep("metrics", "rebuilds")
    done: dict[str, Any] = await found(platform, f"{REBUILDS}/{rebuild['id']}")
    assert done["state"] == "done", done
    return done


async def raise_a_total(uow: UnitOfWork) -> None:
    await uow.session.execute(text("UPDATE total SET amount = amount + 1 WHERE kind = 1"))


async def lose_totals(uow: UnitOfWork) -> None:
    await uow.session.execute(text("DELETE FROM total WHERE kind = 1"))


@pytest.mark.parametrize("damage", [raise_a_total, lose_totals])
async def test_a_damaged_total_is_told_and_put_right(
    platform: Platform, damage: Callable[[UnitOfWork], Awaitable[None]]
) -> None:
    codes = sellers(3)
    shop = await admit(platform, "mall", codes)
    facts = list(paid_orders(100, codes))
    void, amended = facts[0], facts[1]
    await told(platform, shop, [*facts, a_void(void), an_amendment(amended, 1, amount_minor=77)])
    await told(platform, shop, [a_void(a_fact("NOT-YET"))])
    right = await volume(platform, "2026-03")

    sound = await rebuilt(platform, compare_only=True)
    async with platform.database("metrics").unit_of_work() as uow:
        await damage(uow)
    wrong = await volume(platform, "2026-03")
    compared = await rebuilt(platform, compare_only=True)
    still_wrong = await volume(platform, "2026-03")
    repaired = await rebuilt(platform, compare_only=False)
    afterwards = await rebuilt(platform, compare_only=True)

    assert sound["differences"] == 0
    assert wrong != right
    assert compared["differences"] > 0
    assert still_wrong == wrong
    assert repaired["differences"] == compared["differences"]
    assert repaired["facts"] == 103
    assert await volume(platform, "2026-03") == right
    assert await volume(platform, "2026-03-01..2026-03-02") == right
    assert afterwards["differences"] == 0
