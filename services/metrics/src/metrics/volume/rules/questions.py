"""What a question about volumes says, and what of it goes together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.comparison.rules import Comparison
from metrics.measure.rules import Measure
from metrics.period.rules import Period, Unit


class Group(StrEnum):
    """What figures can be grouped by."""

    PARK = "park"
    PLAN_NODE = "plan_node"
    PROVINCE = "region:province"
    PREFECTURE = "region:prefecture"
    COUNTY = "region:county"
    ENTERPRISE = "enterprise"
    PLATFORM = "platform"
    CHANNEL = "channel"
    TRADE_MODE = "trade_mode"
    TRADE_FLOW = "trade_flow"
    CUSTOMS_MODE = "customs_mode"
    BUYER_TYPE = "buyer_type"
    GOODS_KIND = "goods_kind"
    CATEGORY = "category"
    CURRENCY = "currency"


REGIONS = (Group.PROVINCE, Group.PREFECTURE, Group.COUNTY)
OF_PLACES = (Group.PARK, Group.PLAN_NODE, *REGIONS)
OF_FACTS = (
    Group.PLATFORM,
    Group.CHANNEL,
    Group.TRADE_MODE,
    Group.TRADE_FLOW,
    Group.CUSTOMS_MODE,
    Group.BUYER_TYPE,
    Group.GOODS_KIND,
    Group.CATEGORY,
    Group.CURRENCY,
)
FILTERS_OF_FACTS = (
    "platform",
    "channel",
    "trade_mode",
    "trade_flow",
    "customs_mode",
    "buyer_type",
    "goods_kind",
    "category",
)


class CohortOf(StrEnum):
    """What stays the same in a like-for-like comparison."""

    ENTERPRISES = "enterprises"
    PARKS = "parks"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which figures the caller may see at all; None is no restriction."""

    platform: str | None = None
    parks: frozenset[str] | None = None
    enterprises: frozenset[str] | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that makes sense."""

    measures: Sequence[Measure]
    period: Period
    by: Unit | None = None
    group_by: Sequence[Group] = ()
    parks: frozenset[str] = frozenset()
    plan: str | None = None
    nodes: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    enterprises: frozenset[str] = frozenset()
    of_facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    comparisons: Sequence[Comparison] = ()
    like_for_like: CohortOf | None = None
    share: bool = False
    currencies: Sequence[str] = ()
    """Target currencies; none shows native amounts alone."""
    scope: Scope = Scope()

    @property
    def by_place(self) -> bool:
        """Whether groups are places."""
        return any(group in OF_PLACES for group in self.group_by)

    @property
    def by_enterprise(self) -> bool:
        """Whether groups are enterprises."""
        return Group.ENTERPRISE in self.group_by

    @property
    def uses_nodes(self) -> bool:
        """Whether the dated parks of a plan decide."""
        return bool(self.nodes) or Group.PLAN_NODE in self.group_by

    @property
    def filters_places(self) -> bool:
        """Whether some places do not count."""
        restricted = self.scope.parks is not None or self.scope.region is not None
        return bool(self.parks or self.nodes or self.regions) or restricted

    @property
    def filters_sellers(self) -> bool:
        """Whether some enterprises do not count."""
        return bool(self.enterprises) or self.scope.enterprises is not None

    @property
    def attributed(self) -> bool:
        """Whether it matters whose a fact is."""
        return self.by_place or self.by_enterprise or self.filters_places or self.filters_sellers
