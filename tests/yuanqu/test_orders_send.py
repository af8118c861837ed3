"""`yuanqu orders send`: killed at any moment and started again, it loses and repeats nothing."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.orders import a_fact, credit_code
from tests.yuanqu.conftest import Installation

ITEMS, BATCH = 3_000, 50


@dataclass
class Shop:
    """A platform of its own and the credential to send with."""

    installation: Installation
    code: str
    profile: Path

    def send(self, file: Path, *words: str, check: bool = True) -> Any:
        """Send a file as the platform."""
        return self.installation.command(
            *("--profile", str(self.profile), "orders", "send", str(file), *words), check=check
        )

    def reconciled(self) -> dict[str, int]:
        """What the platform had accepted and what became of it."""
        answer = self.installation.command("reconcile", "--platform", self.code, "--json").json
        names = ("accepted", "counted", "duplicate", "difference")
        return {name: sum(line[name] for line in answer["lines"]) for name in names}

    def total(self) -> int:
        """ECV_PAID of the platform in 2026, in fen."""
        answer = self.installation.command(
            *("volumes", "--period", "2026", "--platform", self.code, "--json")
        ).json
        return sum(fig["amount_minor"] for item in answer["items"] for fig in item["native"])


def open_shop(installation: Installation, folder: Path) -> Shop:
    """Make a platform, its credential and the authorisation of its seller."""
    code = f"shop-{uuid4().hex[:8]}"
    installation.command(
        "platform", "create", "--code", code, *("--name-zh", code, "--name-en", code)
    )
    seller = credit_code(0)
    known = installation.command(
        *("enterprise", "create", "--uscc", seller, "--name-zh", "卖家", "--region", "441900"),
        check=False,
    )
    assert known.code == 0 or "already" in known.err, known.err
    installation.command("authorisation", "create", code, seller, "--from", "2020-01-01")
    profile = folder / f"{code}.json"
    installation.command(
        *("client", "create", "--name", code, "--platform", code, "--save", str(profile)),
        *("--scope", "orders:write", "--scope", "orders:read"),
    )
    return Shop(installation, code, profile)


@pytest.fixture
def shop(installation: Installation, tmp_path: Path) -> Shop:
    return open_shop(installation, tmp_path)


@pytest.fixture
def orders(tmp_path: Path) -> tuple[Path, int]:
    """A file of orders and the sum of their amounts."""
    path = tmp_path / "orders.ndjson"
    events = [a_fact(f"N{number:06d}", amount_minor=number + 1) for number in range(ITEMS)]
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path, sum(event["amount_minor"] for event in events)


def test_a_file_is_counted_once_and_again_as_duplicates(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "four.json"
    path.write_text(json.dumps([a_fact(f"F{number}") for number in range(4)]))

    first = shop.send(path)
    second = shop.send(path)

    assert "counted 4  duplicate 0  rejected 0" in first.out
    assert "counted 0  duplicate 4  rejected 0" in second.out
    assert shop.total() == 40_000


def test_rejections_are_told_by_line_and_end_with_1(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    events = [a_fact("G1"), a_fact("G2", amount_minor=-1), a_fact("G3", kind="guessed")]
    path.write_text("\n\n".join(json.dumps(event) for event in events))

    result = shop.send(path, check=False)

    assert result.code == 1
    assert "counted 1  duplicate 0  rejected 2" in result.out
    assert "/amount_minor" in result.out
    assert "kind_unknown" in result.out
    rows = [line.split() for line in result.out.splitlines() if " G" in line]
    assert [row[:2] for row in rows] == [["3", "G2"], ["5", "G3"]]


def test_a_csv_of_somebody_elses_columns_is_sent_to_the_fen(shop: Shop, tmp_path: Path) -> None:
    path, mapping = tmp_path / "export.csv", tmp_path / "mapping.json"
    path.write_bytes(
        '订单号,状态,实付金额,付款时间\nC1,成功,"1,234.56",2026-01-02 03:04:05\n'
        "C2,成功,0.01,2026-01-02 03:04:06\n".encode("gb18030")
    )
    fact = a_fact("x")
    constants = {name: fact[name] for name in fact if name not in {"order_no", "kind"}}
    del constants["amount_minor"], constants["occurred_at"]
    mapping.write_text(
        json.dumps(
            {
                "columns": {
                    "order_no": "订单号",
                    "kind": "状态",
                    "amount": "实付金额",
                    "occurred_at": "付款时间",
                },
                "values": {"kind": {"成功": "paid"}},
                "constants": constants,
                "encoding": "gb18030",
            }
        )
    )

    result = shop.send(path, "--mapping", str(mapping))

    assert "counted 2" in result.out
    assert shop.total() == 123_457


def _acknowledged(state: Path) -> int:
    return state.read_bytes().count(b'"entry": "batch"') if state.exists() else 0


def _kill_after(running: "subprocess.Popen[bytes]", state: Path, batches: int) -> None:
    while running.poll() is None and _acknowledged(state) < batches:
        time.sleep(0.001)
    # Somewhere in the middle of the next batch: sent or not, answered or not, written or not.
    time.sleep(random.random() * 0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_again_and_again_it_loses_and_repeats_nothing(
    shop: Shop, orders: tuple[Path, int]
) -> None:
    path, amount = orders
    state = path.with_name(path.name + ".yuanqu")
    words = ["--profile", str(shop.profile), "orders", "send", str(path), "--batch", str(BATCH)]

    for kill in range(1, 6):
        _kill_after(shop.installation.popen(*words), state, kill * 10)
    last = shop.send(path, "--batch", "999")

    assert f"counted {ITEMS:,}  duplicate 0  rejected 0" in last.out
    assert shop.reconciled() == {
        "accepted": ITEMS,
        "counted": ITEMS,
        "duplicate": 0,
        "difference": 0,
    }
    assert shop.total() == amount


def test_a_batch_accepted_and_not_written_down_is_answered_again(
    shop: Shop, orders: tuple[Path, int]
) -> None:
    path, amount = orders
    state = path.with_name(path.name + ".yuanqu")
    shop.send(path, "--batch", "1000")
    lines = state.read_bytes().splitlines(keepends=True)
    state.write_bytes(b"".join(lines[:2]) + lines[2][:40])

    again = shop.send(path, "--batch", "1000")

    assert "Goes on after 1,000 items." in again.err
    assert f"counted {ITEMS:,}  duplicate 0  rejected 0" in again.out
    assert shop.reconciled()["accepted"] == ITEMS
    assert shop.total() == amount


def test_another_file_in_its_place_is_not_mixed_up(shop: Shop, orders: tuple[Path, int]) -> None:
    path, _amount = orders
    state = path.with_name(path.name + ".yuanqu")
    shop.send(path, "--batch", "1000")
    state.write_bytes(b"".join(state.read_bytes().splitlines(keepends=True)[:2]))
    path.write_text(json.dumps(a_fact("OTHER")) + "\n")

    refused = shop.send(path, check=False)

    assert refused.code == 1
    assert "--restart" in refused.err
    assert "counted 1" in shop.send(path, "--restart").out


@pytest.fixture
def own_installation(tmp_path: Path) -> Iterator[Installation]:
    """A server that the test may kill."""
    found = Installation(tmp_path / "own")
    found.folder.mkdir()
    found.start()
    yield found
    found.end()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_server_killed_in_the_middle_only_delays(
    own_installation: Installation, orders: tuple[Path, int], tmp_path: Path
) -> None:
    path, amount = orders
    shop = open_shop(own_installation, tmp_path)
    state = path.with_name(path.name + ".yuanqu")
    words = ["--profile", str(shop.profile), "orders", "send", str(path), "--batch", str(BATCH)]
    sending = own_installation.popen(*words)
    while _acknowledged(state) < ITEMS // BATCH // 3:
        assert sending.poll() is None
        time.sleep(0.001)

    own_installation.end(signal.SIGKILL)
    time.sleep(1)
    own_installation.start()
    sending.wait(100)

    assert sending.returncode == 0
    assert shop.reconciled() == {
        "accepted": ITEMS,
        "counted": ITEMS,
        "duplicate": 0,
        "difference": 0,
    }
    assert shop.total() == amount
