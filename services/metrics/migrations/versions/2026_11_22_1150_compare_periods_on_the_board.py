"""compare periods on the board

Functions over the views of schema `board` that add up periods as GET /v1/volumes does: months where
months are whole, days at the edges, and the period a year before over equal elapsed days. They run
with the rights of whoever calls them and can show nothing that the views do not. PostgreSQL alone,
as the schema.

Locks: none; functions read the catalogue only.
Rollback: drops the functions.
"""

from alembic import op

revision = "b4a2f6e07c15"
down_revision = "8f0c5b1d9a37"
branch_labels = None
depends_on = None

RATIOS = (
    """
    CREATE FUNCTION board.half_even(part numeric, whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN whole > 0 THEN sign(part) * (
        div(abs(part), whole) + CASE
            WHEN 2 * mod(abs(part), whole) > whole THEN 1
            WHEN 2 * mod(abs(part), whole) = whole THEN mod(div(abs(part), whole), 2)
            ELSE 0
        END
    ) END
    """,
    # Six places, half-even; null without a positive whole.
    """
    CREATE FUNCTION board.ratio(part numeric, whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN board.half_even(part * 1000000, whole) * 0.000001
    """,
    # Null where no fact is behind the base.
    """
    CREATE FUNCTION board.growth(current numeric, base numeric, base_orders numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN base_orders <> 0 THEN board.ratio(current - base, base) END
    """,
    """
    CREATE FUNCTION board.whole_units(amount_minor numeric, currency text) RETURNS numeric
    LANGUAGE sql STABLE
    RETURN amount_minor / power(10::numeric, coalesce(
        (SELECT o.decimals FROM board.odd_currency o WHERE o.code = currency), 2
    ))
    """,
)

PERIODS = (
    # 29 February of the year before is 1 March, as bounds are half-open.
    """
    CREATE FUNCTION board.year_before(day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN extract(month FROM day) = 2 AND extract(day FROM day) = 29
            THEN make_date(extract(year FROM day)::integer - 1, 3, 1)
        ELSE (day - interval '1 year')::date
    END
    """,
    # The day, month, quarter or year of a moment and the one a year before. Looking back, it ends
    # with that moment's day; looking at the present it does not, as facts may be minutes ahead of
    # the clock.
    """
    CREATE FUNCTION board.period(unit text, at timestamptz)
    RETURNS TABLE (first_day date, until_day date, base_first date, base_until date)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT p.first_day,
            CASE WHEN at < now() - interval '5 minutes' THEN p.elapsed_until ELSE p.until_day END,
            board.year_before(p.first_day),
            CASE WHEN p.elapsed_until = p.until_day THEN board.year_before(p.until_day)
                ELSE least(board.year_before(p.until_day),
                    board.year_before(p.first_day) + (p.elapsed_until - p.first_day))
            END
        FROM (
            SELECT w.first_day, w.until_day, board.business_date(at) + 1 AS elapsed_until
            FROM (
                SELECT date_trunc(unit, board.business_date(at)::timestamp)::date AS first_day,
                    (date_trunc(unit, board.business_date(at)::timestamp) + CASE unit
                        WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || unit)::interval
                    END)::date AS until_day
            ) w
        ) p;
    END
    """,
    """
    CREATE FUNCTION board.compared(unit text, at timestamptz)
    RETURNS TABLE (is_base boolean, first_day date, until_day date)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT false, p.first_day, p.until_day FROM board.period(unit, at) p
        UNION ALL
        SELECT true, p.base_first, p.base_until FROM board.period(unit, at) p;
    END
    """,
    # What adds up to the days [first_day, until_day): whole months, and of others their days, or
    # the month less its other days where these are fewer.
    """
    CREATE FUNCTION board.runs(first_day date, until_day date)
    RETURNS TABLE (by_month boolean, first_slot integer, last_slot integer, sign integer)
    LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
        WITH bounds AS (
            SELECT board.day_slot(first_day) AS f, board.day_slot(until_day) AS u,
                board.month_slot(first_day) + (extract(day FROM first_day) > 1)::integer AS whole,
                board.month_slot(until_day) AS rest
            WHERE first_day < until_day
        ), edges AS (
            SELECT b.f, b.u, b.rest AS month FROM bounds b WHERE b.whole > b.rest
            UNION ALL
            SELECT b.f, board.day_slot(board.month_of(b.whole)), b.whole - 1
            FROM bounds b WHERE b.whole <= b.rest
            UNION ALL
            SELECT board.day_slot(board.month_of(b.rest)), b.u, b.rest
            FROM bounds b WHERE b.whole <= b.rest
        ), months AS (
            SELECT e.f, e.u, e.month, board.day_slot(board.month_of(e.month)) AS begins,
                board.day_slot(board.month_of(e.month + 1)) AS ends
            FROM edges e WHERE e.f < e.u
        )
        SELECT true, b.whole, b.rest - 1, 1 FROM bounds b WHERE b.whole < b.rest
        UNION ALL
        SELECT false, m.f, m.u - 1, 1 FROM months m WHERE m.u - m.f <= 15
        UNION ALL
        SELECT true, m.month, m.month, 1 FROM months m WHERE m.u - m.f > 15
        UNION ALL
        SELECT false, m.begins, m.f - 1, -1 FROM months m WHERE m.u - m.f > 15 AND m.begins < m.f
        UNION ALL
        SELECT false, m.u, m.ends - 1, -1 FROM months m WHERE m.u - m.f > 15 AND m.u < m.ends;
    END
    """,
)

VOLUMES = (
    """
    CREATE FUNCTION board.volume(first_day date, until_day date)
    RETURNS TABLE (dimension_id integer, kind smallint, n numeric, amount numeric)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT c.dimension_id, c.kind, sum(r.sign * c.n), sum(r.sign * c.amount)
        FROM board.runs(first_day, until_day) r
        CROSS JOIN LATERAL (
            SELECT m.dimension_id, m.kind, m.n, m.amount FROM board.month_of_all m
            WHERE r.by_month AND m.slot BETWEEN r.first_slot AND r.last_slot
            UNION ALL
            SELECT d.dimension_id, d.kind, d.n, d.amount FROM board.day_of_all d
            WHERE NOT r.by_month AND d.slot BETWEEN r.first_slot AND r.last_slot
        ) c
        GROUP BY 1, 2;
    END
    """,
    """
    CREATE FUNCTION board.volume_by_park(first_day date, until_day date)
    RETURNS TABLE (
        park_code text, dimension_id integer, kind smallint, n numeric, amount numeric
    ) LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT c.park_code, c.dimension_id, c.kind, sum(r.sign * c.n), sum(r.sign * c.amount)
        FROM board.runs(first_day, until_day) r
        CROSS JOIN LATERAL (
            SELECT m.park_code, m.dimension_id, m.kind, m.n, m.amount FROM board.month_by_park m
            WHERE r.by_month AND m.slot BETWEEN r.first_slot AND r.last_slot
            UNION ALL
            SELECT d.park_code, d.dimension_id, d.kind, d.n, d.amount FROM board.day_by_park d
            WHERE NOT r.by_month AND d.slot BETWEEN r.first_slot AND r.last_slot
        ) c
        GROUP BY 1, 2, 3;
    END
    """,
    # In pieces in which no park joins or leaves a node.
    """
    CREATE FUNCTION board.volume_by_node(plan text, first_day date, until_day date)
    RETURNS TABLE (
        node_code text, dimension_id integer, kind smallint, n numeric, amount numeric
    ) LANGUAGE sql STABLE
    BEGIN ATOMIC
        WITH edges AS (
            SELECT $2 AS day
            UNION
            SELECT m.first_day FROM board.membership m
            WHERE m.plan_code = plan AND m.first_day > $2 AND m.first_day < $3
            UNION
            SELECT m.until_day FROM board.membership m
            WHERE m.plan_code = plan AND m.until_day > $2 AND m.until_day < $3
        ), pieces AS (
            SELECT e.day AS f, lead(e.day, 1, $3) OVER (ORDER BY e.day) AS u FROM edges e
        )
        SELECT coalesce(m.node_code, 'outside_the_plan'), v.dimension_id, v.kind, sum(v.n),
            sum(v.amount)
        FROM pieces p
        CROSS JOIN LATERAL board.volume_by_park(p.f, p.u) v
        LEFT JOIN board.membership m
            ON m.plan_code = plan AND m.park_code = v.park_code AND m.first_day <= p.f
            AND (m.until_day IS NULL OR p.f < m.until_day)
        GROUP BY 1, 2, 3;
    END
    """,
)

# grouped: all, platform, channel, category, park or plan_node. How many totals a range holds is
# beyond the planner's guess: before the first ANALYZE it added all of them up once for every set of
# dimensions, 650 times. Without nested loops it cannot; those of LATERAL stay.
FIGURES = """
CREATE FUNCTION board.figures(
    measure text, unit text, at timestamptz, grouped text DEFAULT 'all',
    platforms text[] DEFAULT '{*}', plan text DEFAULT NULL
)
RETURNS TABLE (
    code text, currency text, orders numeric, amount_minor numeric, base_orders numeric,
    base_amount_minor numeric, amount numeric, base_amount numeric, yoy numeric
) LANGUAGE sql STABLE SET enable_nestloop = off SET jit = off
BEGIN ATOMIC
    WITH cells AS MATERIALIZED (
        SELECT p.is_base, NULL AS place, v.dimension_id, v.kind, v.n, v.amount
        FROM board.compared(unit, at) p
        CROSS JOIN LATERAL board.volume(p.first_day, p.until_day) v
        WHERE grouped NOT IN ('park', 'plan_node')
        UNION ALL
        SELECT p.is_base, v.park_code, v.dimension_id, v.kind, v.n, v.amount
        FROM board.compared(unit, at) p
        CROSS JOIN LATERAL board.volume_by_park(p.first_day, p.until_day) v
        WHERE grouped = 'park'
        UNION ALL
        SELECT p.is_base, v.node_code, v.dimension_id, v.kind, v.n, v.amount
        FROM board.compared(unit, at) p
        CROSS JOIN LATERAL board.volume_by_node(plan, p.first_day, p.until_day) v
        WHERE grouped = 'plan_node'
    ), summed AS (
        SELECT CASE grouped WHEN 'all' THEN 'all' WHEN 'platform' THEN m.platform
                WHEN 'channel' THEN m.channel WHEN 'category' THEN m.category ELSE c.place
            END AS code,
            m.currency,
            coalesce(sum(c.n) FILTER (WHERE NOT c.is_base), 0) AS orders,
            coalesce(sum(m.sign * c.amount) FILTER (WHERE NOT c.is_base), 0) AS amount_minor,
            coalesce(sum(c.n) FILTER (WHERE c.is_base), 0) AS base_orders,
            coalesce(sum(m.sign * c.amount) FILTER (WHERE c.is_base), 0) AS base_amount_minor
        FROM cells c
        JOIN board.measured m ON m.dimension_id = c.dimension_id AND m.kind = c.kind
        WHERE m.measure = $1 AND ('*' = ANY (platforms) OR m.platform = ANY (platforms))
        GROUP BY 1, 2
    )
    SELECT s.code, s.currency, s.orders, s.amount_minor, s.base_orders, s.base_amount_minor,
        board.whole_units(s.amount_minor, s.currency),
        board.whole_units(s.base_amount_minor, s.currency),
        board.growth(s.amount_minor, s.base_amount_minor, s.base_orders)
    FROM summed s
    WHERE s.orders <> 0 OR s.base_orders <> 0;
END
"""

FUNCTIONS = (
    "figures",
    "volume_by_node",
    "volume_by_park",
    "volume",
    "runs",
    "compared",
    "period",
    "year_before",
    "whole_units",
    "growth",
    "ratio",
    "half_even",
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # schema `board` is there on PostgreSQL alone
    for statement in (*RATIOS, *PERIODS, *VOLUMES, FIGURES):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for name in FUNCTIONS:
        connection.exec_driver_sql(f"DROP FUNCTION board.{name}")
