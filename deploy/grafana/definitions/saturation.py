"""What is full, and what runs: rows of the pipeline's dashboard."""

from deploy.grafana.definitions.frame import Row
from deploy.grafana.definitions.lines import CHOSEN, emptiest, fullest, lines
from deploy.grafana.definitions.panels import (
    BYTES,
    COUNT,
    PLAIN,
    RATIO,
    SECONDS,
    Panel,
    Prom,
)

SATURATION = Row(
    "饱和度",
    "Saturation",
    [
        lines(
            "数据库连接池",
            "Database pool in use",
            RATIO,
            (
                fullest(
                    "service",
                    f'database_pool_connections{{{CHOSEN},state="in_use"}}',
                    f"on (service, instance) database_pool_limit{{{CHOSEN}}}",
                ),
                "{{service}}",
            ),
        ),
        lines(
            "数据库会话",
            "Database sessions",
            RATIO,
            (
                fullest(
                    "service, of",
                    f"database_connections{{{CHOSEN}}}",
                    f"database_connections_limit{{{CHOSEN}}}",
                ),
                "{{service}} {{of}}",
            ),
        ),
        lines(
            "数据库可达",
            "Database reachable",
            COUNT,
            (f"min by (service) (database_reachable{{{CHOSEN}}})", "{{service}}"),
        ),
        lines(
            "事件循环",
            "Event loop lag",
            SECONDS,
            (f"max by (service) (event_loop_lag_seconds{{{CHOSEN}}})", "{{service}}"),
            meaning="三十秒内最差。The worst of 30 s.",
        ),
        lines(
            "处理器",
            "CPU, cores",
            PLAIN,
            (
                f"sum by (service) (rate(process_cpu_seconds_total{{{CHOSEN}}}[$__rate_interval]))",
                "{{service}}",
            ),
        ),
        lines(
            "内存",
            "Memory",
            BYTES,
            (f"max by (service) (process_resident_memory_bytes{{{CHOSEN}}})", "{{service}}"),
        ),
        lines(
            "磁盘剩余",
            "Disk free",
            RATIO,
            (
                emptiest(
                    "service, place",
                    f"disk_free_bytes{{{CHOSEN}}}",
                    f"disk_size_bytes{{{CHOSEN}}}",
                ),
                "{{service}} {{place}}",
            ),
        ),
        lines(
            "文件句柄",
            "File handles in use",
            RATIO,
            (
                fullest("service", f"process_open_fds{{{CHOSEN}}}", f"process_max_fds{{{CHOSEN}}}"),
                "{{service}}",
            ),
        ),
        lines(
            "登记消息时效",
            "News of registry",
            SECONDS,
            ("max by (service) (registry_news_age_seconds)", "{{service}}"),
        ),
    ],
)

RELEASES = Row(
    "版本",
    "Releases",
    [
        Panel(
            kind="table",
            zh="运行版本",
            en="What runs",
            asks=[
                Prom(
                    f"count by (service, version, python) (build_info{{{CHOSEN}}})",
                    now=True,
                    as_table=True,
                )
            ],
            unit=PLAIN,
            width=12,
            height=6,
        ),
        Panel(
            kind="table",
            zh="告警",
            en="Alerts",
            asks=[
                Prom(
                    'sum by (alertname, service, severity) (ALERTS{alertstate="firing"})',
                    now=True,
                    as_table=True,
                )
            ],
            unit=PLAIN,
            width=12,
            height=6,
            meaning="Watchdog 恒为触发。Watchdog always fires.",
        ),
    ],
)
