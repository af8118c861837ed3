"""metrics: facts counted once, totals that can be proved, figures that can be asked."""

from event_contracts.metrics import FactsJudged, TargetCrossed
from metrics.conflict import tables as _conflict_tables  # noqa: F401
from metrics.correction import tables as _correction_tables  # noqa: F401
from metrics.fact import tables as _fact_tables  # noqa: F401
from metrics.over_refund import tables as _over_refund_tables  # noqa: F401
from metrics.rebuild import tables as _rebuild_tables  # noqa: F401
from metrics.reconciliation import tables as _reconciliation_tables  # noqa: F401
from metrics.tables import MetricsTable
from metrics.total import tables as _total_tables  # noqa: F401
from service_chassis.service import Service

SERVICE = Service(
    name="metrics",
    package="metrics",
    title_zh="统计",
    title_en="Metrics",
    metadata=MetricsTable.metadata,
    routers=(),
    publishes=(FactsJudged, TargetCrossed),
)
