"""Why an item is no order event: every fault with its pointer, in our words.

Used only for items that msgspec refused. The tables below say the same as `schemas`; a test holds
them together.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from livestream_supply.order_event import schemas
from livestream_supply.order_event.rules.faults import Fault, escaped
from livestream_supply.order_event.rules.moments import NOT_A_MOMENT, millisecond

Check = Callable[[Any], tuple[str, str] | None]
"""Code and sentence, or None when the value is right."""

LONGEST_ECHO = 40
LONGEST_ITEM = 16_384
"""In bytes; far more than any order event needs, so that explaining stays cheap."""
MOST_FAULTS = 20
"""Named an item."""
# Escapes, so that what only looks like one inside another is left alone.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_NOT_UTF8 = b"\xff"
# No reader takes a number of thousands of digits; its first ones are out of every range too.
_TEXT_OR_LONG_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<number>\d{40})\d+', re.DOTALL)


def _text(longest: int, *, in_bytes: bool = False) -> Check:
    def check(value: Any) -> tuple[str, str] | None:
        if not isinstance(value, str):
            return "type_wrong", f"Expected a string, got {_named(value)}."
        if not value:
            return "text_empty", "The text is empty; leave the member out if there is none."
        if "�" in value:
            return "text_not_utf8", "The text is not valid UTF-8."
        if "\0" in value:
            return "text_has_nul", "The text holds the character U+0000."
        length = len(value.encode()) if in_bytes else len(value)
        if length > longest:
            unit = "bytes" if in_bytes else "characters"
            return "text_too_long", f"At most {longest} {unit}, got {length}."
        return None

    return check


def _choice(values: tuple[str, ...], code: str = "value_unknown") -> Check:
    def check(value: Any) -> tuple[str, str] | None:
        if not isinstance(value, str):
            return "type_wrong", f"Expected a string, got {_named(value)}."
        if value in values:
            return None
        known = f" Known: {', '.join(values)}." if len(values) <= 10 else ""  # noqa: PLR2004
        return code, f"{_echoed(value)} is not known.{known}"

    return check


def _moment(value: Any) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "type_wrong", f"Expected a string, got {_named(value)}."
    if len(value) > schemas.LONGEST_MOMENT or millisecond(value) == NOT_A_MOMENT:
        return "moment_invalid", (
            f"{_echoed(value)} is not an RFC 3339 moment with an offset, as "
            "2026-03-01T20:15:00+08:00."
        )
    return None


def _amount(least: int) -> Check:
    def check(value: Any) -> tuple[str, str] | None:
        if isinstance(value, float):
            return "amount_not_integer", "Send whole minor units (fen), without a decimal point."
        if not isinstance(value, int) or isinstance(value, bool):
            return "type_wrong", f"Expected an integer, got {_named(value)}."
        if not least <= value <= schemas.MOST_AMOUNT_MINOR:
            return "amount_out_of_range", (
                f"An amount here is {least} to {schemas.MOST_AMOUNT_MINOR} minor units."
            )
        return None

    return check


def _revision(value: Any) -> tuple[str, str] | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "type_wrong", f"Expected an integer, got {_named(value)}."
    if not 1 <= value <= schemas.MOST_REVISION:
        return "revision_out_of_range", f"A revision is 1 to {schemas.MOST_REVISION}."
    return None


def _any(_value: Any) -> None:
    return None


_REF = _text(schemas.LONGEST_REF)
_REASON = _text(schemas.LONGEST_REASON)
_NAMED: dict[str, Check] = {
    "order_no": _text(schemas.LONGEST_ORDER_NO, in_bytes=True),
    "kind": _any,
    "occurred_at": _moment,
}
_DESCRIBED: dict[str, Check] = {
    "seller_uscc": _text(schemas.LONGEST_USCC),
    "buyer_type": _choice(schemas.BUYER_TYPES),
    "channel": _choice(schemas.CHANNELS),
    "trade_mode": _choice(schemas.TRADE_MODES),
    "trade_flow": _choice(schemas.TRADE_FLOWS),
    "goods_kind": _choice(schemas.GOODS_KINDS),
    "category": _text(schemas.LONGEST_CATEGORY),
    "currency": _choice(schemas.CURRENCIES, "currency_unknown"),
    "amount_minor": _amount(0),
}
_IF_ANY: dict[str, Check] = {
    "customs_mode": _choice(schemas.CUSTOMS_MODES, "customs_mode_unknown"),
    "session_no": _text(schemas.LONGEST_SESSION_NO),
    "attribution": _choice(schemas.ATTRIBUTIONS),
    "region_code": _text(schemas.LONGEST_REGION_CODE),
}
_ORIGINAL = _NAMED | _DESCRIBED
_PART = _ORIGINAL | {"ref": _REF}
_CORRECTS: Check = _any  # looked into by `_faults_of_corrects`

REQUIRED: dict[str, dict[str, Check]] = {
    "created": _ORIGINAL,
    "paid": _ORIGINAL,
    "refunded": _PART | {"amount_minor": _amount(1)},
    "settled": _PART,
    "voided": _NAMED | {"corrects": _CORRECTS, "reason": _REASON},
    "amended": _ORIGINAL | {"corrects": _CORRECTS, "revision": _revision},
}
OPTIONAL: dict[str, dict[str, Check]] = {
    "created": _IF_ANY,
    "paid": _IF_ANY,
    "refunded": _IF_ANY,
    "settled": _IF_ANY,
    "voided": {},
    "amended": _IF_ANY | {"reason": _REASON},
}
MEMBERS = frozenset(
    {*_ORIGINAL, *_IF_ANY, "ref", "corrects", "revision", "reason"},
)
_OF_PARTS = ("refunded", "settled")
_CORRECTABLE = ("created", "paid", *_OF_PARTS)


def faults_of(item: bytes) -> list[Fault]:  # noqa: PLR0911 - one return a way to fail
    """Every fault of one item's JSON; empty when `schemas` alone knows why it was refused."""
    if len(item) > LONGEST_ITEM:
        return [Fault("", "item_too_large", f"An item has at most {LONGEST_ITEM} bytes.")]
    try:
        said = _read(item)
    except RecursionError:
        return [Fault("", "type_wrong", "The item is nested too deeply.")]
    except msgspec.DecodeError as error:
        return [Fault("", "type_wrong", f"The item cannot be read: {error}.")]
    if not isinstance(said, dict):
        return [Fault("", "type_wrong", f"Expected an object, got {_named(said)}.")]
    kind = said.get("kind")
    if kind is None:
        return [Fault("/kind", "field_missing", "Every fact says its kind.")]
    if not isinstance(kind, str):
        return [Fault("/kind", "type_wrong", f"Expected a string, got {_named(kind)}.")]
    if kind not in REQUIRED:
        known = ", ".join(REQUIRED)
        return [Fault("/kind", "kind_unknown", f"{_echoed(kind)} is not one of {known}.")]
    return [
        *_faults_of_members(said, REQUIRED[kind], OPTIONAL[kind], kind),
        *_faults_of_corrects(said, kind),
    ]


def explained(item: bytes, refusal: Exception) -> list[Fault]:
    """The faults of an item that msgspec refused; never empty."""
    return faults_of(item)[:MOST_FAULTS] or [
        Fault("", "type_wrong", f"The item cannot be read: {refusal}.")
    ]


def order_no_of(item: bytes) -> str | None:
    """The order number of an item that was refused, if it is fit to be shown."""
    if len(item) > LONGEST_ITEM:
        return None
    try:
        said = _read(item)
    except (RecursionError, msgspec.DecodeError):
        return None
    order_no = said.get("order_no") if isinstance(said, dict) else None
    good = isinstance(order_no, str) and _NAMED["order_no"](order_no) is None
    return order_no if good else None


def without_lone_surrogates(text: bytes) -> bytes:
    """JSON with bytes that are no UTF-8 in place of escapes that stand for half a character."""
    return _ESCAPE.sub(lambda escape: _NOT_UTF8 if escape["lone"] else escape[0], text)


def _read(item: bytes) -> Any:
    text = without_lone_surrogates(item) if b"\\u" in item else item
    said = text.decode(errors="replace")
    try:
        return schemas.ANYTHING.decode(said)
    except msgspec.DecodeError:
        shorter = _TEXT_OR_LONG_NUMBER.sub(lambda part: part["number"] or part[0], said)
        if shorter == said:
            raise
        return schemas.ANYTHING.decode(shorter)


def _faults_of_members(
    said: dict[str, Any], required: dict[str, Check], optional: dict[str, Check], kind: str
) -> list[Fault]:
    found = [
        Fault(f"/{name}", "field_missing", f"A {kind} fact needs {name}.")
        for name in required
        if name not in said
    ]
    for name, value in said.items():
        pointer = f"/{escaped(name)}"
        if check := required.get(name):
            if fault := check(value):
                found.append(Fault(pointer, *fault))
        elif check := optional.get(name):
            if value is not None and (fault := check(value)):
                found.append(Fault(pointer, *fault))
        elif name not in MEMBERS:
            found.append(
                Fault(
                    f"/{escaped(name[:LONGEST_ECHO])}",
                    "field_unknown",
                    f"Order events have no member {_echoed(name)}.",
                )
            )
        elif value is not None:
            found.append(Fault(pointer, "field_forbidden", f"A {kind} fact has no {name}."))
    return found


def _faults_of_corrects(said: dict[str, Any], kind: str) -> list[Fault]:
    corrects = said.get("corrects")
    if "corrects" not in REQUIRED[kind] or "corrects" not in said:
        return []
    if not isinstance(corrects, dict):
        return [Fault("/corrects", "type_wrong", f"Expected an object, got {_named(corrects)}.")]
    corrected = corrects.get("kind")
    if corrected in ("voided", "amended"):
        sentence = "A correction names an original fact, never another correction."
        return [Fault("/corrects/kind", "corrects_correction", sentence)]
    if corrected is not None and corrected not in _CORRECTABLE:
        known = ", ".join(_CORRECTABLE)
        wrong = isinstance(corrected, str)
        return [
            Fault(
                "/corrects/kind",
                "kind_unknown" if wrong else "type_wrong",
                f"{_echoed(corrected) if wrong else _named(corrected)} is not one of {known}.",
            )
        ]
    faults = [
        Fault(f"/corrects/{escaped(name[:LONGEST_ECHO])}", "field_unknown", "Only kind and ref.")
        for name in corrects
        if name not in ("kind", "ref")
    ]
    ref = corrects.get("ref")
    if corrected is None:
        faults.append(Fault("/corrects/kind", "field_missing", "Say the kind of the fact."))
    elif corrected in _OF_PARTS and "ref" not in corrects:
        faults.append(Fault("/corrects/ref", "field_missing", f"Say which {corrected} fact."))
    elif corrected in _OF_PARTS and (fault := _REF(ref)):
        faults.append(Fault("/corrects/ref", *fault))
    elif corrected not in _OF_PARTS and ref is not None:
        sentence = f"A {corrected} fact has no ref: there is one an order."
        faults.append(Fault("/corrects/ref", "field_forbidden", sentence))
    return faults


def _named(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
    return "an object"


def _echoed(value: str) -> str:
    short = value if len(value) <= LONGEST_ECHO else f"{value[:LONGEST_ECHO]}…"
    return f'"{short.replace(chr(0), chr(0xFFFD))}"'
