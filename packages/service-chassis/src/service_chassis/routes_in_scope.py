"""Which route answers a request, also when its router was included with a prefix."""

from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Scope

UNMATCHED = "unmatched"


def template_of(scope: Scope) -> str:
    """The path template, as ``/v1/parks/{code}``; ``unmatched`` where no route was found."""
    effective = _effective(scope)
    if effective is not None and effective.path_format:
        return str(effective.path_format)
    return getattr(scope.get("route"), "path_format", UNMATCHED)


def dependant_of(scope: Scope, route: APIRoute) -> Dependant:
    """The dependencies of a route, with those of the routers that include it."""
    effective = _effective(scope)
    if effective is not None and effective.dependant is not None:
        dependant: Dependant = effective.dependant
        return dependant
    return route.dependant


def methods_at(request: Request) -> list[str]:
    """Every method that some route takes at the path of a request; the framework names one's."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    taken: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        if context.path_regex.match(path):
            taken.update(context.methods or ())
    return sorted(taken)


def _effective(scope: Scope) -> Any:
    return scope.get("fastapi", {}).get("effective_route_context")
