"""Questions about what processes show of themselves, and the panels that draw them."""

from collections.abc import Sequence

from deploy.grafana.definitions.panels import Json, Panel, Prom

CHOSEN = 'service=~"$service"'


def stat(
    zh: str, en: str, expr: str, unit: str, steps: tuple[tuple[float | None, str], ...]
) -> Panel:
    """One number that says whether to look further."""
    return Panel(
        kind="stat",
        zh=zh,
        en=en,
        asks=[Prom(expr, "—")],
        unit=unit,
        width=4,
        height=4,
        colour="thresholds",
        steps=steps,
    )


def lines(
    zh: str,
    en: str,
    unit: str,
    *asks: tuple[str, str],
    meaning: str = "",
    links: Sequence[Json] = (),
) -> Panel:
    """Expressions over time."""
    return Panel(
        kind="timeseries",
        zh=zh,
        en=en,
        asks=[Prom(expr, legend) for expr, legend in asks],
        unit=unit,
        least=0,
        meaning=meaning,
        links=links,
    )


def rate(counter: str, by: str = "service", more: str = "") -> str:
    """A rate of a counter, summed."""
    return f"sum by ({by}) (rate({counter}{{{CHOSEN}{more}}}[$__rate_interval]))"


def ratio(part: str, whole: str) -> str:
    """A quotient."""
    return f"{part} / {whole}"


def fullest(by: str, part: str, whole: str) -> str:
    """How full the fullest is."""
    return f"max by ({by}) ({ratio(part, whole)})"


def emptiest(by: str, part: str, whole: str) -> str:
    """How full the emptiest is."""
    return f"min by ({by}) ({ratio(part, whole)})"


def p99(histogram: str, by: str = "service") -> str:
    """The 99th percentile of a histogram."""
    return (
        f"histogram_quantile(0.99, sum by ({by}, le) "
        f"(rate({histogram}_bucket{{{CHOSEN}}}[$__rate_interval])))"
    )
