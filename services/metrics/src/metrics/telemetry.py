"""The metrics of metrics; money totals live in the database, never here."""

from service_chassis.telemetry import declare_counter, declare_gauge, declare_histogram

SERVICE = "metrics"
MOST_PLATFORMS = 50
"""Series of a gauge by platform."""

FACTS_JUDGED_TOTAL = declare_counter(
    "facts_judged_total",
    "Facts judged, by outcome (counted, duplicate, conflict, pending).",
    ["outcome"],
)
FACTS_A_TRANSACTION = declare_histogram(
    "facts_a_transaction",
    "Facts that one transaction judged; larger transactions cost less a fact.",
    buckets=(100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000),
)
ORDER_TO_FIGURE_SECONDS = declare_histogram(
    "order_to_figure_seconds",
    "From the commit of an accepted message of facts to the commit that put it into the figures; "
    "one observation a message of at most 2,000 facts.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800),
)
FRESHNESS_LAG_SECONDS = declare_gauge(
    "freshness_lag_seconds",
    "Age of the oldest accepted facts that are not in the figures yet; 0 if all are.",
)
PLATFORM_OVERDUE_SECONDS = declare_gauge(
    "platform_overdue_seconds",
    "How long news of a platform that states an interval is overdue; 0 while it is on time. The "
    "50 most overdue.",
    ["platform"],
)
VOLUME_YEAR_ON_YEAR_RATIO = declare_gauge(
    "volume_year_on_year_ratio",
    "Paid CNY of the last closed business date over the daily mean of the week around the same "
    "weekday a year before, where that week had 100 orders; the 50 largest platforms.",
    ["platform"],
)
CORRECTIONS_WAITING = declare_gauge(
    "corrections_waiting", "Voids and amendments whose fact has not come yet."
)
CONFLICTS_OPEN = declare_gauge(
    "conflicts_open", "Facts kept aside because another with their identity stood already."
)
RECONCILIATION_DIFFERENCE = declare_gauge(
    "reconciliation_difference",
    "Facts accepted in the last 14 days less those judged, where both were told; 0 or a loss.",
)
RECONCILIATION_OVERDUE_FACTS = declare_gauge(
    "reconciliation_overdue_facts",
    "Facts told by one witness for 15 minutes and not by the other, and not buried.",
)
REBUILD_DIFFERENCES = declare_gauge(
    "rebuild_differences", "Rows of the totals that the last rebuild found to be wrong."
)
BOARD_VIEWERS = declare_gauge(
    "board_viewers", "Boards that are open at this process and kept current by it."
)
