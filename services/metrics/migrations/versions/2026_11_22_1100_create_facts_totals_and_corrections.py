"""create facts totals and corrections

Locks: none; the tables are new.
Rollback: drops every table of metrics; facts taken since are lost, and with them what they proved.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0823fc36cc50"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("actor_kind", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_actor"), "audit_entry", ["actor"])
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"])

    op.create_table(
        "copy_snapshot",
        sa.Column("consumer_group", sa.String(length=120), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("consumer_group", "snapshot_id", name=op.f("pk_copy_snapshot")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consumer_group", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("buried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_index(op.f("ix_dead_letter_consumer_group"), "dead_letter", ["consumer_group"])
    op.create_index(op.f("ix_dead_letter_state"), "dead_letter", ["state"])

    op.create_table(
        "idempotency_key",
        sa.Column("client", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column(
            "headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"])

    op.create_table(
        "inbox",
        sa.Column("consumer_group", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer_group", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_taken_at"), "inbox", ["taken_at"])

    op.create_table(
        "outbox",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(length=120), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_table(
        "revoked_client",
        sa.Column("client_id", sa.String(length=120), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_revoked_client")),
    )
    op.create_table(
        "trusted_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("jwk", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_trusted_key")),
    )
    op.create_table(
        "chunk",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("buried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("conflict", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(conflict) = 'integer'", name=op.f("ck_chunk_conflict_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(counted) = 'integer'", name=op.f("ck_chunk_counted_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(duplicate) = 'integer'", name=op.f("ck_chunk_duplicate_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(pending) = 'integer'", name=op.f("ck_chunk_pending_integer")
        ).ddl_if(dialect="sqlite"),
        sa.PrimaryKeyConstraint("event_id", "platform", "accepted_on", name=op.f("pk_chunk")),
    )
    op.create_index("ix_chunk_accepted_on_platform", "chunk", ["accepted_on", "platform"])

    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.SmallInteger(), nullable=False),
        sa.Column("standing_batch_id", sa.BigInteger(), nullable=False),
        sa.Column("standing_row", sa.SmallInteger(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("first_receipt_id", sa.Uuid(), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "typeof(batch_id) = 'integer'", name=op.f("ck_conflict_batch_id_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(content) = 'integer'", name=op.f("ck_conflict_content_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("typeof(row) = 'integer'", name=op.f("ck_conflict_row_integer")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint(
            "typeof(standing_batch_id) = 'integer'",
            name=op.f("ck_conflict_standing_batch_id_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(standing_row) = 'integer'", name=op.f("ck_conflict_standing_row_integer")
        ).ddl_if(dialect="sqlite"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_key"), "conflict", ["key"])
    op.create_index("ix_conflict_state_platform", "conflict", ["state", "platform"])

    op.create_table(
        "correction",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("target_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("row", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(batch_id) = 'integer'", name=op.f("ck_correction_batch_id_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(row) = 'integer'", name=op.f("ck_correction_row_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(state) = 'integer'", name=op.f("ck_correction_state_integer")
        ).ddl_if(dialect="sqlite"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_target_key"), "correction", ["target_key"])
    op.create_index(
        "ix_correction_waiting",
        "correction",
        ["target_key"],
        postgresql_where=sa.text("state = 0"),
        sqlite_where=sa.text("state = 0"),
    )

    op.create_table(
        "dimension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("buyer_type", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("trade_mode", sa.String(length=8), nullable=False),
        sa.Column("trade_flow", sa.String(length=8), nullable=False),
        sa.Column("customs_mode", sa.String(length=32), nullable=True),
        sa.Column("goods_kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("attribution", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dimension")),
        sa.UniqueConstraint("digest", name=op.f("uq_dimension_digest")),
    )
    op.create_index(op.f("ix_dimension_platform"), "dimension", ["platform"])

    op.create_table(
        "fact_batch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("slices", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_batch")),
        sa.UniqueConstraint("event_id", name=op.f("uq_fact_batch_event_id")),
    )
    op.create_table(
        "fact_key",
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint(
            "typeof(batch_id) = 'integer'", name=op.f("ck_fact_key_batch_id_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(content) = 'integer'", name=op.f("ck_fact_key_content_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("typeof(row) = 'integer'", name=op.f("ck_fact_key_row_integer")).ddl_if(
            dialect="sqlite"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_fact_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "over_refund",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("order_no", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("order_prefix", sa.LargeBinary(length=12), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "typeof(paid_minor) = 'integer'", name=op.f("ck_over_refund_paid_minor_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(refunded_minor) = 'integer'", name=op.f("ck_over_refund_refunded_minor_integer")
        ).ddl_if(dialect="sqlite"),
        sa.PrimaryKeyConstraint("platform", "order_no", "currency", name=op.f("pk_over_refund")),
    )
    op.create_index(op.f("ix_over_refund_checked_at"), "over_refund", ["checked_at"])
    op.create_index(op.f("ix_over_refund_order_prefix"), "over_refund", ["order_prefix"])

    op.create_table(
        "rebuild",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("compare_only", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(length=120), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.BigInteger(), nullable=True),
        sa.Column("totals", sa.BigInteger(), nullable=True),
        sa.Column("differences", sa.BigInteger(), nullable=True),
        sa.Column(
            "sample", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebuild")),
    )
    op.create_index(op.f("ix_rebuild_state"), "rebuild", ["state"])

    op.create_table(
        "refund_check",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_prefixes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_check")),
    )
    op.create_table(
        "seller",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller")),
        sa.UniqueConstraint("uscc", name=op.f("uq_seller_uscc")),
    )
    op.create_table(
        "total",
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seller_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_total_amount_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("typeof(count) = 'integer'", name=op.f("ck_total_count_integer")).ddl_if(
            dialect="sqlite"
        ),
        sa.PrimaryKeyConstraint(
            "grain", "slot", "seller_id", "dimension_id", "kind", name=op.f("pk_total")
        ),
        postgresql_with={"fillfactor": "70"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("total")
    op.drop_table("seller")
    op.drop_table("refund_check")
    op.drop_table("rebuild")
    op.drop_table("over_refund")
    op.drop_table("fact_key")
    op.drop_table("fact_batch")
    op.drop_table("dimension")
    op.drop_table("correction")
    op.drop_table("conflict")
    op.drop_table("chunk")
    op.drop_table("trusted_key")
    op.drop_table("revoked_client")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotency_key")
    op.drop_table("dead_letter")
    op.drop_table("copy_snapshot")
    op.drop_table("audit_entry")
