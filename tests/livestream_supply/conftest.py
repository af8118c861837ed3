"""What the tests of livestream-supply begin with."""

from typing import Any

import pytest

from service_chassis.testing import Platform
from tests.support.orders import sellers
from tests.support.scenario import Partner, admit

SELLERS = sellers(3)
BATCH = "/livestream-supply/v1/order-events:batch"
RECEIPTS = "/livestream-supply/v1/receipts"


@pytest.fixture
async def partner(platform: Platform) -> Partner:
    """A platform that may report for three sellers."""
    return await admit(platform, "demo-mall", SELLERS)


@pytest.fixture
async def embedded_partner(embedded: Platform) -> Partner:
    """The same where the databases make no difference."""
    return await admit(embedded, "demo-mall", SELLERS)


def a_paid(order_no: str = "P1", **changed: Any) -> dict[str, Any]:
    """A paid livestream order; a member given as None is left out."""
    fact = {
        "order_no": order_no,
        "kind": "paid",
        "occurred_at": "2026-03-01T20:15:00+08:00",
        "seller_uscc": SELLERS[0],
        "buyer_type": "individual",
        "channel": "livestream",
        "trade_mode": "B2C",
        "trade_flow": "domestic",
        "goods_kind": "physical",
        "category": "apparel",
        "currency": "CNY",
        "amount_minor": 19900,
        **changed,
    }
    return {name: value for name, value in fact.items() if value is not None}


def a_refund(order_no: str = "P1", ref: str = "R1", **changed: Any) -> dict[str, Any]:
    """A refund of 99 yuan."""
    return a_paid(order_no, **{"kind": "refunded", "ref": ref, "amount_minor": 9900, **changed})


def a_void(order_no: str = "P1", **changed: Any) -> dict[str, Any]:
    """The void of a paid fact."""
    return {
        "order_no": order_no,
        "kind": "voided",
        "corrects": {"kind": "paid"},
        "reason": "The payment was a test.",
        "occurred_at": "2026-03-02T09:00:00+08:00",
        **changed,
    }


def an_amendment(order_no: str = "P1", **changed: Any) -> dict[str, Any]:
    """A new content of a paid fact."""
    amended = {"kind": "amended", "corrects": {"kind": "paid"}, "revision": 1, **changed}
    return a_paid(order_no, **amended)
