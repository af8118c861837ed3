"""The CSV files that travel with this package."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one data file, by column."""
    text = (files("reference_data") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
