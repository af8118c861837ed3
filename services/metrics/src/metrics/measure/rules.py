"""The measures: which kinds of facts they add, under which conditions, and what they are called.

Every measure is a predicate over dimension sets and a sum over kinds. Another
measure is another entry here; no table and no fold knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from event_contracts.facts import CREATED, PAID, REFUNDED, SETTLED


class Unit(StrEnum):
    """What a figure of the measure is."""

    MONEY = "money"
    COUNT = "count"
    MONEY_PER_ORDER = "money_per_order"


@dataclass(frozen=True, slots=True)
class Condition:
    """A column of a dimension set must have one of the values, or none of the excluded ones."""

    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    present: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the dictionary."""

    code: str
    name_zh: str
    name_en: str
    note: str
    kinds: Mapping[int, int]
    """Kind of fact → its sign in the sum."""
    where: Mapping[str, Condition] = field(default_factory=lambda: MappingProxyType({}))
    unit: Unit = Unit.MONEY


PAID_ONLY = MappingProxyType({PAID: 1})
CONSUMERS = Condition(one_of=("individual", "social_group"))

MEASURES = (
    Measure(
        code="GMV_ORDERED",
        name_zh="下单金额",
        name_en="Ordered amount",
        note="Ordered, paid or not. Never used for evaluation.",
        kinds=MappingProxyType({CREATED: 1}),
    ),
    Measure(
        code="ECV_PAID",
        name_zh="电子商务交易额",
        name_en="E-commerce volume, paid",
        note="The official measure: what users paid, by the date of payment.",
        kinds=PAID_ONLY,
    ),
    Measure(
        code="ECV_NET",
        name_zh="电子商务交易额(扣除退款)",
        name_en="E-commerce volume, net of refunds",
        note="Paid less refunded, each by its own date.",
        kinds=MappingProxyType({PAID: 1, REFUNDED: -1}),
    ),
    Measure(
        code="ECV_SETTLED",
        name_zh="结算金额",
        name_en="Settled amount",
        note="What was settled, by the date of settlement.",
        kinds=MappingProxyType({SETTLED: 1}),
    ),
    Measure(
        code="ONLINE_RETAIL",
        name_zh="网上零售额",
        name_en="Online retail sales",
        note="Paid by individuals and social groups, goods and services.",
        kinds=PAID_ONLY,
        where=MappingProxyType({"buyer_type": CONSUMERS}),
    ),
    Measure(
        code="ONLINE_RETAIL_PHYS",
        name_zh="实物商品网上零售额",
        name_en="Online retail sales of physical goods",
        note="The physical part of ONLINE_RETAIL.",
        kinds=PAID_ONLY,
        where=MappingProxyType(
            {"buyer_type": CONSUMERS, "goods_kind": Condition(one_of=("physical",))}
        ),
    ),
    Measure(
        code="B2B_VOLUME",
        name_zh="企业间交易额",
        name_en="Volume between enterprises",
        note="Paid by enterprises.",
        kinds=PAID_ONLY,
        where=MappingProxyType({"buyer_type": Condition(one_of=("enterprise",))}),
    ),
    Measure(
        code="SERVICE_VOLUME",
        name_zh="服务类交易额",
        name_en="Volume of services",
        note="Paid for services.",
        kinds=PAID_ONLY,
        where=MappingProxyType({"goods_kind": Condition(one_of=("service",))}),
    ),
    Measure(
        code="LIVE_SALES",
        name_zh="直播销售额",
        name_en="Livestream sales",
        note="Paid through livestreams, within the window of attribution.",
        kinds=PAID_ONLY,
        where=MappingProxyType(
            {
                "channel": Condition(one_of=("livestream",)),
                "attribution": Condition(none_of=("none",)),
            }
        ),
    ),
    Measure(
        code="CBEC_EXPORT",
        name_zh="跨境电子商务出口额",
        name_en="Cross-border e-commerce exports",
        note="Paid for exports under a customs mode.",
        kinds=PAID_ONLY,
        where=MappingProxyType(
            {
                "trade_flow": Condition(one_of=("export",)),
                "customs_mode": Condition(present=True),
            }
        ),
    ),
    Measure(
        code="CBEC_IMPORT",
        name_zh="跨境电子商务进口额",
        name_en="Cross-border e-commerce imports",
        note="Paid for imports under a customs mode.",
        kinds=PAID_ONLY,
        where=MappingProxyType(
            {
                "trade_flow": Condition(one_of=("import",)),
                "customs_mode": Condition(present=True),
            }
        ),
    ),
    Measure(
        code="REFUNDS",
        name_zh="退款金额",
        name_en="Refunds",
        note="What was refunded, by the date of the refund.",
        kinds=MappingProxyType({REFUNDED: 1}),
    ),
    Measure(
        code="ORDERS_PAID",
        name_zh="支付订单数",
        name_en="Paid orders",
        note="An order is paid once, so this counts orders.",
        kinds=PAID_ONLY,
        unit=Unit.COUNT,
    ),
    Measure(
        code="AOV",
        name_zh="客单价",
        name_en="Average order value",
        note="ECV_PAID divided by ORDERS_PAID, half-even to the minor unit.",
        kinds=PAID_ONLY,
        unit=Unit.MONEY_PER_ORDER,
    ),
)

BY_CODE = MappingProxyType({measure.code: measure for measure in MEASURES})
OFFICIAL = "ECV_PAID"


def figure_of(measure: Measure, count: int, amount: int) -> int:
    """The figure of the added counts and amounts: minor units, or a number of orders."""
    match measure.unit:
        case Unit.COUNT:
            return count
        case Unit.MONEY_PER_ORDER:
            return half_even(amount, count) if count else 0
    return amount


def half_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, the even one of two."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))
