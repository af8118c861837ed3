"""The terminal: tables and lines on the standard output, failures and progress on the other."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reference_data.shanghai import local
from yuanqu.failures import Failure

Justify = Literal["left", "right", "center"]
WIDE = 220


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and what it shows of an item: a member or a function."""

    heading: str
    shows: str | Callable[[Mapping[str, Any]], Any]
    justify: Justify = "left"
    whole: bool = False
    """Whether it is copied into the next command: never folded, however narrow the terminal."""

    def of(self, item: Mapping[str, Any]) -> str:
        """The cell for an item."""
        value = item.get(self.shows) if isinstance(self.shows, str) else self.shows(item)
        return text_of(value)


def console() -> Console:
    """The standard output. A file or a pipe gets wide lines, so that no figure is folded."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE
    return Console(width=width, highlight=False)


def error_console() -> Console:
    """The standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(answer: Any) -> None:
    """An answer of the API as it came, indented."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def say(line: str = "", *, style: str = "") -> None:
    """A line of plain text; nothing in it is markup."""
    console().print(Text(line, style=style))


def note(line: str) -> None:
    """A line beside the answer: where it goes to a file, it does not."""
    error_console().print(Text(line, style="dim"))


def print_table(
    title: str | None, columns: Sequence[Column], items: Iterable[Mapping[str, Any]]
) -> int:
    """Print the items as a table; how many there were."""
    rows = [[column.of(item) for column in columns] for item in items]
    if not rows:
        say(f"{title}: none" if title else "none")
        return 0
    target = console()
    if title:
        # A table's own title is folded to the width of the table.
        target.print(Text(title, style="bold"))
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(
            Text(column.heading), justify=column.justify, overflow="fold", no_wrap=column.whole
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    target.print(table)
    return len(rows)


def print_record(item: Mapping[str, Any], title: str | None = None) -> None:
    """One record, a member a line."""
    target = console()
    if title:
        target.print(Text(title, style="bold"))
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in item.items():
        table.add_row(Text(name, style="bold"), Text(text_of(value)))
    target.print(table)


def print_failure(failure: Failure) -> None:
    """What happened and what to do next."""
    target = error_console()
    target.print(Text(failure.title, style="bold red"))
    if failure.detail:
        target.print(Text(failure.detail))
    for fault in failure.faults:
        target.print(Text(f"  - {fault}"))
    if failure.document and failure.document.get("request_id"):
        target.print(Text(f"request {failure.document['request_id']}", style="dim"))
    if failure.next_step:
        target.print(Text(f"→ {failure.next_step}", style="cyan"))


def shanghai(instant: str) -> str:
    """An instant of the API on the clock by which figures are dated."""
    return local(datetime.fromisoformat(instant)).isoformat(sep=" ", timespec="seconds")


def text_of(value: Any) -> str:
    """A value of an answer as a cell shows it."""
    match value:
        case None:
            return "—"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(text_of(each) for each in value) or "—"
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
