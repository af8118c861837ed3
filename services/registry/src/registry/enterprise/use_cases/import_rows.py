"""Importing enterprises from a spreadsheet: every row judged and reported, a dry run the same."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pydantic import ValidationError

from reference_data import credit_code
from registry.enterprise.queries import known_enterprises
from registry.enterprise.schemas import (
    EnterpriseRegistration,
    ImportReport,
    RowFault,
    RowReport,
)
from registry.enterprise.tables import Enterprise
from registry.enterprise.use_cases.change import apply_changes
from registry.enterprise.use_cases.register import insert_registrations
from registry.enterprise.use_cases.writing import check_may_change, check_may_register
from registry.record_scope import OutsideRecordScope
from service_chassis.identity import Principal
from service_chassis.unit_of_work import UnitOfWork

CHUNK = 1_000
Row = tuple[int, Mapping[str, str]]

COLUMNS = {
    "uscc": ("uscc", "统一社会信用代码", "社会信用代码"),
    "name_zh": ("name_zh", "企业名称", "中文名称", "名称"),
    "name_en": ("name_en", "英文名称"),
    "aliases": ("aliases", "别名", "简称"),
    "region_code": ("region_code", "行政区划代码", "区划代码"),
}
_HEADINGS = {heading: column for column, headings in COLUMNS.items() for heading in headings}
_SEPARATORS = re.compile(r"[;；、|]")


async def import_rows(
    uow: UnitOfWork, caller: Principal, rows: Iterator[Row], *, dry_run: bool
) -> ImportReport:
    """Create the new, update what differs, leave the same, and say so for every row."""
    reports: list[RowReport] = []
    seen: dict[str, int] = {}
    # A workbook takes seconds to read: others are answered meanwhile.
    while chunk := await asyncio.to_thread(_read_chunk, rows, seen):
        reports += [read for _number, read in chunk if isinstance(read, RowReport)]
        readable = [
            (number, read) for number, read in chunk if isinstance(read, EnterpriseRegistration)
        ]
        reports += await _take(uow, caller, readable, dry_run=dry_run)
    reports.sort(key=lambda report: report.row)
    counts = Counter(report.outcome for report in reports)
    return ImportReport(
        dry_run=dry_run,
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        rows=reports,
    )


def _read_chunk(
    rows: Iterator[Row], seen: dict[str, int]
) -> list[tuple[int, EnterpriseRegistration | RowReport]]:
    return [(number, _read(number, cells, seen)) for number, cells in islice(rows, CHUNK)]


def _read(
    number: int, cells: Mapping[str, str], seen: dict[str, int]
) -> EnterpriseRegistration | RowReport:
    known = {
        _HEADINGS[heading.strip().lower()]: cell
        for heading, cell in cells.items()
        if heading.strip().lower() in _HEADINGS and cell
    }
    sent: dict[str, Any] = dict(known)
    if "aliases" in sent:
        names = (alias.strip() for alias in _SEPARATORS.split(sent["aliases"]))
        sent["aliases"] = [name for name in names if name]
    try:
        registration = EnterpriseRegistration.model_validate(sent)
    except ValidationError as invalid:
        faults = [
            RowFault(
                column=str(fault["loc"][0]) if fault["loc"] else None,
                code=fault["type"],
                detail=fault["msg"].removeprefix("Value error, "),
            )
            for fault in invalid.errors(include_url=False, include_input=False)
        ]
        return _rejected(number, known.get("uscc"), *faults)
    earlier = seen.setdefault(registration.uscc, number)
    if earlier != number:
        return _rejected(
            number,
            registration.uscc,
            RowFault(column="uscc", code="repeated", detail=f"Row {earlier} has this code too."),
        )
    return registration


async def _take(
    uow: UnitOfWork,
    caller: Principal,
    chunk: list[tuple[int, EnterpriseRegistration]],
    *,
    dry_run: bool,
) -> list[RowReport]:
    codes = {registration.uscc for _number, registration in chunk}
    present = await known_enterprises(uow.session, codes, lock=not dry_run)
    reports: list[RowReport] = []
    fresh: list[EnterpriseRegistration] = []
    for number, registration in chunk:
        enterprise = present.get(registration.uscc)
        try:
            if enterprise is None:
                check_may_register(caller, registration.uscc, registration.region_code)
                fresh.append(registration)
                outcome = "created"
            else:
                outcome = await _update(uow, caller, enterprise, registration, dry_run=dry_run)
        except (OutsideRecordScope, _Merged) as refusal:
            fault = RowFault(column="uscc", code=_code(refusal), detail=str(refusal))
            reports.append(_rejected(number, registration.uscc, fault))
            continue
        reports.append(
            RowReport(
                row=number,
                uscc=registration.uscc,
                outcome=outcome,
                warnings=_warnings(registration.uscc),
            )
        )
    if not dry_run:
        await insert_registrations(uow, fresh)
    return reports


class _Merged(Exception):
    """The row names an enterprise that became another one."""


def _code(refusal: Exception) -> str:
    return refusal.code if isinstance(refusal, OutsideRecordScope) else "enterprise_merged"


async def _update(
    uow: UnitOfWork,
    caller: Principal,
    enterprise: Enterprise,
    registration: EnterpriseRegistration,
    *,
    dry_run: bool,
) -> str:
    if enterprise.status == "merged":
        raise _Merged(f"Enterprise {enterprise.uscc} became {enterprise.merged_into}.")
    await check_may_change(uow, caller, enterprise)
    # A column that the file does not have, or an empty cell, changes nothing.
    wanted = registration.model_dump(exclude_unset=True, exclude={"uscc"})
    differing = {
        name: value for name, value in wanted.items() if getattr(enterprise, name) != value
    }
    if not differing:
        return "unchanged"
    check_may_register(caller, enterprise.uscc, registration.region_code)
    if not dry_run:
        await apply_changes(uow, enterprise, differing)
    return "updated"


def _warnings(uscc: str) -> list[RowFault]:
    return [
        RowFault(
            column="uscc",
            code=str(oddity),
            detail="The inner check character of the organisation code does not fit.",
        )
        for oddity in credit_code.check(uscc).warnings
    ]


def _rejected(number: int, uscc: str | None, *faults: RowFault) -> RowReport:
    return RowReport(row=number, uscc=uscc, outcome="rejected", problems=list(faults))
