"""Customs supervision modes (海关监管方式) of cross-border e-commerce, with the dates they opened.

An order's fact keeps the mode that was valid on its date; `mapped()` puts the three pilots of 2013
under the national codes that followed them when a figure is asked.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reference_data.shanghai import EARLIEST


class Direction(StrEnum):
    EXPORT = "export"
    IMPORT = "import"


BOTH = frozenset(Direction)
OUT = frozenset({Direction.EXPORT})
IN = frozenset({Direction.IMPORT})


@dataclass(frozen=True, slots=True)
class CustomsMode:
    """`basis` is the notice that opened the mode; `mapped_to` the national code of a pilot."""

    code: str
    name_zh: str
    name_en: str
    directions: frozenset[Direction]
    effective_from: date
    basis: str
    source: str
    mapped_to: str | None = None


_PILOT_BASIS = "海关总署 2013-09-24 同意广州市跨境贸易电子商务服务试点方案"
_PILOT_SOURCE = "press reports of the approval of 2013-09-24"

CUSTOMS_MODES: tuple[CustomsMode, ...] = (
    CustomsMode(
        code="0110",
        name_zh="一般贸易",
        name_en="General trade",
        directions=BOTH,
        effective_from=EARLIEST,
        basis="older than any fact accepted here",
        source="http://www.chaodao168.com/3189.html",
    ),
    CustomsMode(
        code="gz2013_b2c_export",
        name_zh="一般出口(B2C,邮件快件)",
        name_en="General export to consumers by mail or express, Guangzhou pilot",
        directions=OUT,
        effective_from=date(2013, 9, 24),
        basis=_PILOT_BASIS,
        source=_PILOT_SOURCE,
        mapped_to="9610",
    ),
    CustomsMode(
        code="gz2013_bonded_export",
        name_zh="保税出口(B2B2C)",
        name_en="Bonded export to consumers, Guangzhou pilot",
        directions=OUT,
        effective_from=date(2013, 9, 24),
        basis=_PILOT_BASIS,
        source=_PILOT_SOURCE,
        mapped_to="1210",
    ),
    CustomsMode(
        code="gz2013_b2b_export",
        name_zh="一般出口(B2B)",
        name_en="General export to enterprises, Guangzhou pilot",
        directions=OUT,
        effective_from=date(2013, 9, 24),
        basis=_PILOT_BASIS,
        source=_PILOT_SOURCE,
        mapped_to="9710",
    ),
    CustomsMode(
        code="9610",
        name_zh="跨境贸易电子商务",
        name_en="Cross-border e-commerce, release by list and aggregated declaration",
        directions=BOTH,
        effective_from=date(2014, 2, 10),
        basis="海关总署公告 2014 年第 12 号",
        source="https://xy-trip.com/9610export02-03.html",
    ),
    CustomsMode(
        code="1039",
        name_zh="市场采购",
        name_en="Market procurement",
        directions=OUT,
        # The one date here that no public copy of the notice was found for.
        effective_from=date(2014, 7, 1),
        basis="海关总署公告 2014 年第 54 号",
        source="unconfirmed: the day is the one commonly given",
    ),
    CustomsMode(
        code="1210",
        name_zh="保税跨境贸易电子商务",
        name_en="Bonded cross-border e-commerce",
        directions=BOTH,
        effective_from=date(2014, 8, 1),
        basis="海关总署公告 2014 年第 57 号",
        source="http://chinainout.com/zhishi/41524/574.html",
    ),
    CustomsMode(
        code="1239",
        name_zh="保税跨境贸易电子商务A",
        name_en="Bonded cross-border e-commerce A, outside the pilot cities",
        directions=IN,
        effective_from=date(2016, 12, 1),
        basis="海关总署公告 2016 年第 75 号",
        source="https://swj.changzhou.gov.cn/html/swj/2016/NLJEJFFK_1207/12976.html",
    ),
    CustomsMode(
        code="9710",
        name_zh="跨境电子商务企业对企业直接出口",
        name_en="Cross-border e-commerce, direct export to enterprises",
        directions=OUT,
        effective_from=date(2020, 7, 1),
        basis="海关总署公告 2020 年第 75 号",
        source="http://www.wxgcwl.cn/Content/show/catid/39/id/629.html",
    ),
    CustomsMode(
        code="9810",
        name_zh="跨境电子商务出口海外仓",
        name_en="Cross-border e-commerce, export to overseas warehouses",
        directions=OUT,
        effective_from=date(2020, 7, 1),
        basis="海关总署公告 2020 年第 75 号",
        source="http://www.wxgcwl.cn/Content/show/catid/39/id/629.html",
    ),
)

_BY_CODE = {mode.code: mode for mode in CUSTOMS_MODES}


def customs_mode(code: str) -> CustomsMode | None:
    return _BY_CODE.get(code)


def codes() -> frozenset[str]:
    return frozenset(_BY_CODE)


def effective_from(code: str) -> date:
    """The first business date on which an order can carry the mode. KeyError for an unknown one."""
    return _BY_CODE[code].effective_from


def allows(code: str, flow: str) -> bool:
    """Whether goods move in this direction (`export`, `import`) under the mode."""
    return flow in _BY_CODE[code].directions


def mapped(code: str) -> str:
    """The national code under which figures show the mode: itself, except for the pilots."""
    return _BY_CODE[code].mapped_to or code
