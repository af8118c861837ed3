"""What partners send by mistake, and what it is called."""

import gzip
from typing import Any

import zstandard

from tests.livestream_supply.conftest import SELLERS, a_paid, a_refund, a_void, an_amendment
from tests.support.orders import credit_code


def without(member: str, fact: dict[str, Any]) -> dict[str, Any]:
    """The fact without a member."""
    return {name: value for name, value in fact.items() if name != member}


ITEMS: list[tuple[str, Any, str, str]] = [
    (
        "a stranger's order",
        a_paid(seller_uscc=credit_code(77)),
        "/seller_uscc",
        "seller_not_authorised",
    ),
    (
        "before the permission",
        a_paid(occurred_at="2009-12-31T23:59:59+08:00"),
        "/seller_uscc",
        "seller_not_authorised",
    ),
    (
        "the day after tomorrow",
        a_paid(occurred_at="2026-03-04T00:00:00Z"),
        "/occurred_at",
        "occurred_in_future",
    ),
    (
        "before 1992",
        a_paid(occurred_at="1991-12-31T23:59:59.999+08:00"),
        "/occurred_at",
        "occurred_too_early",
    ),
    (
        "a pilot mode a day early",
        a_paid(
            occurred_at="2013-09-23T23:59:59+08:00",
            trade_flow="export",
            customs_mode="gz2013_b2b_export",
        ),
        "/customs_mode",
        "customs_mode_not_effective",
    ),
    (
        "a customs mode of nobody",
        a_paid(trade_flow="export", customs_mode="9999"),
        "/customs_mode",
        "customs_mode_unknown",
    ),
    ("a customs mode at home", a_paid(customs_mode="9610"), "/customs_mode", "field_forbidden"),
    (
        "an export by an import mode",
        a_paid(trade_flow="export", customs_mode="1239"),
        "/customs_mode",
        "customs_mode_wrong_direction",
    ),
    ("a currency of nobody", a_paid(currency="ABC"), "/currency", "currency_unknown"),
    ("a negative amount", a_paid(amount_minor=-1), "/amount_minor", "amount_out_of_range"),
    ("too much", a_paid(amount_minor=10**13 + 1), "/amount_minor", "amount_out_of_range"),
    ("far too much", a_paid(amount_minor=10**40), "/amount_minor", "amount_out_of_range"),
    ("a refund of nothing", a_refund(amount_minor=0), "/amount_minor", "amount_out_of_range"),
    (
        "an amended refund of nothing",
        an_amendment(corrects={"kind": "refunded", "ref": "R1"}, amount_minor=0),
        "/amount_minor",
        "amount_out_of_range",
    ),
    ("half a fen", a_paid(amount_minor=0.5), "/amount_minor", "amount_not_integer"),
    ("a fen with a point", a_paid(amount_minor=1.0), "/amount_minor", "amount_not_integer"),
    ("an amount in words", a_paid(amount_minor="100"), "/amount_minor", "type_wrong"),
    ("an amount of truth", a_paid(amount_minor=True), "/amount_minor", "type_wrong"),
    ("a long number", a_paid("x" * 65), "/order_no", "text_too_long"),
    ("a long number in bytes", a_paid("单" * 22), "/order_no", "text_too_long"),
    ("no number", a_paid(""), "/order_no", "text_empty"),
    ("a long category", a_paid(category="类" * 33), "/category", "text_too_long"),
    ("a zero character", a_paid("a\0b"), "/order_no", "text_has_nul"),
    ("a zero character in passing", a_paid(category="a\0b"), "/category", "text_has_nul"),
    ("an unknown kind", a_paid(kind="shipped"), "/kind", "kind_unknown"),
    ("no kind", a_paid(kind=None), "/kind", "field_missing"),
    ("a kind that is a number", a_paid(kind=1), "/kind", "type_wrong"),
    ("no seller", a_paid(seller_uscc=None), "/seller_uscc", "field_missing"),
    ("one member more", a_paid(colour="red"), "/colour", "field_unknown"),
    ("a member with a slash", {**a_paid(), "a/b~c": 1}, "/a~1b~0c", "field_unknown"),
    ("a ref on a payment", a_paid(ref="1"), "/ref", "field_forbidden"),
    ("a refund whose ref is null", {**a_refund(), "ref": None}, "/ref", "type_wrong"),
    ("a refund where ref is left out", without("ref", a_refund()), "/ref", "field_missing"),
    ("an amount on a void", a_void(amount_minor=1), "/amount_minor", "field_forbidden"),
    ("a seller on a void", a_void(seller_uscc=SELLERS[0]), "/seller_uscc", "field_forbidden"),
    ("a void without reason", without("reason", a_void()), "/reason", "field_missing"),
    (
        "a void of a void",
        a_void(corrects={"kind": "voided"}),
        "/corrects/kind",
        "corrects_correction",
    ),
    (
        "a void of a refund, which",
        a_void(corrects={"kind": "refunded"}),
        "/corrects/ref",
        "field_missing",
    ),
    (
        "a void of a payment with ref",
        a_void(corrects={"kind": "paid", "ref": "1"}),
        "/corrects/ref",
        "field_forbidden",
    ),
    ("a void of nothing", a_void(corrects={}), "/corrects/kind", "field_missing"),
    ("a revision 0", an_amendment(revision=0), "/revision", "revision_out_of_range"),
    ("a channel of nobody", a_paid(channel="radio"), "/channel", "value_unknown"),
    (
        "a moment without offset",
        a_paid(occurred_at="2026-03-01T10:00:00"),
        "/occurred_at",
        "moment_invalid",
    ),
    (
        "the 30th of February",
        a_paid(occurred_at="2026-02-30T10:00:00Z"),
        "/occurred_at",
        "moment_invalid",
    ),
    ("a list", [], "", "type_wrong"),
    ("nothing", None, "", "type_wrong"),
    ("a number", 7, "", "type_wrong"),
]
"""Name, item, JSON Pointer into the item, code."""

WHOLE: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("no JSON", b"hello", {}, 400, "body_not_json"),
    ("half an array", b'[{"kind":', {}, 400, "body_not_json"),
    ("an object", b"{}", {}, 400, "body_not_json"),
    ("nothing", b"", {}, 400, "body_not_json"),
    ("nested without end", b"[" * 50_000, {}, 400, "body_not_json"),
    ("an array of nothing", b"[]", {}, 422, "batch_empty"),
    (
        "lines of no JSON",
        b"hello\nworld",
        {"Content-Type": "application/x-ndjson"},
        400,
        "body_not_json",
    ),
    ("XML", b"<a/>", {"Content-Type": "application/xml"}, 415, "media_type"),
    ("brotli", b"[]", {"Content-Encoding": "br"}, 415, "media_type"),
    ("gzip that is none", b"[]", {"Content-Encoding": "gzip"}, 400, "body_not_inflatable"),
    (
        "half a gzip",
        gzip.compress(b"[]" * 999)[:-9],
        {"Content-Encoding": "gzip"},
        400,
        "body_not_inflatable",
    ),
    (
        "half a zstd",
        zstandard.compress(b"[]" * 999)[:-1],
        {"Content-Encoding": "zstd"},
        400,
        "body_not_inflatable",
    ),
    ("a gzip bomb", gzip.compress(bytes(64 << 20)), {"Content-Encoding": "gzip"}, 413, "too_large"),
    (
        "a zstd bomb",
        zstandard.compress(bytes(256 << 20)),
        {"Content-Encoding": "zstd"},
        413,
        "too_large",
    ),
    ("nine megabytes", b" " * (9 << 20), {}, 413, "too_large"),
    ("too many objects", b"[" + b"{}," * 10_000 + b"{}]", {}, 413, "too_many_items"),
    ("millions of numbers", b"[" + b"1," * 2_000_000 + b"1]", {}, 413, "too_many_items"),
    (
        "too many lines",
        b"{}\n" * 10_001,
        {"Content-Type": "application/x-ndjson"},
        413,
        "too_many_items",
    ),
]
"""Name, body, headers, status, code."""
