"""Facts commute: whatever way they come, the totals are those of an independent computation."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_chassis.database import Database
from service_chassis.testing import FrozenClock
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import DIMENSIONS, Fact, Receipt, message

NOW = FrozenClock().now()
SELLERS = ("91440101MA5AAAAA01", "91440101MA5AAAAA02", "91330106MA2AAAAA03")

moments = st.one_of(
    st.datetimes(datetime(2026, 2, 20), datetime(2026, 3, 2, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(1992, 1, 2), datetime(2026, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    # Where Shanghai's day, month and year begin.
    st.sampled_from(
        [
            datetime(2025, 12, 31, 15, 59, 59, 999_000, tzinfo=UTC),
            datetime(2025, 12, 31, 16, 0, tzinfo=UTC),
            datetime(2026, 2, 28, 16, 0, tzinfo=UTC),
        ]
    ),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
dimensions = st.builds(
    DIMENSIONS._replace,
    seller_uscc=st.sampled_from(SELLERS),
    channel=st.sampled_from(["shelf", "livestream"]),
    currency=st.sampled_from(["CNY", "USD"]),
    customs_mode=st.sampled_from([None, "9610"]),
    session_no=st.sampled_from([None, "S1"]),
)
amounts = st.one_of(st.integers(0, 10**13), st.integers(0, 500))


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """The facts of an order: originals, and corrections of some of them."""
    order = Fact(
        order_no=draw(st.text("AB0123456789订单", min_size=1, max_size=12)),
        platform=draw(st.sampled_from(["taobao", "douyin"])),
    )
    facts: list[Fact] = []
    for kind, ref in draw(
        st.lists(
            st.sampled_from(
                [("created", None), ("paid", None), ("refunded", "r1"), ("refunded", "r2")]
            ),
            unique=True,
            min_size=1,
        )
    ):
        fact = Fact(
            order_no=order.order_no,
            platform=order.platform,
            kind=kind,
            ref=ref,
            occurred_at=draw(moments),
            amount_minor=draw(amounts),
            dimensions=draw(dimensions),
        )
        corrections = [
            fact.amended(
                revision,
                amount_minor=draw(amounts),
                dimensions=draw(dimensions),
                occurred_at=draw(moments),
            )
            for revision in draw(st.lists(st.integers(1, 5), unique=True, max_size=3))
        ]
        if draw(st.integers(0, 3)) == 0:
            corrections.append(fact.voided())
        missing = corrections and draw(st.integers(0, 5)) == 0
        facts += corrections if missing else [fact, *corrections]
    return facts


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Fact], list[list[list[Fact]]]]:
    """Facts, and the transactions of messages in which they come, some again and again."""
    orders = draw(
        st.lists(
            histories(),
            min_size=1,
            max_size=5,
            unique_by=lambda facts: (facts[0].platform, facts[0].order_no),
        )
    )
    facts = [fact for order in orders for fact in order]
    repeated = draw(st.lists(st.sampled_from(facts), max_size=6))
    coming = draw(st.permutations(facts + repeated))
    return facts, _parts(draw, _parts(draw, coming))


def _parts(draw: st.DrawFn, items: list) -> list[list]:  # type: ignore[type-arg]
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(items) - 1)), max_size=4)))
    bounds = [0, *(cut for cut in cuts if cut < len(items)), len(items)]
    return [items[start:stop] for start, stop in pairwise(bounds)]


async def _fold(database: Database, transactions: list[list[list[Fact]]]) -> None:
    for messages in transactions:
        records = []
        for facts in messages:
            # A receipt is of one platform; coalesced posts are several receipts.
            receipts: list[Receipt] = []
            for fact in facts:
                if receipts and receipts[-1].facts[0].platform == fact.platform:
                    receipts[-1] = Receipt([*receipts[-1].facts, fact])
                else:
                    receipts.append(Receipt([fact]))
            records.append(message(*receipts)[0])
        await take(database, *records)
        if len(messages) % 2:
            # Delivered again by the bus.
            await take(database, *records)


@given(delivery=deliveries())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_facts_give_the_same_totals_in_any_order_split_and_repetition(
    delivery: tuple[list[Fact], list[list[list[Fact]]]], databases: Databases
) -> None:
    facts, transactions = delivery
    clock = FrozenClock()

    async with databases.fresh(clock) as database:
        await _fold(database, transactions)

        assert await found(database) == expected(facts, NOW)


def test_the_ledger_itself_counts_a_day_in_shanghai() -> None:
    fact = Fact(occurred_at=datetime(2026, 2, 28, 16, 0, tzinfo=UTC))

    days = {key.slot for key in expected([fact], NOW) if key.grain == 3}

    assert days == {(datetime(2026, 3, 1) - datetime(1970, 1, 1)) // timedelta(days=1)}  # noqa: DTZ001
