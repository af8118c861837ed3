"""Facts as livestream-supply records them."""

from event_contracts.livestream_supply import OrdersRecorded
from metrics.fact.tables import FACTS_GROUP
from metrics.fact.use_cases.taking import take
from service_chassis.consumer import Subscription

# Fifty messages of 2,000 facts: the most for which 64-bit sums of a transaction cannot wrap.
FACTS = Subscription(
    group=FACTS_GROUP,
    contracts=(OrdersRecorded,),
    handler=take,
    max_records=50,
    with_records=True,
)
