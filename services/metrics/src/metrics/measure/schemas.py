"""What callers see of the measure dictionary."""

from pydantic import BaseModel, Field

from event_contracts.facts import KINDS
from metrics.measure.rules import Condition, Measure, Unit


class ConditionView(BaseModel):
    """What one dimension of a fact must be."""

    dimension: str
    one_of: list[str] = Field(description="It has one of these values; empty for any")
    none_of: list[str] = Field(description="It has none of these values; absent is none of them")
    present: bool = Field(description="It has a value at all")


class MeasureView(BaseModel):
    """One measure: the facts it adds and the condition on their dimensions."""

    code: str
    name_zh: str
    name_en: str
    note: str
    unit: Unit
    official: bool
    kinds: dict[str, int] = Field(description="Kinds of facts with their sign in the sum")
    where: list[ConditionView] = Field(description="All of them hold")


class MeasureList(BaseModel):
    """The dictionary."""

    items: list[MeasureView]


def shown(measure: Measure, *, official: bool) -> MeasureView:
    """A measure as callers see it."""
    return MeasureView(
        code=measure.code,
        name_zh=measure.name_zh,
        name_en=measure.name_en,
        note=measure.note,
        unit=measure.unit,
        official=official,
        kinds={KINDS[kind]: sign for kind, sign in measure.kinds.items()},
        where=[_shown_condition(name, condition) for name, condition in measure.where.items()],
    )


def _shown_condition(dimension: str, condition: Condition) -> ConditionView:
    return ConditionView(
        dimension=dimension,
        one_of=list(condition.one_of),
        none_of=list(condition.none_of),
        present=condition.present,
    )
