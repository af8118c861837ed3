"""Pipeline: HTTP, outbox, Kafka, worker, database: what flows, what waits, what is full."""

from deploy.grafana.definitions.frame import PIPELINE, SERVICE, Dashboard, Row
from deploy.grafana.definitions.lines import CHOSEN, lines, p99, rate, ratio, stat
from deploy.grafana.definitions.panels import (
    BAD,
    COUNT,
    GOOD,
    PER_SECOND,
    PLAIN,
    SECONDS,
    WARN,
    link,
    zero_without,
)
from deploy.grafana.definitions.saturation import RELEASES, SATURATION

LETTERS_API = link("接口 · Dead letters", "/../metrics/docs#/dead letters")

STATE = Row(
    "状态",
    "State",
    [
        stat("进程", "Processes that answer", f"sum(up{{{CHOSEN}}})", COUNT, ((None, GOOD),)),
        stat(
            "触发的告警",
            "Alerts firing",
            zero_without('count(ALERTS{alertstate="firing",severity!="info"})'),
            COUNT,
            ((None, GOOD), (1, WARN)),
        ),
        stat(
            "死信",
            "Dead letters",
            f"sum(max by (service) (dead_letters{{{CHOSEN}}}))",
            COUNT,
            ((None, GOOD), (1, BAD)),
        ),
        stat(
            "对账差额",
            "Reconciliation difference",
            "max(reconciliation_difference)",
            COUNT,
            ((None, GOOD), (1, BAD)),
        ),
        stat(
            "逾期事实",
            "Facts told by one witness",
            "max(reconciliation_overdue_facts)",
            COUNT,
            ((None, GOOD), (1, WARN)),
        ),
        stat(
            "时效",
            "Freshness",
            "max(freshness_lag_seconds)",
            SECONDS,
            ((None, GOOD), (60, WARN), (300, BAD)),
        ),
    ],
)

HTTP = Row(
    "接口",
    "HTTP",
    [
        lines(
            "请求",
            "Requests a second",
            PER_SECOND,
            (rate("http_requests_total", "service, status_class"), "{{service}} {{status_class}}"),
        ),
        lines(
            "耗时 p99",
            "Time p99, by route",
            SECONDS,
            (
                f"topk(10, {p99('http_request_duration_seconds', 'service, route, method')})",
                "{{method}} {{service}} {{route}}",
            ),
        ),
        lines(
            "错误预算消耗",
            "Error budget burn",
            PLAIN,
            (
                "slo:errors:ratio_rate1h / on (service, slo) (1 - slo:objective:ratio)",
                "{{slo}}",
            ),
            meaning="1 为恰好用完三十天预算的速度。1 spends the budget of 30 days in 30 days.",
        ),
    ],
)

OUTBOX = Row(
    "发件箱与 Kafka",
    "Outbox and Kafka",
    [
        lines(
            "发件箱",
            "Outbox rows waiting",
            COUNT,
            (f"max by (service) (outbox_pending{{{CHOSEN}}})", "{{service}}"),
        ),
        lines(
            "最久等待",
            "Oldest row waiting",
            SECONDS,
            (f"max by (service) (outbox_oldest_age_seconds{{{CHOSEN}}})", "{{service}}"),
        ),
        lines(
            "已发送",
            "Sent and failed a second",
            PER_SECOND,
            (rate("outbox_sent_total"), "{{service}}"),
            (zero_without(rate("relay_failures_total")), "失败 Failed {{service}}"),
            (zero_without(rate("kafka_producer_rebuilds_total")), "重建 Rebuilt {{service}}"),
        ),
        lines(
            "消费滞后(消息)",
            "Consumer lag in messages",
            COUNT,
            (f"sum by (group) (consumer_lag_messages{{{CHOSEN}}})", "{{group}}"),
        ),
        lines(
            "消费滞后(时间)",
            "Consumer lag in seconds",
            SECONDS,
            (f"max by (group) (consumer_lag_seconds{{{CHOSEN}}})", "{{group}}"),
        ),
        lines(
            "分区",
            "Partitions read",
            COUNT,
            (f"sum by (group) (consumer_partitions{{{CHOSEN}}})", "{{group}}"),
            meaning="零即无人读取。0 means nobody reads.",
        ),
    ],
)

WORKER = Row(
    "处理",
    "Worker",
    [
        lines(
            "记录",
            "Records a second",
            PER_SECOND,
            (rate("consumer_records_total", "group"), "{{group}}"),
            (
                zero_without(rate("inbox_redelivered_total")),
                "重复投递 Redelivered {{service}}",
            ),
        ),
        lines(
            "事务耗时 p99",
            "Time of a transaction p99",
            SECONDS,
            (p99("consumer_batch_seconds", "group"), "{{group}}"),
        ),
        lines(
            "重试",
            "Retrying, and since the last poll",
            SECONDS,
            (f"max by (group) (consumer_retrying_seconds{{{CHOSEN}}})", "重试 Retrying {{group}}"),
            (
                f"time() - min by (group) (consumer_last_poll_timestamp_seconds{{{CHOSEN}}})",
                "距上次拉取 Since poll {{group}}",
            ),
        ),
        lines(
            "每事务事实数",
            "Facts a transaction",
            COUNT,
            (
                ratio(
                    "sum(rate(facts_a_transaction_sum[$__rate_interval]))",
                    "sum(rate(facts_a_transaction_count[$__rate_interval]))",
                ),
                "平均 Mean",
            ),
            meaning="越大每笔成本越低。Larger transactions cost less a fact.",
        ),
        lines(
            "死信变化",
            "Dead letters over time",
            COUNT,
            (f"max by (service) (dead_letters{{{CHOSEN}}})", "{{service}}"),
            (
                zero_without(
                    "sum by (service, reason) "
                    f"(increase(dead_letters_buried_total{{{CHOSEN}}}[1h]))"
                ),
                "一小时新增 Buried in an hour {{service}} {{reason}}",
            ),
            links=[LETTERS_API],
        ),
        lines(
            "等待与分歧",
            "Waiting and differing",
            COUNT,
            ("max(corrections_waiting)", "待原单的更正 Corrections without their fact"),
            ("max(conflicts_open)", "未决冲突 Open conflicts"),
            (zero_without("max(rebuild_differences)"), "重建差异 Found by the last rebuild"),
            ("max(receipts_pending_facts)", "未判定 Facts not judged"),
        ),
    ],
)

PIPELINE_HEALTH = Dashboard(
    uid=PIPELINE,
    meaning="接口 → 发件箱 → Kafka → 处理 → 数据库。HTTP, outbox, Kafka, worker, database.",
    rows=(STATE, HTTP, OUTBOX, WORKER, SATURATION, RELEASES),
    variables=(SERVICE,),
    since="now-1h",
    refresh="15s",
)
