"""A small economy whose figures can be worked out by hand, and questions about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from event_contracts import Contract
from event_contracts.registry import (
    EnterpriseRecorded,
    ParkRecorded,
    PlannedNode,
    PlannedPark,
    PlanPublished,
    TenancyRecorded,
)
from metrics.attribution.reactions import COPIES
from metrics.fact.reactions import FACTS
from metrics.running_total.queries import trusted
from metrics.running_total.use_cases import keep_added_up
from metrics.service import SERVICE
from metrics.volume.queries.answers import answer
from metrics.volume.rules.asking import Words, ask
from metrics.volume.rules.questions import Scope
from metrics.volume.schemas import Item, VolumeAnswer
from reference_data.shanghai import SHANGHAI
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.records import Record
from service_chassis.service import Runtime
from service_chassis.settings import Settings
from service_chassis.testing import FrozenClock
from tests.metrics.messages import DIMENSIONS, Fact, Receipt, records

NOON = timedelta(hours=12)
LATER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def at_noon(day: date) -> datetime:
    """The middle of a business date."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + NOON


def record(event: Contract) -> Record:
    """An event on the wire."""
    return Record(
        topic=event.topic,
        key=event.partition_key(),
        event_id=uuid4(),
        event_type=event.event_type,
        occurred_at=LATER,
        body=event.to_body(),
    )


@dataclass
class Economy:
    """metrics alone over one database, fed as the bus would feed it."""

    database: Database
    clock: FrozenClock
    version: int = 0
    orders: int = 0
    facts: list[Fact] = field(default_factory=list)

    async def hear(self, *events: Contract) -> None:
        """Take registry's news."""
        await Consumer(COPIES, self.database, "metrics").consume([record(e) for e in events])

    async def sell(self, *facts: Fact) -> None:
        """Take facts; every one is another order unless it says so."""
        numbered = []
        for fact in facts:
            self.orders += 1
            number = f"N-{self.orders:06}" if fact.order_no == Fact().order_no else fact.order_no
            numbered.append(replace(fact, order_no=number))
        self.facts += numbered
        for start in range(0, len(numbered), 2_000):
            part = numbered[start : start + 2_000]
            await Consumer(FACTS, self.database, "metrics").consume(records(Receipt(part)))

    async def add_up(self) -> None:
        """Let the months be quiet and add them up, a sweep after the other."""
        self.clock.advance(timedelta(minutes=1))
        for _ in range(3):
            await keep_added_up(self.runtime)

    async def months_added_up(self) -> int:
        """How many months have running totals that nothing has changed."""
        async with self.database.reading() as session:
            found = await trusted(session)
            return len(found.there - found.changed)

    @property
    def runtime(self) -> Runtime:
        """What a sweeper gets."""
        return Runtime(SERVICE, self.database, self.clock, Settings())

    async def ask(self, period: str, **words: Any) -> VolumeAnswer:
        """The answer to a question, as somebody who sees everything."""
        scope = words.pop("scope", Scope())
        sees = words.pop("sees_enterprises", True)
        question = ask(Words(period=period, **words), scope, sees_enterprises=sees)
        async with self.database.reading(snapshot=True) as session:
            return await answer(session, question, self.clock.now())

    def next_version(self) -> int:
        """A version newer than all before."""
        self.version += 1
        return self.version

    def park(self, code: str, region: str = "440105") -> ParkRecorded:
        """A park of this code."""
        return ParkRecorded(
            version=self.next_version(),
            code=code,
            name_zh=f"{code}园",
            name_en=f"Park {code}",
            park_type="comprehensive",
            level="municipal",
            status="operating",
            region_code=region,
        )

    def enterprise(
        self, uscc: str, region: str = "440106", merged_into: str | None = None
    ) -> EnterpriseRecorded:
        """An enterprise of this code."""
        return EnterpriseRecorded(
            version=self.next_version(),
            uscc=uscc,
            name_zh=f"企业{uscc[-4:]}",
            region_code=region,
            status="merged" if merged_into else "active",
            merged_into=merged_into,
        )

    def tenancy(
        self,
        uscc: str,
        park: str,
        first: date,
        until: date | None = None,
        tenancy_id: UUID | None = None,
    ) -> TenancyRecorded:
        """A counting stay."""
        return TenancyRecorded(
            version=self.next_version(),
            tenancy_id=tenancy_id or uuid4(),
            enterprise_uscc=uscc,
            park_code=park,
            stage="left" if until else "moved_in",
            counting=True,
            moved_in_on=first,
            left_on=until,
        )

    def plan(
        self, code: str, nodes: dict[str, Sequence[tuple[str, date, date | None]]]
    ) -> PlanPublished:
        """A plan whose nodes hold parks for some time."""
        return PlanPublished(
            version=self.next_version(),
            plan_code=code,
            name_zh="规划",
            name_en="Plan",
            valid_from=date(2010, 1, 1),
            nodes=[
                PlannedNode(
                    node_code=node,
                    role="district",
                    name_zh=f"{node}节点",
                    name_en=f"Node {node}",
                    parks=[
                        PlannedPark(park_code=park, valid_from=first, valid_to=until)
                        for park, first, until in parks
                    ],
                )
                for node, parks in nodes.items()
            ],
        )


def sale(seller: str, day: date, amount_minor: int, kind: str = "paid", **dimensions: Any) -> Fact:
    """A fact of a seller at noon of a day."""
    facts = DIMENSIONS._replace(seller_uscc=seller, **dimensions)
    return Fact(
        kind=kind,
        amount_minor=amount_minor,
        occurred_at=at_noon(day),
        dimensions=facts,
        ref="r1" if kind in {"refunded", "settled"} else None,
    )


def groups(answer: VolumeAnswer, name: str) -> dict[str | None, Item]:
    """The items of an answer by the code of their group."""
    return {item.group[name].code: item for item in answer.items}


def amount(item: Item, currency: str = "CNY") -> int:
    """The native amount of an item; 0 where there is none."""
    return next((f.amount_minor or 0 for f in item.native if f.currency == currency), 0)


def amounts(answer: VolumeAnswer, name: str) -> dict[str | None, int]:
    """CNY by the code of the group."""
    return {code: amount(item) for code, item in groups(answer, name).items()}
