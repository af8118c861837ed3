"""The orders of a load: of the demonstration's sellers, paid now, a few refunded."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yuanqu.demo.orders import RETAIL_GOODS, TO_ENTERPRISES, TO_PEOPLE, WHOLESALE_GOODS, Event
from yuanqu.demo.people import LIVE, MALL, WHOLESALE, Firm

CONTENT: dict[str, tuple[dict[str, Any], Sequence[str]]] = {
    LIVE: (TO_PEOPLE | {"channel": "livestream", "attribution": "card"}, RETAIL_GOODS),
    MALL: (TO_PEOPLE, RETAIL_GOODS),
    WHOLESALE: (TO_ENTERPRISES, WHOLESALE_GOODS),
}
REFUND_EVERY = 25
CHEAPEST, DEAREST = 990, 49_900


@dataclass(slots=True)
class Stream:
    """The orders of one platform, numbered through; the same run and number is the same order."""

    platform: str
    run: str
    sellers: Sequence[Firm]
    made: int = field(default=0, init=False)

    def next(self, count: int, now: datetime) -> list[Event]:
        """The next so many events, as of now."""
        return [self._event(now) for _each in range(count)]

    def _event(self, now: datetime) -> Event:
        number = self.made
        self.made += 1
        if number % REFUND_EVERY == REFUND_EVERY - 1:
            # Of the order before: half of it comes back.
            paid = self._paid(number - 1, now)
            return paid | {
                "kind": "refunded",
                "ref": "R1",
                "amount_minor": paid["amount_minor"] // 2,
            }
        return self._paid(number, now)

    def _paid(self, number: int, now: datetime) -> Event:
        content, goods = CONTENT[self.platform]
        chance = random.Random(f"{self.run}/{self.platform}/{number}")  # noqa: S311
        return {
            "order_no": f"LOAD-{self.run}-{number:08d}",
            "kind": "paid",
            "occurred_at": now.isoformat(timespec="seconds"),
            "seller_uscc": chance.choice(self.sellers).uscc,
            **content,
            "trade_flow": "domestic",
            "goods_kind": "physical",
            "category": chance.choice(goods),
            "currency": "CNY",
            "amount_minor": chance.randint(CHEAPEST, DEAREST),
        }
