"""What can be wrong with a question about volumes."""

from service_chassis.problems import Problem


class TooManyGroups(Problem):
    """Filter, group by less, ask for a shorter period or a coarser series."""

    status = 422
    code = "too_many_groups"
    title_en = "The answer would have too many groups"
    title_zh = "分组过多"


class QuestionInvalid(Problem):
    """A parameter has a value that does not exist, or does not go with another."""

    status = 422
    code = "question_invalid"
    title_en = "The question cannot be answered as it is put"
    title_zh = "查询参数无效"


class EnterpriseFiguresRefused(Problem):
    """Figures of single enterprises need the scope figures:enterprises, or to be one's own."""

    status = 403
    code = "enterprise_figures_refused"
    title_en = "Figures of single enterprises are not for this token"
    title_zh = "无权查看企业级数据"


class OutsideRecordScope(Problem):
    """The token is restricted to the figures of one platform, park, enterprise or region."""

    status = 403
    code = "outside_record_scope"
    title_en = "These figures are not yours to see"
    title_zh = "该数据不在您的数据范围内"
