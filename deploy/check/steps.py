"""What is tried on a stack, one function a promise; each returns the sentence that is printed."""

import json
import re
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx

from deploy.check.figures import figures, lost, paid_minor
from deploy.check.stack import Container, Stack, StackFailure
from reference_data.shanghai import local
from service_chassis.clock import SystemClock
from yuanqu.failures import Refused

PUBLISHED = {"gateway", "grafana", "prometheus"}
SALE = ("--seconds=1800", "--base=40", "--peak=500")
"""Longer than anything that is tried meanwhile; it is ended then."""
LONGEST_SECONDS = 900.0
QUIET_SECONDS = 60.0
BASE_IMAGE = "python:3.13-slim"
MOST_OVER_BASE = 250_000_000


def this_year() -> int:
    """The year of the platform's calendar."""
    return local(SystemClock().now()).year


def need(holds: object, sentence: str) -> None:
    """Raise StackFailure with the sentence unless it holds."""
    if not holds:
        raise StackFailure(sentence)


def is_hardened(stack: Stack) -> str:
    """Read-only, no root, no capability, nothing published but what should be, on loopback."""
    held = stack.containers()
    for container in held:
        seen = stack.inspect(container.name)
        host, name = seen["HostConfig"], container.name
        need(host["ReadonlyRootfs"], f"{name}: its root file system can be written")
        need(host["CapDrop"] == ["ALL"], f"{name}: keeps capabilities")
        need("no-new-privileges:true" in host["SecurityOpt"], f"{name}: may gain privileges")
        need(host["Memory"] and host["NanoCpus"], f"{name}: has no limits")
        user = str(seen["Config"]["User"]).partition(":")[0]
        need(user not in {"", "0", "root"} or container.service == "kafka", f"{name}: runs as root")
        if container.state == "running":
            ids = stack.docker("exec", container.name, "id", "-u").strip()
            need(ids != "0", f"{name}: runs as root")
        bound = [each for ports in (host["PortBindings"] or {}).values() for each in ports]
        need(not bound or container.service in PUBLISHED, f"{name}: publishes {bound}")
        need({each["HostIp"] for each in bound} <= {"127.0.0.1"}, f"{name}: is open to others")
        words = " ".join(seen["Config"]["Env"] or ())
        need("postgresql+psycopg://" not in words, f"{name}: a secret is in its environment")
    need(stack.has_image(BASE_IMAGE), f"{BASE_IMAGE} is not to be had")
    over = stack.inspect(stack.image)["Size"] - stack.inspect(BASE_IMAGE)["Size"]
    need(over < MOST_OVER_BASE, f"the image is {over / 1e6:.0f} MB over its base")
    return f"{len(held)} containers; the image is {over / 1e6:.0f} MB over its base"


def pages_answer(stack: Stack) -> str:
    """The page of the gateway, and every address that it links."""
    with stack.operator() as api:
        page = api.look("/")
        need(page.status_code == 200, f"/ answered {page.status_code}")  # noqa: PLR2004
        linked = sorted(set(re.findall(r'href="(/[^"]*)"', page.text)))
        skipped = [path for path in linked if path.strip("/") in stack.left_out]
        for path in set(linked) - set(skipped):
            status = api.look(path).status_code
            need(status in {200, 302, 303, 307}, f"{path} answered {status}")
    return f"/ and {len(linked) - len(skipped)} links of it" + (
        f" (not {', '.join(skipped)}: no image)" if skipped else ""
    )


def takes_a_large_file(stack: Stack) -> str:
    """A table of enterprises of some megabytes reaches registry: it is read, and refused there."""
    lines = [
        "uscc,name_zh,region_code",
        *(f"none-{number},一家企业,440100" for number in range(80_000)),
    ]
    with stack.operator() as api:
        try:
            api.request(
                "POST",
                "/registry/v1/enterprises:import",
                content="\n".join(lines).encode(),
                headers={"Content-Type": "text/csv"},
            )
        except Refused as refused:
            need(refused.status != httpx.codes.REQUEST_ENTITY_TOO_LARGE, refused.title)
    return f"{sum(map(len, lines)) / 1e6:.1f} MB"


def demonstration(stack: Stack) -> str:
    """The demonstration through the gateway; it fails where a published figure is another."""
    said = stack.run("demo")
    need("DIFFERS" not in said, said)
    return f"{said.count('ok')} published figures are the ones computed here"


def board_shows(stack: Stack) -> str:
    """The board behind the gateway: a wall signs in, sees figures, and hears of them."""
    with stack.operator() as api:
        client = api.post("/registry/v1/clients", {"name": "wall", "scopes": ["board:read"]})
        path = f"/registry/v1/clients/{client['client_id']}:issue-wall-token"
        token = api.post(path, {"days": 1})["wall_token"]
    with httpx.Client(
        base_url=stack.address, trust_env=False, follow_redirects=True, timeout=30
    ) as browser:
        # A copy of the client travels to metrics.
        deadline = time.monotonic() + QUIET_SECONDS
        page = browser.get("/board")
        while "sign-in" in page.url.path:
            need(time.monotonic() < deadline, f"the board stays at {page.url}")
            page = browser.post("/metrics/board/sign-in", data={"credential": token})
        need(page.status_code == httpx.codes.OK, f"the board answered {page.status_code}")
        with browser.stream("GET", "/metrics/board/events") as stream:
            events = stream.iter_lines()
            need(any(line == "event: figures" for line in events), "the board hears of nothing")
    return f"{len(page.content):,} bytes, then news"


def counts_once(stack: Stack, meanwhile: Callable[[], str]) -> str:
    """Orders of a live sale, while something happens: each counted once, the figure to the fen."""
    year = this_year()
    with stack.operator() as api:
        before = paid_minor(api, year)
    with stack.running("load", "load", "--json", *SALE) as sale:
        sale.wait_until_it_says("illustrative all of them")
        happened = meanwhile()
        if not sale.has_ended:
            sale.interrupt()
        code = sale.wait(LONGEST_SECONDS)
    need(code == 0, f"the load ended with {code}:\n{sale.out}\n{sale.err}")
    result = json.loads(sale.out)
    with stack.operator() as api:
        paid = paid_minor(api, year) - before
        need(
            paid == result["paid_minor"],
            f"acknowledged {result['paid_minor']} fen, and the figure grew by {paid}",
        )
    nothing_lost(stack)
    return f"{happened}: {_summary(result)}"


def _summary(result: dict[str, Any]) -> str:
    waited = ", ".join(f"{count} x {name}" for name, count in result["failures"].items())
    return (
        f"{result['orders']:,} order events counted once, {result['paid_minor'] / 100:,.2f} CNY "
        f"exact; slowest acknowledgement {result['acknowledged_seconds']['slowest']} s, "
        f"sent again because of: {waited or 'nothing'}"
    )


def nothing_lost(stack: Stack) -> None:
    """Accepted = judged, soon after the last order."""
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        with stack.operator() as api:
            difference, overdue = lost(api)
        if not difference and not overdue:
            return
        need(time.monotonic() < deadline, f"difference {difference}, overdue {overdue}")
        time.sleep(1)


def restart_each(stack: Stack, *, at_once: int = 1) -> Sequence[Container]:
    """Each container once, so many at the same time; the next when one is healthy again."""
    running = [
        each for each in stack.containers() if each.state == "running" and each.service != "load"
    ]
    with ThreadPoolExecutor(at_once) as pool:
        for _restarted in pool.map(stack.restart, running):
            pass
    return running


def no_server_error(stack: Stack, since: timedelta) -> None:
    """Not one answer of 500 or more in the gateway's log."""
    said = stack.compose(
        "logs", "--no-log-prefix", "--since", f"{int(since.total_seconds())}s", "gateway"
    )
    failed = [line for line in said.splitlines() if '"status":5' in line]
    need(not failed, f"{len(failed)} answers were 5xx, the first:\n{(failed or [''])[0]}")


def keeps_its_data(stack: Stack) -> str:
    """Down, up again: the same figures."""
    year = this_year()
    with stack.operator() as api:
        before = figures(api, year)
    stack.down()
    need(not stack.containers(), "containers are left after down")
    stack.up()
    with stack.operator() as api:
        after = figures(api, year)
    need(before == after, f"the figures changed: {before} became {after}")
    return f"{len(before)} questions answered the same after down and up"


def speaks_tls(stack: Stack) -> str:
    """With a certificate: TLS 1.2 or newer answers, and plain HTTP only leads there."""
    trusted = ssl.create_default_context(cafile=str(stack.certify()))
    with httpx.Client(verify=trusted, trust_env=False) as client:
        page = client.get(stack.tls_address)
        need(page.status_code == httpx.codes.OK, f"https answered {page.status_code}")
        need("strict-transport-security" in page.headers, "https: no Strict-Transport-Security")
        plain = client.get(f"{stack.address}/registry/docs")
    need(plain.status_code == httpx.codes.PERMANENT_REDIRECT, f"http answered {plain.status_code}")
    wanted = f"{stack.tls_address}/registry/docs"
    need(plain.headers["location"] == wanted, f"http leads to {plain.headers['location']}")
    with stack.operator_over_tls() as api:
        api.sign_in()
    stack.run("load", "load", "--seconds=5")
    return "https answers, http redirects to it, and commands inside go on"


def nothing_left(stack: Stack) -> str:
    """Down with volumes: no container, volume or network of the project."""
    stack.down(volumes=True)
    label = f"label=com.docker.compose.project={stack.project}"
    for noun, words in {
        "containers": ("ps", "--all", "--quiet"),
        "volumes": ("volume", "ls", "--quiet"),
        "networks": ("network", "ls", "--quiet"),
    }.items():
        left = stack.docker(*words, "--filter", label).split()
        need(not left, f"{noun} are left: {left}")
    return "no container, volume or network"
