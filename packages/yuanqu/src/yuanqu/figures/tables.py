"""The answer to a question about volumes as lines of a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yuanqu.money import exact, percent, short
from yuanqu.printing import Column

COMPARISONS = {"yoy": "yoy", "ytd_yoy": "ytd yoy", "mom": "mom"}
Row = dict[str, Any]


def rows_of(answer: Mapping[str, Any]) -> tuple[list[Column], list[Row]]:
    """A line a group, period, measure and currency."""
    rows = [_row(item, figure) for item in answer["items"] for figure in _figures(item, answer)]
    columns = [Column(_heading(group), group) for group in answer["group_by"]]
    if answer["by"]:
        columns.append(Column("period", "period"))
    if len(answer["measures"]) > 1:
        columns.append(Column("measure", "measure"))
    columns += [
        Column("amount", "amount", "right"),
        Column("", "currency"),
        Column("facts", "facts", "right"),
    ]
    for name in ("share", *(f"{each}{part}" for each in COMPARISONS for part in ("", "_lfl"))):
        if any(row.get(name) for row in rows):
            columns.append(Column(_growth_heading(name), name, "right"))
        if name in COMPARISONS and any(row.get(f"{name}_base") for row in rows):
            columns.append(Column("base", f"{name}_base", "right"))
    if any(row["rate"] for row in rows):
        columns.append(Column("rate", "rate"))
    return columns, rows


def headline(answer: Mapping[str, Any], *, chinese: bool = False) -> str:
    """1.75 tn CNY +25.0 % · US$288.2 bn @ 6.0722: only where one figure is the whole answer."""
    if len(answer["items"]) != 1:
        return ""
    item = answer["items"][0]
    parts = []
    for figure in _figures(item, answer):
        if figure["amount_minor"] is None:
            continue
        part = short(figure["amount_minor"], figure["currency"], chinese=chinese)
        growth = figure.get("yoy") or figure.get("ytd_yoy") or figure.get("mom")
        if growth and growth["rate"] is not None:
            part += f" {percent(growth['rate'])}"
        used = [answer["rates"][place]["rate"] for place in figure["rates"]]
        parts.append(part + (f" @ {' × '.join(used)}" if used else ""))
    return " · ".join(parts)


def rate_lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """What each rate is, since when, and who says so."""
    for place, rate in enumerate(answer["rates"], start=1):
        mean = f", mean of {rate['mean_of']}" if rate["mean_of"] > 1 else ""
        yield (
            f"[{place}] 1 {rate['base']} = {rate['rate']} {rate['quote']} ({rate['kind']}{mean}) "
            f"for {rate['first_day']} to {rate['until_day']} exclusive, "
            f"published {rate['published_on']}: {rate['source']}"
        )


def freshness_lines(freshness: Mapping[str, Any]) -> Iterator[str]:
    """How fresh and how complete the answer is; trouble only where there is some."""
    told = [f"as of {freshness['as_of']}"]
    if freshness["watermark"] is None:
        told.append("nothing was ever accepted")
    else:
        told.append(f"complete up to {freshness['watermark']}")
    told.append(f"lag {freshness['lag_seconds']} s")
    yield " · ".join(told)
    for name, meaning in (
        ("chunks_in_transit", "messages accepted and not counted yet"),
        ("pending_corrections", "corrections wait for the fact they name"),
        ("open_conflicts", "facts are kept aside in conflicts: `yuanqu conflicts list`"),
    ):
        if freshness[name]:
            yield f"{freshness[name]:,} {meaning}"
    for silent in freshness["silent_platforms"]:
        yield (
            f"{silent['platform']} is silent: last heard {silent['last_heard_at'] or 'never'}, "
            f"reports every {silent['reports_every_minutes']} minutes"
        )


def _figures(item: Mapping[str, Any], answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What was asked for: the conversions, or what people paid."""
    figures: Sequence[Mapping[str, Any]] = (
        item["converted"] if answer["currencies"] and item["converted"] else item["native"]
    )
    return figures


def _row(item: Mapping[str, Any], figure: Mapping[str, Any]) -> Row:
    row: Row = {group: _group(value) for group, value in item["group"].items()}
    row |= {
        "period": item["period"]["period"],
        "measure": item["measure"],
        "currency": figure["currency"] or "",
        "amount": _amount(figure),
        "facts": f"{figure['count']:,}",
        "rate": " ".join(f"[{place + 1}]" for place in figure["rates"]),
    }
    if figure.get("share"):
        row["share"] = _ratio(figure["share"])
    for name in COMPARISONS:
        if growth := figure.get(name):
            row[name] = _ratio(growth)
            if growth["base_amount_minor"] is not None:
                row[f"{name}_base"] = exact(growth["base_amount_minor"], figure["currency"])
            if cohort := growth.get("like_for_like"):
                row[f"{name}_lfl"] = (
                    f"{_ratio(cohort)} of {cohort['cohort']['count']} {cohort['cohort']['of']}"
                )
    return row


def _amount(figure: Mapping[str, Any]) -> str:
    if figure["amount_minor"] is None:
        # Counts of orders have no amount; an amount without a rate has a reason.
        return f"— ({figure['reason']})" if figure.get("reason") else f"{figure['count']:,}"
    return exact(figure["amount_minor"], figure["currency"])


def _ratio(ratio: Mapping[str, Any]) -> str:
    shown = percent(ratio["rate"], signed="of_count" not in ratio)
    return f"{shown} ({ratio['reason']})" if ratio.get("reason") else shown


def _group(value: Mapping[str, Any]) -> str:
    code = value["code"] or "unattributed"
    name = value.get("name_zh") or value.get("name_en")
    return f"{code} {name}" if name else str(code)


def _heading(group: str) -> str:
    return group.replace("region:", "").replace("_", " ")


def _growth_heading(name: str) -> str:
    if name.endswith("_lfl"):
        return f"{COMPARISONS[name.removesuffix('_lfl')]} like for like"
    return COMPARISONS.get(name, name)
