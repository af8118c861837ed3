"""What callers send and see of cluster plans."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from registry.codes import Body, NameEn, NameZh, NodeCode, ParkCode, PlanCode, View, absent

Role = Literal["hq", "second", "district"]


class DeclaredShape(Body):
    """How many nodes of each role the plan promises: 1+1+9 is one, one and nine."""

    model_config = ConfigDict(from_attributes=True)

    hq: int = Field(ge=0, le=100)
    second: int = Field(ge=0, le=100)
    district: int = Field(ge=0, le=500)

    @property
    def nodes(self) -> int:
        """All of them."""
        return self.hq + self.second + self.district


class PlanRegistration(Body):
    """A plan to begin."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "GZ-1-1-9",
                "name_zh": "广州“1+1+9”电子商务集聚区",
                "name_en": "Guangzhou 1+1+9 e-commerce clusters",
                "declared": {"hq": 1, "second": 1, "district": 9},
                "valid_from": "2013-11-01",
            }
        }
    )

    code: PlanCode
    name_zh: NameZh
    name_en: NameEn
    declared: DeclaredShape
    valid_from: date


class PlanChange(Body):
    """What to change; members not sent stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"declared": {"hq": 1, "second": 1, "district": 10}}}
    )

    name_zh: NameZh = Field(default_factory=absent)
    name_en: NameEn = Field(default_factory=absent)
    declared: DeclaredShape = Field(default_factory=absent)
    valid_from: date = Field(default_factory=absent)


class NodePark(Body):
    """A park that belongs to the node during [valid_from, valid_to)."""

    park_code: ParkCode
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is the first day no longer covered; it follows valid_from")
        return self


class Node(Body):
    """A cluster: its place in the tree, its role and its parks."""

    node_code: NodeCode
    parent_code: NodeCode | None = None
    role: Role
    name_zh: NameZh
    name_en: NameEn
    parks: list[NodePark] = Field(default_factory=list, max_length=500)


class Draft(Body):
    """The whole tree as it should be; it replaces the draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "nodes": [
                    {
                        "node_code": "HQ",
                        "parent_code": None,
                        "role": "hq",
                        "name_zh": "琶洲总部集聚区",
                        "name_en": "Pazhou headquarters cluster",
                        "parks": [{"park_code": "GZ-PAZHOU", "valid_from": "2013-11-01"}],
                    }
                ]
            }
        }
    )

    nodes: list[Node] = Field(max_length=700)


class Publication(Body):
    """From when the tree holds; without it, the plan's own date."""

    model_config = ConfigDict(json_schema_extra={"example": {"valid_from": "2013-11-01"}})

    valid_from: date | None = None


class PlanView(View):
    """A plan: its declared shape and how far it has come."""

    code: str
    name_zh: str
    name_en: str
    declared: DeclaredShape
    valid_from: date
    published_version: int = Field(description="The newest published tree; 0 before the first.")
    has_draft: bool
    version: int
    created_at: datetime
    updated_at: datetime


class TreeView(View):
    """A tree of a plan: published, or the draft (`tree_version` null)."""

    plan_code: str
    tree_version: int | None
    valid_from: date
    published_at: datetime | None
    published_by: str | None
    nodes: list[Node]
