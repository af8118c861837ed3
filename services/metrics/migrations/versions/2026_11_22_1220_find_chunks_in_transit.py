"""find chunks in transit and the last news of a platform

Locks: `chunk` against writes while both indexes are built, a second for a million rows.
Rollback: drops the indexes; every answer then reads all chunks to say how fresh it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "5b8d2f6c9a14"
down_revision = "c7d90b3e5a64"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_chunk_platform_judged_at", "chunk", ["platform", "judged_at"])
    op.create_index(
        "ix_chunk_in_transit",
        "chunk",
        ["announced_at"],
        postgresql_where=sa.text("judged_at IS NULL"),
        sqlite_where=sa.text("judged_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_chunk_in_transit", "chunk")
    op.drop_index("ix_chunk_platform_judged_at", "chunk")
