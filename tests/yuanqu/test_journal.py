"""How far a file was sent survives any moment of death."""

from pathlib import Path
from typing import Any

import pytest

from yuanqu.failures import Failure
from yuanqu.orders.journal import Journal, Plan

PLAN = Plan("0" * 64, "http://127.0.0.1:8000", "cl-1", "{}", 5_000)


def _receipt(name: str) -> dict[str, Any]:
    return {"id": name, "items": 10, "rejected": 0, "rejections": []}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "orders.ndjson"
    path.touch()
    return path


def test_nothing_is_held_before_the_first_run(source: Path) -> None:
    assert Journal(source).held() is None


def test_the_last_acknowledged_offset_is_where_it_goes_on(source: Path) -> None:
    journal = Journal(source)
    journal.begin(PLAN, 1)
    journal.acknowledge(100, 11, _receipt("r1"))
    journal.acknowledge(200, 21, _receipt("r2"))
    journal.close()

    held = Journal(source).held()

    assert held is not None
    plan, progress = held
    assert plan == PLAN
    assert (progress.run, progress.offset, progress.line, progress.finished) == (1, 200, 21, False)
    assert [receipt["id"] for receipt in progress.receipts] == ["r1", "r2"]


def test_a_line_cut_short_does_not_count_and_swallows_nothing(source: Path) -> None:
    journal = Journal(source)
    journal.begin(PLAN, 1)
    journal.acknowledge(100, 11, _receipt("r1"))
    journal.acknowledge(200, 21, _receipt("r2"))
    journal.close()
    whole = journal.path.read_bytes()

    for length in range(whole.index(b"r1") + 60, len(whole)):
        journal.path.write_bytes(whole[:length])
        again = Journal(source)
        held = again.held()
        assert held is not None
        assert held[1].offset in {100, 200}
        again.acknowledge(held[1].offset + 100, held[1].line + 10, _receipt("r3"))
        again.close()

        after = Journal(source).held()
        assert after is not None
        assert after[1].offset == held[1].offset + 100


def test_a_new_run_forgets_the_receipts_of_the_one_before(source: Path) -> None:
    journal = Journal(source)
    journal.begin(PLAN, 1)
    journal.acknowledge(100, 11, _receipt("r1"))
    journal.finish()
    journal.close()
    held = journal.held()
    assert held is not None
    assert held[1].finished

    Journal(source).begin(PLAN, 2)

    held = Journal(source).held()
    assert held is not None
    assert (held[1].run, held[1].offset, held[1].finished, held[1].receipts) == (2, 0, False, [])


def test_keys_differ_by_file_place_run_mapping_and_size() -> None:
    other_file = Plan("1" * 64, *_rest())
    other_mapping = Plan(PLAN.sha256, PLAN.address, PLAN.client_id, '{"x":1}', 5_000)
    other_size = Plan(PLAN.sha256, PLAN.address, PLAN.client_id, "{}", 4_999)

    keys = [
        PLAN.key(1, 0),
        PLAN.key(1, 100),
        PLAN.key(2, 0),
        other_file.key(1, 0),
        other_mapping.key(1, 0),
        other_size.key(1, 0),
    ]

    assert len(set(keys)) == len(keys)
    assert PLAN.key(1, 100) == PLAN.key(1, 100)
    assert all(len(key) <= 200 and key.isascii() for key in keys)


def _rest() -> tuple[str, str, str, int]:
    return PLAN.address, PLAN.client_id, PLAN.mapping, PLAN.batch_items


def test_a_file_that_is_no_journal_is_left_alone(source: Path) -> None:
    journal = Journal(source)
    journal.path.write_text("somebody's notes\n")

    with pytest.raises(Failure, match="not a state file"):
        journal.held()
