import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from service_chassis.settings import Settings


def test_without_any_setting_a_service_has_a_file_in_the_data_folder() -> None:
    settings = Settings()

    assert settings.database_url("livestream-supply") == (
        "sqlite+aiosqlite:///var/livestream-supply.db"
    )
    assert (settings.host, settings.port, settings.telemetry_port) == ("127.0.0.1", 8000, 0)
    assert settings.bus_url == "in-process://"


def test_a_service_has_the_database_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANQU_LIVESTREAM_SUPPLY_DATABASE_URL", "postgresql+psycopg://db/supply")

    settings = Settings()

    assert settings.database_url("livestream-supply") == "postgresql+psycopg://db/supply"
    assert settings.database_url("registry").startswith("sqlite")


@pytest.mark.parametrize("name", ["YUANQU_SECRET", "YUANQU_OPERATOR_SECRET"])
def test_a_secret_may_lie_in_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept"
    file.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setenv(f"{name}_FILE", str(file))

    secret = getattr(Settings(), name.removeprefix("YUANQU_").lower())

    assert secret.get_secret_value() == "0123456789abcdef0123456789abcdef"
    assert "0123" not in repr(Settings())


def test_a_database_address_may_lie_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept"
    file.write_text("postgresql+psycopg://u:0123456789abcdef@db/registry\n")
    monkeypatch.setenv("YUANQU_REGISTRY_DATABASE_URL_FILE", str(file))

    assert Settings().database_url("registry") == (
        "postgresql+psycopg://u:0123456789abcdef@db/registry"
    )


def test_the_signing_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first, second = (Settings(data_dir=tmp_path / "var").signing_key for _ in range(2))

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANQU_SECRET", "short")

    with pytest.raises(ValidationError, match="secret"):
        Settings()


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANQU_OIDC_ISSUER", "")
    monkeypatch.setenv("YUANQU_PORT", "")

    assert (Settings().oidc_issuer, Settings().port) == (None, 8000)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YUANQU_SECRET", "short", "has 5 characters, at least 32 are needed"),
        ("YUANQU_OPERATOR_SECRET", "abab" * 10, "repeats itself"),
        ("YUANQU_OPERATOR_SECRET", "change-me-before-you-start-the-stack", "is a placeholder"),
        (
            "YUANQU_METRICS_DATABASE_URL",
            "postgresql+psycopg://metrics:metrics@db/metrics",
            "the password in YUANQU_METRICS_DATABASE_URL has 7 characters, at least 16",
        ),
    ],
)
def test_a_secret_that_can_be_guessed_stops_the_start(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=said) as refused:
        Settings()

    assert value not in str(refused.value.errors(include_input=False))
    monkeypatch.setenv("YUANQU_ALLOW_WEAK_SECRETS", "true")
    assert Settings().allow_weak_secrets
