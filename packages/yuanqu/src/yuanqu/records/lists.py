"""Lists and records: the two shapes in which every noun is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from yuanqu.api import MOST_ITEMS
from yuanqu.commands import connect
from yuanqu.printing import Column, note, print_json, print_record, print_table

USUAL_LIMIT = 100


def show_list(
    path: str,
    columns: Sequence[Column],
    *,
    title: str,
    params: Mapping[str, Any] | None = None,
    limit: int = USUAL_LIMIT,
    as_json: bool = False,
) -> None:
    """Print a list as a table, across its pages; as JSON, the API's first page as it came."""
    with connect() as api:
        if as_json:
            asked = {**(params or {}), "page_size": min(limit, MOST_ITEMS)}
            print_json(api.get(path, asked))
            return
        # One more than shown tells whether to say that there are more.
        items = list(api.pages(path, params, limit + 1))
    print_table(title, columns, items[:limit])
    if len(items) > limit:
        note(f"Only the first {limit}; --limit shows more.")


def show_record(path: str, *, as_json: bool = False) -> None:
    """Print one record."""
    with connect() as api:
        present(api.get(path), as_json=as_json)


def present(answer: Any, *, as_json: bool = False, said: str = "") -> None:
    """Print an answer: as it came, or its members a line each after what was done."""
    if as_json:
        print_json(answer)
    else:
        print_record(answer, said or None)
