"""`make install` asks the index that pip was told of, though uv does not read pip's words."""

import importlib.util
from types import ModuleType

import pytest

from tests.architecture.sources import ROOT


@pytest.fixture
def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / ".ci/environment.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_pip_was_told_is_told_to_uv(environment: ModuleType) -> None:
    listing = (
        "global.trusted-host='a.test\\nb.test'\n"
        "global.cert='/etc/ssl/ours.pem'\n"
        "install.no-clean='true'\n"
        ":env:.find-links='/opt/wheels /srv/wheels'\n"
        ":env:.index-url='https://mirror.test/simple'\n"
        "global.index-url='https://old.test/simple'\n"
    )

    assert environment.in_words_of_uv(listing) == {
        "UV_DEFAULT_INDEX": "https://mirror.test/simple",
        "UV_FIND_LINKS": "/opt/wheels,/srv/wheels",
        "UV_INSECURE_HOST": "a.test b.test",
        "SSL_CERT_FILE": "/etc/ssl/ours.pem",
    }


def test_a_pip_without_settings_gives_none(environment: ModuleType) -> None:
    assert environment.in_words_of_uv("") == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_is_pinned_hashed_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").strip().splitlines()

    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
