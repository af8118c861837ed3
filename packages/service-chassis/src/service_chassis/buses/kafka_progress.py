"""What the loop of a consumer group shows: its lag, its partitions, and that it moves."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from service_chassis import telemetry
from service_chassis.clock import Clock
from service_chassis.records import Record


class Progress:
    """The gauges of one group in this process."""

    def __init__(self, service: str, group: str, clock: Clock, prefix: str) -> None:
        self._labels = (service, group)
        self._clock = clock
        self._prefix = prefix
        self._retrying = telemetry.CONSUMER_RETRYING_SECONDS.labels(service, group)
        self._lag = telemetry.CONSUMER_LAG_SECONDS.labels(service, group)
        self._partitions = telemetry.CONSUMER_PARTITIONS.labels(service, group)
        self._polled_at = telemetry.CONSUMER_LAST_POLL_TIMESTAMP_SECONDS.labels(service, group)
        self._shown: set[TopicPartition] = set()
        # A loop that never gets as far as a poll must not be missing from the list.
        self._retrying.set(0)
        self._partitions.set(0)
        self._polled_at.set(clock.now().timestamp())

    def polled(self, kafka: AIOKafkaConsumer, batch: Sequence[Record]) -> None:
        """Kafka was asked and gave these records."""
        now = self._clock.now()
        self._polled_at.set(now.timestamp())
        oldest = min((record.occurred_at for record in batch), default=now)
        self._lag.set(max(0.0, (now - oldest).total_seconds()))
        assigned = set(kafka.assignment())
        self._partitions.set(len(assigned))
        # What another member owns now would stand here for ever.
        self._forget(self._shown - assigned)
        for partition in assigned:
            end, position = kafka.highwater(partition), position_of(kafka, partition)
            if end is not None and position is not None:
                self._shown.add(partition)
                telemetry.CONSUMER_LAG_MESSAGES.labels(*self._named(partition)).set(
                    max(0, end - position)
                )

    def retries(self, seconds: float) -> None:
        """The batch in hand has been tried for so long; 0 when it is done."""
        self._retrying.set(seconds)

    def left(self) -> None:
        """The group was left, on purpose or because Kafka was lost."""
        self._partitions.set(0)
        self._forget(set(self._shown))

    def _forget(self, partitions: set[TopicPartition]) -> None:
        for partition in partitions:
            self._shown.discard(partition)
            telemetry.CONSUMER_LAG_MESSAGES.remove(*self._named(partition))

    def _named(self, partition: TopicPartition) -> tuple[str, str, str, str]:
        topic = partition.topic.removeprefix(self._prefix)
        return (*self._labels, topic, str(partition.partition))


def position_of(kafka: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    """Where the group reads next; None while that is not known."""
    # The public `position` waits for the broker when the partition was just assigned.
    state = kafka._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001
    return state.position if state is not None and state.has_valid_position else None
