"""deploy/backup.sh and deploy/restore.sh against a docker that only notes what it is asked."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
DATABASES = ("livestream_supply", "metrics", "registry")
DOCKER = """#!/bin/sh
echo "$*" >>"$CALLS"
case $* in
    *"ps --status running"*) printf '%b' "$RUNNING" ;;
    *"count(*) FROM pg_tables"*) echo "$TABLES" ;;
    *--list*) printf 'metrics.facts\\nmetrics.receipts\\nmetrics.copies\\n' ;;
    *pg_restore*) cat >/dev/null ;;
    *"bash -s"*) exit 1 ;;
    *ON_ERROR_STOP*) [ -z "${SILENT:-}" ] && while read -r _line; do echo here; done ;;
esac
"""


class Scripts:
    """The scripts with the docker above."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "bin").mkdir()
        docker = folder / "bin" / "docker"
        docker.write_text(DOCKER)
        docker.chmod(0o755)
        self._calls = folder / "calls"
        self._calls.touch()

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()

    def run(self, name: str, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            "PATH": f"{self._folder / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(self._calls),
            "RUNNING": "postgres\\nkafka\\n",
            "TABLES": "0",
            **more,
        }
        return subprocess.run(
            ["sh", str(DEPLOY / name), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    return Scripts(tmp_path)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "2026-11-22T031500Z"
    folder.mkdir()
    (folder / "MOMENT").write_text("2026-11-22T03:15:04Z\n")
    for name in DATABASES:
        (folder / f"{name}.dump").write_bytes(name.encode())
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


@pytest.mark.parametrize("name", ["backup.sh", "restore.sh"])
def test_without_a_folder_it_says_how_it_is_called(scripts: Scripts, name: str) -> None:
    done = scripts.run(name)

    assert done.returncode == 2
    assert f"deploy/{name}" in done.stderr
    assert not scripts.calls


def test_a_damaged_backup_changes_nothing(scripts: Scripts, backup: Path) -> None:
    (backup / "metrics.dump").write_bytes(b"damaged")

    done = scripts.run("restore.sh", str(backup))

    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert not scripts.calls


@pytest.mark.parametrize("running", ["metrics", "livestream-supply-worker"])
def test_it_restores_nothing_below_a_running_process(
    scripts: Scripts, backup: Path, running: str
) -> None:
    done = scripts.run("restore.sh", str(backup), RUNNING=f"postgres\\n{running}\\n")

    assert done.returncode == 1
    assert f"docker compose stop {running}" in done.stderr
    assert not [call for call in scripts.calls if "DROP" in call]


def test_tables_are_overwritten_only_when_asked(scripts: Scripts, backup: Path) -> None:
    refused = scripts.run("restore.sh", str(backup), TABLES="26")
    dropped_unasked = [call for call in scripts.calls if "DROP" in call]
    done = scripts.run("restore.sh", str(backup), "--replace", TABLES="26")

    assert (refused.returncode, dropped_unasked) == (1, [])
    assert "--replace" in refused.stderr
    assert done.returncode == 0, done.stderr
    restored = [call for call in scripts.calls if "pg_restore" in call]
    assert len(restored) == len(DATABASES)
    assert all("--create --exit-on-error" in call for call in restored)


def test_facts_come_again_and_nothing_else(scripts: Scripts, backup: Path) -> None:
    done = scripts.run("restore.sh", str(backup))

    again, new = (call for call in scripts.calls if "--reset-offsets" in call)
    assert done.returncode == 0, done.stderr
    assert "--group metrics.facts --group metrics.receipts --all-topics" in again
    assert "--to-datetime 2026-11-22T02:15:04.000" in again
    assert "--group metrics.copies --all-topics" in new
    assert "--to-latest" in new


@pytest.mark.parametrize("silent", ["", "yes"], ids=["in the middle", "at its beginning"])
def test_a_backup_that_fails_leaves_nothing_and_lets_intake_go_on(
    scripts: Scripts, tmp_path: Path, silent: str
) -> None:
    kept = tmp_path / "kept"
    done = scripts.run("backup.sh", str(kept), RUNNING="livestream-supply\\n", SILENT=silent)

    held = [call for call in scripts.calls if "pause" in call]
    assert done.returncode != 0
    assert "There is no backup" in done.stderr
    assert list(kept.iterdir()) == []
    assert held == [
        f"compose {verb} livestream-supply" for verb in ("pause", "unpause") if not silent
    ]
