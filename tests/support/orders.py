"""Orders for tests and benchmarks: deterministic, with the totals of an independent count."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CHANNELS = ("shelf", "livestream", "short_video")
CATEGORIES = ("服装鞋帽针纺织品", "化妆品", "家用电器和音像器材", "日用品")


def credit_code(number: int, region: str = "441900") -> str:
    """A valid unified social credit code (GB 32100-2015) for a number."""
    body = f"MA{number:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    check = (11 - sum(v * w for v, w in zip(values, weights, strict=True)) % 11) % 11
    first = f"91{region}{body}{'X' if check == 10 else check}"
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + USCC_ALPHABET[(31 - total % 31) % 31]


def sellers(count: int) -> list[str]:
    """Credit codes of so many sellers."""
    return [credit_code(number) for number in range(count)]


def a_fact(order_no: str, kind: str = "paid", **members: Any) -> dict[str, Any]:
    """An original fact of an order as a platform reports it; a member of None is left out."""
    said = {
        "order_no": order_no,
        "kind": kind,
        "occurred_at": "2026-03-01T12:00:00+08:00",
        "seller_uscc": credit_code(0),
        "buyer_type": "individual",
        "channel": "shelf",
        "trade_mode": "B2C",
        "trade_flow": "domestic",
        "goods_kind": "physical",
        "category": "日用品",
        "currency": "CNY",
        "amount_minor": 10_000,
    } | members
    return {name: value for name, value in said.items() if value is not None}


def a_void(of: dict[str, Any], reason: str = "sent by mistake") -> dict[str, Any]:
    """The void of a fact."""
    return {
        "order_no": of["order_no"],
        "kind": "voided",
        "corrects": _named(of),
        "reason": reason,
        "occurred_at": of["occurred_at"],
    }


def an_amendment(of: dict[str, Any], revision: int = 1, **members: Any) -> dict[str, Any]:
    """A fact with other content; what is not named stays as it was."""
    content = {name: value for name, value in of.items() if name != "ref"}
    return content | members | {"kind": "amended", "corrects": _named(of), "revision": revision}


def _named(fact: dict[str, Any]) -> dict[str, str]:
    named = {"kind": fact["kind"]}
    return named | {"ref": fact["ref"]} if "ref" in fact else named


def paid_orders(
    count: int,
    codes: Sequence[str],
    *,
    start: datetime = datetime(2026, 3, 1, 2, 0, tzinfo=UTC),
    over: timedelta = timedelta(hours=20),
    prefix: str = "T",
    seed: int = 1,
) -> Iterator[dict[str, Any]]:
    """Paid facts, numbered one after the other as a marketplace numbers them.

    Sellers are as unequal as in a market (the first tenth has about half of the orders), and each
    sells goods of one category.
    """
    chance = random.Random(seed)
    for number in range(count):
        moment = start + over * (number / count)
        seller = int(len(codes) * chance.random() ** 3)
        yield {
            "order_no": f"{prefix}{number:012d}",
            "kind": "paid",
            "occurred_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "seller_uscc": codes[seller],
            "buyer_type": "individual" if chance.random() < 0.95 else "enterprise",
            "channel": chance.choice(CHANNELS),
            "trade_mode": "B2C",
            "trade_flow": "domestic",
            "goods_kind": "physical",
            "category": CATEGORIES[seller % len(CATEGORIES)],
            "currency": "CNY",
            "amount_minor": chance.randrange(100, 500_000),
        }


def batches(facts: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """The facts in posts of this size."""
    batch: list[dict[str, Any]] = []
    for fact in facts:
        batch.append(fact)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def totals(facts: Sequence[dict[str, Any]]) -> Counter[str]:
    """Count and amount by kind, every identity once: what the figures must be."""
    seen: set[tuple[str, str, str]] = set()
    total: Counter[str] = Counter()
    for fact in facts:
        identity = (fact["order_no"], fact["kind"], fact.get("ref", ""))
        if identity not in seen:
            seen.add(identity)
            total[f"{fact['kind']}_count"] += 1
            total[f"{fact['kind']}_amount"] += fact["amount_minor"]
    return total
