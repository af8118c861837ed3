"""``/openapi.json`` and ``/docs``, whole without the internet."""

from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from starlette.responses import HTMLResponse, JSONResponse, Response

from service_chassis.dependencies import runtime_of
from service_chassis.policy import Requires, policies_of, public
from service_chassis.problems import MEDIA_TYPE, ProblemDocument, RouteNotFound

ASSETS = files("service_chassis") / "assets" / "swagger-ui"
MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
# The style sheet draws its arrows from data: images; everything else is ours.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Addresses are relative, so that the page works wherever the service is mounted.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<div id="swagger-ui" data-openapi="openapi.json"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</html>
"""
TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token of registry, `POST /registry/oauth2/token`.",
}
PROBLEM = {
    "description": "A problem document: see `code`, `detail` and `errors`.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
}

router = APIRouter(include_in_schema=False, dependencies=[public()])


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """Describe the service (OpenAPI 3.1)."""
    root_path = request.scope.get("root_path", "").rstrip("/")
    return JSONResponse({**request.app.openapi(), "servers": [{"url": root_path or "/"}]})


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """Show the description in a browser."""
    service = runtime_of(request).service
    return HTMLResponse(
        PAGE.format(title=f"{service.title_en} · {service.title_zh}"),
        headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
    )


@router.get("/docs/assets/{name}")
async def asset(name: str) -> Response:
    """Serve what the page of the documentation needs."""
    if name not in MEDIA_TYPES:
        raise RouteNotFound(f"The documentation has no {name!r}.")
    return Response(
        (ASSETS / name).read_bytes(),
        headers={"Content-Type": MEDIA_TYPES[name], "Cache-Control": "public, max-age=86400"},
    )


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: problems in place of FastAPI's own errors, scopes beside each route."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDocument"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = {"token": TOKEN}
    policies = _policies(app)
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            _tell_problems(operation["responses"])
            _tell_precondition(operation)
            if policy := policies.get((path, method.upper())):
                _tell_policy(operation, policy)
    return document


def _tell_policy(operation: dict[str, Any], policy: Requires) -> None:
    operation["security"] = [{"token": list(policy.scopes)}]
    if policy.scopes:
        joiner = " and " if policy.all_of_them else " or "
        told = f"Scope: {joiner.join(f'`{scope}`' for scope in policy.scopes)}."
        parts = [operation.get("description"), told]
        operation["description"] = "\n\n".join(filter(None, parts))


def _tell_problems(responses: dict[str, Any]) -> None:
    invalid = responses.get("422", {})
    if "application/json" in invalid.get("content", {}):
        responses["422"] = PROBLEM
    responses.setdefault("default", PROBLEM)


def _tell_precondition(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if (parameter["in"], parameter["name"]) == ("header", "if-match"):
            # Optional for the framework, so that its absence is a 428 and not a 422.
            parameter["required"] = True


def _policies(app: FastAPI) -> dict[tuple[str, str], Requires]:
    """What each operation requires; public ones are not in it."""
    found = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        for policy in () if dependant is None else policies_of(dependant):
            if isinstance(policy, Requires):
                for method in context.methods or ():
                    found[str(context.path_format), method] = policy
    return found
