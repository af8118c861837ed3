"""A service as an ASGI application."""

import platform
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.middleware import Middleware

from service_chassis import api_docs, audit, dead_letters, health
from service_chassis.identity_book import IdentityBook
from service_chassis.outside_issuer import OutsideIssuer
from service_chassis.policy import verify_policies
from service_chassis.problem_handlers import install_problem_handlers
from service_chassis.rate_limits import Limiter, RateLimits
from service_chassis.request_context import RequestContext
from service_chassis.service import Runtime, Service
from service_chassis.settings import Settings
from service_chassis.telemetry import BUILD_INFO

CHASSIS_ROUTERS = (health.router, api_docs.router, audit.router, dead_letters.router)


def build_app(service: Service, runtime: Runtime, settings: Settings) -> FastAPI:
    """Everything HTTP of a service; fails when a route has no policy."""
    identity = IdentityBook(runtime.database, runtime.clock, OutsideIssuer.from_settings(settings))
    middleware = [
        Middleware(RequestContext, service=service.name, max_body_bytes=settings.max_body_bytes)
    ]
    if settings.rate_limit_per_second > 0:
        limiter = Limiter(settings.rate_limit_per_second, settings.rate_limit_burst)
        middleware.append(
            Middleware(RateLimits, service=service.name, identity=identity, limiter=limiter)
        )
    app = FastAPI(
        title=f"{service.title_en} · {service.title_zh}",
        version=product_version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=middleware,
    )
    BUILD_INFO.labels(service.name, app.version, platform.python_version()).set(1)
    app.state.runtime = runtime
    app.state.identity = identity
    install_problem_handlers(app)
    for router in (*service.routers, *CHASSIS_ROUTERS):
        app.include_router(router)
    app.openapi = cache(partial(api_docs.describe, app))  # type: ignore[method-assign]
    verify_policies(app)
    return app


def product_version() -> str:
    """The version of the installed distribution; 0 in a tree that is not installed."""
    try:
        return version("yuanqu")
    except PackageNotFoundError:
        return "0"
