"""What the templates put into the cells: amounts, growth and shares in one language."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metrics.board.rules import amounts
from metrics.board.rules.amounts import YUAN, Large
from metrics.board.rules.walls import Language
from metrics.board.rules.words import category, channel, words
from metrics.board.schemas.pictures import Named
from metrics.volume.queries.names import OF_NOTHING
from metrics.volume.schemas import Figure, GroupValue, Growth, Item, VolumeAnswer


@dataclass(frozen=True, slots=True)
class Money:
    """An amount to see from afar, and to the minor unit."""

    minor: int
    large: Large
    exact: str
    apart: Sequence[str]
    """Exact amounts in other currencies; they are not in this one."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A growth rate, or why there is none."""

    text: str
    direction: str
    known: bool
    base: str | None
    """The exact amount a year before."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of volumes."""

    code: str
    name: str
    money: Money
    grown: Grown
    share: str | None
    width: int
    """Of its bar, in whole percent of the longest."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A table of volumes, largest first, and what its last line leaves out."""

    shown: Sequence[Line]
    rest: Money | None
    rest_count: int
    nowhere: Sequence[Line]
    """What belongs to no group: told, and compared with none."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sold at all."""
        return not self.shown and not self.nowhere


class Teller:
    """Says figures in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.words = words(language)

    def name(self, named: Named | GroupValue) -> str:
        """What it is called; the code where it has no name in the language."""
        own, other = named.name_en, named.name_zh
        if self.language == "zh":
            own, other = other, own
        return own or other or named.code or "—"

    def money(self, native: Sequence[Figure]) -> Money:
        """Yuan, and the other currencies beside them."""
        return self._money({each.currency or YUAN: each.amount_minor or 0 for each in native})

    def of(self, answer: VolumeAnswer, measure: str = "ECV_PAID") -> Sequence[Figure]:
        """The figures of an answer without groups."""
        return next(item.native for item in answer.items if item.measure == measure)

    def orders(self, answer: VolumeAnswer) -> Figure | None:
        """The number of paid orders of an answer without groups."""
        return next(iter(self.of(answer, "ORDERS_PAID")), None)

    def grown(self, native: Sequence[Figure]) -> Grown:
        """The growth of yuan, or of a number of orders."""
        growth = next((each.yoy for each in native if each.currency in (YUAN, None)), None)
        return self.growth(growth)

    def growth(self, growth: Growth | None) -> Grown:
        """A growth rate in words."""
        if growth is None:
            return Grown(self.words["base_missing"], "none", known=False, base=None)
        text = amounts.percent(growth.rate, signed=True)
        base = growth.base_amount_minor
        told = None if base is None else amounts.exact(base, YUAN, self.language)
        if text is None:
            reason = self.words[growth.reason or "base_missing"]
            return Grown(reason, "none", known=False, base=told)
        return Grown(text, amounts.direction(growth.rate), known=True, base=told)

    def lines(self, answer: VolumeAnswer, most: int) -> Lines:
        """The groups of an answer, the largest first."""
        group = answer.group_by[0]
        ordered = sorted(
            answer.items, key=lambda item: (-_yuan(item), item.group[group].code or "")
        )
        items = [item for item in ordered if item.group[group].code not in OF_NOTHING]
        nowhere = [item for item in ordered if item.group[group].code in OF_NOTHING]
        longest = max((_yuan(item) for item in items), default=0)
        rest = items[most:]
        return Lines(
            [self._line(item, group, longest) for item in items[:most]],
            self._sum(rest) if rest else None,
            len(rest),
            [self._line(item, group, 0) for item in nowhere],
        )

    def moment(self, instant: datetime) -> str:
        """Date and time in Shanghai, to the minute."""
        return amounts.moment(instant)

    def exact(self, minor: int, currency: str) -> str:
        """Every digit."""
        return amounts.exact(minor, currency, self.language)

    def _line(self, item: Item, group: str, longest: int) -> Line:
        figure = next((each for each in item.native if each.currency == YUAN), None)
        value = item.group[group]
        code = value.code or "—"
        match group:
            case "channel":
                named = channel(code, self.language)
            case "category":
                named = category(code, self.language)
            case _:
                named = self.name(value)
        return Line(
            code=code,
            name=named,
            money=self.money(item.native),
            grown=self.grown(item.native),
            share=amounts.percent(figure.share.rate) if figure and figure.share else None,
            width=max(0, _yuan(item)) * 100 // longest if longest > 0 else 0,
        )

    def _sum(self, items: Sequence[Item]) -> Money:
        total: Counter[str] = Counter()
        for item in items:
            for each in item.native:
                total[each.currency or YUAN] += each.amount_minor or 0
        return self._money(total)

    def _money(self, native: Mapping[str, int]) -> Money:
        minor = native.get(YUAN, 0)
        return Money(
            minor,
            amounts.large(minor, YUAN, self.language),
            amounts.exact(minor, YUAN, self.language),
            [
                amounts.exact(amount, currency, self.language)
                for currency, amount in sorted(native.items())
                if currency != YUAN and amount
            ],
        )


def _yuan(item: Item) -> int:
    return next((each.amount_minor or 0 for each in item.native if each.currency == YUAN), 0)
