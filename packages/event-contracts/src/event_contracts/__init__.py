"""What the services say to each other."""

from event_contracts import livestream_supply, metrics, registry
from event_contracts.event import (
    Contract,
    Event,
    RegistryRecord,
    UnknownContract,
    all_contracts,
    contract_for,
)

__all__ = [
    "Contract",
    "Event",
    "RegistryRecord",
    "UnknownContract",
    "all_contracts",
    "contract_for",
    "livestream_supply",
    "metrics",
    "registry",
]
