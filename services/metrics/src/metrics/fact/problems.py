"""What can go wrong when asking for facts."""

from service_chassis.problems import Problem


class OrderNotFound(Problem):
    """No fact of the order has been counted or is waiting."""

    status = 404
    code = "order_not_found"
    title_en = "No facts are known of this order"
    title_zh = "没有该订单的数据"


class OtherPlatform(Problem):
    """A platform sees what it reported itself, and nobody else's."""

    status = 403
    code = "other_platform"
    title_en = "These are another platform's facts"
    title_zh = "无权查看其他平台的数据"
