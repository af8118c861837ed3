"""The metrics of metrics; money totals live in the database, never here."""

from service_chassis.telemetry import declare_counter, declare_gauge, declare_histogram

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
