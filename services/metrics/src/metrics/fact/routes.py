"""Facts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.convertors import Convertor, register_url_convertor

from metrics.fact.problems import OrderNotFound, OtherPlatform
from metrics.fact.queries import orders
from metrics.fact.rules.access import may_see
from metrics.fact.schemas import OrderFacts
from service_chassis.columns import NO_NUL
from service_chassis.dependencies import Reading
from service_chassis.identity import Caller
from service_chassis.policy import requires_any
from service_chassis.problems import problem_responses


class _Text(Convertor[str]):
    """Any text, with slashes and line breaks: an order number is taken byte for byte."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("text", _Text())
router = APIRouter(prefix="/v1/facts", tags=["facts"])


@router.get(
    "/{platform}/{order_no:text}",
    dependencies=[requires_any("figures:operate", "orders:read")],
    responses=problem_responses(OrderNotFound, OtherPlatform),
)
async def show_order_facts(
    platform: Annotated[str, Path(max_length=32, pattern=NO_NUL, examples=["demo-mall"])],
    order_no: Annotated[
        str, Path(min_length=1, max_length=256, pattern=NO_NUL, examples=["202603010001"])
    ],
    session: Reading,
    caller: Caller,
) -> OrderFacts:
    """Show every fact of an order: what it says, what corrected it and where it counted."""
    may_see(caller, platform)
    return await orders.order_facts(session, platform, order_no)
