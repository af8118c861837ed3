"""Any sequence of posts comes to what the rules say in plain Python, receipt by receipt."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.figures import reconciliation, volumes
from tests.support.orders import a_fact, a_void, an_amendment, sellers
from tests.support.plain_count import PlainCount
from tests.support.scenario import Partner, admit, outcomes, told
from tests.support.served import Served

MEASURES = {"ECV_PAID": "paid", "REFUNDS": "refunded", "GMV_ORDERED": "created"}
AMOUNTS = st.sampled_from([1, 20, 300])
MOMENTS = ("2026-02-28T23:59:59+08:00", "2026-03-01T00:00:00+08:00")
FIRST, SECOND = sellers(2)


@st.composite
def originals(draw: st.DrawFn) -> dict[str, Any]:
    """One of few facts, so that they meet often."""
    kind = draw(st.sampled_from(["created", "paid", "paid", "refunded"]))
    return a_fact(
        draw(st.sampled_from("AB")),
        kind,
        ref=draw(st.sampled_from("RS")) if kind == "refunded" else None,
        amount_minor=draw(AMOUNTS),
        seller_uscc=draw(st.sampled_from([FIRST, FIRST, SECOND])),
        occurred_at=draw(
            st.sampled_from(["2026-02-28T23:59:59+08:00", "2026-03-01T00:00:00+08:00"])
        ),
    )


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """A fact, or a correction of one that may never have come."""
    original = draw(originals())
    match draw(st.sampled_from(["original", "original", "void", "amendment"])):
        case "void":
            return a_void(original, draw(st.sampled_from(["a test", "a mistake"])))
        case "amendment":
            return an_amendment(original, draw(st.integers(1, 2)), amount_minor=draw(AMOUNTS))
    return original


POSTS = st.lists(st.lists(facts(), min_size=1, max_size=6), min_size=1, max_size=4)


class Story:
    """One platform and its plain count, which go on from example to example."""

    def __init__(self, served: Served, shop: Partner) -> None:
        self.plain = PlainCount()
        self.accepted = 0
        self._served = served
        self._shop = shop
        self._chapters = count()

    def tell(self, posts: Sequence[Sequence[dict[str, Any]]]) -> None:
        """Post the batches under numbers of their own and compare everything after each."""
        chapter = next(self._chapters)
        for post in posts:
            batch = [fact | {"order_no": f"{chapter}-{fact['order_no']}"} for fact in post]
            expected = self.plain.take(batch)
            self.accepted += len(batch) - expected.count("rejected")
            platform, shop = self._served.platform, self._shop
            receipt = self._served.await_(told(platform, shop, batch))
            assert outcomes(receipt) == expected
        assert self._figures() == {
            measure: self.plain.sums()[kind, "CNY"] for measure, kind in MEASURES.items()
        }
        proof = self._served.await_(reconciliation(self._served.platform, self._shop))
        assert proof["difference"] == 0
        assert proof["accepted"] == self.accepted
        assert proof["pending"] == self.plain.pending()

    def _figures(self) -> dict[str, int]:
        asked = volumes(self._served.platform, "2026-Q1", measure=",".join(MEASURES))
        answer = self._served.await_(asked)
        return {
            item["measure"]: sum(figure["amount_minor"] for figure in item["native"])
            for item in answer["items"]
        }


@pytest.fixture(scope="module")
def story(served: Served) -> Story:
    return Story(served, served.await_(admit(served.platform, "random", [FIRST, SECOND])))


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(posts=POSTS)
def test_any_sequence_of_posts_comes_to_the_plain_count(
    story: Story, posts: list[list[dict[str, Any]]]
) -> None:
    story.tell(posts)
