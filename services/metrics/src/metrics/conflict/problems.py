"""What can go wrong with conflicts."""

from service_chassis.problems import Problem


class ConflictNotFound(Problem):
    status = 404
    code = "conflict_not_found"
    title_en = "There is no such conflict"
    title_zh = "没有这条冲突记录"


class ConflictDecided(Problem):
    """A conflict is decided once; send the fact again to have it decided anew."""

    status = 409
    code = "conflict_decided"
    title_en = "The conflict was decided before"
    title_zh = "该冲突已有处理结论"
