"""Questions about volumes, as of the end of the chosen time, and how their tables are shown."""

from deploy.grafana.definitions.panels import BAD, GOOD, RATIO, YI, Column

AT = "$__timeTo()::timestamptz"
PLATFORMS = "ARRAY[${platform:sqlstring}]"
MEASURES = (
    ("交易额 ECV_PAID", "ECV_PAID"),
    ("扣除退款 ECV_NET", "ECV_NET"),
    ("网上零售额 ONLINE_RETAIL", "ONLINE_RETAIL"),
    ("实物零售额 ONLINE_RETAIL_PHYS", "ONLINE_RETAIL_PHYS"),
    ("企业间 B2B_VOLUME", "B2B_VOLUME"),
    ("服务类 SERVICE_VOLUME", "SERVICE_VOLUME"),
    ("直播销售额 LIVE_SALES", "LIVE_SALES"),
    ("跨境出口 CBEC_EXPORT", "CBEC_EXPORT"),
    ("跨境进口 CBEC_IMPORT", "CBEC_IMPORT"),
    ("下单金额 GMV_ORDERED", "GMV_ORDERED"),
    ("结算金额 ECV_SETTLED", "ECV_SETTLED"),
    ("退款金额 REFUNDS", "REFUNDS"),
)
GROWTH = ((None, BAD), (0.0, GOOD))
YOY, SHARE = "同比 YoY", "占比 Share"


def figures(unit: str, grouped: str = "all", measure: str = "'$measure'", plan: str = "") -> str:
    """The call that adds figures up."""
    more = f", plan => {plan}" if plan else ""
    return f"board.figures({measure}, '{unit}', {AT}, '{grouped}', {PLATFORMS}{more})"


def daily(select: str, where: str = "true") -> str:
    """Days of the chosen time."""
    return f"""
        SELECT board.day_of(c.slot)::timestamp AT TIME ZONE 'Asia/Shanghai' AS time, {select}
        FROM board.day_of_all c
        JOIN board.measured m ON m.dimension_id = c.dimension_id AND m.kind = c.kind
        WHERE m.measure = '$measure' AND m.currency = 'CNY' AND {where}
            AND c.slot BETWEEN board.day_slot(board.business_date($__timeFrom()::timestamptz))
                AND board.day_slot(board.business_date({AT}))
            AND ('*' = ANY ({PLATFORMS}) OR m.platform = ANY ({PLATFORMS}))
    """


def table_of(grouped: str, plan: str = "", where: str = "true") -> str:
    """Month and year of each group with growth and share."""
    of_plan = f" AND n.plan_code = {plan}" if plan else ""
    return f"""
        SELECT y.code AS "代码 Code", coalesce(n.name_zh, y.code) AS "名称",
            coalesce(n.name_en, y.code) AS "Name",
            coalesce(m.amount, 0) / 1e8 AS "本月 Month", m.yoy AS "本月同比 Month YoY",
            y.amount / 1e8 AS "本年 Year", y.yoy AS "本年同比 Year YoY",
            board.ratio(y.amount_minor, sum(y.amount_minor) OVER ()) AS "{SHARE}"
        FROM {figures("year", grouped, plan=plan)} y
        LEFT JOIN {figures("month", grouped, plan=plan)} m
            ON m.code = y.code AND m.currency = y.currency
        LEFT JOIN board.name n ON n.grouped = '{grouped}' AND n.code = y.code{of_plan}
        WHERE y.currency = 'CNY' AND {where}
        ORDER BY y.amount DESC
    """


def columns_of(url: str = "", title: str = "") -> list[Column]:
    """How that table is shown."""
    return [
        Column("代码 Code", url=url, title=title, width=130),
        Column("本月 Month", YI, 3),
        Column("本月同比 Month YoY", RATIO, 2, coloured=True),
        Column("本年 Year", YI, 3),
        Column("本年同比 Year YoY", RATIO, 2, coloured=True),
        Column(SHARE, RATIO, 1, gauge=True),
    ]
