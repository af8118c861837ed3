"""`yuanqu backup`: one moment of all databases, taken while facts come in."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, installed
from tests.support.orders import batches, paid_orders, sellers
from tests.support.scenario import Partner, admit_over_http, wait_for_news

pytestmark = pytest.mark.timeout(240)

BATCH = "/livestream-supply/v1/order-events:batch"
CODES = sellers(5)
FACTS = list(paid_orders(2_000, CODES))
FIGURES = {"measure": "ECV_PAID,ORDERS_PAID", "period": "2026-03", "group_by": "enterprise"}


def test_a_backup_taken_under_load_is_one_moment_and_gives_exact_figures(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    with installed(tmp_path / "first") as first:
        shop = admitted(first)
        posts = list(batches(iter(FACTS), 100))
        sending = threading.Thread(target=send, args=(first, shop, posts))
        sending.start()
        backup = back_up(first.folder, tmp_path / "backups")
        sending.join()
        settle(first, shop, len(FACTS) + 1)
        at_the_end = figures(first)

    restored = tmp_path / "second" / "data"
    restored.parent.mkdir()
    shutil.copytree(backup, restored)
    with installed(tmp_path / "second") as second:
        moment = settle(second, shop, 0)
        rebuilt = rebuild(second)
        send(second, shop, posts)
        settle(second, shop, moment + len(FACTS))
        after_a_repetition = figures(second)

    assert not list((tmp_path / "backups").glob("*.partial"))
    assert oct(backup.stat().st_mode)[-3:] == "700"
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=backup, check=True)
    assert rebuilt["differences"] == 0
    assert after_a_repetition == at_the_end


def test_nothing_is_left_of_a_backup_that_failed(tmp_path: Path) -> None:
    done = command("backup", str(tmp_path / "backups"), folder=tmp_path / "nothing")

    assert done.returncode == 1
    assert "There is no" in done.stderr
    assert not (tmp_path / "backups").exists()


def test_postgresql_is_for_another_script(tmp_path: Path) -> None:
    url = {
        "YUANQU_METRICS_DATABASE_URL": "postgresql+psycopg://metrics:never-a-true-one@db/metrics"
    }
    done = command("backup", str(tmp_path / "backups"), folder=tmp_path, **url)

    assert done.returncode == 1
    assert "deploy/backup.sh" in done.stderr


def command(*words: str, folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    settings = {"YUANQU_DATA_DIR": str(folder), "COLUMNS": "200", **more}
    return subprocess.run(
        [sys.executable, "-m", "yuanqu", *words],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


def back_up(data: Path, kept: Path) -> Path:
    done = command("backup", str(kept), folder=data)
    assert done.returncode == 0, done.stderr
    (made,) = kept.iterdir()
    return made


def admitted(installation: Installation) -> Partner:
    with installation.client() as operator:

        def post(path: str, body: Any) -> Any:
            return operator.post(path, json=body).raise_for_status().json()

        shop = admit_over_http(post, "mall", CODES)
    with installation.client(shop.credential) as client:
        wait_for_news(
            lambda facts: client.post(BATCH, json=facts).json(),
            CODES[-1],
            "2026-02-01T00:00:00Z",
            30,
        )
    return shop


def send(installation: Installation, shop: Partner, posts: list[list[dict[str, Any]]]) -> None:
    with installation.client(shop.credential) as client:
        for batch in posts:
            client.post(BATCH, json=batch).raise_for_status()


def settle(installation: Installation, shop: Partner, accepted: int) -> int:
    """Wait until so many facts are accepted and all of them judged; how many were accepted."""
    with installation.client() as operator:
        for _ in range(900):
            answer = operator.get("/metrics/v1/reconciliation", params={"platform": shop.code})
            lines = answer.raise_for_status().json()["lines"]
            found = sum(line["accepted"] for line in lines)
            judged = sum(line["counted"] + line["duplicate"] for line in lines)
            if found >= accepted and found == judged:
                return int(found)
            threading.Event().wait(0.1)
    pytest.fail(f"{lines} after 90 s")


def figures(installation: Installation) -> str:
    with installation.client() as operator:
        answer = operator.get("/metrics/v1/volumes", params=FIGURES).raise_for_status()
        return json.dumps(answer.json()["items"])


def rebuild(installation: Installation) -> dict[str, Any]:
    with installation.client() as operator:
        asked = {"compare_only": True, "reason": "drill"}
        found = operator.post("/metrics/v1/rebuilds", json=asked).raise_for_status().json()
        while found["state"] != "done":
            threading.Event().wait(0.2)
            found = operator.get(f"/metrics/v1/rebuilds/{found['id']}").json()
        done: dict[str, Any] = found
        return done
