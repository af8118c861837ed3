"""A micro-batch of order facts: columns instead of rows, about 50 bytes a fact."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec
import numpy as np
import zstandard

from event_contracts.event import Contract
from event_contracts.facts import KINDS, SETTLED, VOIDED, Correction, Dimensions

MOST_FACTS = 2_000
MOST_BYTES = 64 * 1024 * 1024
NO_DIMENSIONS = 0xFFFF
VERSION = 1


class Slice(NamedTuple):
    """The facts of one receipt inside the batch."""

    receipt_id: UUID
    platform: str
    accepted_on: str
    """The business date of acceptance, ISO 8601."""
    first_row: int
    """Where they start in this batch."""
    rows: int
    receipt_row: int
    """The place of the first of them among the accepted facts of the receipt."""


class _Wire(msgspec.Struct, array_like=True):
    version: int
    slices: list[tuple[bytes, str, str, int, int, int]]
    dimensions: list[list[str | None]]
    dimension: bytes
    kind: bytes
    occurred_ms: bytes
    amount_minor: bytes
    order_no: list[str]
    refs: dict[int, str]
    corrections: dict[int, tuple[int, str | None, int, str | None]]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Wire)


@dataclass(frozen=True, slots=True)
class OrdersRecorded(Contract):
    """Order facts as a platform reported them; every column has one entry a fact."""

    event_type: ClassVar[str] = "livestream_supply.orders_recorded.v1"
    topic: ClassVar[str] = "livestream_supply.orders"
    content_type: ClassVar[str] = "application/vnd.yuanqu.orders+msgpack+zstd"

    slices: list[Slice]
    dimensions: list[Dimensions]
    dimension: np.ndarray[Any, np.dtype[np.uint16]]
    """Index into `dimensions`; a void has none and carries `NO_DIMENSIONS`."""
    kind: np.ndarray[Any, np.dtype[np.uint8]]
    """Index into `facts.KINDS`."""
    occurred_ms: np.ndarray[Any, np.dtype[np.int64]]
    amount_minor: np.ndarray[Any, np.dtype[np.int64]]
    order_no: list[str]
    refs: dict[int, str] = field(default_factory=dict)
    """Row → ref, for the rows that have one."""
    corrections: dict[int, Correction] = field(default_factory=dict)
    """Row → what it corrects, for voided and amended facts."""

    def partition_key(self) -> str:
        # Facts commute: spread by receipt, never by seller or platform.
        return str(self.slices[0].receipt_id)

    def to_body(self) -> bytes:
        wire = _Wire(
            VERSION,
            [(item.receipt_id.bytes, *item[1:]) for item in self.slices],
            [list(dimensions) for dimensions in self.dimensions],
            self.dimension.astype("<u2").tobytes(),
            self.kind.astype("u1").tobytes(),
            self.occurred_ms.astype("<i8").tobytes(),
            self.amount_minor.astype("<i8").tobytes(),
            self.order_no,
            self.refs,
            {row: (*correction,) for row, correction in self.corrections.items()},
        )
        return zstandard.ZstdCompressor(level=1).compress(_ENCODER.encode(wire))

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        try:
            wire = _DECODER.decode(
                zstandard.ZstdDecompressor().decompress(body, max_output_size=MOST_BYTES)
            )
            batch = cls(
                slices=[Slice(UUID(bytes=item[0]), *item[1:]) for item in wire.slices],
                dimensions=[Dimensions(*values) for values in wire.dimensions],  # type: ignore[arg-type]
                dimension=np.frombuffer(wire.dimension, "<u2"),
                kind=np.frombuffer(wire.kind, "u1"),
                occurred_ms=np.frombuffer(wire.occurred_ms, "<i8"),
                amount_minor=np.frombuffer(wire.amount_minor, "<i8"),
                order_no=wire.order_no,
                refs=wire.refs,
                corrections={row: Correction(*item) for row, item in wire.corrections.items()},
            )
        except (zstandard.ZstdError, msgspec.MsgspecError, TypeError) as error:
            raise ValueError(f"not a micro-batch of facts: {error}") from error
        batch.verify(wire.version)
        return batch

    @classmethod
    def schema_document(cls) -> dict[str, Any]:
        return msgspec.json.schema(_Wire)

    def verify(self, version: int = VERSION) -> None:
        """Raise `ValueError` unless every column tells of the same facts."""
        rows = len(self.order_no)
        columns = (self.dimension, self.kind, self.occurred_ms, self.amount_minor)
        if version != VERSION:
            raise ValueError(f"micro-batch version {version} is not known")
        if not 0 < rows <= MOST_FACTS or any(len(column) != rows for column in columns):
            raise ValueError(f"a micro-batch has 1 to {MOST_FACTS} facts in equal columns")
        if int(self.kind.max()) >= len(KINDS):
            raise ValueError("a fact has an unknown kind")
        known = (self.dimension < len(self.dimensions)) | (self.dimension == NO_DIMENSIONS)
        if not known.all() or bool(
            ((self.dimension == NO_DIMENSIONS) & (self.kind < VOIDED)).any()
        ):
            raise ValueError("a fact names dimensions that the batch does not hold")
        corrected = set(np.flatnonzero(self.kind > SETTLED).tolist())
        if corrected != set(self.corrections) or self.slices[-1][3] + self.slices[-1][4] != rows:
            raise ValueError("corrections or receipts do not match the rows")
        if any(not 0 <= item.kind <= SETTLED for item in self.corrections.values()):
            raise ValueError("a correction corrects an original fact only")
