"""Order events read from files: every format, exact amounts, the same batches every time."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanqu.failures import Failure
from yuanqu.orders.mapping import ColumnMapping, read_mapping
from yuanqu.orders.sources import (
    BYTE_ORDER_MARK,
    Batch,
    CsvSource,
    JsonSource,
    NdjsonSource,
    Source,
    batches,
)

CHINESE = ColumnMapping(
    columns={"order_no": "订单号", "kind": "状态", "amount": "实付金额", "occurred_at": "付款时间"},
    constants={"currency": "CNY"},
    values={"kind": {"交易成功": "paid", "已退款": "refunded"}},
    encoding="gb18030",
)


def _events(found: list[Batch]) -> list[Any]:
    return [json.loads(item) for batch in found for item in batch.items]


def _csv(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_chinese_export_becomes_order_events(tmp_path: Path) -> None:
    path = _csv(
        tmp_path,
        "订单号,状态,实付金额,付款时间,备注\r\n"
        'A1,交易成功,"1,234.56",2020-01-02 03:04:05,"第一行\n第二行"\r\n'
        "A2,已退款,0.10,2020-01-02T03:04:05+00:00,\r\n",
        "gb18030",
    )

    [batch] = batches(CsvSource(path, CHINESE), 0, 1, 100)

    assert _events([batch]) == [
        {
            "order_no": "A1",
            "kind": "paid",
            "occurred_at": "2020-01-02T03:04:05+08:00",
            "currency": "CNY",
            "amount_minor": 123_456,
        },
        {
            "order_no": "A2",
            "kind": "refunded",
            "occurred_at": "2020-01-02T03:04:05+00:00",
            "currency": "CNY",
            "amount_minor": 10,
        },
    ]
    assert batch.lines == (2, 4)


def test_what_cannot_be_converted_is_left_to_the_receipt(tmp_path: Path) -> None:
    path = _csv(tmp_path, "order_no,amount,currency,occurred_at\nA1,0.001,CNY,yesterday\n")

    found = _events(list(batches(CsvSource(path, ColumnMapping()), 0, 1, 10)))

    assert found == [
        {"order_no": "A1", "amount_minor": "0.001", "currency": "CNY", "occurred_at": "yesterday"}
    ]


def test_a_correction_names_its_fact_in_two_columns(tmp_path: Path) -> None:
    path = _csv(
        tmp_path, "order_no,kind,corrects.kind,corrects.ref,revision\nA1,amended,refunded,R1,2\n"
    )

    [event] = _events(list(batches(CsvSource(path, ColumnMapping()), 0, 1, 10)))

    assert event["corrects"] == {"kind": "refunded", "ref": "R1"}
    assert event["revision"] == 2


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = _csv(tmp_path, "a,b\n1,2\n")

    with pytest.raises(Failure) as failed:
        list(batches(CsvSource(path, ColumnMapping(columns={"order_no": "订单号"})), 0, 1, 10))

    assert "订单号" in failed.value.title
    assert "a, b" in failed.value.detail


def test_another_encoding_is_told_how_to_be_named(tmp_path: Path) -> None:
    path = _csv(tmp_path, "order_no,category\nA1,服装\n", "gb18030")

    with pytest.raises(Failure, match="Line 2") as failed:
        list(batches(CsvSource(path, ColumnMapping()), 0, 1, 10))

    assert "--encoding gb18030" in failed.value.next_step


def test_a_mapping_with_an_unknown_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    path.write_text('{"columns": {"oder_no": "x"}}')

    with pytest.raises(Failure, match="oder_no"):
        read_mapping(path)


def test_ndjson_goes_as_it_stands_without_empty_lines_and_marks(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    path.write_bytes(BYTE_ORDER_MARK + b'{"a":1}\r\n\r\n{"a": 2}')

    [batch] = batches(NdjsonSource(path), 0, 1, 10)

    assert batch.body == b'{"a":1}\n{"a": 2}'
    assert batch.lines == (1, 3)
    assert batch.after == path.stat().st_size


def test_an_array_counts_items(tmp_path: Path) -> None:
    path = tmp_path / "four.json"
    path.write_text('[{"a": 1}, {"a": 2}, {"a": 3}]')

    found = list(batches(JsonSource(path), 1, 2, 1))

    assert [(batch.offset, batch.after, batch.lines) for batch in found] == [
        (1, 2, (2,)),
        (2, 3, (3,)),
    ]


def _source(path: Path) -> Source:
    return CsvSource(path, ColumnMapping()) if path.suffix == ".csv" else NdjsonSource(path)


@pytest.mark.parametrize("name", ["orders.csv", "orders.ndjson"])
@given(
    texts=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), max_size=12
    ),
    most=st.integers(1, 5),
)
def test_from_every_border_on_the_rest_is_cut_the_same(
    tmp_path_factory: pytest.TempPathFactory, name: str, texts: list[str], most: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / name
    if path.suffix == ".csv":
        quoted = ('"' + text.replace('"', '""') + '"' for text in texts)
        rows = [f"N{place},{text}\n" for place, text in enumerate(quoted)]
        path.write_text("order_no,category\n" + "".join(rows), newline="")
    else:
        rows = [json.dumps({"n": place, "text": text}) + "\n" for place, text in enumerate(texts)]
        path.write_text("".join(rows))

    whole = list(batches(_source(path), 0, 1, most))

    assert len(_events(whole)) == len(texts)
    for place, batch in enumerate(whole):
        rest = list(batches(_source(path), batch.after, batch.next_line, most))
        assert rest == whole[place + 1 :]
