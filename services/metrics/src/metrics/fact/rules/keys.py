"""The keys and content hashes of a whole micro-batch, as `event_contracts.facts` defines them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from zlib import crc32

import numpy as np

from event_contracts.facts import KINDS, Dimensions, fact_key, fact_suffix, identity_ref
from event_contracts.orders_recorded import OrdersRecorded

KEY = np.dtype("V16")
NO_DIGEST = bytes(16)

_SUFFIXES = np.frombuffer(b"".join(fact_suffix(kind, "") for kind in range(len(KINDS))), "u1")
_SUFFIXES = _SUFFIXES.reshape(-1, 4)
_WORDS = [b"\0%d\0\0" % kind for kind in range(len(KINDS))]


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of a batch that one platform reported, and the dimensions that they use."""

    batch: OrdersRecorded
    platform: str
    start: int
    stop: int
    dimension: np.ndarray[Any, Any]
    """Index into `dimensions`, which a void is past the end of."""
    dimensions: list[Dimensions]


def keys_and_contents(
    run: Run, digests: Sequence[bytes]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, np.dtype[np.int64]]]:
    """The keys and contents of these rows.

    `digests` are those of the run's dimensions. Row by row this says what `facts.fact_key` and
    `facts.content_hash` say.
    """
    batch, platform, start, stop = run.batch, run.platform, run.start, run.stop
    numbers = [number.encode() for number in batch.order_no[start:stop]]
    kinds = batch.kind[start:stop]
    keys = np.empty((stop - start, 16), dtype="u1")
    keys[:, 0:2] = np.frombuffer(fact_key(platform, "", 0, "")[:2], "u1")
    keys[:, 2:4] = _last_two_bytes([crc32(number[:-6]) for number in numbers])
    keys[:, 4:6] = _last_two_bytes([crc32(number[:-3]) for number in numbers])
    digest = b"".join([blake2b(number, digest_size=6).digest() for number in numbers])
    keys[:, 6:12] = np.frombuffer(digest, "u1").reshape(-1, 6)
    keys[:, 12:16] = _SUFFIXES[kinds]

    words = [_WORDS[kind] for kind in kinds.tolist()]
    by_index = [*digests, NO_DIGEST]
    dimensions = [by_index[place] for place in run.dimension.tolist()]
    for row, ref in batch.refs.items():
        if start <= row < stop:
            _name(keys, words, row - start, int(kinds[row - start]), ref)
    for row, correction in batch.corrections.items():
        if start <= row < stop:
            kind = int(kinds[row - start])
            _name(keys, words, row - start, kind, identity_ref(kind, None, correction))
            if correction.reason is not None:
                dimensions[row - start] += correction.reason.encode()

    said_by = platform.encode() + b"\0"
    contents = b"".join(
        [
            blake2b(b"%b%b%b%d\0%d\0%b" % (said_by, *fact), digest_size=8).digest()
            for fact in zip(
                numbers,
                words,
                batch.occurred_ms[start:stop].tolist(),
                batch.amount_minor[start:stop].tolist(),
                dimensions,
                strict=True,
            )
        ]
    )
    return keys.view(KEY).reshape(-1), np.frombuffer(contents, ">i8").astype(np.int64)


def _name(keys: np.ndarray[Any, Any], words: list[bytes], row: int, kind: int, ref: str) -> None:
    keys[row, 12:16] = np.frombuffer(fact_suffix(kind, ref), "u1")
    words[row] = b"\0%d\0%b\0" % (kind, ref.encode())


def _last_two_bytes(sums: list[int]) -> np.ndarray[Any, Any]:
    return np.array(sums, dtype=np.uint32).astype(">u2").view("u1").reshape(-1, 2)
