"""What can go wrong with asking for receipts."""

from service_chassis.problems import Problem


class ReceiptNotFound(Problem):
    """No receipt of yours has this id."""

    status = 404
    code = "receipt_not_found"
    title_en = "There is no such receipt"
    title_zh = "回执不存在"


class CursorInvalid(Problem):
    """Use `next_since` of the answer before, or leave `since` out to begin."""

    status = 400
    code = "cursor_invalid"
    title_en = "The cursor is not one of this list"
    title_zh = "游标无效"


class PlatformNotNamed(Problem):
    """Positions are a platform's own: say which with ?platform=."""

    status = 422
    code = "platform_not_named"
    title_en = "Say of which platform"
    title_zh = "请指明平台"


class OutsideRecordScope(Problem):
    """The token is restricted to the records of one platform."""

    status = 403
    code = "outside_record_scope"
    title_en = "This record is not one of yours"
    title_zh = "该记录不在您的数据范围内"
