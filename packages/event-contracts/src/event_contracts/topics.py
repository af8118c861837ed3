"""The topics, declared: a broker never creates one by itself."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, how far its work can be spread and how long it is kept."""

    name: str
    partitions: int
    retention: timedelta


# Partitions bound the number of workers that share a group; the order of facts never
# matters, so theirs can be spread. Registry's records keep their order by key.
TOPICS = (
    Topic("registry.records", partitions=4, retention=timedelta(days=14)),
    Topic("livestream_supply.orders", partitions=8, retention=timedelta(days=14)),
    Topic("livestream_supply.receipts", partitions=4, retention=timedelta(days=14)),
    Topic("metrics.outcomes", partitions=4, retention=timedelta(days=14)),
    Topic("metrics.targets", partitions=1, retention=timedelta(days=90)),
)
