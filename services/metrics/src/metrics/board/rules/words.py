"""The words of the board in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from metrics.board.rules.walls import Language
from reference_data.goods_categories import GOODS_CATEGORIES

# Key → (zh, en).
_WORDS: dict[str, tuple[str, str]] = {
    "title": ("园区看板", "Park board"),
    "skip": ("跳到数据", "Skip to the figures"),
    "everything": ("全部园区", "All parks"),
    "platform_of": ("平台", "Platform"),
    "enterprises_of": ("企业", "Enterprises"),
    "as_of": ("数据时间", "As of"),
    "live": ("实时", "Live"),
    "static": ("每分钟刷新", "Reloads every minute"),
    "connecting": ("正在连接", "Connecting"),
    "lost": ("连接已中断,正在重连", "Connection lost, trying again"),
    "away": ("系统暂时无法取数,正在重试", "The figures cannot be read now, trying again"),
    "old": ("以下为 {time} 的数据,已过 {age}", "You see the figures of {time}, {age} ago"),
    "none_read": ("尚未取得数据。", "No figures have been read yet."),
    "seconds": ("秒", "s"),
    "minutes": ("分钟", "min"),
    "hours": ("小时", "h"),
    "history": ("历史视图:截至 {date}", "A look back: as of the evening of {date}"),
    "to_today": ("回到今天", "Back to today"),
    "language": ("English", "中文"),
    "dark": ("深色", "Dark"),
    "light": ("浅色", "Light"),
    "sign_out": ("退出", "Sign out"),
    "settings": ("显示设置", "Display"),
    "headline": ("交易额总览", "Volume at a glance"),
    "today": ("今日交易额", "Today"),
    "on_day": ("当日交易额", "That day"),
    "month": ("本月累计", "This month"),
    "year": ("本年累计", "This year to date"),
    "orders": ("本年支付订单", "Paid orders this year"),
    "orders_today": ("今日 {n} 笔", "{n} today"),
    "orders_on_day": ("当日 {n} 笔", "{n} that day"),
    "yoy": ("同比", "Year on year"),
    "yoy_day": ("较去年同日全天", "against the whole day a year before"),
    "yoy_short": ("同比", "YoY"),
    "base_missing": ("无上年同期数", "nothing a year before"),
    "base_not_positive": ("上年同期不为正", "a year before was not positive"),
    "rate_missing": ("缺汇率", "no exchange rate"),
    "measure": (
        "口径:电子商务交易额(ECV_PAID),按支付日期,人民币。",
        "Measure: e-commerce volume (ECV_PAID) by date of payment, CNY.",
    ),
    "chart": ("按月:{now} 年与 {before} 年", "By month: {now} beside {before}"),
    "chart_month": ("月份", "Month"),
    "open_month": ("{month} 月至今", "month {month} to date"),
    "parks": ("各园区本年", "Parks, this year to date"),
    "park": ("园区", "Park"),
    "volume": ("交易额", "Volume"),
    "rest": ("其余 {n} 个", "{n} others"),
    "no_parks": ("本年尚无园区数据。", "No park has figures this year."),
    "plan": ("规划", "Plan"),
    "node": ("节点", "Node"),
    "mix": ("结构", "What it is made of"),
    "channels": ("渠道", "Channels"),
    "channel": ("渠道", "Channel"),
    "categories": ("热销品类", "Top categories"),
    "category": ("品类", "Category"),
    "share": ("占比", "Share"),
    "targets": ("{year} 年规划目标", "Targets of the plan, {year}"),
    "target": ("目标", "Target"),
    "ratio": ("完成率", "Attainment"),
    "missing": ("还差", "Missing"),
    "met": ("已达成", "Met"),
    "not_met": ("未达成", "Not met"),
    "met_at": ("{at} 达成", "Met on {at}"),
    "unmet_at": ("{at} 起不再达成", "No longer met since {at}"),
    "no_targets": ("本年没有设定目标。", "No target is set for this year."),
    "targets_of_the_whole": (
        "目标按全部园区和平台设定,此看板只看一部分。",
        "Targets are of all parks and platforms together; this board shows a part of them.",
    ),
    "of_the_whole": (
        "目标与合作平台属于整个平台,此看板只看一部分。",
        "Targets and partners are of the whole platform; this board shows a part of it.",
    ),
    "partners": ("合作平台", "Partners"),
    "partner": ("平台", "Partner"),
    "accepted_today": ("今日接收", "Accepted today"),
    "duplicate": ("重复", "duplicate"),
    "conflict": ("冲突", "in conflict"),
    "pending_facts": ("待定", "pending"),
    "buried": ("搁置", "buried"),
    "heard": ("最近消息", "Last heard"),
    "ago": ("{age}前", "{age} ago"),
    "never": ("从未", "never"),
    "state": ("状态", "State"),
    "on_time": ("正常", "On time"),
    "overdue": ("已逾期 {age}", "Overdue by {age}"),
    "suspended": ("已停用", "Suspended"),
    "no_interval": ("未约定频率", "States no interval"),
    "no_partners": ("还没有登记合作平台。", "No partner is registered yet."),
    "pipeline": ("数据管道", "Pipeline"),
    "lag": ("入账滞后", "Lag"),
    "lag_meaning": (
        "最早一批已接收、未入账数据的等待时间",
        "Age of the oldest accepted facts that are not counted yet",
    ),
    "all_in": ("全部已入账", "All counted"),
    "watermark": ("已入账至", "Complete until"),
    "unjudged": ("未入账批次", "Messages not judged"),
    "pending": ("待原单的更正", "Corrections that wait"),
    "conflicts": ("待裁决冲突", "Open conflicts"),
    "difference": ("14 天对账差额", "Reconciliation, 14 days"),
    "difference_meaning": (
        "接收 − 入账 − 重复 − 冲突 − 待定 − 搁置;应为 0",
        "Accepted less counted, duplicate, conflict, pending and buried; it must be 0",
    ),
    "balanced": ("一致", "Agrees"),
    "unbalanced": ("差 {n} 条,请勿发布", "{n} facts differ: do not publish"),
    "late_facts": ("{n} 条超过 15 分钟仅一方报告", "{n} facts told by one witness for 15 minutes"),
    "empty": ("还没有数据", "No figures yet"),
    "empty_year": ("{year} 年还没有数据", "No figures in {year} yet"),
    "empty_help": (
        "合作平台上报订单后,几秒内即显示在这里。想先看示例,请运行 yuanqu demo。",
        "Orders show here seconds after a partner reports them. For an example, run yuanqu demo.",
    ),
    "latest": ("查看最近有数据的日期 {date}", "Look at {date}, the latest date with figures"),
    "footer": (
        "与接口 GET /v1/volumes 出自同一计算,精确到分。",
        "The same computation as GET /v1/volumes, right to the fen.",
    ),
    "sign_in": ("登录看板", "Sign in to the board"),
    "sign_in_help": (
        "看板令牌只能查看看板,由管理员用 yuanqu board 命令签发。",
        "A wall token shows the board and nothing else; operators issue it with yuanqu board.",
    ),
    "token": ("看板令牌", "Wall token"),
    "open": ("打开看板", "Open the board"),
    "reason_expired": (
        "令牌已到期,请管理员签发新的。",
        "The token has expired: ask for a new one.",
    ),
    "reason_revoked": (
        "令牌已被吊销,请管理员签发新的。",
        "The token has been revoked: ask for a new one.",
    ),
    "reason_invalid": ("这不是有效的看板令牌。", "This is no valid wall token."),
    "reason_signed_out": ("已退出。", "You are signed out."),
    "away_title": ("看板暂时不可用", "The board cannot be shown now"),
    "away_help": ("页面会自动重试。", "This page tries again by itself."),
    "back": ("返回看板", "Back to the board"),
}
_CHANNELS = {
    "shelf": ("货架", "Shelf"),
    "livestream": ("直播", "Livestream"),
    "short_video": ("短视频", "Short video"),
    "social": ("社交", "Social"),
    "offline_scan": ("线下扫码", "Scanned offline"),
}
_CATEGORIES = {each.code: (each.name_zh, each.name_en) for each in GOODS_CATEGORIES}


def words(language: Language) -> Mapping[str, str]:
    """All words in one language."""
    return _IN_ZH if language == "zh" else _IN_EN


def channel(code: str, language: Language) -> str:
    """What a channel is called."""
    zh, en = _CHANNELS.get(code, (code, code))
    return zh if language == "zh" else en


def category(code: str, language: Language) -> str:
    """What a suggested category is called; any other is a partner's own word."""
    zh, en = _CATEGORIES.get(code, (code, code))
    return zh if language == "zh" else en


_IN_ZH = MappingProxyType({key: zh for key, (zh, _) in _WORDS.items()})
_IN_EN = MappingProxyType({key: en for key, (_, en) in _WORDS.items()})
