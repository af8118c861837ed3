"""From the columns of somebody's CSV to the members of an order event.

A mapping is JSON; every part is optional:

    {
      "columns":   {"order_no": "订单号", "amount": "实付金额", "occurred_at": "付款时间"},
      "constants": {"kind": "paid", "currency": "CNY", "channel": "shelf"},
      "values":    {"kind": {"交易成功": "paid", "已退款": "refunded"}},
      "time_format": "%Y-%m-%d %H:%M:%S",
      "encoding": "gb18030",
      "delimiter": ","
    }

A member that no column is named for is read from the column of its own name, if there is one.
`amount` is in whole units of the currency (12.34 yuan) and becomes `amount_minor` exactly; a moment
without an offset is Shanghai's. What cannot be converted is sent as it stands, so that the receipt
names it like every other fault.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from reference_data.shanghai import SHANGHAI
from yuanqu.failures import Failure
from yuanqu.money import minor

AMOUNT = "amount"
CORRECTS = {"corrects.kind": "kind", "corrects.ref": "ref"}
MEMBERS = (
    *("order_no", "kind", "ref", *CORRECTS, "revision", "reason", "occurred_at", "seller_uscc"),
    *("buyer_type", "channel", "trade_mode", "trade_flow", "customs_mode", "goods_kind"),
    *("category", "currency", "amount_minor", AMOUNT, "session_no", "attribution", "region_code"),
)
WHOLE_NUMBERS = ("amount_minor", "revision")

Reader = Callable[[Sequence[str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a row becomes an order event."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    time_format: str | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def over(
        self,
        columns: Mapping[str, str],
        constants: Mapping[str, Any],
        **others: Any,
    ) -> "ColumnMapping":
        """The same with what the command line says put over it."""
        given = {name: value for name, value in others.items() if value is not None}
        return replace(
            self,
            columns={**self.columns, **columns},
            constants={**self.constants, **constants},
            **given,
        )

    def canonical(self) -> str:
        """The same text for the same mapping: what is sent depends on it."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps(held, sort_keys=True, ensure_ascii=False)

    def reader(self, heading: Sequence[str]) -> Reader:
        """What reads a row under this heading. Failure when a named column is not there."""
        places = {name.strip(): place for place, name in enumerate(heading)}
        missing = [name for name in self.columns.values() if name not in places]
        if missing:
            raise Failure(
                f"The file has no column {', '.join(missing)}",
                f"Its columns are: {', '.join(places)}.",
                next_step="Correct --column or the mapping file.",
            )
        taken = {
            member: places[self.columns.get(member, member)]
            for member in MEMBERS
            if self.columns.get(member, member) in places
        }
        if "order_no" not in taken and "order_no" not in self.constants:
            raise Failure(
                "No column holds order_no",
                f"The columns are: {', '.join(places)}.",
                next_step="Say which ones hold the members of an order event: "
                "--column order_no=订单号 --column amount=实付金额 --set kind=paid …, "
                "or a mapping file (--mapping).",
            )
        return lambda row: self._event(row, taken)

    def _event(self, row: Sequence[str], taken: Mapping[str, int]) -> dict[str, Any]:
        event = dict(self.constants)
        for member, place in taken.items():
            text = row[place].strip() if place < len(row) else ""
            text = self.values.get(member, {}).get(text, text)
            if text:
                event[member] = text
        for member in WHOLE_NUMBERS:
            if isinstance(event.get(member), str):
                event[member] = _whole(event[member])
        if (amount := event.pop(AMOUNT, None)) is not None:
            event["amount_minor"] = _minor(str(amount), str(event.get("currency", "")))
        if isinstance(event.get("occurred_at"), str):
            event["occurred_at"] = self._moment(event["occurred_at"])
        corrects = {member: event.pop(name) for name, member in CORRECTS.items() if name in event}
        return event | ({"corrects": corrects} if corrects else {})

    def _moment(self, text: str) -> str:
        try:
            moment = (
                datetime.strptime(text, self.time_format)  # noqa: DTZ007 - the offset comes below
                if self.time_format
                else datetime.fromisoformat(text)
            )
        except ValueError:
            return text
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).isoformat()


def read_mapping(path: Path) -> ColumnMapping:
    """A mapping file. Failure when it is not one."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        mapping = ColumnMapping(**held)
    except OSError as error:
        raise Failure(f"{path} cannot be read", error.strerror or str(error)) from error
    except (ValueError, TypeError) as error:
        known = ", ".join(each.name for each in fields(ColumnMapping))
        raise Failure(
            f"{path} is not a mapping", str(error), next_step=f"A mapping has: {known}."
        ) from error
    unknown = sorted({*mapping.columns, *mapping.constants, *mapping.values} - {*MEMBERS})
    if unknown:
        raise Failure(
            f"An order event has no {', '.join(unknown)}",
            next_step=f"It has: {', '.join(MEMBERS)}.",
        )
    return mapping


def _whole(text: str) -> int | str:
    try:
        return int(text.replace(",", ""))
    except ValueError:
        return text


def _minor(text: str, currency: str) -> int | str:
    try:
        return minor(text, currency)
    except (ValueError, KeyError, InvalidOperation):
        return text
