"""Partners: what each sent, what became of it, and whose news is missing."""

from deploy.grafana.definitions.frame import NIGHT, PARTNERS, Dashboard, Row, to, variable
from deploy.grafana.definitions.panels import (
    BAD,
    BOARD,
    COUNT,
    DAY,
    GOOD,
    PER_SECOND,
    PLAIN,
    RATIO,
    SECONDS,
    WARN,
    WHEN,
    YES_NO,
    Column,
    Panel,
    Prom,
    Sql,
    link,
    zero_without,
)

CHOSEN = "platform ~ '^(${platform:pipe})$'"
CHOSEN_SERIES = 'platform=~"$platform"'
DAYS = (
    "accepted_on BETWEEN board.business_date($__timeFrom()::timestamptz) "
    "AND board.business_date($__timeTo()::timestamptz)"
)
RECEIPTS_API = link("接口 · Receipts and rejections", "/../livestream-supply/docs#/receipts")
CONFLICTS_API = link("接口 · Conflicts", "/../metrics/docs#/conflicts")
RECONCILIATION_API = link("接口 · GET /v1/reconciliation", "/../metrics/docs#/reconciliation")


def of_days(column: str) -> str:
    """One number of the chosen days."""
    return (
        f"SELECT coalesce(sum({column}), 0) AS value FROM board.reconciliation "
        f"WHERE {DAYS} AND {CHOSEN}"
    )


def count(zh: str, en: str, column: str, colour: str = "") -> Panel:
    """A number of facts in the chosen days; with a colour, any at all is worth a look."""
    return Panel(
        kind="stat",
        zh=zh,
        en=en,
        asks=[Sql(of_days(column))],
        unit=COUNT,
        width=4,
        height=4,
        colour="thresholds" if colour else "palette-classic",
        steps=((None, GOOD), (1, colour)) if colour else ((None, GOOD),),
        links=[RECONCILIATION_API],
    )


OUTCOMES = Row(
    "对账",
    "Reconciliation",
    [
        count("已受理", "Accepted", "accepted"),
        count("已计入", "Counted", "counted"),
        count("重复", "Duplicates", "duplicate"),
        count("冲突", "Conflicts", "conflict", WARN),
        count("待处理", "Pending", "pending"),
        count("差额", "Difference", "abs(difference)", BAD),
        Panel(
            kind="table",
            zh="按受理日与平台",
            en="By day of acceptance and platform",
            asks=[
                Sql(f"""
                    SELECT accepted_on AS "受理日 Day", platform AS "平台 Platform",
                        accepted AS "受理 Accepted", counted AS "计入 Counted",
                        duplicate AS "重复 Duplicate", conflict AS "冲突 Conflict",
                        pending AS "待处理 Pending", buried AS "搁置 Buried",
                        difference AS "差额 Difference"
                    FROM board.reconciliation WHERE {DAYS} AND {CHOSEN}
                    ORDER BY accepted_on DESC, platform
                """)
            ],
            unit=COUNT,
            width=14,
            height=10,
            steps=((None, BAD), (0, GOOD), (1, BAD)),
            columns=[
                Column("受理日 Day", DAY, width=110),
                Column("差额 Difference", COUNT, coloured=True),
            ],
            meaning="受理 = 计入 + 重复 + 冲突 + 待处理 + 搁置。Accepted is the sum of all others "
            "at every moment.",
            links=[RECONCILIATION_API],
        ),
        Panel(
            kind="timeseries",
            zh="判定速率",
            en="Facts judged a second, by outcome",
            asks=[
                Prom("sum by (outcome) (rate(facts_judged_total[$__rate_interval]))", "{{outcome}}")
            ],
            unit=PER_SECOND,
            width=10,
            height=10,
            least=0,
        ),
    ],
)

SILENCE = Row(
    "静默",
    "Silence",
    [
        Panel(
            kind="table",
            zh="合作平台",
            en="Partners",
            asks=[
                Sql(f"""
                    SELECT p.code AS "代码 Code", p.name_zh AS "名称", p.name_en AS "Name",
                        p.status AS "状态 Status", p.reports_every_minutes * 60 AS "约定 Every",
                        p.heard_at AS "最近 Last heard", p.silent AS "静默 Silent"
                    FROM board.partner p WHERE {CHOSEN.replace("platform ~", "p.code ~", 1)}
                    ORDER BY p.silent DESC, p.code
                """)
            ],
            unit=PLAIN,
            width=14,
            columns=[
                Column(
                    "代码 Code",
                    url=to(NIGHT, "&var-platform=${__data.fields[0]}"),
                    title="实时速率 · Rates",
                ),
                Column("约定 Every", SECONDS),
                Column("最近 Last heard", WHEN),
                Column("静默 Silent", YES_NO),
            ],
        ),
        Panel(
            kind="timeseries",
            zh="逾期未报",
            en="News overdue",
            asks=[
                Prom(
                    f"max by (platform) (platform_overdue_seconds{{{CHOSEN_SERIES}}})",
                    "{{platform}}",
                )
            ],
            unit=SECONDS,
            width=10,
            least=0,
            meaning="仅含约定了上报间隔的平台。Platforms that state an interval.",
        ),
    ],
)

REJECTIONS = Row(
    "拒绝与冲突",
    "Rejections and conflicts",
    [
        Panel(
            kind="timeseries",
            zh="按代码拒绝",
            en="Rejected items a second, by code",
            asks=[
                Prom(
                    "sum by (code) (rate(order_events_rejected_total[$__rate_interval]))",
                    "{{code}}",
                )
            ],
            unit=PER_SECOND,
            width=8,
            least=0,
            stacked=True,
            links=[RECEIPTS_API],
        ),
        Panel(
            kind="timeseries",
            zh="拒绝比例",
            en="Share of items rejected, by platform",
            asks=[
                Prom(
                    "sum by (platform) (rate(order_events_total"
                    f'{{{CHOSEN_SERIES},checked="rejected"}}[$__rate_interval])) / sum by '
                    f"(platform) (rate(order_events_total{{{CHOSEN_SERIES}}}[$__rate_interval]))",
                    "{{platform}}",
                )
            ],
            unit=RATIO,
            width=8,
            least=0,
            links=[RECEIPTS_API],
        ),
        Panel(
            kind="table",
            zh="未决冲突",
            en="Open conflicts",
            asks=[
                Sql(f"""
                    SELECT platform AS "平台 Platform", kind AS "类型 Kind",
                        count(*) AS "笔数 Facts", min(detected_at) AS "最早 Oldest"
                    FROM board.conflict WHERE state = 'open' AND {CHOSEN}
                    GROUP BY 1, 2 ORDER BY 3 DESC
                """)
            ],
            unit=PLAIN,
            width=8,
            columns=[Column("笔数 Facts", COUNT), Column("最早 Oldest", WHEN)],
            links=[CONFLICTS_API],
        ),
    ],
)

CHECKS = Row(
    "核对",
    "Checks",
    [
        Panel(
            kind="timeseries",
            zh="控制总数",
            en="Control totals stated, by whether ours agreed",
            asks=[
                Prom(
                    zero_without("sum by (agreed) (increase(control_totals_total[1h]))"),
                    "一致 agreed={{agreed}}",
                )
            ],
            unit=COUNT,
            width=8,
            least=0,
            links=[
                link("接口 · Control totals", "/../livestream-supply/docs#/control totals"),
            ],
        ),
        Panel(
            kind="timeseries",
            zh="异常跳变",
            en="Last closed day over the year before",
            asks=[
                Prom(
                    zero_without(
                        f"max by (platform) (volume_year_on_year_ratio{{{CHOSEN_SERIES}}})"
                    ),
                    "{{platform}}",
                )
            ],
            unit=RATIO,
            width=8,
            least=0,
            meaning="上年同周不足一百单时无比较,记零。0 where the week a year before had too "
            "few orders to compare with.",
        ),
        Panel(
            kind="timeseries",
            zh="重发",
            en="Posts answered from the stored answer",
            asks=[
                Prom(
                    zero_without(
                        "sum(rate(idempotency_replays_total"
                        '{service="livestream-supply"}[$__rate_interval]))'
                    ),
                    "Idempotency-Key",
                )
            ],
            unit=PER_SECOND,
            width=8,
            least=0,
        ),
    ],
)

PARTNER_HEALTH = Dashboard(
    uid=PARTNERS,
    meaning="合作平台上报:受理、重复、冲突、拒绝、静默、控制总数。What partners sent, and what "
    "became of it.",
    rows=(OUTCOMES, SILENCE, REJECTIONS, CHECKS),
    variables=(
        variable(
            "platform",
            "平台",
            "Platform",
            source=BOARD,
            query="SELECT name_zh || ' · ' || name_en AS __text, code AS __value "
            "FROM board.platform ORDER BY code",
            everything=".*",
        ),
    ),
    since="now-7d",
    refresh="1m",
)
