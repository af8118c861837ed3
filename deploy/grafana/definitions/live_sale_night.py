"""Live-sale night: how fast orders come, how soon they are figures, and who has to wait."""

from deploy.grafana.definitions.frame import NIGHT, PIPELINE, Dashboard, Row, to, variable
from deploy.grafana.definitions.panels import (
    BAD,
    COUNT,
    GOOD,
    PER_SECOND,
    PROMETHEUS,
    SECONDS,
    WAN,
    WARN,
    Panel,
    Prom,
    Sql,
    link,
    zero_without,
)

CHOSEN = 'platform=~"$platform"'
POSTS = 'service="livestream-supply",route="/v1/order-events:batch"'
ORDERS_API = link("接口 · POST order-events:batch", "/../livestream-supply/docs#/order events")


def delay(quantile: str) -> str:
    """The time by which so many messages were in the figures."""
    return (
        f"histogram_quantile({quantile}, "
        "sum by (le) (rate(order_to_figure_seconds_bucket[$__rate_interval])))"
    )


def by_minute(select: str, measure: str, shift: int = 0) -> str:
    """Minutes of the chosen time, or of so many minutes before it, drawn at its place."""
    return f"""
        SELECT board.minute_of(c.slot + {shift}) AS time, {select}
        FROM board.minute_of_all c
        JOIN board.measured m ON m.dimension_id = c.dimension_id AND m.kind = c.kind
        WHERE m.measure = '{measure}' AND m.currency = 'CNY'
            AND m.platform ~ '^(${{platform:pipe}})$'
            AND c.slot + {shift} BETWEEN board.minute_slot($__timeFrom()::timestamptz)
                AND board.minute_slot($__timeTo()::timestamptz)
    """


NOW = Row(
    "此刻",
    "Now",
    [
        Panel(
            kind="stat",
            zh="订单速率",
            en="Orders a second",
            asks=[
                Prom(
                    "sum(rate(order_events_total"
                    f'{{{CHOSEN},checked="accepted"}}[$__rate_interval]))',
                    "每秒 a second",
                )
            ],
            unit=PER_SECOND,
            width=5,
            height=5,
            links=[ORDERS_API],
        ),
        Panel(
            kind="stat",
            zh="入账延迟",
            en="Order to figure, p99",
            asks=[Prom(delay("0.99"), "p99")],
            unit=SECONDS,
            width=5,
            height=5,
            colour="thresholds",
            steps=((None, GOOD), (5, WARN), (30, BAD)),
            links=[link("数据管道 · Pipeline", to(PIPELINE))],
        ),
        Panel(
            kind="stat",
            zh="数据时效",
            en="Freshness",
            asks=[Prom("max(freshness_lag_seconds)", "滞后 Lag")],
            unit=SECONDS,
            width=5,
            height=5,
            colour="thresholds",
            steps=((None, GOOD), (60, WARN), (300, BAD)),
        ),
        Panel(
            kind="stat",
            zh="等待写入",
            en="Facts waiting for admission",
            asks=[Prom("sum(intake_waiting_facts)", "事实 Facts")],
            unit=COUNT,
            width=4,
            height=5,
            colour="thresholds",
            steps=((None, GOOD), (50_000, WARN), (200_000, BAD)),
        ),
        Panel(
            kind="stat",
            zh="本场直播",
            en="Live sales in this time",
            asks=[
                Sql(f"""
                    SELECT coalesce(sum(value), 0) AS "直播销售额 Live sales"
                    FROM ({by_minute("m.sign * c.amount / 1e6 AS value", "LIVE_SALES")}) each
                """)
            ],
            unit=WAN,
            decimals=2,
            width=5,
            height=5,
            meaning="分钟数据保留八天。Minutes are kept for eight days.",
            links=[link("看板 · Board", "/../board")],
        ),
    ],
)

ORDERS = Row(
    "订单",
    "Orders",
    [
        Panel(
            kind="timeseries",
            zh="各平台订单速率",
            en="Orders a second by platform",
            asks=[
                Prom(
                    "sum by (platform) (rate(order_events_total"
                    f'{{{CHOSEN},checked="accepted"}}[$__rate_interval]))',
                    "{{platform}}",
                )
            ],
            unit=PER_SECOND,
            width=12,
            stacked=True,
            least=0,
            links=[ORDERS_API],
        ),
        Panel(
            kind="timeseries",
            zh="每分钟直播销售额",
            en="Live sales a minute, and a week before",
            asks=[
                Sql(
                    by_minute(
                        "'本场 Now' AS metric, sum(m.sign * c.amount) / 1e6 AS value", "LIVE_SALES"
                    )
                    + " GROUP BY 1, 2 ORDER BY 1",
                    series=True,
                ),
                Sql(
                    by_minute(
                        "'上周 Week before' AS metric, sum(m.sign * c.amount) / 1e6 AS value",
                        "LIVE_SALES",
                        7 * 1440,
                    )
                    + " GROUP BY 1, 2 ORDER BY 1",
                    series=True,
                ),
            ],
            unit=WAN,
            decimals=2,
            width=12,
            least=0,
        ),
    ],
)

DELAY = Row(
    "延迟与时效",
    "Delay and freshness",
    [
        Panel(
            kind="timeseries",
            zh="订单到数据",
            en="Order to figure",
            asks=[
                Prom(delay("0.5"), "p50"),
                Prom(delay("0.9"), "p90"),
                Prom(delay("0.99"), "p99"),
            ],
            unit=SECONDS,
            width=8,
            least=0,
            meaning="从受理提交到入账提交。From the commit of acceptance to the figure's.",
            links=[link("数据管道 · Pipeline", to(PIPELINE))],
        ),
        Panel(
            kind="timeseries",
            zh="时效",
            en="Freshness",
            asks=[
                Prom("max(freshness_lag_seconds)", "未入账 Not in the figures"),
                Prom("max(receipts_oldest_unjudged_seconds)", "未判定 Not judged"),
                Prom("max by (service) (outbox_oldest_age_seconds)", "待发送 Not sent {{service}}"),
            ],
            unit=SECONDS,
            width=8,
            least=0,
        ),
        Panel(
            kind="timeseries",
            zh="接口耗时",
            en="Time of a post",
            asks=[
                Prom(
                    f"histogram_quantile({quantile}, sum by (le) (rate("
                    f"http_request_duration_seconds_bucket{{{POSTS}}}[$__rate_interval])))",
                    f"p{quantile[2:]}",
                )
                for quantile in ("0.50", "0.99")
            ],
            unit=SECONDS,
            width=8,
            least=0,
            links=[ORDERS_API],
        ),
    ],
)


ADMISSION = Row(
    "准入",
    "Admission",
    [
        Panel(
            kind="timeseries",
            zh="受理与拒绝",
            en="Accepted and rejected items a second",
            asks=[
                Prom(
                    f"sum by (checked) (rate(order_events_total{{{CHOSEN}}}[$__rate_interval]))",
                    "{{checked}}",
                )
            ],
            unit=PER_SECOND,
            width=8,
            least=0,
        ),
        Panel(
            kind="timeseries",
            zh="未接纳的请求",
            en="Posts sent away a second",
            asks=[
                Prom(
                    zero_without("sum(rate(intake_refused_total[$__rate_interval]))"),
                    "写入繁忙 Intake full",
                ),
                Prom(
                    zero_without(
                        'rate(rate_limited_total{service="livestream-supply"}[$__rate_interval])'
                    ),
                    "超出限速 Rate limited",
                ),
                Prom(
                    zero_without(
                        f'sum(rate(http_requests_total{{{POSTS},status_class="5xx"}}'
                        "[$__rate_interval]))"
                    ),
                    "5xx",
                ),
            ],
            unit=PER_SECOND,
            width=8,
            least=0,
        ),
        Panel(
            kind="timeseries",
            zh="写入事务",
            en="Transactions of the intake",
            asks=[
                Prom(
                    f"histogram_quantile({quantile}, sum by (le) "
                    "(rate(intake_transaction_seconds_bucket[$__rate_interval])))",
                    f"p{quantile[2:]}",
                )
                for quantile in ("0.50", "0.99")
            ],
            unit=SECONDS,
            width=8,
            least=0,
        ),
    ],
)

LIVE_SALE_NIGHT = Dashboard(
    uid=NIGHT,
    meaning="直播大促当晚:速率、延迟、时效、准入。Rates, delay, freshness and admission of a "
    "live sale.",
    rows=(NOW, ORDERS, DELAY, ADMISSION),
    variables=(
        variable(
            "platform",
            "平台",
            "Platform",
            source=PROMETHEUS,
            query="label_values(order_events_total, platform)",
            everything=".*",
        ),
    ),
    since="now-30m",
    refresh="5s",
)
