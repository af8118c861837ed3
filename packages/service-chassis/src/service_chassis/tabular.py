"""Tables in and out as people exchange them: CSV and XLSX.

In: whatever a spreadsheet saves (UTF-8 with or without a mark, GB 18030, comma, semicolon or tab).
Out: nothing that a spreadsheet would take for a formula.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from typing import Any, ClassVar

import openpyxl
import xlsxwriter

from service_chassis.problems import MediaTypeUnsupported, Problem

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = (CSV, XLSX)
MOST_ROWS = 100_000
MOST_COLUMNS = 200
# A workbook is an archive: what it inflates to is bounded before it is opened.
MOST_INFLATED_BYTES = 64 * 1024 * 1024

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
Cell = str | int | float | date | datetime | None


class TableUnreadable(Problem):
    """The file as a whole cannot be read; single faulty rows are reported row by row instead."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "table_unreadable"
    title_en: ClassVar[str] = "The file cannot be read as a table"
    title_zh: ClassVar[str] = "无法读取该表格文件"


def read_table(content: bytes, media_type: str | None) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header as (line of the file, cells by column name), blank rows left out.

    Cells are text without blanks around it; a date is as in ISO 8601. ``TableUnreadable`` says what
    is wrong with the file, ``MediaTypeUnsupported`` that it is neither CSV nor XLSX.
    """
    match (media_type or "").partition(";")[0].strip().lower():
        case "text/csv":
            lines = _csv_lines(content)
        case kind if kind == XLSX:
            lines = _xlsx_lines(content)
        case other:
            raise MediaTypeUnsupported(f"Send {CSV} or {XLSX}; this is {other or 'unnamed'}.")
    return _below_header(lines)


def _below_header(lines: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    header = next(lines, None)
    if header is None or not any(header):
        raise TableUnreadable("The first line must name the columns.")
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise TableUnreadable(f"There are more than {MOST_COLUMNS} columns; leave some out.")
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise TableUnreadable(f"The first line names {', '.join(map(repr, repeated))} twice.")
    return _rows(header, lines)


def _rows(header: list[str], lines: Iterator[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in enumerate(lines, start=2):
        if number > MOST_ROWS + 1:
            raise TableUnreadable(f"There are more than {MOST_ROWS} rows; send several files.")
        if any(cells):
            padded = cells + [""] * (len(header) - len(cells))
            yield number, dict(zip(header, padded, strict=False))


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in cells]
    except csv.Error as fault:
        raise TableUnreadable(f"The file is not CSV: {fault}.") from fault


def _decoded(content: bytes) -> str:
    """UTF-8, else UTF-16 by its mark, else GB 18030, which Chinese spreadsheets save."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable("The text is neither UTF-8 nor GB 18030.")


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    try:
        _check_inflated(content)
        with closing(
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        ) as book:
            sheet: Any = book.active
            for cells in sheet.iter_rows(values_only=True):
                yield [_as_text(cell) for cell in islice(cells, MOST_COLUMNS + 1)]
    except TableUnreadable:
        raise
    except Exception as fault:  # a broken workbook fails in the reader's every line
        raise TableUnreadable(
            "The file cannot be read as an XLSX workbook; save the sheet as CSV and send that."
        ) from fault


def _check_inflated(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inflated = sum(part.file_size for part in archive.infolist())
    if inflated > MOST_INFLATED_BYTES:
        raise TableUnreadable(
            f"The workbook inflates to {inflated} bytes, more than {MOST_INFLATED_BYTES}; "
            "send its rows in several files, or as CSV."
        )


def _as_text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case datetime() if cell.time() == datetime.min.time():
            return cell.date().isoformat()
        case date() | datetime():
            return cell.isoformat()
        case float() if cell.is_integer():
            # A spreadsheet has only floats; a code of digits must not become 110000.0.
            return str(int(cell))
    return str(cell).strip()


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """UTF-8 with a mark, without which spreadsheets garble Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(harmless, columns))
    for row in rows:
        writer.writerow([harmless(row.get(column)) for column in columns])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def harmless(cell: Cell) -> str:
    """The text of a cell; what a spreadsheet would compute gets an apostrophe before it."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell.isoformat() if isinstance(cell, date) else str(cell)
    if cell.startswith(FORMULA_BEGINS) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_xlsx(
    columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], sheet_name: str = "Yuanqu"
) -> bytes:
    """A workbook of one sheet; text stays text."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(sheet_name)
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        timed = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                match row.get(column):
                    case None:
                        pass
                    case datetime() as moment:
                        sheet.write_datetime(line, place, moment, timed)
                    case date() as day:
                        sheet.write_datetime(line, place, day, dated)
                    case str() as words:
                        sheet.write_string(line, place, words)
                    case number:
                        sheet.write_number(line, place, number)
    return file.getvalue()
