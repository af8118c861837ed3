"""What can go wrong with enterprises."""

from service_chassis.problems import Problem


class EnterpriseExists(Problem):
    """One code, one enterprise; change the one that is there."""

    status = 409
    code = "enterprise_exists"
    title_en = "An enterprise with this credit code is already registered"
    title_zh = "该统一社会信用代码的企业已登记"


class EnterpriseNotFound(Problem):
    """No enterprise has this credit code."""

    status = 404
    code = "enterprise_not_found"
    title_en = "There is no such enterprise"
    title_zh = "企业不存在"


class EnterpriseUnknown(Problem):
    """Register the enterprise first."""

    status = 422
    code = "enterprise_unknown"
    title_en = "The enterprise is not registered"
    title_zh = "企业未登记"


class EnterpriseMerged(Problem):
    """The enterprise became another one; use that one."""

    status = 409
    code = "enterprise_merged"
    title_en = "The enterprise has been merged into another"
    title_zh = "该企业已合并"


class MergeRefused(Problem):
    """An enterprise is merged into another one that is active."""

    status = 409
    code = "merge_refused"
    title_en = "These two cannot be merged"
    title_zh = "无法合并"


class MergeTenanciesOverlap(Problem):
    """Both have a counting tenancy on the same date; make one of them not count first."""

    status = 409
    code = "merge_tenancies_overlap"
    title_en = "The tenancies of the two overlap"
    title_zh = "两家企业的入驻期重叠"


class SearchTooShort(Problem):
    """A search needs a word of at least two characters."""

    status = 422
    code = "search_too_short"
    title_en = "The search text is too short"
    title_zh = "检索词过短"
