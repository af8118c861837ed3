"""What can be wrong with a period."""

from service_chassis.problems import Problem


class PeriodInvalid(Problem):
    """A period is `2013`, `2013-11`, `2013-Q3`, `2013-W45`, `2013-11-05`, `2013-11-05T14`,
    `2013-YTD-11`, or two of them as `2013-01..2013-11`."""

    status = 422
    code = "period_invalid"
    title_en = "This is not a period"
    title_zh = "无法识别的统计期"


class HoursNotKept(Problem):
    """Hours are kept for 62 days; ask for whole days, months or years of older times."""

    status = 422
    code = "hours_not_kept"
    title_en = "Hours of that time are no longer kept"
    title_zh = "该时段的小时数据已不再保留"
