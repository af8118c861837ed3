"""What every event is: a fact in the past tense, named, versioned and keyed."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_CATALOGUE: dict[str, type["Contract"]] = {}


class UnknownContract(LookupError):
    """A record names a type that no contract of this release describes."""


class Contract(ABC):
    """What the bus needs of an event; `Event` is the JSON kind, facts travel in columns."""

    event_type: ClassVar[str]
    topic: ClassVar[str]
    content_type: ClassVar[str] = "application/json"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if event_type := cls.__dict__.get("event_type"):
            # A slotted dataclass is made twice under one name.
            claimant = _CATALOGUE.get(event_type)
            if claimant and claimant.__qualname__ != cls.__qualname__:
                raise TypeError(f"{event_type} is claimed by two contracts")
            _CATALOGUE[event_type] = cls

    @abstractmethod
    def partition_key(self) -> str:
        """The aggregate whose events must stay in order."""

    @abstractmethod
    def to_body(self) -> bytes:
        """The bytes on the wire."""

    @classmethod
    @abstractmethod
    def from_body(cls, body: bytes) -> Self:
        """Read the wire; `ValueError` if the bytes do not keep the contract."""

    @classmethod
    @abstractmethod
    def schema_document(cls) -> dict[str, Any]:
        """The JSON Schema of the body (for columns: of what its MessagePack decodes to)."""


class Event(BaseModel, Contract):
    """A JSON event, published by exactly one service.

    Readers ignore fields they do not know, so adding an optional field is safe.
    Any other change is a new class with the next version in its ``event_type``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_body(self) -> bytes:
        return self.model_dump_json().encode()

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        return cls.model_validate_json(body)

    @classmethod
    def schema_document(cls) -> dict[str, Any]:
        return cls.model_json_schema()


class RegistryRecord(Event):
    """The whole state of one row of registry; a copy keeps the higher version."""

    topic: ClassVar[str] = "registry.records"

    version: int
    snapshot_id: UUID | None = None


def contract_for(event_type: str) -> type[Contract]:
    """The contract of a type; `UnknownContract` when this release knows none."""
    try:
        return _CATALOGUE[event_type]
    except KeyError:
        raise UnknownContract(f"No contract describes {event_type}.") from None


def all_contracts() -> list[type[Contract]]:
    """Every contract, by type."""
    return [_CATALOGUE[name] for name in sorted(_CATALOGUE)]
