"""What can be wrong with a post as a whole: one problem, and nothing is stored."""

from service_chassis.problems import Problem


class BodyNotJson(Problem):
    """The body is neither a JSON array nor lines of JSON objects."""

    status = 400
    code = "body_not_json"
    title_en = "The body is not JSON"
    title_zh = "请求体不是有效的 JSON"


class BodyNotInflatable(Problem):
    """The body does not keep the format that Content-Encoding names."""

    status = 400
    code = "body_not_inflatable"
    title_en = "The compressed body cannot be read"
    title_zh = "压缩的请求体无法解压"


class MediaType(Problem):
    """Send application/json or application/x-ndjson, plain or with gzip or zstd."""

    status = 415
    code = "media_type"
    title_en = "Order events come as JSON or NDJSON, plain, gzip or zstd"
    title_zh = "订单事件只接受 JSON 或 NDJSON,可用 gzip 或 zstd 压缩"

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "Accept-Encoding": "gzip, zstd"}


class TooLarge(Problem):
    """Split the items into several posts."""

    status = 413
    code = "too_large"
    title_en = "The body is too large"
    title_zh = "请求体过大"


class TooManyItems(Problem):
    """Split the items into several posts."""

    status = 413
    code = "too_many_items"
    title_en = "The body has too many items"
    title_zh = "条目过多"


class BatchEmpty(Problem):
    """Send at least one item."""

    status = 422
    code = "batch_empty"
    title_en = "The body has no items"
    title_zh = "请求体没有条目"


class BatchRejected(Problem):
    """With atomic=true one rejected item rejects the post; `errors` names them all."""

    status = 422
    code = "batch_rejected"
    title_en = "Items were rejected, so nothing was stored"
    title_zh = "部分条目被拒绝,整批未保存"


class PlatformMissing(Problem):
    """The platform comes from the credential: use a client that belongs to one."""

    status = 403
    code = "platform_missing"
    title_en = "This client does not belong to a platform"
    title_zh = "该客户端不属于任何平台"


class PlatformSuspended(Problem):
    """Ask the operator of the park platform why."""

    status = 403
    code = "platform_suspended"
    title_en = "This platform may not report at present"
    title_zh = "该平台目前不得报送"


class IntakeBusy(Problem):
    """More is waiting to be written than memory should hold. Send the post again later."""

    status = 503
    code = "intake_busy"
    title_en = "Too much is waiting to be written"
    title_zh = "待写入的数据过多"
