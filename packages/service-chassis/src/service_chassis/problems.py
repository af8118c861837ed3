"""Expected failures as RFC 9457 problem documents.

A failure that a caller should understand is a subclass of ``Problem``: status, code and the title
in two languages on the class, the case in the sentence. Everything else is a 500 without our words.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from starlette.responses import Response
from starlette.types import Scope

from service_chassis.languages import prefers_chinese

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Base of every expected failure.

    ``members`` are further members of the document. A member ``retry_after`` (seconds) also becomes
    the header of that name.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title_en: ClassVar[str]
    title_zh: ClassVar[str]

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            return
        owner = cls.__module__.partition(".")[0]
        known = CATALOGUE.setdefault((owner, cls.code), cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"{known.__name__} and {cls.__name__} of {owner} claim {cls.code!r}.")

    def headers(self) -> dict[str, str]:
        """Headers the answer needs beside the document."""
        retry_after = self.members.get("retry_after")
        return {} if retry_after is None else {"Retry-After": str(retry_after)}

    def document(self, *, chinese: bool = False) -> dict[str, Any]:
        return {
            "type": f"/problems/{self.code}",
            "code": self.code,
            "title": self.title_zh if chinese else self.title_en,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


CATALOGUE: dict[tuple[str, str], type[Problem]] = {}


class RouteNotFound(Problem):
    status = 404
    code = "route_not_found"
    title_en = "There is nothing at this address"
    title_zh = "该地址不存在"


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title_en = "This address does not take this method"
    title_zh = "该地址不支持此方法"


class ContentTooLarge(Problem):
    status = 413
    code = "content_too_large"
    title_en = "The body is too large"
    title_zh = "请求体过大"


class MediaTypeUnsupported(Problem):
    status = 415
    code = "media_type_unsupported"
    title_en = "The body has a media type that is not taken here"
    title_zh = "不支持的媒体类型"


class JsonMalformed(Problem):
    status = 400
    code = "json_malformed"
    title_en = "The body is not JSON"
    title_zh = "请求体不是有效的 JSON"


class RequestInvalid(Problem):
    """``errors`` names every fault: where it is (``in`` and ``pointer``) and what is wrong."""

    status = 422
    code = "request_invalid"
    title_en = "The request does not have the required form"
    title_zh = "请求内容不符合要求"


class ValueUnusable(Problem):
    """A value is of the right form and still none that can be kept, as a number past 64 bits."""

    status = 422
    code = "value_unusable"
    title_en = "A value cannot be used"
    title_zh = "存在无法使用的值"


class InternalError(Problem):
    status = 500
    code = "internal_error"
    title_en = "Something went wrong on our side"
    title_zh = "服务内部错误"


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title_en = "The service cannot answer now"
    title_zh = "服务暂时不可用"


class RequestRefused(Problem):
    """What the web framework refuses with a status that has no problem of its own."""

    status = 400
    code = "request_refused"
    title_en = "The request was refused"
    title_zh = "请求被拒绝"

    def __init__(self, detail: str, status: int, **members: Any) -> None:
        super().__init__(detail, **members)
        self.answered_status = status

    def document(self, *, chinese: bool = False) -> dict[str, Any]:
        phrase = HTTPStatus(self.answered_status).name.lower()
        own = {"type": f"/problems/{phrase}", "code": phrase, "status": self.answered_status}
        return super().document(chinese=chinese) | own


class ProblemError(BaseModel):
    """One fault of a request."""

    in_: str = Field(alias="in", description="body, query, path, header or cookie")
    pointer: str = Field(description="JSON Pointer (RFC 6901) of the faulty value")
    code: str = Field(description="Stable name of the fault")
    detail: str
    value: Any = Field(default=None, description="The faulty value, if it is short and no secret")


class ProblemDocument(BaseModel, extra="allow"):
    """A problem document (RFC 9457). ``code`` is stable, ``title`` follows Accept-Language."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[ProblemError] | None = None


def problem_response(
    problem: Problem, scope: Scope, headers: Mapping[str, str] | None = None
) -> Response:
    """Render a problem for the request of this scope."""
    document = problem.document(chinese=prefers_chinese(scope))
    if request_id := scope.get("state", {}).get("request_id"):
        document["request_id"] = request_id
    # A sentence may quote what came in: half of a surrogate pair stays an escape.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)
    return Response(
        text.encode(errors="backslashreplace"),
        status_code=document["status"],
        headers={**problem.headers(), **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Declare the problems of a route: ``@router.post(..., responses=problem_responses(...))``."""
    responses: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        response = responses.setdefault(
            problem.status,
            {
                "description": "",
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                        "examples": {},
                    }
                },
            },
        )
        titles = filter(None, [response["description"], problem.title_en])
        response["description"] = "; ".join(titles)
        response["content"][MEDIA_TYPE]["examples"][problem.code] = {
            "summary": f"{problem.title_en} · {problem.title_zh}",
            "value": {
                "type": f"/problems/{problem.code}",
                "code": problem.code,
                "title": problem.title_en,
                "status": problem.status,
                "detail": (problem.__doc__ or problem.title_en).strip().partition("\n")[0],
            },
        }
    return responses
