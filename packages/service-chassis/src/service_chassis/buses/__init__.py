"""Buses: what carries records from relays to consumers."""

from service_chassis.buses.bus import EventBus
from service_chassis.buses.in_process import InProcessBus
from service_chassis.buses.kafka import KafkaBus


def bus_at(url: str, name: str = "yuanqu") -> EventBus:
    """The bus of a URL: `in-process://` or `kafka://host:port[,host:port][?replication=3]`.

    `name` is the process's, for what it shows.
    """
    scheme = url.split("://", 1)[0]
    match scheme:
        case "in-process":
            return InProcessBus()
        case "kafka":
            return KafkaBus(url, name)
        case _:
            raise ValueError(f"{url!r} is no bus: use in-process:// or kafka://host:port")


__all__ = ["EventBus", "InProcessBus", "KafkaBus", "bus_at"]
