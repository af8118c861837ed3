"""What can go wrong with parks."""

from service_chassis.problems import Problem


class ParkExists(Problem):
    """The code is taken; change the park that has it, or choose another code."""

    status = 409
    code = "park_exists"
    title_en = "A park with this code is already registered"
    title_zh = "该编码的园区已登记"


class ParkNotFound(Problem):
    """No park has this code."""

    status = 404
    code = "park_not_found"
    title_en = "There is no such park"
    title_zh = "园区不存在"


class ParkStatusRefused(Problem):
    """The status cannot follow the present one."""

    status = 409
    code = "park_status_refused"
    title_en = "This status cannot follow the present one"
    title_zh = "园区状态不能这样变更"


class ParkStatusDateRefused(Problem):
    """A status begins after the one before it, and not in the future."""

    status = 422
    code = "park_status_date"
    title_en = "The status cannot begin on this date"
    title_zh = "园区状态的生效日期不正确"
