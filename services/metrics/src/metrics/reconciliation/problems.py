"""What can go wrong when asking for reconciliation."""

from service_chassis.problems import Problem


class RangeInvalid(Problem):
    """A range has its first date before its last and at most 366 dates."""

    status = 422
    code = "range_invalid"
    title_en = "The range of dates cannot be used"
    title_zh = "日期范围无效"
