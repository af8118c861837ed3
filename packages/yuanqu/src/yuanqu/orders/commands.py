"""`yuanqu orders`: report order events from a file."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from yuanqu.api import Api
from yuanqu.commands import AsJson, Commands, connect
from yuanqu.failures import Failure
from yuanqu.orders.journal import Journal, Plan
from yuanqu.orders.journal import Progress as Sent
from yuanqu.orders.mapping import ColumnMapping, read_mapping
from yuanqu.orders.outcomes import print_outcomes, settled
from yuanqu.orders.patience import Patience
from yuanqu.orders.sending import Sender, alone
from yuanqu.orders.sources import CsvSource, JsonSource, NdjsonSource, Source, digest
from yuanqu.printing import error_console, note, print_json

USUAL_BATCH = 5_000
MOST_ITEMS = 10_000

app = Commands(help="Order events: send them from a file.")


@app.callback()
def _orders() -> None:
    """Order events: send them from a file."""


@app.command()
def send(
    *,
    file: Annotated[Path, typer.Argument(help="NDJSON, a JSON array, or CSV with a heading.")],
    platform: Annotated[
        str | None, typer.Option(help="Send as this profile, the platform's credential.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="CSV: a JSON file that says what the columns mean.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="CSV: member=column, like order_no=订单号.")
    ] = None,
    constant: Annotated[
        list[str] | None, typer.Option("--set", help="CSV: member=value for every row.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="CSV: like gb18030.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="CSV: like ';'.")] = None,
    time_format: Annotated[str | None, typer.Option(help="CSV: like '%Y/%m/%d %H:%M'.")] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=MOST_ITEMS, help="Items a request.")
    ] = USUAL_BATCH,
    patience: Annotated[
        float, typer.Option(help="Seconds to go on trying while the server is away.")
    ] = 300.0,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the outcome.")] = 60.0,
    restart: Annotated[bool, typer.Option("--restart", help="Forget how far it was.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a file of order events. Stopped and started again, it goes on where it was.

    How far it is stands in FILE.yuanqu. A batch that was accepted and not yet written down is sent
    again under its key, and the server does not do it twice.
    """
    if not file.is_file():
        raise Failure(f"{file} is not a file")
    base = read_mapping(mapping) if mapping else ColumnMapping()
    columns = base.over(
        _pairs(column or [], "--column"),
        _pairs(constant or [], "--set"),
        encoding=encoding,
        delimiter=delimiter,
        time_format=time_format,
    )
    source = _source(file, columns)
    with alone(file), connect(platform) as api:
        journal = Journal(file)
        plan, sent = _resume(journal, _plan(api, file, columns, batch), restart=restart)
        _send(api, source, journal, plan, sent, patience=patience)
        total = settled(api, (receipt["id"] for receipt in sent.receipts), wait)
    if as_json:
        ids = [receipt["id"] for receipt in sent.receipts]
        print_json({"run": sent.run, "receipts": ids, "summary": dict(total)})
    else:
        print_outcomes(total, sent.receipts)
    if total["rejected"] or total["conflict"] or total["buried"]:
        raise typer.Exit(1)


def _send(
    api: Api, source: Source, journal: Journal, plan: Plan, sent: Sent, *, patience: float
) -> None:
    with _bar() as bar:
        task = bar.add_task("sending", total=source.size, completed=sent.offset)
        sender = Sender(
            api,
            Patience(patience, bar.console.print),
            lambda offset: bar.update(task, completed=offset),
        )
        try:
            sender.send(source, journal, plan, sent)
        except KeyboardInterrupt:
            raise Failure(
                f"Stopped after {sum(receipt['items'] for receipt in sent.receipts):,} items",
                next_step="Run the same command again: it goes on there, nothing is repeated.",
            ) from None
        finally:
            journal.close()


def _resume(journal: Journal, plan: Plan, *, restart: bool) -> tuple[Plan, Sent]:
    """Go on with the run that was interrupted, or begin the next one."""
    held = None if restart else journal.held()
    if held is None:
        fresh = Sent()
    else:
        before, sent = held
        same = (before.sha256, before.mapping) == (plan.sha256, plan.mapping)
        there = (before.address, before.client_id) == (plan.address, plan.client_id)
        if same and there and not sent.finished:
            if sent.offset:
                note(f"Goes on after {sum(each['items'] for each in sent.receipts):,} items.")
            # The batches must be cut as they were.
            return before, sent
        if not same and not sent.finished:
            raise Failure(
                "The file or its mapping is not the one that was being sent",
                f"{journal.path} holds how far that one was.",
                next_step="Finish sending the file as it was, or begin anew with --restart; "
                "what the server has already counts once.",
            )
        fresh = Sent(run=sent.run + 1 if same else 1)
        if same and there:
            note(f"Was sent before (run {sent.run}): what was counted then is a duplicate now.")
    journal.begin(plan, fresh.run)
    return plan, fresh


def _plan(api: Api, file: Path, columns: ColumnMapping, batch: int) -> Plan:
    with _bar() as bar:
        task = bar.add_task("reading", total=file.stat().st_size)
        sha256 = digest(file, lambda seen: bar.advance(task, seen))
    used = api.credential
    return Plan(sha256, used.address, used.client_id, columns.canonical(), batch)


def _source(file: Path, columns: ColumnMapping) -> Source:
    match file.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return CsvSource(file, columns)
        case ".json":
            return JsonSource(file)
        case ".ndjson" | ".jsonl":
            return NdjsonSource(file)
    raise Failure(
        f"{file.name} says not what it holds",
        next_step="Name it .ndjson (an order event a line), .json (an array) or .csv.",
    )


def _pairs(texts: list[str], option: str) -> dict[str, Any]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    if not all("=" in text for text in texts):
        raise typer.BadParameter("write it as member=value", param_hint=option)
    return pairs


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=error_console(),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
