"""Whose facts a caller may see."""

from metrics.fact.problems import OtherPlatform
from service_chassis.identity import Principal


def may_see(caller: Principal, platform: str) -> None:
    """A platform sees its own; who has no platform was let in by scope."""
    if caller.platform is not None and caller.platform != platform:
        raise OtherPlatform(f"You report for {caller.platform}, these are facts of {platform}.")


def own_platform(caller: Principal, asked: str | None) -> str | None:
    """The platform to show: the one asked for, or the caller's own, or all."""
    if asked is not None:
        may_see(caller, asked)
        return asked
    return caller.platform
