"""find the pending receipts among all

Locks: `receipt` against writes while the index is built, a second for a million rows.
Rollback: the old index again; every look at what is pending then reads an entry of all receipts.
"""

import sqlalchemy as sa
from alembic import op

revision = "3f1c7a90d2be"
down_revision = "1d63aaff2fd9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_receipt_pending",
        "receipt",
        ["platform", "position"],
        postgresql_where=sa.text("pending > 0"),
        sqlite_where=sa.text("pending > 0"),
    )
    op.drop_index("ix_receipt_platform_pending", "receipt")


def downgrade() -> None:
    op.create_index("ix_receipt_platform_pending", "receipt", ["platform", "pending"])
    op.drop_index("ix_receipt_pending", "receipt")
