"""What is there of the demonstration, and whether its figures are the published ones."""

from yuanqu.api import Api
from yuanqu.demo.people import Firms

PRESENT = "present"
HALF_REMOVED = "half_removed"


def present_generation(api: Api, firms: Firms) -> tuple[int, str | None]:
    """The generation that is there, or the number of the next one and None."""
    return 1, None


def print_attainment(api: Api, target_id: str) -> None:
    pass


def print_published(api: Api) -> None:
    pass
