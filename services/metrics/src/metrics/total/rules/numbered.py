"""Dimensions by their numbers."""

from dataclasses import dataclass

from metrics.total.rules.grains import Int64s


@dataclass(frozen=True, slots=True)
class Numbered:
    """The numbers of dimensions, in the order asked, and their digests in the content of facts."""

    digest: list[bytes]
    seller_id: Int64s
    dimension_id: Int64s
