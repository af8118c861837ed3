"""Events published by livestream-supply."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from event_contracts.event import Event
from event_contracts.orders_recorded import OrdersRecorded

__all__ = ["AcceptedChunk", "AcceptedSlice", "OrdersRecorded", "ReceiptsAccepted"]


class AcceptedSlice(BaseModel):
    """How many facts of a chunk came with one receipt."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    receipt_id: UUID
    platform: str
    accepted_on: str
    """The business date of acceptance, ISO 8601."""
    rows: int


class AcceptedChunk(BaseModel):
    """One message of facts, by the id of its event, and whose facts it holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_id: UUID
    slices: list[AcceptedSlice]


class ReceiptsAccepted(Event):
    """What was accepted, told apart from the facts so that reconciliation has two witnesses."""

    event_type: ClassVar[str] = "livestream_supply.receipts_accepted.v1"
    topic: ClassVar[str] = "livestream_supply.receipts"

    chunks: list[AcceptedChunk]

    def partition_key(self) -> str:
        return str(self.chunks[0].event_id)
