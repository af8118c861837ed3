"""livestream-supply: takes what platforms report, and tells them what became of it."""

from datetime import timedelta

from event_contracts.livestream_supply import OrdersRecorded, ReceiptsAccepted
from livestream_supply.authority.reactions import COPIES
from livestream_supply.control_total import routes as control_total
from livestream_supply.order_event import routes as order_event
from livestream_supply.receipt import routes as receipt
from livestream_supply.receipt.reactions import OUTCOMES
from livestream_supply.receipt.use_cases import show_backlog
from livestream_supply.tables import LivestreamSupplyTable
from service_chassis.service import Service, Sweeper

SERVICE = Service(
    name="livestream-supply",
    package="livestream_supply",
    title_zh="直播供应链",
    title_en="Livestream supply",
    metadata=LivestreamSupplyTable.metadata,
    routers=(order_event.router, receipt.router, control_total.router),
    publishes=(OrdersRecorded, ReceiptsAccepted),
    subscriptions=(COPIES, OUTCOMES),
    sweepers=(Sweeper("backlog", timedelta(seconds=10), show_backlog, alone=False),),
)
