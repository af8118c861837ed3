"""Showing what was found: figures with growth and shares, group by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from metrics.comparison.rules import Compared, Comparison, is_open
from metrics.growth.rules import cohort_hash
from metrics.measure.rules import Measure, Unit
from metrics.period.rules import Period, Window, moment
from metrics.rate.rules import Rate
from metrics.volume.queries.cells import Labels, Table
from metrics.volume.queries.cohorts import Alike, Cohort, labels_of_places
from metrics.volume.queries.names import GroupNames
from metrics.volume.rules.figures import (
    Amounts,
    Conversions,
    Number,
    converted,
    currencies_of,
    grown,
    native,
    shared,
)
from metrics.volume.rules.questions import OF_PLACES, Question
from metrics.volume.schemas import (
    CohortView,
    Figure,
    Growth,
    Item,
    LikeForLike,
    PeriodView,
    Share,
)
from reference_data.currencies import major


@dataclass(frozen=True, slots=True)
class Part:
    """A period of the answer with what it is compared with."""

    period: Period
    compared: Mapping[Comparison, Compared]


@dataclass(slots=True)
class Found:
    """Everything that was read for an answer."""

    question: Question
    now: datetime
    parts: Sequence[Part]
    tables: Mapping[Window, Table]
    alike: Mapping[Comparison, Alike]
    conversions: Conversions
    names: GroupNames
    rates: list[Rate] = field(default_factory=list)
    _amounts: dict[tuple[Window, Labels, int], Amounts] = field(default_factory=dict)
    _views: dict[tuple[Window, str], PeriodView] = field(default_factory=dict)

    def amounts(self, window: Window | None, labels: Labels, place: int) -> Amounts:
        """Count and amount by currency of the measure at this place."""
        if window is None:
            return {}
        key = window, labels, place
        if key not in self._amounts:
            self._amounts[key] = _amounts(self.tables[window], labels, place)
        return self._amounts[key]

    def view_of(self, window: Window, period: Period | None = None) -> PeriodView:
        """A window as callers see it, under the name of the period where that is its own."""
        key = window, _text(window, period)
        if key not in self._views:
            self._views[key] = view_of(*key, self.now)
        return self._views[key]

    def place_of(self, rates: Sequence[Rate]) -> list[int]:
        """Where the rates stand in the list of those used."""
        self.rates += [rate for rate in dict.fromkeys(rates) if rate not in self.rates]
        return sorted({self.rates.index(rate) for rate in rates})


def view_of(window: Window, text: str, now: datetime) -> PeriodView:
    """A window as callers see it."""
    return PeriodView(
        period=text,
        start=moment(window.start),
        until=moment(window.end),
        to_date=is_open(window, now),
    )


def items_of(
    found: Found, part: Part, measure: Measure, place: int, labels: Sequence[Labels]
) -> list[Item]:
    """The measure at this place of the sums, in one period, for every group."""
    shown = [_Shown(found, part, measure, place, each) for each in labels]
    items = []
    for each in shown:
        item = Item(
            group=found.names(each.labels),
            period=found.view_of(part.period.window, part.period),
            measure=measure.code,
            native=[each.figure(currency, shown) for currency in each.currencies],
            converted=[each.figure(target, shown, convert=True) for target in each.targets],
        )
        if item.native or not found.question.group_by:
            items.append(item)
    return items


@dataclass(slots=True)
class _Shown:
    """One group's figures of one measure in one period."""

    found: Found
    part: Part
    measure: Measure
    place: int
    labels: Labels

    @property
    def currencies(self) -> list[str | None]:
        windows: list[Window | None] = [self.part.period.window]
        windows += [each.base for each in self.part.compared.values()]
        windows += [each.current for each in self.part.compared.values()]
        return currencies_of(
            self.measure,
            [self.found.amounts(window, self.labels, self.place) for window in windows],
        )

    @property
    def targets(self) -> Sequence[str]:
        return () if self.measure.unit is Unit.COUNT else self.found.question.currencies

    def number(self, window: Window, currency: str | None, *, convert: bool) -> Number:
        amounts = self.found.amounts(window, self.labels, self.place)
        return self._number(amounts, window, currency, convert=convert)

    def figure(
        self, currency: str | None, everyone: Sequence["_Shown"], *, convert: bool = False
    ) -> Figure:
        window = self.part.period.window
        number = self.number(window, currency, convert=convert)
        of_money = self.measure.unit is not Unit.COUNT
        whole = number.value is not None and currency is not None
        return Figure(
            currency=currency,
            amount_minor=number.value if of_money else None,
            amount=f"{major(number.value or 0, currency or ''):f}" if whole and currency else None,
            count=number.count,
            reason=number.reason,
            rates=self.found.place_of(number.rates),
            share=self._share(number, currency, everyone, convert=convert),
            **{
                comparison.value: self._growth(comparison, each, currency, convert=convert)
                for comparison, each in self.part.compared.items()
            },
        )

    def _number(
        self, amounts: Amounts, window: Window, currency: str | None, *, convert: bool
    ) -> Number:
        if convert and currency:
            return converted(self.measure, amounts, currency, window, self.found.conversions)
        return native(self.measure, amounts, currency)

    def _share(
        self,
        number: Number,
        currency: str | None,
        everyone: Sequence["_Shown"],
        *,
        convert: bool,
    ) -> Share | None:
        if not self.found.question.share or self.measure.unit is Unit.MONEY_PER_ORDER:
            return None
        window = self.part.period.window
        all_parts = [each.number(window, currency, convert=convert) for each in everyone]
        ratio, whole = shared(number, all_parts)
        money = self.measure.unit is not Unit.COUNT
        return Share(
            rate=ratio.value,
            reason=ratio.reason,
            of_amount_minor=whole.value if money else None,
            of_count=whole.count,
        )

    def _growth(
        self, comparison: Comparison, each: Compared, currency: str | None, *, convert: bool
    ) -> Growth:
        current = self.number(each.current, currency, convert=convert)
        base = self.number(each.base, currency, convert=convert) if each.base else None
        ratio = grown(current, base)
        money = self.measure.unit is not Unit.COUNT
        return Growth(
            rate=ratio.value,
            reason=ratio.reason,
            current_amount_minor=current.value if money else None,
            base_amount_minor=base.value if base and base.count and money else None,
            current_count=current.count,
            base_count=base.count if base else 0,
            current=self.found.view_of(each.current, self.part.period),
            base=self.found.view_of(each.base) if each.base else None,
            like_for_like=self._like_for_like(comparison, each, currency, convert=convert),
        )

    def _like_for_like(
        self, comparison: Comparison, each: Compared, currency: str | None, *, convert: bool
    ) -> LikeForLike | None:
        question = self.found.question
        same = self.found.alike.get(comparison)
        if question.like_for_like is None or same is None or each.base is None:
            return None
        key = labels_of_places(question, self.labels)
        rest = tuple(
            label
            for group, label in zip(question.group_by, self.labels, strict=True)
            if group not in OF_PLACES
        )
        now_amounts = _amounts(same.current.get(key, {}), rest, self.place)
        then_amounts = _amounts(same.base.get(key, {}), rest, self.place)
        current = self._number(now_amounts, each.current, currency, convert=convert)
        base = self._number(then_amounts, each.base, currency, convert=convert)
        ratio = grown(current, base)
        money = self.measure.unit is not Unit.COUNT
        cohort = same.cohorts.get(key) or Cohort(question.like_for_like, 0, cohort_hash(()))
        return LikeForLike(
            rate=ratio.value,
            reason=ratio.reason,
            current_amount_minor=current.value if money else None,
            base_amount_minor=base.value if base.count and money else None,
            current_count=current.count,
            base_count=base.count,
            cohort=CohortView(of=cohort.of.value, count=cohort.count, hash=cohort.hash),
        )


def _amounts(table: Table, labels: Labels, place: int) -> Amounts:
    sums = table.get(labels, {})
    return {
        currency: (numbers[2 * place], numbers[2 * place + 1])
        for currency, numbers in sums.items()
        if numbers[2 * place]
    }


def _text(window: Window, period: Period | None = None) -> str:
    if period and window == period.window:
        return period.text
    if window.is_whole_days:
        return f"{window.first_day}..{window.last_day}"
    return f"{moment(window.start):%Y-%m-%dT%H}..{moment(window.end - 1):%Y-%m-%dT%H}"
