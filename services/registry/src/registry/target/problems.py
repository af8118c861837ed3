"""What can go wrong with targets."""

from service_chassis.problems import Problem


class TargetExists(Problem):
    """Withdraw the present target first."""

    status = 409
    code = "target_exists"
    title_en = "The node has a target for this year and measure already"
    title_zh = "该节点本年度该指标的目标已存在"


class TargetNotFound(Problem):
    """No target has this id."""

    status = 404
    code = "target_not_found"
    title_en = "There is no such target"
    title_zh = "目标不存在"


class TargetWithdrawn(Problem):
    """The target was withdrawn before."""

    status = 409
    code = "target_withdrawn"
    title_en = "The target has been withdrawn already"
    title_zh = "目标已撤销"


class NodeUnknown(Problem):
    """A target belongs to a node of the newest published tree."""

    status = 422
    code = "node_unknown"
    title_en = "The published plan has no such node"
    title_zh = "已发布的规划中没有该节点"
