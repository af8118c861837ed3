"""One post of order events."""

import gzip
from typing import Any

from yuanqu.api import Api
from yuanqu.orders.patience import Patience

BATCHES = "/livestream-supply/v1/order-events:batch"
NDJSON = "application/x-ndjson"
POST_SECONDS = 120.0
SMALL = 2_000


def post_lines(api: Api, patience: Patience, lines: bytes, key: str) -> Any:
    """Post order events, one a line, until the server answers; its answer to the post."""
    headers = {"Content-Type": NDJSON, "Idempotency-Key": key}
    content = lines
    if len(lines) > SMALL:
        content = gzip.compress(lines, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return patience.insist(
        lambda: api.request(
            "POST", BATCHES, content=content, headers=headers, timeout=POST_SECONDS
        ).json()
    )
