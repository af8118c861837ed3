"""``Idempotency-Key``: a request sent again is answered again, not done again.

The claim on the key is the first statement of the transaction that does the work and the answer the
last, so that they hold or vanish together: a crash or a refusal leaves no key behind. A twin that
comes at the same time waits at the unique key and then gets the stored answer.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from service_chassis.dependencies import runtime_of
from service_chassis.identity import Principal, identify
from service_chassis.policy import Requires, policies_of
from service_chassis.problems import Problem
from service_chassis.routes_in_scope import dependant_of
from service_chassis.service import Runtime
from service_chassis.tables import IdempotencyKey
from service_chassis.telemetry import IDEMPOTENCY_REPLAYS_TOTAL
from service_chassis.unit_of_work import UnitOfWork

HEADER = "idempotency-key"
LONGEST_KEY = 200
# A twin whose first half was rolled back may take its place, and lose it again to a third.
ATTEMPTS = 5
REPLAYED_HEADERS = ("content-type", "location", "etag")
FIRST_UNKEPT_STATUS = 500

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Claim = tuple[str, str]


class IdempotencyKeyReused(Problem):
    """The key was used before, for another request. A key belongs to one request."""

    status = 422
    code = "idempotency_key_reused"
    title_en = "This Idempotency-Key belongs to another request"
    title_zh = "该幂等键已用于其他请求"


class IdempotencyKeyInvalid(Problem):
    status = 400
    code = "idempotency_key_invalid"
    title_en = "The Idempotency-Key is not usable"
    title_zh = "幂等键无效"


class IdempotencyKeyContested(Problem):
    """Requests with the same key keep coming at the same time. Wait, then send it once."""

    status = 409
    code = "idempotency_key_contested"
    title_en = "Requests with this Idempotency-Key are still under way"
    title_zh = "使用该幂等键的请求仍在处理中"


class _Claimed(Exception):
    """Somebody has the key: roll back and look at the answer."""


class _NotKept(Exception):
    """An answer that must leave no trace."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


class IdempotentRoute(APIRoute):
    """A POST honours ``Idempotency-Key``: ``APIRouter(route_class=IdempotentRoute)``."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answer_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
                raise IdempotencyKeyInvalid(f"Send 1 to {LONGEST_KEY} printable ASCII characters.")
            principal = await identify(request)
            if principal is None:
                # A key is a client's; strangers would share theirs.
                return await handle(request)
            self._admit(request, principal)
            return await _answer_once(request, principal, (principal.client_id, key), handle)

        return answer_once

    def _admit(self, request: Request, principal: Principal) -> None:
        """A stored answer is for those who may still ask."""
        for policy in policies_of(dependant_of(request.scope, self)):
            if isinstance(policy, Requires):
                policy.check(principal)


async def _answer_once(
    request: Request, principal: Principal, claim: Claim, handle: Handler
) -> Response:
    runtime = runtime_of(request)
    fingerprint = await _fingerprint(request)
    for _attempt in range(ATTEMPTS):
        try:
            async with runtime.database.unit_of_work(
                actor=principal.actor,
                request_id=getattr(request.state, "request_id", None),
            ) as uow:
                await _claim(uow, claim, fingerprint)
                request.state.uow = uow
                answer = await handle(request)
                await _keep(uow, claim, answer)
        except _NotKept as not_kept:
            return not_kept.answer
        except _Claimed:
            if replayed := await _replay(runtime, claim, fingerprint):
                return replayed
        else:
            return answer
    raise IdempotencyKeyContested(f"The key {claim[1]!r} is being used.", retry_after=1)


async def _claim(uow: UnitOfWork, claim: Claim, fingerprint: str) -> None:
    client, key = claim
    statement = insert(IdempotencyKey).values(
        client=client, key=key, fingerprint=fingerprint, created_at=uow.now
    )
    try:
        await uow.session.execute(statement)
    except IntegrityError as taken:
        raise _Claimed from taken


async def _keep(uow: UnitOfWork, claim: Claim, answer: Response) -> None:
    if answer.status_code >= FIRST_UNKEPT_STATUS:
        raise _NotKept(answer)
    client, key = claim
    await uow.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.client == client, IdempotencyKey.key == key)
        .values(status=answer.status_code, headers=_kept_headers(answer), body=bytes(answer.body))
        .execution_options(synchronize_session=False)
    )


async def _replay(runtime: Runtime, claim: Claim, fingerprint: str) -> Response | None:
    async with runtime.database.reading() as session:
        kept = await session.get(IdempotencyKey, claim)
    if kept is None or kept.status is None:
        return None
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused(
            f"The key {claim[1]!r} was used on {kept.created_at:%Y-%m-%d} for another request.",
        )
    IDEMPOTENCY_REPLAYS_TOTAL.labels(runtime.service.name).inc()
    return Response(
        kept.body,
        status_code=kept.status,
        headers={**(kept.headers or {}), "Idempotent-Replayed": "true"},
    )


async def _fingerprint(request: Request) -> str:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + await request.body()).hexdigest()


def _kept_headers(answer: Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in REPLAYED_HEADERS if name in answer.headers}
