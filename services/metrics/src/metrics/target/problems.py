"""What can be wrong with a question about a target."""

from service_chassis.problems import Problem


class TargetNotFound(Problem):
    """Targets are set in registry and known here a moment later."""

    status = 404
    code = "target_not_found"
    title_en = "There is no such target"
    title_zh = "目标不存在"
