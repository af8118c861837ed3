"""The order events: splits of published totals, and a few made-up ones around them.

The same events in the same order every time. A removed demonstration is void for ever, so the next
one has other order numbers: that is its generation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yuanqu.demo.people import CROSSBORDER, LIVE, MALL, WHOLESALE, Firm, Firms
from yuanqu.demo.splits import draw, moment_in, split

# Fen, and cents for Hangzhou. The later year was published; the base is what its growth implies.
GZ_2013, GZ_2012 = 175_000_000_000_000, 140_000_000_000_000
GZ_RETAIL_2013, GZ_RETAIL_2012 = 32_000_000_000_000, 24_060_150_375_940
HZ_2016, HZ_2015 = 180_000_000_000, 147_540_983_607
BASES_2019, BASES_2018 = 537_000_000_000_000, 441_611_842_105_263
PAZHOU_2019 = 10_000_000_000_000

# Made up: nobody published these.
NEWCOMERS_2019 = 12_000_000_000_000
CLUSTERS_2019 = 6_200_000_000_000
HUMEN_2021: Mapping[tuple[str, str], int] = {
    ("B2B", "domestic"): 420_000_000_000,
    ("B2B", "export"): 90_000_000_000,
    ("B2C", "domestic"): 310_000_000_000,
    ("B2C", "export"): 80_000_000_000,
}

PILOT_OPEN_FROM = 10
"""The customs modes of the Guangzhou pilot opened on 2013-09-24: first whole month, October."""
ELEVEN_MONTHS = range(1, 12)
TWELVE_MONTHS = range(1, 13)
WHOLESALE_GOODS = ("apparel", "hardware", "building", "food", "office", "furniture")
RETAIL_GOODS = ("apparel", "cosmetics", "daily_use", "appliances", "communication", "books")

TO_ENTERPRISES = {"buyer_type": "enterprise", "channel": "shelf", "trade_mode": "B2B"}
TO_PEOPLE = {"buyer_type": "individual", "channel": "shelf", "trade_mode": "B2C"}

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Modes:
    """Customs modes in turn, for one order in `every`, from a month on."""

    codes: tuple[str, ...]
    every: int = 1
    from_month: int = 1

    def flow(self, month: int, number: int) -> dict[str, str]:
        """Where an order goes, and under which mode."""
        if month < self.from_month or number % self.every:
            return {"trade_flow": "domestic"}
        return {
            "trade_flow": "export",
            "customs_mode": self.codes[number // self.every % len(self.codes)],
        }


DOMESTIC = Modes((), from_month=13)


@dataclass(frozen=True, slots=True)
class Series:
    """A total over months and sellers, as orders of one platform."""

    name: str
    platform: str
    total: int
    year: int
    months: Sequence[int]
    firms: Sequence[Firm]
    each: int
    """Orders of a seller in a month."""
    content: Mapping[str, str]
    goods: Sequence[str] = RETAIL_GOODS
    modes: Modes = DOMESTIC
    currency: str = "CNY"
    attributions: tuple[str, ...] = ()
    with_created: bool = False
    refund_every: int = 0
    """One order in so many is refunded by half, on the same day."""

    def events(self, prefix: str) -> Iterator[Event]:
        """Its orders; the amounts paid add up to the total."""
        cells = [(month, firm) for month in self.months for firm in self.firms]
        for number, amount in enumerate(split(self.total, len(cells) * self.each, self.name)):
            month, firm = cells[number // self.each]
            seed = f"{self.name}/{number}"
            paid: Event = {
                "order_no": f"{prefix}-{self.name}-{number:05d}",
                "kind": "paid",
                "occurred_at": _text(moment_in(self.year, month, seed)),
                "seller_uscc": firm.uscc,
                **self.content,
                **self.modes.flow(month, number),
                "goods_kind": "physical",
                "category": self.goods[draw(f"{seed}/goods", len(self.goods))],
                "currency": self.currency,
                "amount_minor": amount,
            }
            if self.attributions:
                paid["attribution"] = self.attributions[number % len(self.attributions)]
            if self.with_created:
                yield paid | {"kind": "created"}
            yield paid
            if self.refund_every and number % self.refund_every == 0:
                yield paid | {"kind": "refunded", "ref": "R1", "amount_minor": amount // 2}


@dataclass(frozen=True, slots=True)
class Orders:
    """All order events, by the platform that reports them, and the fen that crosses the target."""

    generation: int
    series: tuple[Series, ...]
    by_platform: dict[str, list[Event]] = field(init=False)
    last_fen: Event = field(init=False)
    marker: tuple[str, str] = field(init=False)
    """Platform and number of the order that tells whether this generation is there, or void."""
    first_to_go: tuple[str, str] = field(init=False)
    """The order that is void first when the generation is removed; the marker is the last."""

    def __post_init__(self) -> None:
        prefix = f"DEMO{self.generation}"
        found: dict[str, list[Event]] = {}
        for series in self.series:
            found.setdefault(series.platform, []).extend(series.events(prefix))
        pazhou = next(series for series in self.series if series.name == "PZ19B")
        object.__setattr__(self, "by_platform", found)
        object.__setattr__(self, "last_fen", _last_fen(prefix, pazhou))
        first = self.series[0]
        object.__setattr__(self, "marker", (first.platform, f"{prefix}-{first.name}-00000"))
        leaving = next(series for series in self.series if series.platform != first.platform)
        gone = (leaving.platform, f"{prefix}-{leaving.name}-00000")
        object.__setattr__(self, "first_to_go", gone)

    @property
    def count(self) -> int:
        """How many events there are."""
        return 1 + sum(len(events) for events in self.by_platform.values())


def demo_orders(firms: Firms, generation: int) -> Orders:
    """The order events of a generation."""
    return Orders(
        generation,
        (
            *_guangzhou(firms),
            *_hangzhou(firms),
            *_bases(firms),
            *_pazhou(firms),
            *_humen(firms),
        ),
    )


def void_of(event: Event, reason: str) -> Event:
    """The void of a fact; it names the fact and repeats nothing of it."""
    corrects = {"kind": event["kind"]} | ({"ref": event["ref"]} if "ref" in event else {})
    return {
        "order_no": event["order_no"],
        "kind": "voided",
        "corrects": corrects,
        "reason": reason,
        "occurred_at": event["occurred_at"],
    }


def _guangzhou(firms: Firms) -> Iterator[Series]:
    sellers = firms.guangzhou
    for year, total, retail in (
        (2013, GZ_2013, GZ_RETAIL_2013),
        (2012, GZ_2012, GZ_RETAIL_2012),
    ):
        b2b, b2c = DOMESTIC, DOMESTIC
        if year == 2013:  # noqa: PLR2004 - the year in which the pilot opened
            b2b = Modes(("gz2013_b2b_export",), 8, PILOT_OPEN_FROM)
            b2c = Modes(("gz2013_b2c_export", "gz2013_bonded_export"), 8, PILOT_OPEN_FROM)
        name = f"GZ{year % 100}"
        yield Series(
            f"{name}B", WHOLESALE, total - retail, year, ELEVEN_MONTHS, sellers, 14,
            TO_ENTERPRISES, WHOLESALE_GOODS, b2b,
        )  # fmt: skip
        yield Series(
            f"{name}R", MALL, retail, year, ELEVEN_MONTHS, sellers, 14, TO_PEOPLE, modes=b2c
        )


def _hangzhou(firms: Firms) -> Iterator[Series]:
    modes = Modes(("9610", "1210"))
    for year, total in ((2016, HZ_2016), (2015, HZ_2015)):
        yield Series(
            f"HZ{year % 100}", CROSSBORDER, total, year, TWELVE_MONTHS, firms.hangzhou, 6,
            TO_PEOPLE, modes=modes, currency="USD",
        )  # fmt: skip


def _bases(firms: Firms) -> Iterator[Series]:
    for year, total in ((2019, BASES_2019 - NEWCOMERS_2019), (2018, BASES_2018)):
        retail = total * 3 // 10
        name = f"NB{year % 100}"
        yield Series(
            f"{name}B", WHOLESALE, total - retail, year, TWELVE_MONTHS, firms.bases, 4,
            TO_ENTERPRISES, WHOLESALE_GOODS,
        )  # fmt: skip
        yield Series(f"{name}R", MALL, retail, year, TWELVE_MONTHS, firms.bases, 4, TO_PEOPLE)
    yield Series("NB19N", MALL, NEWCOMERS_2019, 2019, range(4, 13), firms.newcomers, 4, TO_PEOPLE)


def _pazhou(firms: Firms) -> Iterator[Series]:
    retail = PAZHOU_2019 * 4 // 10
    yield Series(
        "PZ19B", WHOLESALE, PAZHOU_2019 - retail, 2019, TWELVE_MONTHS, firms.pazhou, 6,
        TO_ENTERPRISES, WHOLESALE_GOODS,
    )  # fmt: skip
    yield Series("PZ19R", MALL, retail, 2019, TWELVE_MONTHS, firms.pazhou, 6, TO_PEOPLE)
    yield Series("CL19", MALL, CLUSTERS_2019, 2019, TWELVE_MONTHS, firms.clusters, 4, TO_PEOPLE)


def _humen(firms: Firms) -> Iterator[Series]:
    live = TO_PEOPLE | {"channel": "livestream"}
    for (trade_mode, flow), platform, content, modes in (
        (("B2B", "domestic"), WHOLESALE, TO_ENTERPRISES, DOMESTIC),
        (("B2B", "export"), CROSSBORDER, TO_ENTERPRISES, Modes(("9710",))),
        (("B2C", "domestic"), LIVE, live, DOMESTIC),
        (("B2C", "export"), CROSSBORDER, TO_PEOPLE, Modes(("9610",))),
    ):
        is_live = platform == LIVE
        yield Series(
            f"HM21-{trade_mode}-{flow[0].upper()}", platform, HUMEN_2021[trade_mode, flow], 2021,
            TWELVE_MONTHS, firms.humen, 2, content, ("apparel",), modes,
            attributions=("card", "window", "none") if is_live else (),
            with_created=is_live, refund_every=10 if is_live else 0,
        )  # fmt: skip


def _last_fen(prefix: str, pazhou: Series) -> Event:
    """The fen above the target, on the last evening of the year."""
    event = next(pazhou.events(prefix))
    return event | {
        "order_no": f"{prefix}-PZ19-FEN",
        "occurred_at": "2019-12-31T23:59:59+08:00",
        "amount_minor": 1,
    }


def _text(moment: datetime) -> str:
    return moment.isoformat()
