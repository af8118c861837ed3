"""show partners to the board

Views of schema `board` about targets, partners, reconciliation, freshness and restatements, with
the numbers that the API tells. Orders and people are in none of them. PostgreSQL alone, as the
schema.

Locks: none; views read the catalogue only.
Rollback: drops the views.
"""

from alembic import op

revision = "c7d90b3e5a64"
down_revision = "b4a2f6e07c15"
branch_labels = None
depends_on = None

# As they stood when they were last evaluated, which is seconds after a total has changed.
TARGETS = """
CREATE VIEW board.target AS
SELECT t.target_id, t.plan_code, t.node_code, n.name_zh, n.name_en, t.year, t.measure, t.operator,
    t.currency, t.amount_minor AS target_minor, s.total_minor, s.attained,
    greatest(0, t.amount_minor + (t.operator = '>')::integer - s.total_minor) AS missing_minor,
    board.ratio(s.total_minor, t.amount_minor) AS ratio, s.evaluated_at, s.crossed_at
FROM target t
JOIN target_standing s ON s.target_id = t.target_id
LEFT JOIN board.plan_node n ON n.plan_code = t.plan_code AND n.node_code = t.node_code
WHERE t.status = 'active'
"""

PARTNERS = """
CREATE VIEW board.partner AS
SELECT p.code, p.name_zh, p.name_en, p.status, p.reports_every_minutes, p.heard_at,
    p.status = 'active' AND p.reports_every_minutes IS NOT NULL
        AND (p.heard_at IS NULL
            OR p.heard_at < now() - make_interval(mins => p.reports_every_minutes)) AS silent
FROM (
    SELECT f.code, f.name_zh, f.name_en, f.status, f.reports_every_minutes,
        (SELECT max(c.judged_at) FROM chunk c WHERE c.platform = f.code) AS heard_at
    FROM platform f
) p
"""

# GET /v1/reconciliation tells what each column means.
RECONCILIATION = """
CREATE VIEW board.reconciliation AS
SELECT l.accepted_on, l.platform, l.accepted, l.counted, l.duplicate, l.conflict,
    l.waiting + l.on_the_way AS pending, l.waiting, l.on_the_way, l.buried,
    l.accepted - l.counted - l.duplicate - l.conflict - l.waiting - l.on_the_way - l.buried
        AS difference,
    l.judged_unannounced
FROM (
    SELECT c.accepted_on, c.platform,
        coalesce(sum(c.accepted), 0) AS accepted,
        coalesce(sum(c.counted) FILTER (WHERE c.both), 0) AS counted,
        coalesce(sum(c.duplicate) FILTER (WHERE c.both), 0) AS duplicate,
        coalesce(sum(c.conflict) FILTER (WHERE c.both), 0) AS conflict,
        coalesce(sum(c.pending) FILTER (WHERE c.both), 0) AS waiting,
        coalesce(sum(c.accepted) FILTER (WHERE NOT c.judged AND c.buried), 0) AS buried,
        coalesce(sum(c.accepted) FILTER (WHERE NOT c.judged AND NOT c.buried), 0) AS on_the_way,
        coalesce(sum(c.counted + c.duplicate + c.conflict + c.pending)
            FILTER (WHERE c.accepted IS NULL), 0) AS judged_unannounced
    FROM (
        SELECT k.accepted_on, k.platform, k.accepted, k.counted, k.duplicate, k.conflict,
            k.pending, k.judged_at IS NOT NULL AS judged,
            k.judged_at IS NOT NULL AND k.accepted IS NOT NULL AS both,
            k.judged_at IS NULL AND EXISTS (
                SELECT FROM dead_letter d
                WHERE d.consumer_group = 'metrics.facts' AND d.event_id = k.event_id
                    AND d.state IN ('buried', 'discarded')
            ) AS buried
        FROM chunk k
    ) c
    GROUP BY 1, 2
) l
"""

CONFLICTS = """
CREATE VIEW board.conflict AS
SELECT platform, kind, state, detected_at, decided_at FROM conflict
"""

FRESHNESS = """
CREATE VIEW board.freshness AS
SELECT f.as_of, coalesce(f.oldest, f.newest) AS watermark,
    coalesce(greatest(0, floor(extract(epoch FROM f.as_of - f.oldest))), 0)::integer AS lag_seconds,
    f.chunks_in_transit, f.pending_corrections, f.open_conflicts
FROM (
    SELECT now() AS as_of,
        (SELECT min(announced_at) FROM chunk WHERE judged_at IS NULL) AS oldest,
        (SELECT received_at FROM fact_batch ORDER BY id DESC LIMIT 1) AS newest,
        (SELECT count(*) FROM chunk WHERE judged_at IS NULL) AS chunks_in_transit,
        (SELECT count(*) FROM correction WHERE state = 0) AS pending_corrections,
        (SELECT count(*) FROM conflict WHERE state = 'open') AS open_conflicts
) f
"""

# What changed published figures other than by new facts: repaired totals, and conflicts that
# people decided for the newcomer.
RESTATEMENTS = """
CREATE VIEW board.restatement AS
SELECT finished_at AS at, 'rebuild' AS cause,
    '重建修正 ' || differences || ' 行汇总 · ' || differences || ' totals repaired: ' || reason
        AS sentence
FROM rebuild WHERE state = 'done' AND NOT compare_only AND differences > 0
UNION ALL
SELECT date_trunc('minute', decided_at), 'conflict',
    '冲突改判 ' || count(*) || ' 笔 · ' || count(*) || ' facts replaced by decision: ' || platform
FROM conflict WHERE state = 'replaced' GROUP BY date_trunc('minute', decided_at), platform
"""

# What codes are called where they are not a partner's own word.
NAMES = """
CREATE VIEW board.name AS
SELECT 'park' AS grouped, NULL AS plan_code, code, name_zh, name_en FROM park
UNION ALL SELECT 'platform', NULL, code, name_zh, name_en FROM platform
UNION ALL SELECT 'plan_node', plan_code, node_code, name_zh, name_en FROM board.plan_node
UNION ALL VALUES
    ('channel', NULL, 'shelf', '货架', 'Shelf'),
    ('channel', NULL, 'livestream', '直播', 'Livestream'),
    ('channel', NULL, 'short_video', '短视频', 'Short video'),
    ('channel', NULL, 'social', '社交', 'Social'),
    ('channel', NULL, 'offline_scan', '线下扫码', 'Scanned offline'),
    ('park', NULL, 'unattributed', '未归属', 'Unattributed'),
    ('plan_node', NULL, 'outside_the_plan', '规划外', 'Outside the plan')
"""

GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') THEN
        GRANT SELECT ON ALL TABLES IN SCHEMA board TO grafana_reader;
    END IF;
END $$
"""

VIEWS = ("name", "restatement", "freshness", "conflict", "reconciliation", "partner", "target")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return  # schema `board` is there on PostgreSQL alone
    for statement in (
        TARGETS,
        PARTNERS,
        RECONCILIATION,
        CONFLICTS,
        FRESHNESS,
        RESTATEMENTS,
        NAMES,
        GRANT,
    ):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW board.{name}")
