"""What can go wrong with tenancies."""

from service_chassis.problems import Problem


class TenancyNotFound(Problem):
    """No tenancy has this id."""

    status = 404
    code = "tenancy_not_found"
    title_en = "There is no such tenancy"
    title_zh = "入驻记录不存在"


class StageSkip(Problem):
    """lead, considering, planned, signed, moved_in, left: one step after the other."""

    status = 409
    code = "stage_skip"
    title_en = "A stage cannot be skipped or taken back"
    title_zh = "入驻阶段不能跳过或倒退"


class TenancyOverlaps(Problem):
    """On a date an enterprise has one counting tenancy; another may be there and not count."""

    status = 409
    code = "tenancy_overlaps"
    title_en = "The enterprise has another counting tenancy on these dates"
    title_zh = "该企业在此期间已有计入统计的入驻记录"


class TenancyOpen(Problem):
    """The enterprise is already on its way into this park, or there."""

    status = 409
    code = "tenancy_open"
    title_en = "The enterprise has an open tenancy in this park"
    title_zh = "该企业在此园区已有未结束的入驻记录"


class TenancyDates(Problem):
    """A stage is reached on or after the one before it; a stay ends after it began."""

    status = 422
    code = "tenancy_dates"
    title_en = "The dates of the tenancy do not fit"
    title_zh = "入驻日期不正确"


class ParkUnknown(Problem):
    """Register the park first."""

    status = 422
    code = "park_unknown"
    title_en = "The park is not registered"
    title_zh = "园区未登记"
