"""What can go wrong with rebuilds."""

from service_chassis.problems import Problem


class RebuildNotFound(Problem):
    status = 404
    code = "rebuild_not_found"
    title_en = "There is no such rebuild"
    title_zh = "没有这次重算"
