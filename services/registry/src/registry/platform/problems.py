"""What can go wrong with platforms."""

from service_chassis.problems import Problem


class PlatformExists(Problem):
    """The code is taken by another platform."""

    status = 409
    code = "platform_exists"
    title_en = "A platform with this code is already registered"
    title_zh = "该编码的平台已登记"


class PlatformNotFound(Problem):
    """No platform has this code."""

    status = 404
    code = "platform_not_found"
    title_en = "There is no such platform"
    title_zh = "平台不存在"
