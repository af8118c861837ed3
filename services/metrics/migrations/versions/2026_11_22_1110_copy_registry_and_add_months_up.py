"""copy registry and add months up

Locks: none; the tables are new.
Rollback: drops the copies of registry, which a snapshot fills again, with the spans and running
totals that follow from them; exchange rates and the standing of targets are lost.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "313f1f13ef3d"
down_revision = "0823fc36cc50"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attribution_turn",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribution_turn")),
    )
    op.create_table(
        "changed_month",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("reader", sa.SmallInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_month")),
    )
    with op.batch_alter_table("changed_month", schema=None) as batch_op:
        batch_op.create_index("ix_changed_month_reader_slot", ["reader", "slot"], unique=False)

    op.create_table(
        "cluster_plan",
        sa.Column("plan_code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column(
            "nodes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan_code", name=op.f("pk_cluster_plan")),
    )
    op.create_table(
        "enterprise",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("merged_into", sa.String(length=18), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_enterprise")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enterprise_merged_into"), ["merged_into"], unique=False
        )

    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint(
            "base",
            "quote",
            "kind",
            "first_day",
            "until_day",
            "published_on",
            name=op.f("uq_exchange_rate_base_quote_kind_first_day_until_day_published_on"),
        ),
    )
    with op.batch_alter_table("exchange_rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_rate_first_day"), ["first_day"], unique=False)

    op.create_table(
        "park",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_park")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("park_code", sa.String(length=32), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("name", name=op.f("uq_place_name")),
    )
    op.create_table(
        "platform",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reports_every_minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_platform")),
    )
    op.create_table(
        "running_month",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("added_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_running_month")),
    )
    op.create_table(
        "running_total",
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seller_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount) = 'integer'", name=op.f("ck_running_total_amount_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(count) = 'integer'", name=op.f("ck_running_total_count_integer")
        ).ddl_if(dialect="sqlite"),
        sa.PrimaryKeyConstraint(
            "slot", "place_id", "seller_id", "dimension_id", "kind", name=op.f("pk_running_total")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seller_owner",
        sa.Column("seller_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enterprise_uscc", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("seller_id", name=op.f("pk_seller_owner")),
    )
    with op.batch_alter_table("seller_owner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seller_owner_enterprise_uscc"), ["enterprise_uscc"], unique=False
        )

    op.create_table(
        "seller_span",
        sa.Column("seller_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resolution", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("from_slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_slot", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "seller_id", "resolution", "grain", "from_slot", name=op.f("pk_seller_span")
        ),
    )
    with op.batch_alter_table("seller_span", schema=None) as batch_op:
        batch_op.create_index("ix_seller_span_place_id", ["place_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=32), nullable=False),
        sa.Column("node_code", sa.String(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("operator", sa.String(length=2), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_target")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_plan_code"), ["plan_code"], unique=False)

    op.create_table(
        "target_standing",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("attained", sa.Boolean(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("crossed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_target_standing")),
    )
    op.create_table(
        "tenancy",
        sa.Column("tenancy_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_uscc", sa.String(length=18), nullable=False),
        sa.Column("park_code", sa.String(length=32), nullable=False),
        sa.Column("counting", sa.Boolean(), nullable=False),
        sa.Column("moved_in_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenancy_id", name=op.f("pk_tenancy")),
    )
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tenancy_enterprise_uscc"), ["enterprise_uscc"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tenancy_enterprise_uscc"))

    op.drop_table("tenancy")
    op.drop_table("target_standing")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_plan_code"))

    op.drop_table("target")
    with op.batch_alter_table("seller_span", schema=None) as batch_op:
        batch_op.drop_index("ix_seller_span_place_id")

    op.drop_table("seller_span")
    with op.batch_alter_table("seller_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seller_owner_enterprise_uscc"))

    op.drop_table("seller_owner")
    op.drop_table("running_total")
    op.drop_table("running_month")
    op.drop_table("platform")
    op.drop_table("place")
    op.drop_table("park")
    with op.batch_alter_table("exchange_rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_rate_first_day"))

    op.drop_table("exchange_rate")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_merged_into"))

    op.drop_table("enterprise")
    op.drop_table("cluster_plan")
    with op.batch_alter_table("changed_month", schema=None) as batch_op:
        batch_op.drop_index("ix_changed_month_reader_slot")

    op.drop_table("changed_month")
    op.drop_table("attribution_turn")
