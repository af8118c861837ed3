"""Half-open periods of dates: the last date is not covered, None has no end."""

from datetime import date


def overlap(
    first_from: date, first_to: date | None, second_from: date, second_to: date | None
) -> bool:
    """Whether the periods share a date."""
    return (second_to is None or first_from < second_to) and (
        first_to is None or second_from < first_to
    )
