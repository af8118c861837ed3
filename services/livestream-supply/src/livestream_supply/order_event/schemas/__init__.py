"""Order events as platforms send them, in the form that msgspec decodes without a Python loop.

An absent member and `null` mean the same. A member that a kind forbids is typed `None`, so that a
sender may write `null` for it; `rules.explaining` says in our words what msgspec refuses.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from event_contracts import facts
from reference_data import currencies, customs_modes

MOST_AMOUNT_MINOR = 10**13
MOST_REVISION = 2**31 - 1
LONGEST_ORDER_NO = 64
"""In bytes: an order number is compared byte by byte."""
LONGEST_REF = 64
LONGEST_SESSION_NO = 64
LONGEST_CATEGORY = 32
LONGEST_REGION_CODE = 12
LONGEST_REASON = 200
LONGEST_USCC = 18
LONGEST_MOMENT = 40

BUYER_TYPES = ("individual", "social_group", "enterprise", "government")
CHANNELS = ("shelf", "livestream", "short_video", "social", "offline_scan")
TRADE_MODES = ("B2B", "B2C", "C2C", "B2G", "O2O")
TRADE_FLOWS = ("domestic", "export", "import")
GOODS_KINDS = ("physical", "virtual", "service")
ATTRIBUTIONS = ("card", "window", "none")
CURRENCIES = tuple(sorted(currencies.codes()))
CUSTOMS_MODES = tuple(sorted(customs_modes.codes()))

OrderNo = Annotated[str, Meta(min_length=1, max_length=LONGEST_ORDER_NO)]
Ref = Annotated[str, Meta(min_length=1, max_length=LONGEST_REF)]
# Parsed in columns by `rules.moments`: half the cost of a datetime an order.
Moment = Annotated[str, Meta(max_length=LONGEST_MOMENT)]
Reason = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
AmountMinor = Annotated[int, Meta(ge=0, le=MOST_AMOUNT_MINOR)]


class CorrectsCreated(
    Struct, gc=False, forbid_unknown_fields=True, tag_field="kind", tag="created"
):
    """Names the created fact of the order."""

    code: ClassVar[int] = facts.CREATED
    ref: None = None


class CorrectsPaid(Struct, gc=False, forbid_unknown_fields=True, tag_field="kind", tag="paid"):
    """Names the paid fact of the order."""

    code: ClassVar[int] = facts.PAID
    ref: None = None


class CorrectsRefunded(
    Struct, gc=False, forbid_unknown_fields=True, tag_field="kind", tag="refunded"
):
    """Names a refund of the order."""

    code: ClassVar[int] = facts.REFUNDED
    ref: Ref


class CorrectsSettled(
    Struct, gc=False, forbid_unknown_fields=True, tag_field="kind", tag="settled"
):
    """Names a settlement of the order."""

    code: ClassVar[int] = facts.SETTLED
    ref: Ref


Corrects = CorrectsCreated | CorrectsPaid | CorrectsRefunded | CorrectsSettled


class _Content(Struct, kw_only=True, gc=False, forbid_unknown_fields=True, tag_field="kind"):
    """What every kind but a void says; gc=False, because no member can lead back to it."""

    order_no: OrderNo
    occurred_at: Moment
    seller_uscc: Annotated[str, Meta(min_length=1, max_length=LONGEST_USCC)]
    buyer_type: Literal["individual", "social_group", "enterprise", "government"]
    channel: Literal["shelf", "livestream", "short_video", "social", "offline_scan"]
    trade_mode: Literal["B2B", "B2C", "C2C", "B2G", "O2O"]
    trade_flow: Literal["domestic", "export", "import"]
    # Literals decode to one shared string each, whose hash is known; hence also for these lists.
    customs_mode: Literal[CUSTOMS_MODES] | None = None  # type: ignore[valid-type]
    goods_kind: Literal["physical", "virtual", "service"]
    category: Annotated[str, Meta(min_length=1, max_length=LONGEST_CATEGORY)]
    currency: Literal[CURRENCIES]  # type: ignore[valid-type]
    amount_minor: AmountMinor
    session_no: Annotated[str, Meta(min_length=1, max_length=LONGEST_SESSION_NO)] | None = None
    attribution: Literal["card", "window", "none"] | None = None
    region_code: Annotated[str, Meta(min_length=1, max_length=LONGEST_REGION_CODE)] | None = None


class Created(_Content, kw_only=True, gc=False, tag="created"):
    """An order was placed."""

    code: ClassVar[int] = facts.CREATED
    ref: None = None
    corrects: None = None
    revision: None = None
    reason: None = None


class Paid(_Content, kw_only=True, gc=False, tag="paid"):
    """An order was paid; it is paid once."""

    code: ClassVar[int] = facts.PAID
    ref: None = None
    corrects: None = None
    revision: None = None
    reason: None = None


class Refunded(_Content, kw_only=True, gc=False, tag="refunded"):
    """Money went back; `ref` tells the refunds of an order apart."""

    code: ClassVar[int] = facts.REFUNDED
    ref: Ref
    amount_minor: Annotated[int, Meta(ge=1, le=MOST_AMOUNT_MINOR)]
    corrects: None = None
    revision: None = None
    reason: None = None


class Settled(_Content, kw_only=True, gc=False, tag="settled"):
    """The seller got the money; `ref` tells the settlements of an order apart."""

    code: ClassVar[int] = facts.SETTLED
    ref: Ref
    corrects: None = None
    revision: None = None
    reason: None = None


class Amended(_Content, kw_only=True, gc=False, tag="amended"):
    """The whole new content of the fact that `corrects` names; the highest revision wins."""

    code: ClassVar[int] = facts.AMENDED
    ref: None = None
    corrects: Corrects
    revision: Annotated[int, Meta(ge=1, le=MOST_REVISION)]
    reason: Reason | None = None


class Voided(
    Struct, kw_only=True, gc=False, forbid_unknown_fields=True, tag_field="kind", tag="voided"
):
    """The fact that `corrects` names never was; final."""

    code: ClassVar[int] = facts.VOIDED
    order_no: OrderNo
    occurred_at: Moment
    corrects: Corrects
    reason: Reason
    # A void has neither amount nor dimensions; as members they answer the same getters.
    ref: None = None
    revision: None = None
    amount_minor: None = None
    seller_uscc: None = None
    buyer_type: None = None
    channel: None = None
    trade_mode: None = None
    trade_flow: None = None
    customs_mode: None = None
    goods_kind: None = None
    category: None = None
    currency: None = None
    attribution: None = None
    session_no: None = None
    region_code: None = None


OrderEvent = Created | Paid | Refunded | Settled | Voided | Amended

BATCH = msgspec.json.Decoder(list[OrderEvent])
ITEM = msgspec.json.Decoder(OrderEvent)
SPLIT = msgspec.json.Decoder(list[msgspec.Raw])
ANYTHING = msgspec.json.Decoder()
