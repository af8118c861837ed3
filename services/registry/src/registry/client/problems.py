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


class ClientOfSettings(Problem):
    """Its secret is the setting YUANQU_OPERATOR_SECRET; change that and start registry again."""

    status = 409
    code = "client_of_settings"
    title_en = "The client is kept by the settings of registry"
    title_zh = "该客户端由系统设置管理"


class PlatformUnknown(Problem):
    """Register the platform first."""

    status = 422
    code = "platform_unknown"
    title_en = "The platform is not registered"
    title_zh = "平台未登记"
