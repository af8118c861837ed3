"""`yuanqu volumes`: figures of a period, with growth, shares and conversion."""

import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

from yuanqu.api import speaks_chinese
from yuanqu.commands import AsJson, connect
from yuanqu.figures.tables import freshness_lines, headline, rate_lines, rows_of
from yuanqu.printing import print_json, print_table, say

PATH = "/metrics/v1/volumes"
Many = list[str] | None


def volumes(
    *,
    period: Annotated[
        str,
        typer.Option(
            help="2013, 2013-11, 2013-Q3, 2013-W45, 2013-11-05, 2013-YTD-11, "
            "or two as 2013-01..2013-11."
        ),
    ],
    measure: Annotated[Many, typer.Option(help="Like ECV_PAID, the official one.")] = None,
    by: Annotated[str | None, typer.Option(help="A series: hour, day, week, month, …")] = None,
    group_by: Annotated[
        Many,
        typer.Option(
            help="park, plan_node, region:province|prefecture|county, enterprise, platform, "
            "channel, trade_mode, trade_flow, customs_mode, category, currency, …"
        ),
    ] = None,
    region: Annotated[Many, typer.Option(help="A division; everything inside it.")] = None,
    park: Annotated[Many, typer.Option()] = None,
    plan: Annotated[str | None, typer.Option(help="A cluster plan.")] = None,
    node: Annotated[Many, typer.Option(help="A node of the plan.")] = None,
    enterprise: Annotated[Many, typer.Option(help="A credit code.")] = None,
    platform: Annotated[Many, typer.Option()] = None,
    channel: Annotated[Many, typer.Option()] = None,
    trade_mode: Annotated[Many, typer.Option()] = None,
    trade_flow: Annotated[Many, typer.Option()] = None,
    customs_mode: Annotated[Many, typer.Option()] = None,
    buyer_type: Annotated[Many, typer.Option()] = None,
    goods_kind: Annotated[Many, typer.Option()] = None,
    category: Annotated[Many, typer.Option()] = None,
    yoy: Annotated[bool, typer.Option("--yoy", help="Growth on the year before.")] = False,
    ytd_yoy: Annotated[
        bool, typer.Option("--ytd-yoy", help="Growth of the year so far on the same of last year.")
    ] = False,
    mom: Annotated[bool, typer.Option("--mom", help="Growth on the period before.")] = False,
    like_for_like: Annotated[
        bool, typer.Option("--like-for-like", help="Growth of those who were there in both, too.")
    ] = False,
    cohort: Annotated[
        str | None, typer.Option(help="Like for like of enterprises, or of parks.")
    ] = None,
    share: Annotated[bool, typer.Option("--share", help="Each group's part of all.")] = False,
    currency: Annotated[Many, typer.Option(help="Convert to these, like CNY,USD.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the API's CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask for figures. Several values of an option: repeat it, or separate them by commas."""
    params = question(
        period=period,
        measure=_several(measure),
        by=by,
        group_by=_several(group_by),
        region=_several(region),
        park=_several(park),
        plan=plan,
        node=_several(node),
        enterprise=_several(enterprise),
        currency=_several(currency),
        yoy=yoy,
        ytd_yoy=ytd_yoy,
        mom=mom,
        like_for_like=like_for_like,
        cohort=cohort,
        share=share,
        platform=_several(platform),
        channel=_several(channel),
        trade_mode=_several(trade_mode),
        trade_flow=_several(trade_flow),
        customs_mode=_several(customs_mode),
        buyer_type=_several(buyer_type),
        goods_kind=_several(goods_kind),
        category=_several(category),
        format="csv" if as_csv else None,
    )
    with connect() as api:
        answer = api.request("GET", PATH, params=params)
    if as_csv:
        sys.stdout.write(answer.content.decode("utf-8-sig"))
    elif as_json:
        print_json(answer.json())
    else:
        present(answer.json())


def question(**given: Any) -> dict[str, Any]:
    """The parameters of the question: those that say something."""
    return {
        name: "true" if value is True else value
        for name, value in given.items()
        if value not in (None, False, [])
    }


def present(answer: Mapping[str, Any]) -> None:
    """The figures as a table, what converted them, and how fresh they are."""
    columns, rows = rows_of(answer)
    print_table(_title(answer), columns, rows)
    if line := headline(answer, chinese=speaks_chinese()):
        say(line, style="bold")
    for line in (*rate_lines(answer), *freshness_lines(answer["freshness"])):
        say(line, style="dim")


def _title(answer: Mapping[str, Any]) -> str:
    period = answer["period"]
    open_still = ", to date" if period["to_date"] else ""
    return f"{', '.join(answer['measures'])} · {period['period']}{open_still}"


def _several(values: Iterable[str] | None) -> list[str]:
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
