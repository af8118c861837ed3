"""`yuanqu run`: one command on a fresh machine, its credential kept safe, nobody disturbed."""

import signal
import stat
from pathlib import Path

import pytest

from tests.yuanqu.conftest import Installation
from yuanqu import credentials


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_fresh_folder_is_ready_and_says_what_to_try(installation: Installation) -> None:
    said = installation.log.read_text()

    assert f"Ready: {installation.address}" in said
    assert f"{installation.address}/registry/docs" in said
    assert f"{installation.address}/board\n" in said
    assert str(installation.data / "operator.json") in said
    assert [line.strip().split()[1] for line in said.splitlines() if "  # " in line] == [
        "demo",
        "volumes",
        "board",
        "doctor",
    ]


def test_the_operators_secret_is_for_its_owner_and_never_shown(installation: Installation) -> None:
    kept = credentials.read(installation.data / "operator.json")

    assert _mode(installation.data) == 0o700
    assert _mode(installation.data / "operator.json") == 0o600
    assert kept.client_secret not in installation.log.read_text()
    assert installation.command("profile", "show", "--json").json["address"] == installation.address


def test_a_second_server_in_the_same_folder_is_refused(installation: Installation) -> None:
    result = installation.spawn("run")

    assert result.code == 1
    assert "runs in" in result.err


def test_a_port_that_is_taken_names_another(installation: Installation, tmp_path: Path) -> None:
    other = Installation(tmp_path)
    other.environment["YUANQU_PORT"] = str(installation.port)

    result = other.spawn("run")

    assert result.code == 1
    assert f"YUANQU_PORT={installation.port + 1}" in result.err


def test_the_doctor_finds_a_new_installation_well(installation: Installation) -> None:
    result = installation.command("doctor")

    assert "All is well." in result.out
    assert {finding["state"] for finding in installation.command("doctor", "--json").json} == {"ok"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_started_again_it_has_the_same_operator_and_data(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.start()
    before = credentials.read(installation.data / "operator.json")
    installation.command("platform", "create", "--code", "mall", *_named("Mall"))
    installation.end(signal.SIGKILL)

    stopped = installation.command("park", "list", check=False)
    assert stopped.code == 1
    assert f"No server answers at {installation.address}" in stopped.err
    assert installation.command("doctor", check=False).code == 1

    installation.start()
    try:
        assert credentials.read(installation.data / "operator.json") == before
        found = installation.command("platform", "list", "--json").json
        assert [each["code"] for each in found["items"]] == ["mall"]
    finally:
        installation.end()


def _named(name: str) -> list[str]:
    return ["--name-zh", name, "--name-en", name]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_part_of_a_distributed_installation_migrates_nothing(tmp_path: Path) -> None:
    installation = Installation(tmp_path)

    migrated = installation.spawn("migrate", "--services", "registry")

    assert "registry is at this release" in migrated.out
    assert [path.name for path in installation.data.iterdir()] == ["registry.db"]
    assert installation.spawn("migrate", "--services", "registry").code == 0
