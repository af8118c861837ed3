"""What `docker compose up` needs before it starts: secrets that nobody can guess."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    made = tmp_path / "secrets"
    subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(made)], check=True, capture_output=True)
    return made


def start(secrets: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(DEPLOY / "strong_secrets.sh"), "echo", "started"],
        env={"PATH": os.environ["PATH"], "YUANQU_SECRETS_FOLDER": str(secrets), **environment},
        text=True,
        capture_output=True,
        check=False,
    )


def test_secrets_that_were_made_are_strong_and_stay(secrets: Path) -> None:
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(secrets)], check=True)

    assert {file.name: file.read_text() for file in secrets.iterdir()} == before
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert start(secrets).stdout == "started\n"


@pytest.mark.parametrize(
    "weak", ["", "grafana", "aaaabbbbaaaabbbbaaaa", "change-me-now-please-0815"]
)
def test_a_secret_that_can_be_guessed_stops_the_start(secrets: Path, weak: str) -> None:
    (secrets / "postgres_password").write_text(weak)
    refused = start(secrets)

    assert refused.returncode == 1
    assert "postgres_password" in refused.stderr
    assert "started" not in refused.stdout
    assert not weak or weak not in refused.stderr
    assert start(secrets, YUANQU_ALLOW_WEAK_SECRETS="true").stdout == "started\n"


def test_every_secret_of_the_stack_is_made(secrets: Path) -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    wanted = {line.split(":")[0].strip() for line in compose.splitlines() if "{file: " in line}

    assert wanted == {file.name for file in secrets.iterdir()}


def test_the_example_may_be_sourced_by_a_shell(tmp_path: Path) -> None:
    said = subprocess.run(
        ["sh", "-euc", f"set -a; . {ROOT / '.env.example'}; set +a; echo $YUANQU_KAFKA_HEAP"],
        text=True,
        capture_output=True,
        check=True,
    )

    assert said.stdout == "-Xms256m -Xmx512m\n"
    assert not said.stderr
