"""The published figures, how to ask for them, and what they have to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yuanqu.demo import orders, places


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it was published, in minor units, and the question that gives it."""

    title: str
    said: str
    """How the source put it."""
    measure: str
    period: str
    amount_minor: int
    currency: str
    growth: str | None = None
    """Six places, as the API writes it."""
    filters: Mapping[str, str] = field(default_factory=dict)
    converted: Mapping[str, int] = field(default_factory=dict)
    """In other currencies, at the rate of the demonstration."""
    scope: str = ""

    def command(self) -> str:
        """The command line that asks the same."""
        words = [f"yuanqu volumes --measure {self.measure} --period {self.period}"]
        words += [f"--{name} {value}" for name, value in self.filters.items()]
        if self.growth is not None:
            words.append("--yoy")
        currencies = [self.currency, *self.converted]
        if currencies != ["CNY"]:
            words.append(f"--currency {','.join(currencies)}")
        return " ".join(words)


GUANGZHOU_USD_2013 = 28_819_867_593_294
"""1.75 tn yuan at 6.0722, to the cent."""

PUBLISHED = (
    Published(
        "Guangzhou, January to November 2013",
        "1.75 tn yuan (US$288.2 bn), +25 %",
        "ECV_PAID",
        "2013-YTD-11",
        orders.GZ_2013,
        "CNY",
        "0.250000",
        {"region": "440100"},
        {"USD": GUANGZHOU_USD_2013},
    ),
    Published(
        "Guangzhou online retail, January to November 2013",
        "320 bn yuan, +33 %",
        "ONLINE_RETAIL",
        "2013-YTD-11",
        orders.GZ_RETAIL_2013,
        "CNY",
        "0.330000",
        {"region": "440100"},
    ),
    Published(
        "Hangzhou, cross-border, 2016",
        "US$1.8 bn, +22 %",
        "CBEC_EXPORT",
        "2016",
        orders.HZ_2016,
        "USD",
        "0.220000",
        {"region": "330100"},
        scope="Here all of it is exports; the source does not say what its volume includes.",
    ),
    Published(
        "National demonstration bases, 2019",
        "5.37 tn yuan, +21.6 %",
        "ECV_PAID",
        "2019",
        orders.BASES_2019,
        "CNY",
        "0.216000",
        {"plan": places.BASES_PLAN, "node": places.BASES_NODE},
        scope=places.BASES_SCOPE,
    ),
    Published(
        "Pazhou's target year 2019: one fen above 100 bn yuan",
        "more than 100 bn yuan a year (target)",
        "ECV_PAID",
        str(places.PAZHOU_YEAR),
        places.PAZHOU_TARGET_MINOR + 1,
        "CNY",
        None,
        {"plan": places.GZ_PLAN, "node": "PAZHOU"},
    ),
)
"""What `yuanqu demo` asks for at the end."""

FOUR_CELLS = (
    f"yuanqu volumes --measure ECV_PAID --period 2021 --park {places.HUMEN} "
    f"--park {places.BASE_1840} --group-by trade_mode --group-by trade_flow"
)
