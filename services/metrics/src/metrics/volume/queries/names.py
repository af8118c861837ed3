"""What groups are called in both languages."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metrics.attribution.tables import Enterprise
from metrics.freshness.tables import Platform
from metrics.region.rules import name_of
from metrics.volume.queries.atlas import OUTSIDE, UNATTRIBUTED, Atlas
from metrics.volume.queries.cells import Labels
from metrics.volume.rules.questions import REGIONS, Group
from metrics.volume.schemas import GroupValue
from reference_data.customs_modes import customs_mode

GroupNames = Callable[[Labels], dict[str, GroupValue]]
Names = Mapping[str, tuple[str | None, str | None]]

OF_NOTHING: Names = {
    UNATTRIBUTED: ("未归属", "Unattributed"),
    OUTSIDE: ("规划外", "Outside the plan"),
}


async def names_of(
    session: AsyncSession, atlas: Atlas, groups: Sequence[Group], labels: Sequence[Labels]
) -> GroupNames:
    """A function that names the labels of a group."""
    named: list[Names] = []
    for place, group in enumerate(groups):
        codes = {each[place] for each in labels}
        known = await _names(session, atlas, group, {code for code in codes if code})
        named.append({**known, **OF_NOTHING})

    def name(of: Labels) -> dict[str, GroupValue]:
        found = {}
        for group, label, names in zip(groups, of, named, strict=True):
            zh, en = names.get(label or "", (None, None))
            found[group.value] = GroupValue(code=label, name_zh=zh, name_en=en)
        return found

    return name


async def _names(session: AsyncSession, atlas: Atlas, group: Group, codes: set[str]) -> Names:
    if group in REGIONS:
        return {code: (name_of(code, atlas.map_on), None) for code in codes}
    found: Names = {}
    match group:
        case Group.PARK:
            found = atlas.park_names
        case Group.PLAN_NODE:
            found = atlas.node_names
        case Group.ENTERPRISE:
            found = await _enterprises(session, codes)
        case Group.PLATFORM:
            rows = await session.execute(select(Platform.code, Platform.name_zh, Platform.name_en))
            found = {row[0]: (row[1], row[2]) for row in rows}
        case Group.CUSTOMS_MODE:
            modes = {code: customs_mode(code) for code in codes}
            found = {code: (mode.name_zh, mode.name_en) for code, mode in modes.items() if mode}
    return found


async def _enterprises(session: AsyncSession, codes: set[str]) -> Names:
    rows = await session.execute(
        select(Enterprise.uscc, Enterprise.name_zh, Enterprise.name_en).where(
            Enterprise.uscc.in_(sorted(codes))
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}
