"""Enterprises, their tenancies, the platforms and which may report for whom.

Every enterprise is made up, with a valid credit code that no authority gave out (its organisation
part begins with YQ). The five leads carry the names the press gave for Pazhou and Baietan in 2019;
their records, too, are illustrative.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import count
from typing import Any

from reference_data.credit_code import check_character, organisation_check_character
from yuanqu.demo import places

MALL, WHOLESALE, LIVE, CROSSBORDER = "demo-mall", "demo-wholesale", "demo-live", "demo-crossborder"
AUTHORISED_FROM = "2010-01-01"
PLATFORMS: tuple[dict[str, Any], ...] = (
    {"code": MALL, "name_zh": "示例综合商城", "name_en": "Illustrative mall"},
    {"code": WHOLESALE, "name_zh": "示例批发市场", "name_en": "Illustrative wholesale market"},
    {"code": LIVE, "name_zh": "示例直播平台", "name_en": "Illustrative live platform"},
    {"code": CROSSBORDER, "name_zh": "示例跨境平台", "name_en": "Illustrative export platform"},
)
CLIENT_SCOPES = ("orders:write", "orders:read", "figures:read")

_LEADS = (
    ("微信", "WeChat", "440106", places.PAZHOU, "considering"),
    ("阿里巴巴", "Alibaba", "330108", places.PAZHOU, "considering"),
    ("国美", "Gome", "110105", places.PAZHOU, "considering"),
    ("唯品会", "vip.com", "440103", places.BAIETAN, "planned"),
    ("梦芭莎", "Moonbasa", "440103", places.BAIETAN, "planned"),
)
_GUANGZHOU = (
    *(("440103", "荔湾", "Liwan", 3), ("440104", "越秀", "Yuexiu", 4)),
    *(("440105", "海珠", "Haizhu", 4), ("440106", "天河", "Tianhe", 5)),
    *(("440111", "白云", "Baiyun", 3), ("440113", "番禺", "Panyu", 3)),
    ("440114", "花都", "Huadu", 2),
)
_OTHER_CLUSTERS = (
    ("白鹅潭", "Baietan", "440103", places.BAIETAN),
    *((zh, en, region, f"GZ-{code}") for code, region, zh, en in places.DISTRICTS),
)
_EVERY_PLATFORM = (MALL, WHOLESALE, LIVE, CROSSBORDER)
_HANGZHOU = ("330106", "330106", "330108", "330108", "330108", "330109", "330110", "330110")


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise, the park it is in and the platforms that may report for it."""

    uscc: str
    name_zh: str
    name_en: str
    region_code: str
    platforms: tuple[str, ...] = ()
    park: str | None = None
    stage: str = "moved_in"
    moved_in_on: str | None = None

    def body(self) -> dict[str, Any]:
        """What registry is sent."""
        return {
            "uscc": self.uscc,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "region_code": self.region_code,
        }

    def tenancy(self) -> dict[str, Any] | None:
        """Its way into its park, if it has one."""
        if self.park is None:
            return None
        tenancy = {
            "enterprise_uscc": self.uscc,
            "park_code": self.park,
            "counting": True,
            "stage": self.stage,
        }
        return tenancy | ({"moved_in_on": self.moved_in_on} if self.moved_in_on else {})

    def authorisations(self) -> list[dict[str, Any]]:
        """Which platforms may report for it."""
        return [
            {"platform_code": platform, "seller_uscc": self.uscc, "valid_from": AUTHORISED_FROM}
            for platform in self.platforms
        ]


def credit_code(region_code: str, number: int) -> str:
    """A valid code that belongs to nobody."""
    body = f"YQ{number:06d}"
    seventeen = f"91{region_code[:6]}{body}{organisation_check_character(body)}"
    return seventeen + check_character(seventeen)


@dataclass(frozen=True, slots=True)
class Firms:
    """All enterprises of the demonstration, by the part they play."""

    guangzhou: tuple[Firm, ...]
    """Sellers of 2012 and 2013, in districts that have kept their codes since."""
    pazhou: tuple[Firm, ...]
    """Tenants of the headquarters cluster."""
    clusters: tuple[Firm, ...]
    """A tenant in each of the ten other clusters."""
    hangzhou: tuple[Firm, ...]
    """Exporters, in the pilot area since it exists."""
    bases: tuple[Firm, ...]
    """Two tenants of each base, there in both years."""
    newcomers: tuple[Firm, ...]
    """Tenants that came in 2019: counted as reported, not like for like."""
    humen: tuple[Firm, ...]
    """Two tenants of the park and two of the livestreaming base."""
    leads: tuple[Firm, ...]
    """On their way into a cluster, as the press had it."""

    @property
    def everyone(self) -> list[Firm]:
        """All of them."""
        return [firm for each in fields(self) for firm in getattr(self, each.name)]


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where enterprises are registered, and what they are called there."""

    zh: str
    en: str
    region: str
    platforms: tuple[str, ...] = (MALL, WHOLESALE)
    park: str | None = None
    since: str | None = None

    def firms(self, numbers: Iterator[int], many: int = 1) -> tuple[Firm, ...]:
        """The next so many enterprises."""
        return tuple(self._firm(next(numbers)) for _each in range(many))

    def _firm(self, number: int) -> Firm:
        return Firm(
            credit_code(self.region, number),
            f"{self.zh}示例企业{number:02d}",
            f"{self.en} illustrative enterprise {number:02d}",
            self.region,
            self.platforms,
            self.park,
            moved_in_on=self.since,
        )


def demo_firms() -> Firms:
    """The enterprises, with the codes they always have: they are counted through in this order."""
    numbers = count(1)
    return Firms(
        guangzhou=tuple(
            firm
            for region, zh, en, many in _GUANGZHOU
            for firm in _Ground(f"广州{zh}", f"Guangzhou {en}", region).firms(numbers, many)
        ),
        pazhou=_Ground("琶洲", "Pazhou", "440105", park=places.PAZHOU, since="2018-01-01").firms(
            numbers, 6
        ),
        clusters=tuple(
            firm
            for zh, en, region, park in _OTHER_CLUSTERS
            for firm in _Ground(zh, en, region, park=park, since="2019-01-01").firms(numbers)
        ),
        hangzhou=tuple(
            firm
            for region in _HANGZHOU
            for firm in _Ground(
                "杭州", "Hangzhou", region, (CROSSBORDER,), places.HANGZHOU, "2015-03-07"
            ).firms(numbers)
        ),
        bases=tuple(
            firm
            for place in range(len(places.BASE_PARKS))
            for firm in _base_ground(place, "2017-01-01").firms(numbers, 2)
        ),
        newcomers=_base_ground(1, "2019-03-01").firms(numbers, 2),
        humen=tuple(
            firm
            for park in (places.HUMEN, places.BASE_1840)
            for firm in _Ground(
                "虎门", "Humen", "441900121", _EVERY_PLATFORM, park, "2020-06-01"
            ).firms(numbers, 2)
        ),
        leads=tuple(
            Firm(
                credit_code(region, next(numbers)),
                f"{zh}(示例记录)",
                f"{en} (illustrative record)",
                region,
                park=park,
                stage=stage,
            )
            for zh, en, region, park, stage in _LEADS
        ),
    )


def _base_ground(place: int, since: str) -> _Ground:
    region, zh, en = places.BASE_CITIES[place]
    return _Ground(zh, en, region, park=places.BASE_PARKS[place].code, since=since)
