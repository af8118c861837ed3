"""Parks, cluster plans and the target. The names without 示例 are those of real places.

Sources: the Guangzhou "1+1+9" plan was in the press on 2019-04-14, the Humen park and its 1840 base
on 2021-12-08, the Hangzhou pilot area was approved by the State Council in March 2015, the figure
of the 112 national bases was published on 2020-09-05.
"""

from dataclasses import dataclass
from typing import Any

GZ_PLAN = "GZ-1-1-9"
PAZHOU = "GZ-PAZHOU"
BAIETAN = "GZ-BAIETAN"
HUMEN = "DG-HUMEN"
BASE_1840 = "DG-1840"
HANGZHOU = "HZ-CBEC"

BASES_PLAN = "NATIONAL-BASES"
BASES_NODE = "BASES-112"
BASES_SCOPE = (
    "Scope: the 112 national demonstration bases of 2019, as reported; "
    "12 illustrative parks stand for them."
)

PAZHOU_YEAR = 2019
PAZHOU_TARGET_MINOR = 10_000_000_000_000
"""100,000,000,000.00 yuan: the target is to exceed it."""


@dataclass(frozen=True, slots=True)
class DemoPark:
    """A park as it is registered."""

    code: str
    name_zh: str
    name_en: str
    park_type: str
    level: str
    region_code: str
    status_from: str
    verticals: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None

    def body(self) -> dict[str, Any]:
        """What registry is sent."""
        body: dict[str, Any] = {
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "park_type": self.park_type,
            "level": self.level,
            "status": "operating",
            "status_from": self.status_from,
            "region_code": self.region_code,
            "verticals": list(self.verticals),
        }
        if self.latitude is not None:
            body |= {"latitude": self.latitude, "longitude": self.longitude, "crs": "WGS84"}
        return body


DISTRICTS = (
    ("YUEXIU", "440104", "越秀", "Yuexiu"),
    ("TIANHE", "440106", "天河", "Tianhe"),
    ("BAIYUN", "440111", "白云", "Baiyun"),
    ("HUANGPU", "440112", "黄埔", "Huangpu"),
    ("PANYU", "440113", "番禺", "Panyu"),
    ("HUADU", "440114", "花都", "Huadu"),
    ("NANSHA", "440115", "南沙", "Nansha"),
    ("CONGHUA", "440117", "从化", "Conghua"),
    ("ZENGCHENG", "440118", "增城", "Zengcheng"),
)
BASE_CITIES = (
    ("110105", "北京", "Beijing"),
    ("310115", "上海", "Shanghai"),
    ("320100", "南京", "Nanjing"),
    ("330700", "金华", "Jinhua"),
    ("350200", "厦门", "Xiamen"),
    ("370200", "青岛", "Qingdao"),
    ("410100", "郑州", "Zhengzhou"),
    ("420100", "武汉", "Wuhan"),
    ("430100", "长沙", "Changsha"),
    ("440300", "深圳", "Shenzhen"),
    ("500103", "重庆", "Chongqing"),
    ("510100", "成都", "Chengdu"),
)

_NAMED_PARKS = (
    DemoPark(
        PAZHOU,
        "琶洲电子商务总部集聚区",
        "Pazhou E-Commerce Headquarters Cluster",
        "headquarters_cluster",
        "municipal",
        "440105",
        "2013-11-01",
        ("headquarters", "internet_platforms"),
        23.0993,
        113.3686,
    ),
    DemoPark(
        BAIETAN,
        "白鹅潭电子商务集聚区",
        "Baietan E-Commerce Cluster",
        "industry_cluster",
        "municipal",
        "440103",
        "2013-11-01",
        ("retail", "logistics"),
    ),
    DemoPark(
        HUMEN,
        "虎门电商产业园",
        "Humen E-Commerce Industrial Park",
        "comprehensive",
        "provincial",
        "441900121",
        "2014-01-01",
        ("apparel", "electronics", "cables", "tourism", "commerce"),
    ),
    DemoPark(
        BASE_1840,
        "虎门1840直播基地",
        "Humen 1840 Livestreaming Base",
        "livestream_base",
        "local",
        "441900121",
        "2020-01-01",
        ("apparel", "livestream"),
    ),
    DemoPark(
        HANGZHOU,
        "中国(杭州)跨境电子商务综合试验区",
        "China (Hangzhou) Cross-Border E-Commerce Comprehensive Pilot Area",
        "cross_border",
        "national_base",
        "330100",
        "2015-03-07",
        ("cross_border",),
    ),
)
_DISTRICT_PARKS = tuple(
    DemoPark(
        f"GZ-{code}",
        f"{zh}区电子商务集聚区(示例)",
        f"{en} district e-commerce cluster (illustrative)",
        "industry_cluster",
        "local",
        region,
        "2019-01-01",
    )
    for code, region, zh, en in DISTRICTS
)
BASE_PARKS = tuple(
    DemoPark(
        f"NB-{place:02d}",
        f"示范基地(示例{place:02d},{zh})",
        f"National base {place:02d}, {en} (illustrative)",
        "comprehensive",
        "national_base",
        region,
        "2017-01-01",
    )
    for place, (region, zh, en) in enumerate(BASE_CITIES, start=1)
)
PARKS = (*_NAMED_PARKS, *_DISTRICT_PARKS, *BASE_PARKS)


def plans() -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The plans with the nodes of their trees."""
    return [(_gz_plan(), _gz_nodes()), (_bases_plan(), _bases_nodes())]


def target() -> dict[str, Any]:
    """What Pazhou is to exceed in a year."""
    return {
        "plan_code": GZ_PLAN,
        "node_code": "PAZHOU",
        "year": PAZHOU_YEAR,
        "measure": "ECV_PAID",
        "operator": ">",
        "amount_minor": PAZHOU_TARGET_MINOR,
        "currency": "CNY",
    }


def _gz_plan() -> dict[str, Any]:
    return {
        "code": GZ_PLAN,
        "name_zh": "广州“1+1+9”电子商务集聚区",
        "name_en": "Guangzhou 1+1+9 e-commerce clusters",
        "declared": {"hq": 1, "second": 1, "district": 9},
        "valid_from": "2019-01-01",
    }


def _gz_nodes() -> list[dict[str, Any]]:
    first = [
        _node("PAZHOU", "hq", ("琶洲总部集聚区", "Pazhou headquarters cluster"), [PAZHOU]),
        _node("BAIETAN", "second", ("白鹅潭集聚区", "Baietan cluster"), [BAIETAN]),
    ]
    return first + [
        _node(
            code, "district", (f"{zh}集聚区(示例)", f"{en} cluster (illustrative)"), [f"GZ-{code}"]
        )
        for code, _region, zh, en in DISTRICTS
    ]


def _bases_plan() -> dict[str, Any]:
    return {
        "code": BASES_PLAN,
        "name_zh": "国家电子商务示范基地(2019年112家,示例)",
        "name_en": "National e-commerce demonstration bases (112 in 2019, illustrative)",
        "declared": {"hq": 1, "second": 0, "district": 0},
        "valid_from": "2017-01-01",
    }


def _bases_nodes() -> list[dict[str, Any]]:
    names = (
        "112家示范基地(上报口径,以12个示例园区代表)",
        "112 national bases, as reported; 12 illustrative parks stand for them",
    )
    return [_node(BASES_NODE, "hq", names, [park.code for park in BASE_PARKS], "2017-01-01")]


def _node(
    code: str,
    role: str,
    names: tuple[str, str],
    parks: list[str],
    valid_from: str = "2019-01-01",
) -> dict[str, Any]:
    return {
        "node_code": code,
        "parent_code": None,
        "role": role,
        "name_zh": names[0],
        "name_en": names[1],
        "parks": [{"park_code": park, "valid_from": valid_from} for park in parks],
    }
