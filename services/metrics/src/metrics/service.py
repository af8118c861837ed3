"""metrics: facts counted once, totals that can be proved, figures that can be asked."""

from datetime import timedelta

from event_contracts.metrics import FactsJudged, TargetCrossed
from metrics.attribution.reactions import COPIES
from metrics.board import routes as board
from metrics.board.use_cases.watching import show_no_viewers
from metrics.change import tables as _change_tables  # noqa: F401
from metrics.conflict import routes as conflict
from metrics.correction import tables as _correction_tables  # noqa: F401
from metrics.fact import routes as fact
from metrics.fact.reactions import FACTS
from metrics.fact.use_cases.retrying import retry_all_waiting
from metrics.freshness.use_cases import show_freshness
from metrics.jump.use_cases import show_jumps
from metrics.measure import routes as measure
from metrics.over_refund import routes as over_refund
from metrics.over_refund.use_cases.checking import look_at_refunds
from metrics.rate import routes as rate
from metrics.rate import tables as _rate_tables  # noqa: F401
from metrics.rebuild import routes as rebuild
from metrics.rebuild.use_cases.rebuilding import work_off
from metrics.reconciliation import routes as reconciliation
from metrics.reconciliation.reactions import RECEIPTS
from metrics.reconciliation.use_cases.burying import tell_burials
from metrics.reconciliation.use_cases.showing import show_reconciliation
from metrics.running_total.use_cases import keep_added_up
from metrics.tables import MetricsTable
from metrics.target import routes as target
from metrics.target.use_cases import evaluate_changed
from metrics.total.use_cases.adding import let_go
from metrics.volume import routes as volume
from service_chassis.service import Service, Sweeper

SERVICE = Service(
    name="metrics",
    package="metrics",
    title_zh="统计",
    title_en="Metrics",
    metadata=MetricsTable.metadata,
    routers=(
        measure.router,
        rate.router,
        volume.router,
        target.router,
        fact.router,
        conflict.router,
        reconciliation.router,
        rebuild.router,
        over_refund.router,
        board.pages,
        board.stream,
    ),
    publishes=(FactsJudged, TargetCrossed),
    subscriptions=(FACTS, RECEIPTS, COPIES),
    sweepers=(
        Sweeper("corrections", timedelta(seconds=2), retry_all_waiting),
        Sweeper("totals", timedelta(hours=1), let_go),
        Sweeper("over-refunds", timedelta(seconds=5), look_at_refunds),
        Sweeper("rebuilds", timedelta(seconds=2), work_off),
        Sweeper("burials", timedelta(seconds=5), tell_burials),
        Sweeper("reconciliation", timedelta(seconds=15), show_reconciliation, alone=False),
        Sweeper("freshness", timedelta(seconds=10), show_freshness, alone=False),
        Sweeper("jumps", timedelta(minutes=5), show_jumps, alone=False),
        Sweeper("targets", timedelta(seconds=3), evaluate_changed),
        Sweeper("running-totals", timedelta(seconds=5), keep_added_up),
    ),
    on_start=(show_no_viewers,),
    shortcuts={"/board": "/board"},
)
