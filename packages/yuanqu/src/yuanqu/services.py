"""The services of the platform, by the name that paths, databases and consumer groups carry."""

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from yuanqu.failures import Failure

if TYPE_CHECKING:
    # A client starts in a third of the time without the servers' libraries.
    from service_chassis.service import Service

PACKAGES = {
    "registry": "registry",
    "livestream-supply": "livestream_supply",
    "metrics": "metrics",
}
"""A new service adds its line here."""

NAMES = tuple(PACKAGES)


def load(names: Iterable[str] = NAMES) -> "list[Service]":
    """The declarations of these services; imported here, so that a client needs none of them."""
    found: list[Service] = [
        import_module(f"{PACKAGES[name]}.service").SERVICE for name in known(names)
    ]
    return found


def known(names: Iterable[str]) -> list[str]:
    """The names as they are, each once. Failure for one that no service has."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in PACKAGES:
            raise Failure(f"There is no service {name}", f"There are: {', '.join(NAMES)}.")
    return wanted or list(NAMES)
