"""What callers send and see of targets."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from registry.codes import Body, NodeCode, PlanCode, Reason, View, Year
from registry.currencies import Currency

Measure = Literal[
    "GMV_ORDERED",
    "ECV_PAID",
    "ECV_NET",
    "ECV_SETTLED",
    "ONLINE_RETAIL",
    "ONLINE_RETAIL_PHYS",
    "B2B_VOLUME",
    "SERVICE_VOLUME",
    "LIVE_SALES",
    "CBEC_EXPORT",
    "CBEC_IMPORT",
]
Operator = Literal[">", ">="]
TargetStatus = Literal["active", "withdrawn"]
MOST_MINOR = 2**53 - 1
"""Larger numbers lose their last digits in callers that read JSON numbers as doubles."""


class TargetRegistration(Body):
    """What a node is to reach in a calendar year (Asia/Shanghai)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "plan_code": "GZ-1-1-9",
                "node_code": "HQ",
                "year": 2020,
                "measure": "ECV_PAID",
                "operator": ">",
                "amount_minor": 10_000_000_000_000,
                "currency": "CNY",
            }
        }
    )

    plan_code: PlanCode
    node_code: NodeCode
    year: Year
    measure: Measure
    operator: Operator = Field(description="'>' means more than: the amount itself is not enough.")
    amount_minor: int = Field(ge=0, le=MOST_MINOR, strict=True, description="In minor units (fen).")
    currency: Currency


class Withdrawal(Body):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "replaced by a new plan"}})

    reason: Reason


class TargetView(View):
    """A target."""

    id: UUID
    plan_code: str
    node_code: str
    year: int
    measure: Measure
    operator: Operator
    amount_minor: int
    currency: str
    status: TargetStatus
    version: int
    created_at: datetime
    updated_at: datetime
