"""Order events over HTTP: the hot route reads bytes and writes bytes, without pydantic."""

import re
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from livestream_supply.authority.queries import AuthorityBook
from livestream_supply.order_event.problems import (
    BatchEmpty,
    BatchRejected,
    BodyNotInflatable,
    BodyNotJson,
    IntakeBusy,
    MediaType,
    PlatformMissing,
    PlatformSuspended,
    TooLarge,
    TooManyItems,
)
from livestream_supply.order_event.rules.bodies import MOST_BYTES, form_of
from livestream_supply.order_event.schemas.description import DESCRIPTION
from livestream_supply.order_event.use_cases.intake import Intake
from livestream_supply.order_event.use_cases.receiving import Receiver, Sender, Sent
from livestream_supply.receipt.queries import final_answer
from livestream_supply.receipt.schemas import ReceiptAnswer
from livestream_supply.record_scope import own_platform
from service_chassis.dependencies import AtHand
from service_chassis.idempotency import HEADER as IDEMPOTENCY_KEY
from service_chassis.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from service_chassis.identity import Caller
from service_chassis.policy import requires
from service_chassis.problems import problem_responses
from service_chassis.service import Runtime

LONGEST_WAIT = 30
UNBOUNDED = 2**62
"""For the chassis: the route bounds its body itself and calls too much of it `too_large`."""
JSON = "application/json"
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})")


router = APIRouter(prefix="/v1/order-events", tags=["order events"])


async def _receiver(request: Request, runtime: AtHand) -> Receiver:
    state = request.app.state
    if not hasattr(state, "receiver"):
        state.receiver = _receiver_of(runtime)
    receiver: Receiver = state.receiver
    return receiver


def _receiver_of(runtime: Runtime) -> Receiver:
    return Receiver(AuthorityBook(runtime.database), Intake(runtime.database), runtime.clock)


@router.post(
    ":batch",
    status_code=202,
    response_class=Response,
    max_body_size=UNBOUNDED,
    dependencies=[requires("orders:write")],
    responses={
        200: {"model": ReceiptAnswer, "description": "Final within the time of `Prefer: wait`."},
        202: {"model": ReceiptAnswer, "description": "Recorded durably; outcomes will follow."},
        **problem_responses(
            BodyNotJson,
            BodyNotInflatable,
            IdempotencyKeyInvalid,
            PlatformMissing,
            PlatformSuspended,
            TooLarge,
            TooManyItems,
            MediaType,
            BatchEmpty,
            BatchRejected,
            IdempotencyKeyReused,
            IntakeBusy,
        ),
    },
    openapi_extra=DESCRIPTION,
)
async def report_order_events(
    request: Request,
    runtime: AtHand,
    caller: Caller,
    receiver: Annotated[Receiver, Depends(_receiver)],
    atomic: Annotated[bool, Query(description="One rejected item rejects the whole post")] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Report facts about orders; the platform is that of the credential.

    Every item is judged for itself unless `atomic=true`. The answer 202 means that the accepted
    items are stored durably and will be counted once; the receipt tells what becomes of each.
    """
    platform = own_platform(caller)
    headers = request.headers
    form = form_of(headers.get("content-type"), headers.get("content-encoding"))
    url = request.url
    answer, replayed = await receiver.take(
        Sender(platform, caller.client_id, getattr(request.state, "request_id", None)),
        Sent(
            body=await _body(request),
            form=form,
            atomic=atomic,
            key=headers.get(IDEMPOTENCY_KEY),
            asked=f"POST {url.path}?{url.query}\n",
        ),
    )
    told = {"Location": f"{request.scope.get('root_path', '')}/v1/receipts/{answer.receipt_id}"}
    if replayed:
        told["Idempotent-Replayed"] = "true"
    seconds = _preferred_wait(headers.get("prefer"))
    if seconds:
        told["Preference-Applied"] = f"wait={seconds}"
        if final := await final_answer(runtime.database, answer.receipt_id, seconds):
            return Response(msgspec.json.encode(final), 200, told, JSON)
    return Response(answer.body, 202, told, JSON)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdecimal() and int(announced) > MOST_BYTES:
        raise _too_large()
    pieces: list[bytes] = []
    total = 0
    async for piece in request.stream():
        pieces.append(piece)
        total += len(piece)
        if total > MOST_BYTES:
            raise _too_large()
    return b"".join(pieces)


def _too_large() -> TooLarge:
    return TooLarge(f"A body has at most {MOST_BYTES} bytes.", most_bytes=MOST_BYTES)


def _preferred_wait(prefer: str | None) -> int:
    """Seconds of `Prefer: wait=N` (RFC 7240), at most 30; a preference that is odd is no error."""
    found = _WAIT.search(prefer) if prefer else None
    return min(int(found[1]), LONGEST_WAIT) if found else 0
