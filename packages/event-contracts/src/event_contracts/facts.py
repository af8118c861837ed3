"""Facts about orders: their enumerations, their identity and their content hash.

A fact is named by (platform, order_no, kind, ref) and by nothing else. Its key has 16 bytes:

    2   hash of the platform
    2   order_no without its last six characters ┐ so that numbers handed out one after
    2   order_no without its last three          ┘ the other lie side by side in an index
    6   BLAKE2b of the whole order_no
    4   BLAKE2b of kind and ref: all facts of an order are one range

The content hash covers the identity too, so two facts whose keys collide differ in it and show
as a conflict; they are never lost.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

KINDS = ("created", "paid", "refunded", "settled", "voided", "amended")
"""The position is the code on the wire; append only."""

CREATED, PAID, REFUNDED, SETTLED, VOIDED, AMENDED = range(6)
ORIGINAL_KINDS = (CREATED, PAID, REFUNDED, SETTLED)


class Dimensions(NamedTuple):
    """What describes a fact beside its moment and amount; absent is None."""

    seller_uscc: str
    buyer_type: str
    channel: str
    trade_mode: str
    trade_flow: str
    customs_mode: str | None
    goods_kind: str
    category: str
    currency: str
    attribution: str | None
    session_no: str | None
    region_code: str | None


class Correction(NamedTuple):
    """The fact that a voided or amended fact names, and what it says of it."""

    kind: int
    ref: str | None
    revision: int
    reason: str | None


def identity_ref(kind: int, ref: str | None, correction: Correction | None = None) -> str:
    """The `ref` that names a fact; a correction is named by what it corrects."""
    if correction is None:
        return ref or ""
    corrected = f"{KINDS[correction.kind]}/{correction.ref or ''}"
    return corrected if kind == VOIDED else f"{corrected}#{correction.revision}"


def order_prefix(platform: str, order_no: str) -> bytes:
    """The 12 bytes that all facts of an order share."""
    number = order_no.encode()
    return b"%b%b%b%b" % (
        _platform_prefix(platform),
        (crc32(number[:-6]) & 0xFFFF).to_bytes(2, "big"),
        (crc32(number[:-3]) & 0xFFFF).to_bytes(2, "big"),
        blake2b(number, digest_size=6).digest(),
    )


@lru_cache(maxsize=65536)
def fact_suffix(kind: int, ref: str) -> bytes:
    """The 4 bytes that tell the facts of an order apart."""
    return blake2b(f"{KINDS[kind]}\0{ref}".encode(), digest_size=4).digest()


def fact_key(platform: str, order_no: str, kind: int, ref: str) -> bytes:
    """The 16-byte key of a fact; `ref` is its `identity_ref`."""
    return order_prefix(platform, order_no) + fact_suffix(kind, ref)


def content_hash(
    key_parts: tuple[str, str, int, str],
    occurred_ms: int,
    amount_minor: int,
    dimensions: Dimensions | None,
    reason: str | None,
) -> int:
    """A signed 64-bit hash of identity and canonical values; moments count to the millisecond."""
    return content_hash_of_digest(
        "\0".join((key_parts[0], key_parts[1], str(key_parts[2]), key_parts[3])),
        occurred_ms,
        amount_minor,
        dimensions_digest(dimensions),
        reason,
    )


def content_hash_of_digest(
    identity: str, occurred_ms: int, amount_minor: int, dimensions: bytes, reason: str | None
) -> int:
    """The same, for callers that hold the digest of the dimensions of many facts."""
    words = blake2b(
        b"%b\0%d\0%d\0%b%b"
        % (
            identity.encode(),
            occurred_ms,
            amount_minor,
            dimensions,
            b"" if reason is None else reason.encode(),
        ),
        digest_size=8,
    ).digest()
    return int.from_bytes(words, "big", signed=True)


def dimensions_digest(dimensions: Dimensions | None) -> bytes:
    """A digest of the dimensions; an absent value differs from an empty one."""
    if dimensions is None:
        return bytes(16)
    canonical = "\0".join("\1" if value is None else value for value in dimensions)
    return blake2b(canonical.encode(), digest_size=16).digest()


@lru_cache(maxsize=4096)
def _platform_prefix(platform: str) -> bytes:
    return blake2b(platform.encode(), digest_size=2).digest()
