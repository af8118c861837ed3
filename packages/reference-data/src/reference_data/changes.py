"""Re-zonings whose day and effect are known from a notice.

Everything else in the list of divisions is known by edition only: a code appeared or went between
two editions, and nothing says where its territory went.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Transfer:
    """Territory that went from one division to another (or stayed, under the same code)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """`edition` is the first edition of the list that shows the change."""

    on: date
    edition: str
    title: str
    source: str
    transfers: tuple[Transfer, ...]

    @property
    def old_codes(self) -> frozenset[str]:
        return frozenset(transfer.old for transfer in self.transfers)

    @property
    def new_codes(self) -> frozenset[str]:
        return frozenset(transfer.new for transfer in self.transfers)


GUANGZHOU_2014 = Change(
    on=date(2014, 2, 12),
    edition="2014-12",
    title="萝岗并入黄埔;增城、从化撤市设区",
    # The province passed the State Council's reply on to the city on this day.
    source="http://www.gov.cn/gzdt/2014-02/14/content_2599774.htm",
    transfers=(
        Transfer("440112", "440112"),
        Transfer("440116", "440112"),
        Transfer("440183", "440118"),
        Transfer("440184", "440117"),
    ),
)

HANGZHOU_2021 = Change(
    on=date(2021, 4, 9),
    edition="2022-10",
    title="下城并入拱墅;江干并入上城(下沙、白杨除外);余杭分设临平;设立钱塘",
    source="浙江省人民政府关于调整杭州市部分行政区划的通知, published 2021-04-09",
    transfers=(
        Transfer("330102", "330102"),
        Transfer("330103", "330105"),
        # 下沙 and 白杨 streets went to 钱塘, the rest to 上城.
        Transfer("330104", "330102"),
        Transfer("330104", "330114"),
        Transfer("330105", "330105"),
        # 河庄, 义蓬, 新湾, 临江 and 前进 streets went to 钱塘.
        Transfer("330109", "330109"),
        Transfer("330109", "330114"),
        Transfer("330110", "330110"),
        Transfer("330110", "330113"),
    ),
)

CHANGES: tuple[Change, ...] = (GUANGZHOU_2014, HANGZHOU_2021)
