"""Reconciliation as callers see it."""

from datetime import date

from pydantic import AwareDatetime, BaseModel


class Pending(BaseModel):
    """Facts that are neither counted nor refused yet."""

    waiting: int
    """Corrections whose fact has not come."""
    on_the_way: int
    """Accepted, and not judged yet."""


class ReconciliationLine(BaseModel):
    """What one platform had accepted on one business date, and what became of it.

    `accepted` is what livestream-supply announced of its receipts; the others come from judging
    the facts. `difference` is accepted less all others and is 0 at every moment.
    """

    accepted_on: date
    platform: str
    accepted: int
    counted: int
    duplicate: int
    conflict: int
    pending: int
    pending_by_cause: Pending
    buried: int
    difference: int
    judged_unannounced: int
    """Judged before livestream-supply's announcement came; in none of the other numbers."""
    overdue: int
    """Told by one witness for 15 minutes and not by the other, and not buried."""


class Reconciliation(BaseModel):
    """Reconciliation by acceptance date and platform."""

    as_of: AwareDatetime
    since: date
    until: date
    difference: int
    """Of all lines together, without sign."""
    overdue: int
    lines: list[ReconciliationLine]
