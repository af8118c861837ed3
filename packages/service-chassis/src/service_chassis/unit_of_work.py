"""Everything a use case may change, in one transaction that somebody else ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts import Contract
from service_chassis.bulk import insert_into
from service_chassis.columns import new_id
from service_chassis.records import Record
from service_chassis.tables import AuditEntry, InboxRow, OutboxRow
from service_chassis.tracing import outgoing_headers


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: a client, a person, or the platform itself."""

    subject: str
    kind: Literal["machine", "person", "system"]


SYSTEM = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """A transaction with its one moment; it never commits: whoever opened it does."""

    session: AsyncSession
    now: datetime
    actor: Actor = SYSTEM
    request_id: str | None = None

    def announce(self, event: Contract) -> UUID:
        """Record the event beside the change it describes; the relay sends it later."""
        event_id = new_id()
        self.session.add(
            OutboxRow(
                event_id=event_id,
                event_type=event.event_type,
                topic=event.topic,
                key=event.partition_key(),
                occurred_at=self.now,
                headers={"content-type": event.content_type, **outgoing_headers()},
                body=event.to_body(),
            )
        )
        return event_id

    def record(
        self,
        action: str,
        subject: str,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
    ) -> None:
        """Write to the audit trail; `before` and `after` are JSON documents."""
        self.session.add(
            AuditEntry(
                id=new_id(),
                at=self.now,
                actor=self.actor.subject,
                actor_kind=self.actor.kind,
                action=action,
                subject=subject,
                before=before,
                after=after,
                reason=reason,
                request_id=self.request_id,
            )
        )

    async def take_once(self, group: str, records: Iterable[Record]) -> list[Record]:
        """The records this group has not taken before, in their order."""
        by_id = {record.event_id: record for record in records}
        if not by_id:
            return []
        claim = (
            insert_into(self.session, InboxRow)
            .values(
                [
                    {"consumer_group": group, "event_id": event_id, "taken_at": self.now}
                    # Sorted, so that two workers with the same redelivery do not deadlock.
                    for event_id in sorted(by_id)
                ]
            )
            .on_conflict_do_nothing()
            .returning(InboxRow.event_id)
        )
        taken = set(await self.session.scalars(claim))
        return [record for event_id, record in by_id.items() if event_id in taken]
