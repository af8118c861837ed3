"""What stops a command, told so that the reader knows what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

NEXT_STEPS: Mapping[str, str] = {
    "invalid_client": (
        "`yuanqu profile show` says where this client id and secret were found; set others with "
        "`yuanqu profile set`."
    ),
    "platform_not_named": "Say whose: --platform CODE.",
    "platform_missing": "Send as the platform: --platform NAME, a profile with its credential.",
    "not_authenticated": "See which credential is used (`yuanqu profile show`); then doctor.",
    "scope_missing": (
        "Use a credential that has the scope: `yuanqu client create --scope … --save NAME`, "
        "then `yuanqu --profile NAME …`."
    ),
    "version_stale": "Somebody else changed the record in between: run the command again.",
    "node_count": "Complete the draft (`yuanqu plan draft`), or declare another shape.",
    "idempotency_key_reused": "Use a new --idempotency-key, or none.",
}

NEXT_STEPS_BY_STATUS: Mapping[int, str] = {
    400: "Correct the request; `--help` names the options.",
    401: "See which credential is used: `yuanqu profile show`, then `yuanqu doctor`.",
    403: "This credential may not do that; use another profile (`yuanqu --profile NAME …`).",
    404: "List what is there with the command's `list`.",
    409: "Look at the record as it stands (`show` or `list`) before changing it.",
    412: "Somebody else changed the record in between: run the command again.",
    413: "Send less at once.",
    422: "Correct what is named above and run the command again.",
    429: "Wait as long as the server asks, then run the command again.",
    503: "The server is not ready; `yuanqu doctor` says what it waits for.",
}


class Failure(Exception):
    """A title, what happened, what was wrong in particular, and what to do next."""

    def __init__(
        self,
        title: str,
        detail: str = "",
        *,
        next_step: str = "",
        faults: Sequence[str] = (),
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.title = title
        self.detail = detail
        self.next_step = next_step
        self.faults = tuple(faults)
        self.document = document


class Unreachable(Failure):
    """Nobody answers at the address."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"No server answers at {address}",
            reason,
            next_step=(
                "Start it with `yuanqu run` (or `make run`), or name another address with "
                "`yuanqu profile set --address …`."
            ),
        )
        self.address = address


class Refused(Failure):
    """The server answered with a problem document (RFC 9457)."""

    def __init__(
        self,
        status: int,
        document: Mapping[str, Any],
        *,
        retry_after: float | None = None,
    ) -> None:
        self.status = status
        self.code = str(document.get("code") or document.get("error") or "")
        super().__init__(
            str(document.get("title") or f"The server answered {status}"),
            str(document.get("detail") or document.get("error_description") or ""),
            next_step=next_step(status, self.code, retry_after),
            faults=[fault_line(fault) for fault in document.get("errors") or ()],
            document=document,
        )
        self.retry_after = retry_after


def next_step(status: int, code: str, retry_after: float | None = None) -> str:
    """The sentence that helps most for a problem."""
    if status == 429 and retry_after is not None:  # noqa: PLR2004
        return f"Run the command again in {retry_after:g} s."
    if code in NEXT_STEPS:
        return NEXT_STEPS[code]
    if status >= 500:  # noqa: PLR2004
        return NEXT_STEPS_BY_STATUS[503]
    return NEXT_STEPS_BY_STATUS.get(status, "")


def fault_line(fault: Mapping[str, Any]) -> str:
    """One fault of a request: where, what, and the value if it was told."""
    place = str(fault.get("pointer") or "")
    if where := fault.get("in"):
        place = f"{where}{place}" if where != "body" else place or "body"
    said = str(fault.get("detail") or fault.get("code") or "")
    value = f" (it is {fault['value']!r})" if fault.get("value") is not None else ""
    return f"{place}: {said}{value}" if place else f"{said}{value}"
