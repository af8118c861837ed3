"""What the intake shows to Prometheus; amounts of money are not here."""

from service_chassis.telemetry import (
    Bounded,
    declare_counter,
    declare_gauge,
    declare_histogram,
)

SERVICE = "livestream-supply"

ORDER_EVENTS_TOTAL = declare_counter(
    "order_events_total",
    "Items of posts by platform (others beyond 50) and what the checks said (accepted, rejected).",
    ["platform", "checked"],
)
PLATFORM = Bounded(most=50)
"""The platform as a label."""
ORDER_EVENTS_REJECTED_TOTAL = declare_counter(
    "order_events_rejected_total", "Rejected items by the code of their first fault.", ["code"]
)
INTAKE_TRANSACTION_SECONDS = declare_histogram(
    "intake_transaction_seconds",
    "Time one transaction of the intake takes, from its first statement to the commit.",
)
INTAKE_TRANSACTION_FACTS = declare_histogram(
    "intake_transaction_facts",
    "Facts written by one transaction of the intake; more under load, as posts are coalesced.",
    buckets=(1, 10, 100, 1_000, 2_000, 5_000, 10_000),
)
INTAKE_WAITING_FACTS = declare_gauge(
    "intake_waiting_facts", "Facts in the memory of this process that wait for a transaction."
)
INTAKE_REFUSED_TOTAL = declare_counter(
    "intake_refused_total", "Posts sent away because too many facts waited for a transaction."
)
RECEIPTS_PENDING_FACTS = declare_gauge(
    "receipts_pending_facts",
    "Accepted facts that are not judged yet, with corrections that wait for their original.",
)
RECEIPTS_OLDEST_UNJUDGED_SECONDS = declare_gauge(
    "receipts_oldest_unjudged_seconds",
    "Age of the oldest message of facts that metrics has not judged yet; 0 if there is none.",
)
REGISTRY_NEWS_AGE_SECONDS = declare_gauge(
    "registry_news_age_seconds", "Time since registry was last heard of platforms or sellers."
)
CONTROL_TOTALS_TOTAL = declare_counter(
    "control_totals_total", "Control totals stated by partners, by whether ours agreed.", ["agreed"]
)
# From the start: an increase cannot be told from the first difference alone.
CONTROL_TOTALS_TOTAL.labels(SERVICE, "no")
