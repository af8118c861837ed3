"""Looking up divisions in the reference data; they have no tables here."""

from datetime import date

from reference_data import divisions
from reference_data.divisions import Division, Level
from registry.division.problems import DivisionNotFound
from registry.division.schemas import DivisionDetail, DivisionView
from service_chassis.paging import Page, PageRequest


def list_divisions(
    page: PageRequest,
    *,
    parent: str | None,
    level: str | None,
    as_of: date | None,
    q: str | None,
) -> Page[DivisionView]:
    """A page of the divisions under a parent, of a level, or with a name; by code."""
    after = page.after()
    found = _found(parent, level, as_of, q)
    rest = found if after is None else [one for one in found if one.code > after[0]]
    shown = rest[: page.size]
    more = len(rest) > page.size
    return Page(
        items=[DivisionView.model_validate(division) for division in shown],
        next_page_token=page.token_after([shown[-1].code]) if more else None,
    )


def _found(
    parent: str | None, level: str | None, as_of: date | None, q: str | None
) -> list[Division]:
    wanted = Level(level) if level else None
    if q is None:
        return divisions.children(parent, wanted, as_of)
    everything = (one for each in Level for one in divisions.children(parent, each, as_of))
    return sorted(
        (one for one in everything if q in one.name and wanted in (None, one.level)),
        key=lambda one: one.code,
    )


def show_division(code: str, as_of: date | None) -> DivisionDetail:
    """The division that had the code on the day."""
    division = find(code, as_of)
    above = divisions.parent(code, as_of)
    return DivisionDetail(
        **DivisionView.model_validate(division).model_dump(),
        parent_code=above.code if above else None,
    )


def ancestors(code: str, as_of: date | None) -> list[DivisionView]:
    """What the code lies in on that day's map, the nearest first."""
    if not divisions.was_ever(code):
        raise DivisionNotFound(f"{code} was never the code of a division.")
    return [DivisionView.model_validate(above) for above in divisions.ancestors(code, as_of)]


def find(code: str, as_of: date | None) -> Division:
    """The division, or a problem that says whether the code was ever one."""
    if division := divisions.lookup(code, as_of):
        return division
    when = f"on {as_of}" if as_of else "in the latest edition"
    known = "was one at another time" if divisions.was_ever(code) else "was never one"
    raise DivisionNotFound(f"{code} is no division {when}; it {known}.")
