"""`yuanqu rates`: exchange rates with their date and source."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, BodyFile, Commands, Key, Limit, body_of, connect
from yuanqu.printing import Column
from yuanqu.records.lists import USUAL_LIMIT, present, show_list

PATH = "/metrics/v1/exchange-rates"
COLUMNS = (
    Column("base", "base"),
    Column("quote", "quote"),
    Column("rate", "rate", "right"),
    Column("kind", "kind"),
    Column("period", "period"),
    Column("published", "published_on"),
    Column("source", "source"),
)

app = Commands(help="Exchange rates: list, add. A published rate is never changed.")


@app.command("list")
def list_rates(
    *,
    base: Annotated[str | None, typer.Option()] = None,
    quote: Annotated[str | None, typer.Option()] = None,
    kind: Annotated[str | None, typer.Option()] = None,
    limit: Limit = USUAL_LIMIT,
    as_json: AsJson = False,
) -> None:
    """List rates, the newest period first."""
    params = {"base": base, "quote": quote, "kind": kind}
    show_list(PATH, COLUMNS, title="Exchange rates", params=params, limit=limit, as_json=as_json)


@app.command()
def add(
    *,
    file: BodyFile = None,
    base: Annotated[str | None, typer.Option(help="Like USD.")] = None,
    quote: Annotated[str | None, typer.Option(help="Like CNY.")] = None,
    rate: Annotated[str | None, typer.Option(help="Units of quote for one of base.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="press_spot, pboc_central_parity_daily, customs_monthly, month_avg, year_avg "
            "or period_avg."
        ),
    ] = None,
    period: Annotated[str | None, typer.Option(help="What it was published for: 2013.")] = None,
    published_on: Annotated[str | None, typer.Option(help="A date.")] = None,
    source: Annotated[str | None, typer.Option(help="Who published it, and where.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Record a published rate."""
    body = body_of(
        file,
        base=base,
        quote=quote,
        rate=rate,
        kind=kind,
        period=period,
        published_on=published_on,
        source=source,
    )
    with connect() as api:
        present(api.post(PATH, body, key=key), as_json=as_json, said="Recorded.")
