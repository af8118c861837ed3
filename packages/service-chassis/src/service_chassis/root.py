"""What a process answers beside its services: whether it lives, is ready, and what it has."""

import re
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from service_chassis.problems import RouteNotFound, problem_response
from service_chassis.request_context import RequestContext

WaitsFor = Callable[[], Awaitable[list[str]]]

INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Yuanqu 园区</title>
<style>
body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem;
  color-scheme: light dark }}
li {{ margin: .4rem 0 }}
</style>
<main>
<h1>Yuanqu 园区</h1>
<p>The open operating platform for e-commerce industrial parks.<br>
<span lang="zh">电子商务园区开放运营平台</span></p>
<ul>
{services}
<li><a href="readyz">readyz</a>: what this process waits for</li>
</ul>
</main>
</html>
"""


class _MountOfAnyText(Mount):
    """A mount that takes a line break in a path for a character: order numbers may have one."""

    def __init__(self, path: str, app: FastAPI) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def build_root(
    apps: Mapping[str, FastAPI], waits_for: WaitsFor, shortcuts: Mapping[str, str]
) -> Starlette:
    """The application of a process: its services under their names, and shortcuts into them."""
    listed = "\n".join(
        f'<li><a href="{path[1:]}/docs">{app.title}</a>: the interface, with examples</li>'
        for path, app in apps.items()
    )
    listed += "".join(
        f'\n<li><a href="{short[1:]}">{short[1:]}</a>: to look at</li>' for short in shortcuts
    )

    async def index(_: Request) -> Response:
        return HTMLResponse(INDEX.format(services=listed))

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        served = ", ".join(apps)
        problem = RouteNotFound(f"{scope['path']} leads nowhere; this process has {served}.")
        await problem_response(problem, scope)(scope, receive, send)

    mounts: list[BaseRoute] = [_MountOfAnyText(path, app) for path, app in apps.items()]
    shorts = [_shortcut(short, path) for short, path in shortcuts.items()]
    root = Starlette(routes=[Route("/", index), *_health(waits_for), *shorts, *mounts])
    root.router.default = RequestContext(nothing, service="", max_body_bytes=0)
    return root


def _shortcut(short: str, path: str) -> BaseRoute:
    async def lead(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(path + query, status_code=302)

    return Route(short, lead)


def _health(waits_for: WaitsFor) -> list[BaseRoute]:
    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        waits = await waits_for()
        document = {"status": "waiting" if waits else "ready", "waits_for": waits}
        return JSONResponse(document, status_code=503 if waits else 200)

    return [Route("/livez", livez), Route("/readyz", readyz)]
