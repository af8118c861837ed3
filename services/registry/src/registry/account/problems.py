"""What can go wrong with accounts."""

from service_chassis.problems import Problem


class AccountExists(Problem):
    """The name is taken."""

    status = 409
    code = "account_exists"
    title_en = "An account with this name exists already"
    title_zh = "该账号已存在"


class AccountNotFound(Problem):
    """No account has this name."""

    status = 404
    code = "account_not_found"
    title_en = "There is no such account"
    title_zh = "账号不存在"


class RoleWithoutRecords(Problem):
    """The roles city, park, base and enterprise need the records they are for."""

    status = 422
    code = "role_without_records"
    title_en = "The role needs a record scope"
    title_zh = "该角色需要指定数据范围"


class CredentialsInvalid(Problem):
    """The account or the password is wrong, or the account is disabled; we do not say which."""

    status = 401
    code = "credentials_invalid"
    title_en = "The account or the password is wrong"
    title_zh = "账号或密码错误"

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "WWW-Authenticate": 'Bearer realm="yuanqu"'}


class AccountLocked(Problem):
    """Too many wrong passwords in a row; wait as long as Retry-After says."""

    status = 429
    code = "account_locked"
    title_en = "Too many wrong passwords"
    title_zh = "密码错误次数过多，账号已锁定"
