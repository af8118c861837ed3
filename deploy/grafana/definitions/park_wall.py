"""Park wall: how much was sold, where, through what, and how the plan stands.

All of it comes from the figures in the database, at the end of the chosen time: whoever chooses
November 2013 sees the wall of November 2013.
"""

from deploy.grafana.definitions.frame import PARTNERS, WALL, Dashboard, Row, choice, to, variable
from deploy.grafana.definitions.panels import (
    BAD,
    BOARD,
    COUNT,
    GOOD,
    PLAIN,
    RATIO,
    SECONDS,
    WAN,
    WARN,
    YES_NO,
    YI,
    Column,
    Panel,
    Sql,
    link,
)
from deploy.grafana.definitions.volumes import (
    AT,
    GROWTH,
    MEASURES,
    YOY,
    columns_of,
    daily,
    figures,
    table_of,
)

BOARD_LINK = link("看板 · Board", "/../board")
VOLUMES_LINK = link("接口 · GET /v1/volumes", "/../metrics/docs#/volumes")


def headline(zh: str, en: str, unit: str, shown_in: str, scale: str) -> Panel:
    """A period's volume with its growth."""
    return Panel(
        kind="stat",
        zh=zh,
        en=en,
        asks=[
            Sql(f"""
                SELECT coalesce(sum(amount), 0) / {scale} AS "{zh} {en}", max(yoy) AS "{YOY}"
                FROM {figures(unit)} WHERE currency = 'CNY'
            """)
        ],
        unit=shown_in,
        decimals=2,
        width=5,
        height=5,
        columns=[Column(YOY, RATIO, 2)],
        meaning="人民币;同比按相同天数。CNY only; the year before over equal elapsed days.",
        links=[BOARD_LINK, VOLUMES_LINK],
    )


OVERVIEW = Row(
    "总览",
    "Overview",
    [
        headline("今日", "Today", "day", WAN, "1e4"),
        headline("本月", "This month", "month", YI, "1e8"),
        headline("本年", "This year", "year", YI, "1e8"),
        Panel(
            kind="stat",
            zh="本年订单",
            en="Orders this year",
            asks=[
                Sql(f"""
                    SELECT coalesce(sum(orders), 0) AS "支付订单 Paid",
                        board.growth(sum(orders), sum(base_orders), sum(base_orders)) AS "{YOY}"
                    FROM {figures("year", measure="'ORDERS_PAID'")}
                """)
            ],
            unit=COUNT,
            width=5,
            height=5,
            columns=[Column(YOY, RATIO, 2)],
        ),
        Panel(
            kind="stat",
            zh="数据时效",
            en="Freshness",
            asks=[Sql('SELECT lag_seconds AS "滞后 Lag" FROM board.freshness')],
            unit=SECONDS,
            width=4,
            height=5,
            colour="thresholds",
            steps=((None, GOOD), (60, WARN), (300, BAD)),
            meaning="最早一批未入账事实等待多久。Age of the oldest facts not in the figures yet.",
        ),
    ],
)


TREND = Row(
    "走势",
    "Trend",
    [
        Panel(
            kind="timeseries",
            zh="直播与货架",
            en="Live against shelf, by day",
            asks=[
                Sql(
                    daily(
                        "CASE m.channel WHEN 'livestream' THEN '直播 Live' "
                        "WHEN 'shelf' THEN '货架 Shelf' ELSE '其他 Others' END AS metric, "
                        "sum(m.sign * c.amount) / 1e10 AS value"
                    )
                    + " GROUP BY 1, 2 ORDER BY 1",
                    series=True,
                )
            ],
            unit=YI,
            decimals=3,
            width=14,
            bars=True,
            stacked=True,
        ),
        Panel(
            kind="piechart",
            zh="渠道",
            en="Channels this year",
            asks=[
                Sql(f"""
                    SELECT coalesce(n.name_zh || ' ' || n.name_en, f.code) AS metric,
                        f.amount / 1e8 AS value
                    FROM {figures("year", "channel")} f
                    LEFT JOIN board.name n ON n.grouped = 'channel' AND n.code = f.code
                    WHERE f.currency = 'CNY' ORDER BY 2 DESC
                """)
            ],
            unit=YI,
            decimals=2,
            width=10,
        ),
    ],
)


CHOSEN_PARKS = "('*' IN (${park:sqlstring}) OR y.code IN (${park:sqlstring}))"
CODE = "${__data.fields[0]}"

PARKS = Row(
    "园区",
    "Parks",
    [
        Panel(
            kind="table",
            zh="按园区",
            en="By park",
            asks=[Sql(table_of("park", where=CHOSEN_PARKS))],
            unit=PLAIN,
            width=14,
            height=10,
            steps=GROWTH,
            columns=columns_of(to(WALL, f"&var-park={CODE}"), "只看此园区 · This park alone"),
        ),
        Panel(
            kind="barchart",
            zh="园区同比",
            en="Parks, this year and the year before",
            asks=[
                Sql(f"""
                    SELECT coalesce(n.name_zh, y.code) AS "园区 Park",
                        y.amount / 1e8 AS "本年 Year", y.base_amount / 1e8 AS "上年同期 Year before"
                    FROM {figures("year", "park")} y
                    LEFT JOIN board.name n ON n.grouped = 'park' AND n.code = y.code
                    WHERE y.currency = 'CNY' AND {CHOSEN_PARKS} ORDER BY y.amount DESC LIMIT 20
                """)
            ],
            unit=YI,
            decimals=2,
            width=10,
            height=10,
            horizontal=True,
        ),
    ],
)

PLAN = Row(
    "规划与目标",
    "Plan and targets",
    [
        Panel(
            kind="table",
            zh="按规划节点",
            en="By plan node",
            asks=[Sql(table_of("plan_node", plan="'$plan'"))],
            unit=PLAIN,
            width=12,
            steps=GROWTH,
            columns=columns_of(),
        ),
        Panel(
            kind="table",
            zh="目标完成",
            en="Target attainment",
            asks=[
                Sql(f"""
                    SELECT coalesce(name_zh, node_code) AS "节点", name_en AS "Node",
                        measure AS "口径 Measure", operator || ' ' AS "条件 Rule",
                        board.whole_units(target_minor, currency) / 1e8 AS "目标 Target",
                        board.whole_units(total_minor, currency) / 1e8 AS "完成 Reached",
                        ratio AS "完成率 Ratio",
                        board.whole_units(missing_minor, currency) / 1e8 AS "差额 Missing",
                        attained AS "达成 Attained"
                    FROM board.target
                    WHERE plan_code = '$plan' AND currency = 'CNY'
                        AND year = extract(year FROM board.business_date({AT}))
                    ORDER BY ratio DESC
                """)
            ],
            unit=PLAIN,
            width=12,
            columns=[
                Column("目标 Target", YI, 2),
                Column("完成 Reached", YI, 2),
                Column("完成率 Ratio", RATIO, 2, gauge=True),
                Column("差额 Missing", YI, 2),
                Column("达成 Attained", YES_NO),
            ],
            meaning="其他币种按年度汇率折算。Other currencies at the rate for the year.",
            links=[link("接口 · GET /v1/targets", "/../metrics/docs#/targets")],
        ),
    ],
)

MIX = Row(
    "结构",
    "Mix",
    [
        Panel(
            kind="barchart",
            zh="热销品类",
            en="Top categories this year",
            asks=[
                Sql(f"""
                    SELECT code AS "品类 Category", amount / 1e8 AS "本年 Year",
                        base_amount / 1e8 AS "上年同期 Year before"
                    FROM {figures("year", "category")}
                    WHERE currency = 'CNY' ORDER BY amount DESC LIMIT 10
                """)
            ],
            unit=YI,
            decimals=2,
            width=10,
            horizontal=True,
        ),
        Panel(
            kind="table",
            zh="按平台",
            en="By platform",
            asks=[Sql(table_of("platform"))],
            unit=PLAIN,
            width=9,
            steps=GROWTH,
            columns=columns_of(to(PARTNERS, f"&var-platform={CODE}"), "平台详情 · Partner"),
        ),
        Panel(
            kind="table",
            zh="其他币种",
            en="Other currencies this year",
            asks=[
                Sql(f"""
                    SELECT currency AS "币种 Currency", amount AS "原币 Native",
                        orders AS "笔数 Orders", yoy AS "{YOY}"
                    FROM {figures("year")} WHERE currency <> 'CNY' ORDER BY 1
                """)
            ],
            unit=PLAIN,
            width=5,
            steps=GROWTH,
            columns=[
                Column("原币 Native", COUNT, 2),
                Column("笔数 Orders", COUNT),
                Column(YOY, RATIO, 2, coloured=True),
            ],
            meaning="未折算,不在以上人民币数内。Not converted; in none of the CNY figures above.",
        ),
    ],
)

NAMED = "name_zh || ' · ' || name_en AS __text, code AS __value"

PARK_WALL = Dashboard(
    uid=WALL,
    meaning="交易额、园区、规划节点、目标。Volumes, parks, plan nodes and targets as of the end of "
    "the chosen time.",
    rows=(OVERVIEW, TREND, PARKS, PLAN, MIX),
    variables=(
        choice("measure", "口径", "Measure", MEASURES),
        variable(
            "platform",
            "平台",
            "Platform",
            source=BOARD,
            query=f"SELECT {NAMED} FROM board.platform ORDER BY code",
            everything="'*'",
        ),
        variable(
            "park",
            "园区",
            "Park",
            source=BOARD,
            query=f"SELECT {NAMED} FROM board.name WHERE grouped = 'park' ORDER BY code",
            everything="'*'",
        ),
        variable(
            "plan",
            "规划",
            "Plan",
            source=BOARD,
            query="SELECT name_zh || ' · ' || name_en AS __text, plan_code AS __value "
            "FROM board.plan ORDER BY plan_code",
        ),
    ),
    since="now-30d",
    refresh="1m",
)
