import json
import logging
import re
from pathlib import Path

import httpx
import pytest
from prometheus_client import generate_latest

from service_chassis import telemetry
from service_chassis.logging import configure_logging
from service_chassis.rate_limits import Limiter
from service_chassis.tracing import enter_trace, leave_trace, outgoing_headers, trace_id
from tests.chassis.http.shop import Shop, open_shop

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def counted(name: str, **labels: str) -> float:
    return telemetry.REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_request_keeps_the_id_it_came_with(shop: Shop) -> None:
    named = await shop.http.get("/livez", headers={"X-Request-ID": "order-77"})
    unnamed = await shop.http.get("/livez")
    foul = await shop.http.get("/livez", headers={"X-Request-ID": 'x" onload='})

    assert named.headers["x-request-id"] == "order-77"
    assert re.fullmatch("[0-9a-f]{32}", unnamed.headers["x-request-id"])
    assert re.fullmatch("[0-9a-f]{32}", foul.headers["x-request-id"])


async def test_answers_are_kept_out_of_caches(shop: Shop) -> None:
    answer = await shop.http.get("/v1/stalls", headers=shop.bearer())

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_requests_are_counted_by_route_and_never_by_address(shop: Shop) -> None:
    labels = {"service": "shop", "method": "PATCH", "route": "/v1/stalls/{stall_id}"}
    before = counted("http_requests_total", status_class="4xx", **labels)

    for number in range(3):
        await shop.http.patch(f"/v1/stalls/{number}?name=x", headers=shop.bearer())
    await shop.http.get("/wp-admin.php")
    await shop.http.request("BREW", "/v1/stalls")

    assert counted("http_requests_total", status_class="4xx", **labels) == before + 3
    assert counted("http_request_duration_seconds_count", **labels) >= 3
    exposition = generate_latest(telemetry.REGISTRY).decode()
    assert 'route="unmatched"' in exposition
    assert "wp-admin" not in exposition
    assert "BREW" not in exposition


async def test_a_log_line_tells_who_asked_for_what(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="yuanqu.access"):
        await shop.http.get("/v1/stalls?rent=1", headers=shop.bearer())

    [line] = [record for record in caplog.records if record.name == "yuanqu.access"]
    told = vars(line)
    assert (told["route"], told["status"], told["client_id"]) == ("/v1/stalls", 200, "partner")
    assert told["path"] == "/v1/stalls"


def test_log_lines_are_json_with_their_trace_and_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure_logging("INFO")
        logging.getLogger("registry").info("client made", extra={"client_secret": "s3cret"})
        try:
            int("量")
        except ValueError:
            logging.getLogger("registry").exception("could not count")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)

    made, failed = map(json.loads, capsys.readouterr().out.splitlines())
    assert (made["event"], made["level"], made["logger"]) == ("client made", "info", "registry")
    assert made["client_secret"] == "…"
    assert "量" in failed["exception"][0]["exc_value"]


async def test_a_trace_goes_from_the_request_into_the_outbox(shop: Shop) -> None:
    seen: list[dict[str, str]] = []
    original = shop.database.unit_of_work

    def noting(*args: object, **kwargs: object) -> object:
        seen.append(outgoing_headers())
        return original(*args, **kwargs)  # type: ignore[arg-type]

    shop.database.unit_of_work = noting  # type: ignore[method-assign, assignment]
    for headers in ({"traceparent": PARENT}, {}, {"traceparent": "nonsense"}):
        await shop.http.post(
            "/v1/stalls", json={"name": "tea", "rent": 1}, headers={**shop.bearer(), **headers}
        )

    continued, begun, repaired = (headers["traceparent"].split("-")[1] for headers in seen)
    assert continued == PARENT.split("-")[1]
    assert len({continued, begun, repaired}) == 3
    assert trace_id() is None


def test_a_trace_inside_another_is_not_begun_again() -> None:
    outer = enter_trace(PARENT)
    try:
        assert enter_trace(None) is None
        assert trace_id() == PARENT.split("-")[1]
    finally:
        leave_trace(outer)
    assert outgoing_headers() == {}


async def test_a_client_that_sends_too_much_waits_and_others_do_not(tmp_path: Path) -> None:
    async with open_shop(tmp_path, rate_limit_per_second=1, rate_limit_burst=3) as shop:
        mine, theirs = shop.bearer(), shop.bearer(client_id="other", sub="other")
        for headers in (mine, theirs):
            # A token counts for its client once it has been verified.
            await shop.http.get("/v1/stalls", headers=headers)

        answers = [await shop.http.get("/v1/stalls", headers=mine) for _ in range(4)]
        other = await shop.http.get("/v1/stalls", headers=theirs)
        probe = await shop.http.get("/livez")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"client";q=3;w=3'
    assert answers[0].headers["ratelimit"].startswith('"client";r=2;t=')
    assert answers[3].json()["code"] == "rate_limited"
    assert answers[3].headers["retry-after"] == "1"
    assert (other.status_code, probe.status_code) == (200, 200)
    assert counted("rate_limited_total", service="shop") >= 1


def test_a_limiter_lets_the_burst_pass_and_then_the_rate() -> None:
    limiter = Limiter(rate=10, burst=5)

    at_once = [limiter.admit("a", now=100.0) for _ in range(6)]
    later = [limiter.admit("a", now=100.0 + tenth / 10) for tenth in range(1, 4)]

    assert [remaining for remaining, _ in at_once] == [4, 3, 2, 1, 0, 0]
    assert [wait for _, wait in at_once[:5]] == [0.0] * 5
    assert at_once[5][1] == pytest.approx(0.1)
    assert [wait for _, wait in later] == [0.0, 0.0, 0.0]
    assert limiter.full_again("a", 100.3) == 1


async def test_the_telemetry_port_shows_metrics_and_what_is_waited_for() -> None:
    reasons = ["registry waits for its database"]

    async def waits_for() -> list[str]:
        return reasons

    transport = httpx.ASGITransport(telemetry.telemetry_app(waits_for))
    async with httpx.AsyncClient(transport=transport, base_url="http://telemetry.test") as http:
        scraped = await http.get("/metrics")
        waiting = await http.get("/readyz")
        reasons.clear()
        ready = await http.get("/readyz")
        lost = await http.get("/")

    assert "# HELP outbox_pending" in scraped.text
    assert (waiting.status_code, ready.status_code, lost.status_code) == (503, 200, 404)


def test_every_metric_is_listed_with_its_service() -> None:
    for name, metric in telemetry.CATALOGUE.items():
        assert metric.labels[0] == "service", name
        assert metric.meaning.endswith(".") or ";" in metric.meaning, name
    exposed = {
        sample
        for family in telemetry.REGISTRY.collect()
        for sample in (family.name, f"{family.name}_total")
    }
    assert set(telemetry.CATALOGUE) <= exposed


def test_a_metric_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        telemetry.declare_gauge("outbox_pending", "Again.")
    with pytest.raises(ValueError, match="_total"):
        telemetry.declare_counter("shops", "No unit.")
