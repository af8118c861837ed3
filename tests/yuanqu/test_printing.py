"""What a person reads in a terminal."""

import pytest

from yuanqu.figures.conflicts import COLUMNS
from yuanqu.printing import print_table

ID = "01a203d3-d0e7-76f2-a093-8b62679fc5a1"


def test_an_id_can_be_copied_from_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    conflict = dict.fromkeys(("receipt_id", "first_receipt_id"), ID) | {
        "id": ID,
        "platform": "demo-mall",
        "order_no": "CONF-1",
        "kind": "paid",
        "ref": "",
        "state": "open",
        "detected_at": "2026-03-02T02:00:00Z",
    }

    print_table("Conflicts", COLUMNS, [conflict])

    assert ID in capsys.readouterr().out
