"""Every variable an operator may set is shown, with a value that works."""

import re

import pytest

from service_chassis.settings import PREFIX, Settings
from tests.architecture.sources import ROOT, SERVICES

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^(YUANQU_\w+)=(.*)$", EXAMPLE, flags=re.MULTILINE))


def test_every_setting_is_shown_and_nothing_else() -> None:
    fields = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    databases = {f"{PREFIX}{name.upper()}_DATABASE_URL" for name in SERVICES.values()}

    assert set(SHOWN) == (fields - {f"{PREFIX}DATABASE_URLS"}) | databases


def test_the_example_is_what_the_settings_are_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHOWN:
        monkeypatch.delenv(name, raising=False)
    without = Settings()
    for name, value in SHOWN.items():
        monkeypatch.setenv(name, value)

    assert Settings() == without


def test_every_variable_has_a_sentence_before_it() -> None:
    for block in EXAMPLE.strip().split("\n\n"):
        assert block.startswith("# "), block
