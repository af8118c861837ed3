"""A back end that is missing is a skip on a laptop and a failure where it was promised."""

import pytest

from tests import conftest


def test_a_missing_back_end_skips_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUANQU_REQUIRE_BACKENDS", raising=False)

    with pytest.raises(pytest.skip.Exception, match="Kafka needs Java"):
        conftest._do_without("Kafka needs Java 17.")


def test_a_missing_back_end_fails_where_it_was_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANQU_REQUIRE_BACKENDS", "1")

    with pytest.raises(pytest.fail.Exception, match="Kafka needs Java"):
        conftest._do_without("Kafka needs Java 17.")
