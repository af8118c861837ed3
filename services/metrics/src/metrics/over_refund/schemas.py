"""Over-refunds as callers see them."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class OverRefundView(BaseModel):
    """An order of which more was refunded than its stored facts say was paid."""

    model_config = ConfigDict(from_attributes=True)

    platform: str
    order_no: str
    currency: str
    paid_minor: int
    refunded_minor: int
    found_at: AwareDatetime
    checked_at: AwareDatetime
