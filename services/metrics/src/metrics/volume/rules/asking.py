"""From the words of a caller to a question that makes sense, within what the caller may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from metrics.comparison.rules import Comparison
from metrics.measure.rules import BY_CODE, OFFICIAL, Measure
from metrics.period.rules import Unit, parse
from metrics.region.rules import is_division
from metrics.volume.problems import (
    EnterpriseFiguresRefused,
    OutsideRecordScope,
    QuestionInvalid,
)
from metrics.volume.rules.questions import CohortOf, Group, Question, Scope
from reference_data.currencies import is_currency
from reference_data.customs_modes import codes, customs_mode
from reference_data.divisions import within

NATIVE = "native"
MOST_CURRENCIES = 5
STEPS = (Unit.HOUR, Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)


@dataclass(frozen=True, slots=True)
class Words:
    """A question as it was put; lists may hold several values in one, separated by commas."""

    period: str
    measures: Iterable[str] = ()
    group_by: Iterable[str] = ()
    by: str | None = None
    plan: str | None = None
    nodes: Iterable[str] = ()
    parks: Iterable[str] = ()
    regions: Iterable[str] = ()
    enterprises: Iterable[str] = ()
    of_facts: Mapping[str, Iterable[str]] = field(default_factory=dict)
    comparisons: Iterable[Comparison] = ()
    like_for_like: bool = False
    cohort: CohortOf = CohortOf.ENTERPRISES
    share: bool = False
    currencies: Iterable[str] = ()


def ask(words: Words, scope: Scope, *, sees_enterprises: bool) -> Question:
    """Read the words; problems name the parameter and what it could be."""
    question = Question(
        measures=_measures(words.measures),
        period=parse(words.period),
        by=_by(words.by),
        group_by=_groups(words.group_by),
        parks=frozenset(_values(words.parks)),
        plan=words.plan,
        nodes=frozenset(_values(words.nodes)),
        regions=frozenset(_values(words.regions)),
        enterprises=frozenset(_values(words.enterprises)),
        of_facts={
            column: frozenset(found)
            for column, values in words.of_facts.items()
            if (found := _values(values))
        },
        comparisons=list(words.comparisons),
        like_for_like=words.cohort if words.like_for_like else None,
        share=words.share,
        currencies=_currencies(words.currencies),
        scope=scope,
    )
    _check_together(question)
    _check_scope(question, sees_enterprises=sees_enterprises)
    return question


def check_sees_all(scope: Scope) -> None:
    """Refuse a total of a whole node to a caller who may see a part of the figures only."""
    if scope != Scope():
        raise OutsideRecordScope("This is a total of many parks; your token covers a part of it.")


def _measures(values: Iterable[str]) -> list[Measure]:
    codes = _values(values) or [OFFICIAL]
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown:
        raise QuestionInvalid(
            f"There is no measure {unknown[0]!r}; there are {', '.join(BY_CODE)}.",
            parameter="measure",
        )
    return [BY_CODE[code] for code in codes]


def _by(value: str | None) -> Unit | None:
    if value is None:
        return None
    if value not in STEPS:
        raise QuestionInvalid(
            f"by={value} is no step; steps are {', '.join(STEPS)}.", parameter="by"
        )
    return Unit(value)


def _groups(values: Iterable[str]) -> list[Group]:
    found = []
    for value in _values(values):
        try:
            found.append(Group(value))
        except ValueError as unknown:
            raise QuestionInvalid(
                f"Figures cannot be grouped by {value!r}, but by {', '.join(Group)}.",
                parameter="group_by",
            ) from unknown
    return found


def _currencies(values: Iterable[str]) -> list[str]:
    found = [value for value in _values(values) if value != NATIVE]
    for code in found:
        if not is_currency(code):
            raise QuestionInvalid(
                f"{code!r} is neither native nor a currency of ISO 4217.", parameter="currency"
            )
    if len(found) > MOST_CURRENCIES:
        raise QuestionInvalid(
            f"Ask for {MOST_CURRENCIES} currencies at most, not {len(found)}.",
            parameter="currency",
        )
    return found


def _check_together(question: Question) -> None:
    if question.uses_nodes and not question.plan:
        raise QuestionInvalid("Say which plan the nodes are of: plan=<code>.", parameter="plan")
    for region in question.regions:
        if not is_division(region):
            raise QuestionInvalid(
                f"No division has ever had the code {region!r}.", parameter="region"
            )
    for mode in question.of_facts.get("customs_mode", ()):
        if customs_mode(mode) is None:
            raise QuestionInvalid(
                f"There is no customs mode {mode!r}; there are {', '.join(sorted(codes()))}.",
                parameter="customs_mode",
            )
    if question.like_for_like is None:
        return
    if not question.comparisons:
        raise QuestionInvalid(
            "like_for_like needs yoy, ytd_yoy or mom beside it.", parameter="like_for_like"
        )
    if question.by or question.by_enterprise:
        raise QuestionInvalid(
            "like_for_like compares groups of enterprises over one period: leave out `by` and "
            "group_by=enterprise.",
            parameter="like_for_like",
        )


def _check_scope(question: Question, *, sees_enterprises: bool) -> None:
    scope = question.scope
    of_enterprises = question.by_enterprise or bool(question.enterprises)
    if of_enterprises and not sees_enterprises and scope.enterprises is None:
        raise EnterpriseFiguresRefused("This needs the scope figures:enterprises.")
    for wanted, allowed, what in (
        (question.enterprises, scope.enterprises, "enterprise"),
        (question.parks, scope.parks, "park"),
        (
            question.of_facts.get("platform", frozenset()),
            None if scope.platform is None else frozenset({scope.platform}),
            "platform",
        ),
    ):
        outside = sorted(wanted - allowed) if allowed is not None else []
        if outside:
            raise OutsideRecordScope(f"The {what} {outside[0]} is not in your record scope.")
    for region in question.regions:
        if scope.region is not None and not within(region, scope.region):
            raise OutsideRecordScope(f"The region {region} is not in your record scope.")


def _values(values: Iterable[str]) -> list[str]:
    """Every value once, in the order in which they were given."""
    parts = (part.strip() for value in values for part in value.split(","))
    return list(dict.fromkeys(part for part in parts if part))
