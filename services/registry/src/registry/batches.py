"""Batches: up to 1,000 items in one request, each with its own outcome, in few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import status
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from registry.codes import Body
from service_chassis.problems import Problem

MOST_ITEMS = 1_000
MULTI_STATUS = status.HTTP_207_MULTI_STATUS

Item = TypeVar("Item", bound=BaseModel)


class Batch(Body):
    """Items as one of them would be sent alone; a faulty one does not hold up the others."""

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_ITEMS)]


class ItemError(BaseModel):
    """What is wrong with a member of an item."""

    pointer: str = Field(description="JSON Pointer within the whole body")
    code: str
    detail: str


class ItemOutcome(BaseModel):
    """What became of one item; `status` is what it would have been alone."""

    index: int
    status: int
    id: str | None = Field(default=None, description="The record that was made, or that is there.")
    code: str | None = Field(default=None, description="The code of the problem, if there is one.")
    detail: str | None = None
    errors: list[ItemError] | None = None


class BatchOutcome(BaseModel):
    """The outcome of every item, in their order."""

    accepted: int
    rejected: int
    items: list[ItemOutcome]


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Item]):
    """An item that has the right form, and its place."""

    index: int
    item: Item


def read_items(
    items: Sequence[Mapping[str, Any]], model: type[Item]
) -> tuple[list[Candidate[Item]], list[ItemOutcome]]:
    """The items that have the form of the model, and the outcomes of those that have not."""
    adapter = TypeAdapter(model)
    candidates: list[Candidate[Item]] = []
    faulty: list[ItemOutcome] = []
    for index, item in enumerate(items):
        try:
            candidates.append(Candidate(index, adapter.validate_python(item)))
        except ValidationError as invalid:
            faulty.append(_invalid(index, invalid))
    return candidates, faulty


def made(index: int, record_id: str) -> ItemOutcome:
    """The outcome of an item that was carried out."""
    return ItemOutcome(index=index, status=status.HTTP_201_CREATED, id=record_id)


def refused(index: int, problem: Problem, record_id: str | None = None) -> ItemOutcome:
    """The outcome of an item that alone would have met this problem."""
    return ItemOutcome(
        index=index,
        status=problem.status,
        id=record_id,
        code=problem.code,
        detail=problem.detail,
    )


def outcome_of(outcomes: Sequence[ItemOutcome]) -> BatchOutcome:
    """All outcomes in the order of their items."""
    accepted = sum(outcome.code is None for outcome in outcomes)
    return BatchOutcome(
        accepted=accepted,
        rejected=len(outcomes) - accepted,
        items=sorted(outcomes, key=lambda outcome: outcome.index),
    )


def _invalid(index: int, invalid: ValidationError) -> ItemOutcome:
    errors = [
        ItemError(
            pointer="/".join(("", "items", str(index), *map(_escaped, fault["loc"]))),
            code=fault["type"],
            detail=fault["msg"].removeprefix("Value error, "),
        )
        for fault in invalid.errors(include_url=False, include_input=False)
    ]
    return ItemOutcome(
        index=index,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT,
        code="request_invalid",
        detail=errors[0].detail,
        errors=errors,
    )


def _escaped(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
