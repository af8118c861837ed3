"""The scripts of deploy against a docker that only notes what it is asked."""

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
    *"ps --services") printf 'gateway\\nprometheus\\nalertmanager\\n' ;;
    *"ps --quiet metrics-worker") printf 'worker-1\\nworker-2\\nworker-3\\n' ;;
    *"ps --quiet registry-worker") ;;
    *"ps --quiet"*) echo "old-${4}" ;;
    *"ps --all --quiet"*) printf '%s\\n' "old-${5}" "new-${5}" ;;
    *" up "*" ${SICK:-none}") exit 1 ;;
    *--list*) printf '%b' "$GROUPS_OF_KAFKA" ;;
    *--reset-offsets*)
        many=$(grep -c reset-offsets "$CALLS")
        [ "$many" -gt "${REFUSED:-0}" ] || printf '\\n%s\\n' "$REFUSAL" ;;
    *pg_restore*) cat >/dev/null ;;
    *pg_dump*) echo a dump ;;
    *unpause*) [ -z "${STUCK:-}" ] || { echo "no daemon" >&2; exit 1; } ;;
    *" pause "*) [ -z "${SIGNAL:-}" ] || kill "-$SIGNAL" $PPID ;;
    *"bash -s"*) [ -n "${SETTLED:-}" ] || exit 1; echo 0 ;;
    *ON_ERROR_STOP*)
        echo "WARNING: the database has a collation version mismatch" >&2
        [ -z "${SILENT:-}" ] && while read -r _line; do echo 00000003-1; done ;;
esac
"""
SLEEP = """#!/bin/sh
case $1 in *.*) exec /bin/sleep "$1" ;; esac
"""
STABLE = "Error: Assignments can only be reset if the group 'facts' is inactive, but Stable."


class Scripts:
    """The scripts with the docker above."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "bin").mkdir()
        for name, script in (("docker", DOCKER), ("sleep", SLEEP)):
            program = folder / "bin" / name
            program.write_text(script)
            program.chmod(0o755)
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
            "GROUPS_OF_KAFKA": "metrics.facts\\nmetrics.receipts\\nmetrics.copies\\n",
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


@pytest.mark.parametrize("groups", ["metrics.facts\\n", "metrics.copies\\n", ""])
def test_a_list_that_is_empty_is_not_asked_for(scripts: Scripts, backup: Path, groups: str) -> None:
    done = scripts.run("restore.sh", str(backup), GROUPS_OF_KAFKA=groups)

    sets = [call for call in scripts.calls if "--reset-offsets" in call]
    assert done.returncode == 0, done.stderr
    assert len(sets) == (1 if groups else 0)
    assert all("--group metrics." in call and "KAFKA_HEAP_OPTS=-Xmx128m" in call for call in sets)


def test_groups_of_processes_that_were_killed_are_asked_for_again(
    scripts: Scripts, backup: Path
) -> None:
    done = scripts.run("restore.sh", str(backup), REFUSED="3", REFUSAL=STABLE)

    sets = [call for call in scripts.calls if "--reset-offsets" in call]
    assert done.returncode == 0, done.stderr
    assert ["--to-datetime" in call for call in sets] == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("refusal", "times"),
    [(STABLE, 13), ("Error: Executing consumer group command failed due to a timeout", 1)],
    ids=["still there", "no answer"],
)
def test_groups_that_are_not_set_fail_the_restore(
    scripts: Scripts, backup: Path, refusal: str, times: int
) -> None:
    done = scripts.run("restore.sh", str(backup), REFUSED="99", REFUSAL=refusal)

    sets = [call for call in scripts.calls if "--reset-offsets" in call]
    assert done.returncode == 1
    assert len(sets) == times
    assert refusal in done.stderr
    assert f"deploy/restore.sh {backup} --replace" in done.stderr
    assert "Kafka gives again" not in done.stdout
    assert "Start the stack" not in done.stdout


@pytest.mark.parametrize("said", ["\\nError: no answer\\n", "metrics.facts\\nA strange line\\n"])
def test_words_of_a_failure_are_no_groups(scripts: Scripts, backup: Path, said: str) -> None:
    done = scripts.run("restore.sh", str(backup), GROUPS_OF_KAFKA=said)

    assert done.returncode == 1
    assert "NOT set" in done.stderr
    assert not [call for call in scripts.calls if "--reset-offsets" in call]


def test_processes_that_come_and_go_run_too(scripts: Scripts, backup: Path) -> None:
    scripts.run("restore.sh", str(backup))

    asked = next(call for call in scripts.calls if " ps " in call)
    assert "--status running --status restarting --status paused" in asked


def test_a_warning_of_postgresql_is_no_answer(scripts: Scripts, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = scripts.run("backup.sh", str(kept), RUNNING="livestream-supply\\n", SETTLED="yes")

    (made,) = kept.iterdir()
    dumps = [call for call in scripts.calls if "pg_dump" in call]
    assert done.returncode == 0, done.stderr
    assert len(dumps) == len(DATABASES)
    assert all(" --snapshot=00000003-1 " in call for call in dumps)
    assert {file.name for file in made.iterdir()} == {
        "MOMENT",
        "SHA256SUMS",
        *(f"{name}.dump" for name in DATABASES),
    }


@pytest.mark.parametrize("signal", ["HUP", "INT", "TERM"])
def test_a_backup_that_is_broken_off_lets_intake_go_on(
    scripts: Scripts, tmp_path: Path, signal: str
) -> None:
    done = scripts.run(
        "backup.sh", str(tmp_path / "kept"), RUNNING="livestream-supply\\n", SIGNAL=signal
    )

    assert done.returncode > 128
    assert scripts.calls[-1] == "compose unpause livestream-supply"


def test_intake_that_stays_held_is_told(scripts: Scripts, tmp_path: Path) -> None:
    done = scripts.run(
        "backup.sh",
        str(tmp_path / "kept"),
        RUNNING="livestream-supply\\n",
        SETTLED="yes",
        STUCK="yes",
    )

    assert done.returncode == 1
    assert "INTAKE MAY STILL BE HELD" in done.stderr
    assert "docker compose unpause livestream-supply" in done.stderr
    assert "no daemon" in done.stderr


@pytest.mark.parametrize("silent", ["", "yes"], ids=["in the middle", "at its beginning"])
def test_a_backup_that_fails_leaves_nothing_and_lets_intake_go_on(
    scripts: Scripts, tmp_path: Path, silent: str
) -> None:
    kept = tmp_path / "kept"
    done = scripts.run("backup.sh", str(kept), RUNNING="livestream-supply\\n", SILENT=silent)

    held = [call for call in scripts.calls if "pause" in call]
    assert done.returncode != 0
    assert "There is no backup" in done.stderr
    assert "collation version mismatch" in done.stderr
    assert list(kept.iterdir()) == []
    assert held == [
        f"compose {verb} livestream-supply" for verb in ("pause", "unpause") if not silent
    ]


def test_an_upgrade_keeps_how_many_run(scripts: Scripts) -> None:
    done = scripts.run("upgrade.sh")

    assert done.returncode == 0, done.stderr
    ups = [call.partition(" --wait ")[2] for call in scripts.calls if " up " in call]
    assert ups == [
        "registry-worker",
        "--scale livestream-supply-worker=1 livestream-supply-worker",
        "--scale metrics-worker=3 metrics-worker",
        "--no-recreate --scale registry=2 registry",
        "--no-recreate --scale livestream-supply=2 livestream-supply",
        "--no-recreate --scale metrics=2 metrics",
        "gateway",
        "prometheus",
        "--force-recreate alertmanager",
    ]
    assert [call for call in scripts.calls if call.startswith("rm ")] == [
        f"rm old-{role}" for role in ("registry", "livestream-supply", "metrics")
    ]


def test_an_upgrade_applies_what_is_mounted(scripts: Scripts) -> None:
    scripts.run("upgrade.sh")

    assert "compose exec -T gateway nginx -c /etc/yuanqu/nginx.conf -s reload" in scripts.calls
    assert "compose kill -s HUP prometheus" in scripts.calls


def test_an_api_that_does_not_come_up_leaves_the_old_alone(scripts: Scripts) -> None:
    done = scripts.run("upgrade.sh", SICK="livestream-supply")

    assert done.returncode == 1
    assert "livestream-supply did not come up" in done.stderr
    removed = [call for call in scripts.calls if call.startswith(("rm ", "stop "))]
    assert removed[-2:] == ["stop -t 40 new-livestream-supply", "rm --force new-livestream-supply"]
    assert not [call for call in removed if "old-livestream-supply" in call]


def test_an_upgrade_ends_at_workers_that_do_not_come_up(scripts: Scripts) -> None:
    done = scripts.run("upgrade.sh", SICK="metrics-worker")

    assert done.returncode == 1
    assert "docker compose logs metrics-worker" in done.stderr
    assert not [call for call in scripts.calls if call.startswith(("rm ", "stop "))]


def test_secrets_are_made_where_the_stack_looks_for_them(tmp_path: Path) -> None:
    subprocess.run(
        ["sh", str(DEPLOY / "secrets.sh")],
        env={"PATH": os.environ["PATH"], "YUANQU_SECRETS_DIR": str(tmp_path / "kept")},
        check=True,
    )

    assert (tmp_path / "kept" / "page_secret").stat().st_size > 0
    assert (tmp_path / "kept" / "alert_smtp_password").read_text() == ""
