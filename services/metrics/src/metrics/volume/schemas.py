"""What callers see of volumes."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from metrics.freshness.schemas import Freshness
from metrics.growth.rules import Reason
from metrics.rate.schemas import RateUsed

Code = Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x1f]*$")]
Codes = Annotated[list[Code], Field(max_length=100)]


class VolumeParameters(BaseModel):
    """A question. Lists may be repeated (`park=A&park=B`) or separated by commas (`park=A,B`)."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(max_length=40)] = Field(
        description="`2013`, `2013-11`, `2013-Q3`, `2013-W45`, `2013-11-05`, `2013-11-05T14`, "
        "`2013-YTD-11` or a range `2013-01..2013-11`, both ends included; Shanghai time",
        examples=["2013-YTD-11"],
    )
    measure: Codes = Field(default=[], description="Codes of GET /v1/measures; else ECV_PAID")
    by: Code | None = Field(default=None, description="hour, day, week, month, quarter, year")
    group_by: Codes = Field(
        default=[],
        description="park, plan_node, region:province, region:prefecture, region:county, "
        "enterprise, platform, channel, trade_mode, trade_flow, customs_mode, buyer_type, "
        "goods_kind, category, currency",
    )
    plan: Code | None = Field(default=None, description="The plan of `node` and plan_node")
    node: Codes = []
    park: Codes = []
    region: Codes = Field(default=[], description="GB/T 2260 codes, everything in them counts")
    enterprise: Codes = Field(default=[], description="Social credit codes")
    platform: Codes = []
    channel: Codes = []
    trade_mode: Codes = []
    trade_flow: Codes = []
    customs_mode: Codes = Field(
        default=[], description="National codes; the pilots of 2013 count under theirs"
    )
    buyer_type: Codes = []
    goods_kind: Codes = []
    category: Codes = []
    yoy: bool = Field(default=False, description="Against the same period of the year before")
    ytd_yoy: bool = Field(default=False, description="January to date against the year before")
    mom: bool = Field(default=False, description="Against the period just before")
    like_for_like: bool = Field(default=False, description="Growth of a steady cohort as well")
    cohort: Literal["enterprises", "parks"] = "enterprises"
    share: bool = Field(default=False, description="Each group's part of all of them")
    currency: Codes = Field(default=[], description="native, or ISO 4217 codes to convert to")
    format: Literal["json", "csv"] | None = Field(
        default=None, description="Else the Accept header decides"
    )


class PeriodView(BaseModel):
    """A period: the instants [start, until) with Shanghai's offset."""

    period: str
    start: datetime
    until: datetime = Field(description="The first instant that is not in it any more")
    to_date: bool = Field(description="It is still open")


class CohortView(BaseModel):
    """The enterprises or parks that were there on the first and the last day of both periods."""

    of: str
    count: int
    hash: str = Field(description="SHA-256 of their sorted codes, one a line")


class LikeForLike(BaseModel):
    """Growth of the cohort alone."""

    rate: str | None
    reason: Reason | None = None
    current_amount_minor: int | None = None
    base_amount_minor: int | None = None
    current_count: int
    base_count: int
    cohort: CohortView


class Growth(BaseModel):
    """A growth rate with what it compares; `0.250000` is 25 %."""

    rate: str | None = Field(description="Six places, half-even; null with a reason")
    reason: Reason | None = None
    current_amount_minor: int | None = None
    base_amount_minor: int | None = None
    current_count: int
    base_count: int
    current: PeriodView
    base: PeriodView | None = None
    like_for_like: LikeForLike | None = None


class Share(BaseModel):
    """The part of all groups of this answer."""

    rate: str | None
    reason: Reason | None = None
    of_amount_minor: int | None = None
    of_count: int


class Figure(BaseModel):
    """One number. Counts of orders have no currency and no amount."""

    currency: str | None
    amount_minor: int | None
    amount: str | None = Field(description="The same in whole units, for people")
    count: int = Field(description="How many facts it is made of")
    reason: Reason | None = None
    rates: list[int] = Field(default=[], description="Places in `rates` of what converted it")
    share: Share | None = None
    yoy: Growth | None = None
    ytd_yoy: Growth | None = None
    mom: Growth | None = None


class GroupValue(BaseModel):
    """A group; `unattributed` is what belongs to none and is never dropped."""

    code: str | None
    name_zh: str | None = None
    name_en: str | None = None


class Item(BaseModel):
    """The figures of one group, period and measure."""

    group: dict[str, GroupValue]
    period: PeriodView
    measure: str
    native: list[Figure] = Field(description="In the currencies in which people paid")
    converted: list[Figure] = Field(description="All currencies in each one asked for")


class Restriction(BaseModel):
    """What the caller's token restricts this answer to."""

    platform: str | None = None
    parks: list[str] | None = None
    enterprises: list[str] | None = None
    region: str | None = None


class VolumeAnswer(BaseModel):
    """Figures, what they compare, what converted them, and how fresh they are."""

    period: PeriodView
    by: str | None
    measures: list[str]
    group_by: list[str]
    currencies: list[str]
    map_on: date = Field(description="The day on whose map regions are told")
    restricted_to: Restriction | None
    items: list[Item]
    rates: list[RateUsed]
    freshness: Freshness


GROWTHS = ("yoy", "ytd_yoy", "mom")


def table(answer: VolumeAnswer) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The answer as lines: one for every figure, native and converted."""
    groups = [column for group in answer.group_by for column in (group, f"{group}:name")]
    asked = [
        each
        for each in GROWTHS
        if any(getattr(figure, each) for item in answer.items for figure in item.native)
    ]
    columns = ["period", "start", "until", "to_date", *groups, "measure", "basis", "currency"]
    columns += ["amount_minor", "amount", "count", "reason", "rates", "share"]
    for each in asked:
        columns += [each, f"{each}:reason", f"{each}:base_amount_minor", f"{each}:base_count"]
        columns += [f"{each}:like_for_like", f"{each}:cohort_count", f"{each}:cohort_hash"]
    columns += ["watermark"]
    return columns, _lines(answer, asked)


def _lines(answer: VolumeAnswer, asked: list[str]) -> Iterator[dict[str, Any]]:
    for item in answer.items:
        group = {}
        for name, value in item.group.items():
            group[name] = value.code
            group[f"{name}:name"] = value.name_zh
        for basis, figures in (("native", item.native), ("converted", item.converted)):
            for figure in figures:
                yield {
                    "period": item.period.period,
                    "start": item.period.start,
                    "until": item.period.until,
                    "to_date": str(item.period.to_date).lower(),
                    **group,
                    "measure": item.measure,
                    "basis": basis,
                    "currency": figure.currency,
                    "amount_minor": figure.amount_minor,
                    "amount": figure.amount,
                    "count": figure.count,
                    "reason": figure.reason,
                    "rates": " ".join(_rate(answer.rates[place]) for place in figure.rates),
                    "share": figure.share.rate if figure.share else None,
                    **_growths(figure, asked),
                    "watermark": answer.freshness.watermark,
                }


def _rate(rate: RateUsed) -> str:
    return f"{rate.base}/{rate.quote}={rate.rate}@{rate.published_on}"


def _growths(figure: Figure, asked: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in asked:
        growth: Growth | None = getattr(figure, each)
        if growth is None:
            continue
        found[each] = growth.rate
        found[f"{each}:reason"] = growth.reason
        found[f"{each}:base_amount_minor"] = growth.base_amount_minor
        found[f"{each}:base_count"] = growth.base_count
        if same := growth.like_for_like:
            found[f"{each}:like_for_like"] = same.rate
            found[f"{each}:cohort_count"] = same.cohort.count
            found[f"{each}:cohort_hash"] = same.cohort.hash
    return found
