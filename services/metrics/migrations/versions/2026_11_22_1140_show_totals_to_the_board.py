"""show totals to the board

Schema `board` is what dashboards may see: names, totals by place, and which totals a measure adds.
No seller is in it. It exists on PostgreSQL alone: SQLite has neither schemas nor roles, and nobody
but the service reads its files. The role `grafana_reader` is made by whoever runs the server; where
there is none, nothing is granted. A migration that changes a column a view reads drops the view
first and makes it again.

Locks: none; views read the catalogue only.
Rollback: drops the views and functions; the schema stays with the grants that its maker gave it.
"""

from alembic import op

revision = "8f0c5b1d9a37"
down_revision = "313f1f13ef3d"
branch_labels = None
depends_on = None

SLOTS = (
    """
    CREATE FUNCTION board.day_slot(day date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN day - date '1970-01-01'
    """,
    """
    CREATE FUNCTION board.day_of(slot integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN date '1970-01-01' + slot
    """,
    """
    CREATE FUNCTION board.month_slot(day date) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(year FROM day) * 12 + extract(month FROM day) - 1)::integer
    """,
    """
    CREATE FUNCTION board.month_of(slot integer) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN make_date(slot / 12, mod(slot, 12) + 1, 1)
    """,
    """
    CREATE FUNCTION board.business_date(at timestamptz) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (at AT TIME ZONE 'Asia/Shanghai')::date
    """,
    """
    CREATE FUNCTION board.minute_slot(at timestamptz) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM at) / 60)::integer + 480
    """,
    """
    CREATE FUNCTION board.minute_of(slot integer) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_timestamp((slot::bigint - 480) * 60)
    """,
)

REGISTER = (
    """
    CREATE VIEW board.park AS
    SELECT code, name_zh, name_en, region_code FROM park
    """,
    """
    CREATE VIEW board.platform AS
    SELECT code, name_zh, name_en, status, reports_every_minutes FROM platform
    """,
    """
    CREATE VIEW board.plan AS
    SELECT plan_code, name_zh, name_en, stated_at FROM cluster_plan
    """,
    """
    CREATE VIEW board.plan_node AS
    SELECT plan.plan_code, node ->> 'node_code' AS node_code,
        node ->> 'parent_code' AS parent_code, node ->> 'role' AS role,
        node ->> 'name_zh' AS name_zh, node ->> 'name_en' AS name_en
    FROM cluster_plan plan CROSS JOIN LATERAL jsonb_array_elements(plan.nodes) node
    """,
    # A park belongs to one node of a plan at a time: registry refuses anything else.
    """
    CREATE VIEW board.membership AS
    SELECT plan.plan_code, node ->> 'node_code' AS node_code, park ->> 'park_code' AS park_code,
        (park ->> 'valid_from')::date AS first_day, (park ->> 'valid_to')::date AS until_day
    FROM cluster_plan plan
    CROSS JOIN LATERAL jsonb_array_elements(plan.nodes) node
    CROSS JOIN LATERAL jsonb_array_elements(node -> 'parks') park
    """,
    # ISO 4217: every other currency has two decimals.
    """
    CREATE VIEW board.odd_currency (code, decimals) AS
    VALUES ('BIF', 0), ('CLF', 4), ('CLP', 0), ('DJF', 0), ('GNF', 0), ('ISK', 0), ('JPY', 0),
        ('KMF', 0), ('KRW', 0), ('PYG', 0), ('RWF', 0), ('UGX', 0), ('UYI', 0), ('UYW', 4),
        ('VND', 0), ('VUV', 0), ('XAF', 0), ('XOF', 0), ('XPF', 0), ('BHD', 3), ('IQD', 3),
        ('JOD', 3), ('KWD', 3), ('LYD', 3), ('OMR', 3), ('TND', 3)
    """,
)

# Kinds: 0 created, 1 paid, 2 refunded, 3 settled. The dictionary is GET /v1/measures.
MEASURED = """
CREATE VIEW board.measured AS
SELECT d.id AS dimension_id, m.kind::smallint AS kind, m.measure, m.sign, d.platform, d.channel,
    d.category, d.currency, d.buyer_type, d.trade_mode, d.trade_flow, d.customs_mode, d.goods_kind
FROM dimension d
CROSS JOIN LATERAL (
    VALUES ('GMV_ORDERED', 0, 1, true),
        ('ECV_PAID', 1, 1, true),
        ('ECV_NET', 1, 1, true),
        ('ECV_NET', 2, -1, true),
        ('ECV_SETTLED', 3, 1, true),
        ('ONLINE_RETAIL', 1, 1, d.buyer_type IN ('individual', 'social_group')),
        ('ONLINE_RETAIL_PHYS', 1, 1,
            d.buyer_type IN ('individual', 'social_group') AND d.goods_kind = 'physical'),
        ('B2B_VOLUME', 1, 1, d.buyer_type = 'enterprise'),
        ('SERVICE_VOLUME', 1, 1, d.goods_kind = 'service'),
        ('LIVE_SALES', 1, 1,
            d.channel = 'livestream' AND coalesce(d.attribution, '') <> 'none'),
        ('CBEC_EXPORT', 1, 1, d.trade_flow = 'export' AND d.customs_mode IS NOT NULL),
        ('CBEC_IMPORT', 1, 1, d.trade_flow = 'import' AND d.customs_mode IS NOT NULL),
        ('REFUNDS', 2, 1, true),
        ('ORDERS_PAID', 1, 1, true),
        ('AOV', 1, 1, true)
) m (measure, kind, sign, holds)
WHERE m.holds
"""

# Grains: 1 minute, 3 day and 4 month by seller, 5 day and 6 month of all sellers together.
OF_ALL = tuple(
    f"""
    CREATE VIEW board.{name} AS
    SELECT slot, dimension_id, kind, count AS n, amount FROM total WHERE grain = {grain}
    """  # noqa: S608 - both words are of this file
    for name, grain in (("minute_of_all", 1), ("day_of_all", 5), ("month_of_all", 6))
)

BY_PARK = (
    """
    CREATE VIEW board.day_by_park AS
    SELECT t.slot, coalesce(p.park_code, 'unattributed') AS park_code, t.dimension_id, t.kind,
        sum(t.count) AS n, sum(t.amount) AS amount
    FROM total t
    JOIN seller_span s
        ON s.seller_id = t.seller_id AND s.resolution = 3
        AND t.slot BETWEEN s.from_slot AND s.to_slot
    JOIN place p ON p.id = s.place_id
    WHERE t.grain = 3
    GROUP BY 1, 2, 3, 4
    """,
    # A month of a seller that stayed is one row; the months in which it came or went are added
    # from their days, each looked up by its whole key: OFFSET 0 keeps the planner from reading
    # every day of every year instead, and counting up from 0 tells it how few days there are.
    # Such a span touches two months at the most.
    f"""
    CREATE VIEW board.month_by_park AS
    SELECT cell.slot, coalesce(p.park_code, 'unattributed') AS park_code, cell.dimension_id,
        cell.kind, sum(cell.count) AS n, sum(cell.amount) AS amount
    FROM (
        SELECT t.slot, s.place_id, t.dimension_id, t.kind, t.count, t.amount
        FROM total t
        JOIN seller_span s
            ON s.seller_id = t.seller_id AND s.resolution = 4 AND s.grain = 4
            AND t.slot BETWEEN s.from_slot AND s.to_slot
        WHERE t.grain = 4
        UNION ALL
        SELECT e.slot, e.place_id, t.dimension_id, t.kind, t.count, t.amount
        FROM (
            SELECT s.seller_id, s.place_id, s.from_slot, s.to_slot,
                board.month_slot(board.day_of(s.from_slot)) + k.n AS slot
            FROM seller_span s CROSS JOIN (VALUES (0), (1)) k (n)
            WHERE s.resolution = 4 AND s.grain = 3
                AND board.month_slot(board.day_of(s.from_slot)) + k.n
                    <= board.month_slot(board.day_of(s.to_slot))
        ) e
        CROSS JOIN (VALUES {", ".join(f"({day})" for day in range(31))}) day (n)
        CROSS JOIN LATERAL (
            SELECT t.dimension_id, t.kind, t.count, t.amount FROM total t
            WHERE t.grain = 3 AND t.slot = board.day_slot(board.month_of(e.slot)) + day.n
                AND t.seller_id = e.seller_id
            OFFSET 0
        ) t
        WHERE board.day_slot(board.month_of(e.slot)) + day.n BETWEEN e.from_slot AND e.to_slot
            AND board.day_slot(board.month_of(e.slot)) + day.n
                < board.day_slot(board.month_of(e.slot + 1))
    ) cell
    JOIN place p ON p.id = cell.place_id
    GROUP BY 1, 2, 3, 4
    """,  # noqa: S608 - the numbers are of this file
)

GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') THEN
        GRANT USAGE ON SCHEMA board TO grafana_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA board TO grafana_reader;
    END IF;
END $$
"""

VIEWS = (
    "month_by_park, day_by_park, month_of_all, day_of_all, minute_of_all, measured",
    "odd_currency, membership, plan_node, plan, platform, park",
)
FUNCTIONS = ("minute_of, minute_slot, business_date, month_of, month_slot, day_of, day_slot",)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # no schemas and no roles, and no reader but the service itself
    # Not IF NOT EXISTS: that asks for the right to create even where the schema is there.
    there = connection.exec_driver_sql("SELECT to_regnamespace('board')").scalar()
    if there is None:
        connection.exec_driver_sql("CREATE SCHEMA board")
    for statement in (*SLOTS, *REGISTER, MEASURED, *OF_ALL, *BY_PARK, GRANT):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for names, kind in ((VIEWS, "VIEW"), (FUNCTIONS, "FUNCTION")):
        for name in ", ".join(names).split(", "):
            connection.exec_driver_sql(f"DROP {kind} board.{name}")
