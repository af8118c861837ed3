"""What callers see of snapshots."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from registry.codes import View


class SnapshotView(View):
    """A round of announcing every record again."""

    id: UUID
    status: Literal["running", "completed"]
    requested_by: str
    started_at: datetime
    completed_at: datetime | None
    counts: dict[str, int]
