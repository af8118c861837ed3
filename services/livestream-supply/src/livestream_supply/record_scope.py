"""A platform reads and writes its own; who is not bound to one may read any."""

from livestream_supply.order_event.problems import PlatformMissing
from livestream_supply.receipt.problems import OutsideRecordScope, PlatformNotNamed
from service_chassis.identity import Principal


def own_platform(caller: Principal) -> str:
    """The platform for which the caller reports; it comes from the credential alone."""
    if caller.platform is None:
        raise PlatformMissing("Report with the credential of a platform's own client.")
    return caller.platform


def readable_platform(caller: Principal, named: str | None) -> str:
    """The one platform of which the caller asks: its own, or the one that is named."""
    if caller.platform is None:
        if named is None:
            raise PlatformNotNamed("Your token is for every platform: add ?platform=<code>.")
        return named
    if named not in (None, caller.platform):
        raise OutsideRecordScope(f"Your token is for platform {caller.platform}, not {named}.")
    return caller.platform
