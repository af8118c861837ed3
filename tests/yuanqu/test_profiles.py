"""Which server, and as whom: found by itself, kept where only its owner reads it."""

import stat
from pathlib import Path

import pytest

from tests.yuanqu.conftest import Command
from yuanqu import credentials, profiles
from yuanqu.credentials import Credential
from yuanqu.failures import Failure


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _kept(path: Path, name: str) -> Path:
    credentials.write(path, Credential("http://127.0.0.1:8000", name, "s"))
    return path


def test_the_local_operator_is_found_in_the_data_folder(alone: Path) -> None:
    _kept(alone / "var" / "operator.json", "operator")

    assert profiles.find().client_id == "operator"


def test_a_named_profile_comes_before_the_local_operator(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept(alone / "var" / "operator.json", "operator")
    _kept(alone / "config" / "yuanqu" / "city.json", "city")
    path = _kept(alone / "somewhere" / "else.json", "elsewhere")

    assert profiles.find("city").client_id == "city"
    assert profiles.find(str(path)).client_id == "elsewhere"
    monkeypatch.setenv("YUANQU_PROFILE", str(path))
    assert profiles.find().client_id == "elsewhere"


def test_the_environment_may_hold_the_credential(
    yuanqu: Command, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept(alone / "var" / "operator.json", "operator")
    (alone / "secret").write_text("kept-in-a-file\n")
    monkeypatch.setenv("YUANQU_ADDRESS", "http://gateway:8080/")
    monkeypatch.setenv("YUANQU_CLIENT_ID", "operator")
    monkeypatch.setenv("YUANQU_CLIENT_SECRET_FILE", str(alone / "secret"))

    assert profiles.find() == Credential("http://gateway:8080", "operator", "kept-in-a-file")
    assert "the environment (YUANQU_CLIENT_ID)" in yuanqu("profile", "show").out
    monkeypatch.delenv("YUANQU_CLIENT_SECRET_FILE")
    with pytest.raises(Failure, match="no secret"):
        profiles.find()


def test_the_platforms_of_the_demonstration_are_named_by_their_code(alone: Path) -> None:
    _kept(alone / "var" / "profiles" / "demo-mall.json", "mall")

    assert profiles.find("demo-mall").client_id == "mall"


def test_without_any_it_says_where_it_looked_and_what_to_do(yuanqu: Command, alone: Path) -> None:
    result = yuanqu("park", "list")

    assert result.code == 1
    assert str(alone / "var" / "operator.json") in result.err
    assert "yuanqu run" in result.err


def test_a_secret_is_read_by_its_owner_only(yuanqu: Command, alone: Path) -> None:
    secret = alone / "secret"
    secret.write_text("the secret\n")

    result = yuanqu(
        *("profile", "set", "--no-check", "--address", "https://yuanqu.example.cn/"),
        *("--client-id", "cl-1", "--secret-file", str(secret)),
    )

    assert result.code == 0, result.err
    path = alone / "config" / "yuanqu" / "default.json"
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert credentials.read(path).client_secret == "the secret"
    shown = yuanqu("profile", "show")
    assert "https://yuanqu.example.cn" in shown.out
    assert "the secret" not in shown.out


def test_an_address_that_is_none_is_refused(yuanqu: Command) -> None:
    result = yuanqu(
        *("profile", "set", "--no-check", "--address", "yuanqu.example.cn"),
        *("--client-id", "cl-1", "--secret", "s"),
    )

    assert result.code == 1
    assert "http://127.0.0.1:8000" in result.err


def test_where_nobody_answers_it_says_how_to_start(yuanqu: Command, alone: Path) -> None:
    credentials.write(
        alone / "var" / "operator.json", Credential("http://127.0.0.1:9", "operator", "s")
    )

    result = yuanqu("park", "list")

    assert result.code == 1
    assert "No server answers at http://127.0.0.1:9" in result.err
    assert "yuanqu run" in result.err


def test_the_operator_is_made_once_and_follows_the_address(alone: Path) -> None:
    credentials.prepare_folder(alone / "var")
    first = credentials.keep_operator(alone / "var", "http://127.0.0.1:8000")
    second = credentials.keep_operator(alone / "var", "http://127.0.0.1:8001")

    assert first.client_secret == second.client_secret
    assert len(first.client_secret) >= 32
    assert profiles.find().address == "http://127.0.0.1:8001"
    assert _mode(alone / "var") == 0o700
    assert _mode(alone / "var" / "operator.json") == 0o600
