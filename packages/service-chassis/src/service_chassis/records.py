"""Records: events on the wire, in CloudEvents 1.0 binary mode."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

UNREADABLE = "unreadable"
LONGEST = 512
"""Characters that are kept of a header: as many as a `tracestate` may have (W3C)."""
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Record:
    """An event on the wire: its CloudEvents attributes and its bytes."""

    topic: str
    key: str
    event_id: UUID
    event_type: str
    occurred_at: datetime
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def wire_headers(self) -> list[tuple[str, bytes]]:
        """The headers of the CloudEvents Kafka binding, section 3.2.2."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.event_id),
            "ce_type": self.event_type,
            "ce_source": f"/{self.topic.split('.', 1)[0].replace('_', '-')}",
            "ce_time": self.occurred_at.isoformat().replace("+00:00", "Z"),
            "ce_subject": self.key,
            "ce_partitionkey": self.key,
            **self.headers,
        }
        return [(name, value.encode()) for name, value in attributes.items()]

    @classmethod
    def from_wire(
        cls,
        topic: str,
        place: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
    ) -> Self:
        """Read a message; one without usable attributes gets an id made of its place."""
        given = {_text(name.encode()): _text(content) for name, content in headers}
        try:
            event_id = UUID(given["ce_id"])
            event_type = given["ce_type"]
            occurred_at = _moment(given["ce_time"])
        except (KeyError, ValueError, OverflowError):
            event_id = uuid5(NAMESPACE_URL, f"{topic}/{place}")
            event_type = UNREADABLE
            occurred_at = datetime.fromtimestamp(0, UTC)
        kept = {name: text for name, text in given.items() if not name.startswith("ce_")}
        return cls(
            topic,
            _text(key)[:LONGEST_KEY],
            event_id,
            event_type,
            occurred_at,
            value or b"",
            kept,
        )


def _text(content: bytes | None) -> str:
    """What a foreign sender wrote, as every database can keep it: it may have to be buried."""
    return (
        (content or b"")
        .decode(errors="replace")
        .replace("\0", "\N{REPLACEMENT CHARACTER}")[:LONGEST]
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return moment.astimezone(UTC)
