"""keep keys for wall tokens

A signing key is kept until the last wall token it signed has expired.

Locks: `signing_key` against all for a moment; a column without a default is written to no row.
Rollback: drops the column; wall tokens then end when their key is rotated.
"""

import sqlalchemy as sa
from alembic import op

revision = "567f05e03eaf"
down_revision = "1056e0b7b7f7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "signing_key", sa.Column("needed_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("signing_key", "needed_until")
