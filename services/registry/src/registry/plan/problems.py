"""What can go wrong with cluster plans."""

from service_chassis.problems import Problem


class PlanExists(Problem):
    """The code is taken by another plan."""

    status = 409
    code = "plan_exists"
    title_en = "A cluster plan with this code exists already"
    title_zh = "该编码的集聚区规划已存在"


class PlanNotFound(Problem):
    """No cluster plan has this code."""

    status = 404
    code = "plan_not_found"
    title_en = "There is no such cluster plan"
    title_zh = "集聚区规划不存在"


class TreeNotFound(Problem):
    """The plan has no tree of this version, or nothing was published yet."""

    status = 404
    code = "tree_not_found"
    title_en = "The plan has no such tree"
    title_zh = "该规划没有此版本"


class NothingToPublish(Problem):
    """Put a draft first."""

    status = 409
    code = "nothing_to_publish"
    title_en = "The plan has no draft to publish"
    title_zh = "没有可发布的草案"


class NodeCount(Problem):
    """The number of nodes of each role must be what the plan declares."""

    status = 422
    code = "node_count"
    title_en = "The tree does not have the declared shape"
    title_zh = "节点数量与规划声明不符"


class TreeBroken(Problem):
    """Every node is named once, has a parent of this tree, and is not its own ancestor."""

    status = 422
    code = "tree_broken"
    title_en = "The nodes do not form a tree"
    title_zh = "节点不构成树"


class ParkInTwoNodes(Problem):
    """Within a plan a park belongs to one node on a date, or its figures would count twice."""

    status = 422
    code = "park_in_two_nodes"
    title_en = "A park belongs to two nodes on the same date"
    title_zh = "同一园区在同一日期属于两个节点"


class ParksUnknown(Problem):
    """Register the parks first."""

    status = 422
    code = "parks_unknown"
    title_en = "The tree names parks that are not registered"
    title_zh = "包含未登记的园区"
