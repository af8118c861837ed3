"""Who may use a route. A route without a policy does not start."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from service_chassis.identity import Principal, authenticate
from service_chassis.problems import Problem


class ScopeMissing(Problem):
    """The token is good, but its client was not given this scope."""

    status = 403
    code = "scope_missing"
    title_en = "The access token does not allow this"
    title_zh = "访问令牌没有此权限"


class RouteWithoutPolicy(RuntimeError):
    """A programming fault: a route that says neither ``requires`` nor ``public``."""


@dataclass(frozen=True)
class Requires:
    """The scopes a caller needs: all of them, or one of them."""

    scopes: tuple[str, ...]
    all_of_them: bool

    def check(self, principal: Principal) -> None:
        """Let the principal pass or raise ``ScopeMissing``."""
        missing = [scope for scope in self.scopes if scope not in principal.scopes]
        if missing and (self.all_of_them or len(missing) == len(self.scopes)):
            wanted = (" and " if self.all_of_them else " or ").join(missing)
            raise ScopeMissing(f"This needs the scope {wanted}.", scopes=missing)

    async def __call__(self, request: Request) -> None:
        self.check(await authenticate(request))


@dataclass(frozen=True)
class Public:
    """Anybody may ask."""

    async def __call__(self) -> None:
        return None


def requires(*scopes: str) -> Any:
    """Only callers with all these scopes: ``dependencies=[requires("registry:write")]``."""
    return Depends(Requires(_named(scopes), all_of_them=True))


def requires_any(*scopes: str) -> Any:
    """Only callers with at least one of these scopes."""
    return Depends(Requires(_named(scopes), all_of_them=False))


def public() -> Any:
    """Anybody, without a token: ``dependencies=[public()]``."""
    return Depends(Public())


def authenticated() -> Any:
    """Any caller with a valid token; the use case judges by the record scope."""
    return Depends(Requires((), all_of_them=True))


def _named(scopes: tuple[str, ...]) -> tuple[str, ...]:
    if not scopes:
        raise ValueError("Name a scope, or use authenticated() or public().")
    return scopes


def policies_of(dependant: Dependant) -> Iterator[Requires | Public]:
    """Every policy among the dependencies of a route."""
    if isinstance(dependant.call, Requires | Public):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from policies_of(dependency)


def verify_policies(app: FastAPI) -> None:
    """Refuse to start while a route says nothing about who may use it."""
    naked = []
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or not any(policies_of(dependant)):
            naked.append(f"{sorted(getattr(context, 'methods', None) or [])} {context.path}")
    if naked:
        raise RouteWithoutPolicy(f"Say requires(...) or public() on: {'; '.join(naked)}")
