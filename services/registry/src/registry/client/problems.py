"""What can go wrong with clients."""

from service_chassis.problems import Problem


class ClientNotFound(Problem):
    """No client has this id."""

    status = 404
    code = "client_not_found"
    title_en = "There is no such client"
    title_zh = "客户端不存在"


class ClientRevoked(Problem):
    """A revoked client stays revoked; make another one."""

    status = 409
    code = "client_revoked"
    title_en = "The client has been revoked"
    title_zh = "客户端已吊销"


class PlatformUnknown(Problem):
    """Register the platform first."""

    status = 422
    code = "platform_unknown"
    title_en = "The platform is not registered"
    title_zh = "平台未登记"
