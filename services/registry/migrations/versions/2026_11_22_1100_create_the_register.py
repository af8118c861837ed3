"""create the register

Locks: none; the tables are new.
Rollback: drops every table of registry; what was registered since is lost, and with it the
signing keys, so that no token out there is good any more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1056e0b7b7f7"
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
    op.create_index(op.f("ix_audit_entry_actor"), "audit_entry", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)

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
    op.create_index(
        op.f("ix_dead_letter_consumer_group"), "dead_letter", ["consumer_group"], unique=False
    )
    op.create_index(op.f("ix_dead_letter_state"), "dead_letter", ["state"], unique=False)

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
    op.create_index(
        op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False
    )

    op.create_table(
        "inbox",
        sa.Column("consumer_group", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer_group", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_taken_at"), "inbox", ["taken_at"], unique=False)

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
        "account",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("parks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "enterprises", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("region", sa.String(length=9), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account")),
    )
    op.create_table(
        "cluster_plan",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("declared_hq", sa.Integer(), nullable=False),
        sa.Column("declared_second", sa.Integer(), nullable=False),
        sa.Column("declared_district", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("draft", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("published_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cluster_plan")),
    )
    op.create_table(
        "enterprise",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column(
            "aliases", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("merged_into", sa.String(length=18), nullable=True),
        sa.Column("organisation", sa.String(length=9), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["enterprise.uscc"], name=op.f("fk_enterprise_merged_into")
        ),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_enterprise")),
    )
    op.create_index(op.f("ix_enterprise_merged_into"), "enterprise", ["merged_into"], unique=False)
    op.create_index(
        op.f("ix_enterprise_organisation"), "enterprise", ["organisation"], unique=False
    )
    op.create_index(op.f("ix_enterprise_region_code"), "enterprise", ["region_code"], unique=False)

    op.create_table(
        "park",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("park_type", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column(
            "verticals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("crs", sa.String(length=10), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_park")),
    )
    op.create_index(op.f("ix_park_region_code"), "park", ["region_code"], unique=False)

    op.create_table(
        "platform",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reports_every_minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_platform")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(
        op.f("ix_sign_in_failure_last_attempt_at"),
        "sign_in_failure",
        ["last_attempt_at"],
        unique=False,
    )

    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("jwk", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("activates_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("generation", name=op.f("uq_signing_key_generation")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after_key", sa.String(length=64), nullable=True),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_status"), "snapshot", ["status"], unique=False)

    op.create_table(
        "authorisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("platform_code", sa.String(length=32), nullable=False),
        sa.Column("seller_uscc", sa.String(length=18), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_authorisation_period")),
        sa.ForeignKeyConstraint(
            ["platform_code"], ["platform.code"], name=op.f("fk_authorisation_platform_code")
        ),
        sa.ForeignKeyConstraint(
            ["seller_uscc"], ["enterprise.uscc"], name=op.f("fk_authorisation_seller_uscc")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
    )
    op.create_index(
        op.f("ix_authorisation_seller_uscc"), "authorisation", ["seller_uscc"], unique=False
    )
    op.create_index(
        "uq_authorisation_active",
        "authorisation",
        ["platform_code", "seller_uscc", "valid_from"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
        sqlite_where=sa.text("status = 'active'"),
    )

    op.create_table(
        "client",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("platform_code", sa.String(length=32), nullable=True),
        sa.Column("parks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "enterprises", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("region", sa.String(length=9), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_code"], ["platform.code"], name=op.f("fk_client_platform_code")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
    )
    op.create_index(op.f("ix_client_platform_code"), "client", ["platform_code"], unique=False)

    op.create_table(
        "enterprise_name_token",
        sa.Column("token", sa.String(length=2), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.ForeignKeyConstraint(
            ["uscc"], ["enterprise.uscc"], name=op.f("fk_enterprise_name_token_uscc")
        ),
        sa.PrimaryKeyConstraint("token", "uscc", name=op.f("pk_enterprise_name_token")),
    )
    op.create_index(
        op.f("ix_enterprise_name_token_uscc"), "enterprise_name_token", ["uscc"], unique=False
    )

    op.create_table(
        "park_status",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("park_code", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["park_code"], ["park.code"], name=op.f("fk_park_status_park_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_status")),
    )
    op.create_index(
        op.f("ix_park_status_park_code_from_on"),
        "park_status",
        ["park_code", "from_on"],
        unique=False,
    )

    op.create_table(
        "plan_tree",
        sa.Column("plan_code", sa.String(length=32), nullable=False),
        sa.Column("tree_version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column(
            "nodes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["cluster_plan.code"], name=op.f("fk_plan_tree_plan_code")
        ),
        sa.PrimaryKeyConstraint("plan_code", "tree_version", name=op.f("pk_plan_tree")),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=32), nullable=False),
        sa.Column("node_code", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("operator", sa.String(length=2), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_target_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["plan_code"], ["cluster_plan.code"], name=op.f("fk_target_plan_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_index(
        "uq_target_active",
        "target",
        ["plan_code", "node_code", "year", "measure"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
        sqlite_where=sa.text("status = 'active'"),
    )

    op.create_table(
        "tenancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_uscc", sa.String(length=18), nullable=False),
        sa.Column("park_code", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("counting", sa.Boolean(), nullable=False),
        sa.Column("moved_in_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_on > moved_in_on", name=op.f("ck_tenancy_left_after_moved_in")),
        sa.CheckConstraint(
            "left_on IS NULL OR moved_in_on IS NOT NULL",
            name=op.f("ck_tenancy_left_only_after_moving_in"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_uscc"], ["enterprise.uscc"], name=op.f("fk_tenancy_enterprise_uscc")
        ),
        sa.ForeignKeyConstraint(["park_code"], ["park.code"], name=op.f("fk_tenancy_park_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
    )
    op.create_index(
        op.f("ix_tenancy_enterprise_uscc"), "tenancy", ["enterprise_uscc"], unique=False
    )
    op.create_index(op.f("ix_tenancy_park_code"), "tenancy", ["park_code"], unique=False)
    op.create_index(
        "uq_tenancy_counting_now",
        "tenancy",
        ["enterprise_uscc"],
        unique=True,
        postgresql_where=sa.text("counting AND moved_in_on IS NOT NULL AND left_on IS NULL"),
        sqlite_where=sa.text("counting AND moved_in_on IS NOT NULL AND left_on IS NULL"),
    )
    op.create_index(
        "uq_tenancy_open",
        "tenancy",
        ["enterprise_uscc", "park_code"],
        unique=True,
        postgresql_where=sa.text("stage <> 'left'"),
        sqlite_where=sa.text("stage <> 'left'"),
    )

    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name=op.f("fk_client_secret_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
    )
    op.create_index(
        op.f("ix_client_secret_client_id"), "client_secret", ["client_id"], unique=False
    )

    op.create_table(
        "tenancy_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenancy_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenancy_id"], ["tenancy.id"], name=op.f("fk_tenancy_step_tenancy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy_step")),
    )
    op.create_index(
        op.f("ix_tenancy_step_tenancy_id_recorded_at"),
        "tenancy_step",
        ["tenancy_id", "recorded_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("tenancy_step")
    op.drop_table("client_secret")
    op.drop_table("tenancy")
    op.drop_table("target")
    op.drop_table("plan_tree")
    op.drop_table("park_status")
    op.drop_table("enterprise_name_token")
    op.drop_table("client")
    op.drop_table("authorisation")
    op.drop_table("snapshot")
    op.drop_table("signing_key")
    op.drop_table("sign_in_failure")
    op.drop_table("platform")
    op.drop_table("park")
    op.drop_table("enterprise")
    op.drop_table("cluster_plan")
    op.drop_table("account")
    op.drop_table("trusted_key")
    op.drop_table("revoked_client")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotency_key")
    op.drop_table("dead_letter")
    op.drop_table("copy_snapshot")
    op.drop_table("audit_entry")
