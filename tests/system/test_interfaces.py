"""Every operation of every service against its own description (OpenAPI)."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.interfaces import SERVICES, problem_of
from tests.support.served import Served

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
TRIES = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
# RFC 6749 has errors of its own.
OAUTH = "/oauth2/token"


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_as_described(
    served: Served, service: str, mode: schemathesis.GenerationMode
) -> None:
    described = schemathesis.openapi.from_url(f"{served.url}/{service}/openapi.json")
    asked: list[str] = []
    for result in described.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()

        @TRIES
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: schemathesis.Case[Any]) -> None:
            # A token for every case: one of them may be to change the key that signs them.
            headers = {"Authorization": f"Bearer {served.token()}"}
            answer = case.call(base_url=f"{served.url}/{service}", headers=headers)
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code >= httpx.codes.BAD_REQUEST and OAUTH not in case.path:
                problem_of(answer.status_code, answer.headers, answer.content)

        if mode in operation_modes(operation):
            answers_as_described()
            asked.append(operation.label)
    assert len(asked) > 5


def operation_modes(operation: Any) -> list[schemathesis.GenerationMode]:
    """What can be tried: where nothing is asked for, nothing can be wrong."""
    wrong = operation.body or any(True for _ in operation.iter_parameters())
    modes = list(schemathesis.GenerationMode)
    return modes if wrong else [schemathesis.GenerationMode.POSITIVE]
