import csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from service_chassis import tabular
from service_chassis.problems import MediaTypeUnsupported
from service_chassis.tabular import (
    CSV,
    XLSX,
    Cell,
    TableUnreadable,
    read_table,
    write_csv,
    write_xlsx,
)

TABLE = '代码,名称\r\nGZ-1,琶洲\r\n\r\n GZ-2 ,"a,b"\r\n'
READ = [(2, {"代码": "GZ-1", "名称": "琶洲"}), (4, {"代码": "GZ-2", "名称": "a,b"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_however_a_spreadsheet_saved_it(encoding: str) -> None:
    assert list(read_table(TABLE.encode(encoding), "text/csv; charset=x")) == READ


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    content = delimiter.join(["a", "b"]) + "\n" + delimiter.join(["1", "2"])

    assert list(read_table(content.encode(), CSV)) == [(2, {"a": "1", "b": "2"})]


def test_a_workbook_is_read_with_its_dates_and_codes() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "on", "at", "rate", "empty", None])
    sheet.append([440100, date(2024, 5, 1), datetime(2024, 5, 1, 9, 30), 1.5, None])  # noqa: DTZ001
    sheet.append([None, None, None, None, None])
    sheet.append([440106.0, None, None, None, None])
    file = io.BytesIO()
    book.save(file)

    assert list(read_table(file.getvalue(), XLSX)) == [
        (
            2,
            {
                "code": "440100",
                "on": "2024-05-01",
                "at": "2024-05-01T09:30:00",
                "rate": "1.5",
                "empty": "",
            },
        ),
        (4, {"code": "440106", "on": "", "at": "", "rate": "", "empty": ""}),
    ]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", CSV),
        (b"\n1,2", CSV),
        (b"a,a\n1,2", CSV),
        (b"a,b\n\xff\xff\xff", CSV),
        (b"not an archive", XLSX),
        (b"PK\x05\x06" + bytes(18), XLSX),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_reason(content: bytes, media_type: str) -> None:
    with pytest.raises(TableUnreadable):
        list(read_table(content, media_type))


SHEET = "xl/worksheets/sheet1.xml"
BROKEN_PARTS: dict[str, tuple[str, bytes, bytes]] = {
    "a sheet that is no XML": (SHEET, b"<?xml", b""),
    "a sheet that ends early": (SHEET, b"</sheetData>", b""),
    "an entity of nobody": (SHEET, b"<v>7</v>", b"<v>&seven;</v>"),
    "a row without a number": (SHEET, b'<row r="2"', b'<row r="two"'),
    "a column past the last": (SHEET, b'r="A2"', b'r="ZZZZ2"'),
    "a number that is none": (SHEET, b"<v>7</v>", b"<v>seven</v>"),
    "a style that is none": ("xl/styles.xml", b"<sz val=", b"<sz val='x' was="),
    "a sheet that is not there": (
        "xl/workbook.xml",
        b"<workbookView ",
        b'<workbookView activeTab="9" ',
    ),
    "no list of parts": ("[Content_Types].xml", b"<", b""),
}


@pytest.mark.parametrize("name", BROKEN_PARTS)
def test_a_broken_workbook_is_refused_and_not_stumbled_over(name: str) -> None:
    part, was, becomes = BROKEN_PARTS[name]
    whole = zipfile.ZipFile(io.BytesIO(write_xlsx(["a"], [{"a": 7}])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as broken:
        for each in whole.namelist():
            content = whole.read(each)
            broken.writestr(each, content.replace(was, becomes) if each == part else content)

    with pytest.raises(TableUnreadable):
        list(read_table(file.getvalue(), XLSX))


def test_an_encrypted_workbook_is_refused() -> None:
    entry = b"PK\x01\x02\x14\x03\x14\x00"
    whole = write_xlsx(["a"], [{"a": 7}])
    encrypted = whole.replace(entry + b"\x00", entry + b"\x01")

    assert encrypted != whole
    with pytest.raises(TableUnreadable):
        list(read_table(encrypted, XLSX))


def test_another_media_type_is_refused() -> None:
    with pytest.raises(MediaTypeUnsupported, match="application/pdf"):
        read_table(b"", "application/pdf")


def test_an_archive_that_would_inflate_too_far_is_not_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tabular, "MOST_INFLATED_BYTES", 1_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)

    with pytest.raises(TableUnreadable, match="inflates"):
        list(read_table(file.getvalue(), XLSX))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MOST_ROWS", 2)

    assert len(list(read_table(b"a\n1\n2", CSV))) == 2
    with pytest.raises(TableUnreadable, match="more than 2 rows"):
        list(read_table(b"a\n1\n2\n3", CSV))


def test_nothing_written_to_csv_is_taken_for_a_formula() -> None:
    rows: list[dict[str, Cell]] = [
        {"name": '=HYPERLINK("x")', "growth": "-0.120000", "count": -3},
        {"name": "@SUM(A1)", "growth": "+1.5", "count": None},
        {"name": "-2+3", "growth": None, "count": 10**15},
    ]

    written = write_csv(["name", "growth", "count"], rows)

    assert written.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == [
        ["name", "growth", "count"],
        ['\'=HYPERLINK("x")', "-0.120000", "-3"],
        ["'@SUM(A1)", "+1.5", ""],
        ["'-2+3", "", "1000000000000000"],
    ]


def test_what_is_written_to_a_workbook_comes_back_as_it_was() -> None:
    moment = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
    row: dict[str, Cell] = {
        "name": "=1+1",
        "on": date(2024, 5, 1),
        "at": moment,
        "count": 7,
        "gap": None,
    }

    written = write_xlsx(list(row), [row])

    sheet = openpyxl.load_workbook(io.BytesIO(written)).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert list(read_table(written, XLSX)) == [
        (
            2,
            {
                "name": "=1+1",
                "on": "2024-05-01",
                "at": "2024-05-01T09:30:00",
                "count": "7",
                "gap": "",
            },
        )
    ]
