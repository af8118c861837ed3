"""Turn what FastAPI and Starlette raise into problem documents."""

from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service_chassis.problems import (
    ContentTooLarge,
    JsonMalformed,
    MediaTypeUnsupported,
    MethodNotAllowed,
    Problem,
    RequestInvalid,
    RequestRefused,
    RouteNotFound,
    problem_response,
)
from service_chassis.routes_in_scope import methods_at

LONGEST_ECHO = 200
SECRETS = ("secret", "password", "token")


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every expected failure with a problem document."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    app.add_exception_handler(HTTPException, _answer_http_exception)


async def _answer_problem(request: Request, problem: Exception) -> Response:
    return problem_response(cast("Problem", problem), request.scope)


async def _answer_invalid_request(request: Request, error: Exception) -> Response:
    fault = _fault_of(request, cast("RequestValidationError", error))
    return problem_response(fault, request.scope)


async def _answer_http_exception(request: Request, raised: Exception) -> Response:
    error = cast("HTTPException", raised)
    problem: Problem
    headers = error.headers
    match error.status_code:
        case 404:
            problem = RouteNotFound(f"{request.method} {request.url.path} leads nowhere.")
        case 405:
            problem = MethodNotAllowed(f"{request.url.path} does not take {request.method}.")
            headers = {"Allow": ", ".join(methods_at(request))}
        case 413:
            problem = ContentTooLarge(f"{error.detail} Split it into several requests.")
        case 415:
            problem = MediaTypeUnsupported(error.detail)
        case _:
            problem = RequestRefused(error.detail, error.status_code)
    return problem_response(problem, request.scope, headers)


def _fault_of(request: Request, error: RequestValidationError) -> Problem:
    faults = error.errors()
    for fault in faults:
        if fault["type"] == "json_invalid":
            reason = fault.get("ctx", {}).get("error", "unreadable")
            where = fault["loc"][-1]
            return JsonMalformed(f"The body cannot be read as JSON: {reason} at character {where}.")
    # FastAPI leaves a body of another media type as bytes and then complains about its shape.
    if isinstance(error.body, bytes) and any(fault["loc"] == ("body",) for fault in faults):
        sent = request.headers.get("content-type", "no Content-Type")
        return MediaTypeUnsupported(f"Send application/json; this body has {sent}.")
    return RequestInvalid(
        "1 fault, see errors." if len(faults) == 1 else f"{len(faults)} faults, see errors.",
        errors=[_described(fault) for fault in faults],
    )


def _described(fault: dict[str, Any]) -> dict[str, Any]:
    place, *path = fault["loc"] or ("body",)
    described: dict[str, Any] = {
        "in": str(place),
        "pointer": pointer(path),
        "code": fault["type"],
        "detail": fault["msg"].removeprefix("Value error, "),
    }
    value = fault.get("input")
    if fault["type"] != "missing" and _may_be_echoed(path, value):
        described["value"] = value
    return described


def pointer(path: list[str | int]) -> str:
    """A JSON Pointer (RFC 6901) to a place in a document."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _may_be_echoed(path: list[str | int], value: Any) -> bool:
    if any(word in str(step).lower() for step in path for word in SECRETS):
        return False
    if isinstance(value, float):
        # JSON has neither NaN nor infinity.
        return value - value == 0
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST_ECHO)
