"""How the hot route is described: FastAPI sees only bytes there, so its schema is made here."""

from typing import Any

import msgspec

from livestream_supply.order_event.rules.faults import CODES
from livestream_supply.order_event.schemas import OrderEvent

_PAID: dict[str, Any] = {
    "order_no": "202603010001",
    "kind": "paid",
    "occurred_at": "2026-03-01T20:15:00+08:00",
    "seller_uscc": "91441900MA4XDG017F",
    "buyer_type": "individual",
    "channel": "livestream",
    "trade_mode": "B2C",
    "trade_flow": "domestic",
    "goods_kind": "physical",
    "category": "服装鞋帽针纺织品",
    "currency": "CNY",
    "amount_minor": 19900,
    "session_no": "L20260301-01",
    "attribution": "card",
}
_REFUNDED = {
    **_PAID,
    "kind": "refunded",
    "ref": "R1",
    "occurred_at": "2026-03-01T22:00:00+08:00",
    "amount_minor": 9900,
}
_VOIDED = {
    "order_no": "202603010001",
    "kind": "voided",
    "corrects": {"kind": "paid"},
    "reason": "The payment was a test.",
    "occurred_at": "2026-03-02T09:00:00+08:00",
}
_AMENDED = {
    **_PAID,
    "kind": "amended",
    "corrects": {"kind": "paid"},
    "revision": 1,
    "amount_minor": 18900,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "livestream_order": {"summary": "A paid livestream order", "value": [_PAID]},
    "partial_refund": {"summary": "Paid, and later partly refunded", "value": [_PAID, _REFUNDED]},
    "void": {"summary": "A paid fact that never was", "value": [_VOIDED]},
    "amendment": {"summary": "The whole new content of a paid fact", "value": [_AMENDED]},
}


def _header(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema without references: an operation has no place of its own for definitions."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
        return {
            name: _inlined(part, definitions)
            for name, part in schema.items()
            if name != "discriminator"
        }
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    return schema


def _item_schema() -> dict[str, Any]:
    (schema,), definitions = msgspec.json.schema_components((OrderEvent,))
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


_ITEM = _item_schema()
_REJECTIONS = "\n".join(f"* `{code}`: {meaning}" for code, meaning in sorted(CODES.items()))

DESCRIPTION: dict[str, Any] = {
    "description": (
        "Every item is judged for itself unless `atomic=true`. The answer 202 means that the "
        "accepted items are stored durably and will be counted once; the receipt tells what "
        "becomes of each. The platform is that of the credential.\n\n"
        "An absent member and `null` mean the same. A body has at most 10,000 items and 8 MB "
        f"inflated; `Content-Encoding` gzip or zstd.\n\nItems are rejected with:\n\n{_REJECTIONS}"
    ),
    "parameters": [
        _header(
            "Idempotency-Key",
            "The same key with the same body is answered as before; with another body it is "
            "refused. Kept for seven days.",
            {"type": "string", "minLength": 1, "maxLength": 200},
        ),
        _header(
            "Prefer",
            "`wait=5` waits up to so many seconds (at most 30) for the outcomes.",
            {"type": "string"},
        ),
        _header(
            "Content-Encoding",
            "How the body is compressed.",
            {"type": "string", "enum": ["identity", "gzip", "zstd"]},
        ),
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 10_000,
                    "items": _ITEM,
                },
                "examples": EXAMPLES,
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One order event a line."}
            },
        },
    },
}
