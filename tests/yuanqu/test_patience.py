"""What passes on its own is sent again; what does not is told at once."""

import pytest

from yuanqu.failures import Failure, Refused, Unreachable
from yuanqu.orders.patience import LONGEST_PAUSE, Patience


class _Server:
    """Fails in these ways, then answers."""

    def __init__(self, *failures: Failure) -> None:
        self.failures = list(failures)
        self.asked = 0

    def send(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "receipt"


def _patience(waits: list[float], seconds: float = 1_000) -> Patience:
    return Patience(seconds, told=lambda _line: None, sleep=waits.append)


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("http://127.0.0.1:1", "refused"),
        Refused(503, {"code": "intake_busy"}),
        Refused(500, {}),
        Refused(409, {"code": "idempotency_key_contested"}),
    ],
)
def test_what_passes_is_sent_again(failure: Failure) -> None:
    waits: list[float] = []

    assert _patience(waits).insist(_Server(failure, failure).send) == "receipt"

    assert len(waits) == 2


def test_the_server_says_how_long_to_wait() -> None:
    waits: list[float] = []

    _patience(waits).insist(_Server(Refused(429, {}, retry_after=7.0)).send)

    assert waits == [7.0]


def test_pauses_grow_and_stay_bearable() -> None:
    waits: list[float] = []

    _patience(waits).insist(_Server(*(Refused(503, {}) for _each in range(12))).send)

    assert waits[0] <= 0.5
    assert waits[5] > waits[0]
    assert max(waits) <= LONGEST_PAUSE


@pytest.mark.parametrize("status", [400, 401, 403, 413, 415, 422])
def test_what_does_not_pass_is_told_at_once(status: int) -> None:
    server = _Server(Refused(status, {"title": "No"}))

    with pytest.raises(Refused):
        _patience([]).insist(server.send)

    assert server.asked == 1


def test_patience_ends_and_says_how_to_go_on() -> None:
    with pytest.raises(Failure) as failed:
        _patience([], seconds=0).insist(_Server(Unreachable("http://x", "refused")).send)

    assert "goes on where it stopped" in failed.value.next_step
