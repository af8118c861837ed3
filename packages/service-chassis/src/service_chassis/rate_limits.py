"""So many requests a second for a client, in its own process; the gateway limits by address.

The generic cell rate algorithm: one moment a client, no window at whose edge a burst doubles.
Headers as in draft-ietf-httpapi-ratelimit-headers-11.
"""

from math import ceil
from time import monotonic

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_chassis.identity import bearer_token
from service_chassis.identity_book import AUDIENCE_OF_WALLS, COOKIE_OF_WALLS, IdentityBook
from service_chassis.problems import Problem, problem_response
from service_chassis.telemetry import RATE_LIMITED_TOTAL

REMEMBERED_CLIENTS = 50_000
UNLIMITED = ("/livez", "/readyz")
# Sums of floats: this little is no request too many.
ROUNDING = 1e-9


class RateLimited(Problem):
    """Wait as long as Retry-After says; RateLimit tells how much is left at any time."""

    status = 429
    code = "rate_limited"
    title_en = "Too many requests"
    title_zh = "请求过于频繁"


class Limiter:
    """Lets ``burst`` requests pass at once and ``rate`` a second in the long run."""

    def __init__(self, rate: float, burst: int) -> None:
        self.burst = burst
        self.window = max(1, ceil(burst / rate))
        self._interval = 1.0 / rate
        self._tolerance = burst * self._interval
        self._arrivals: dict[str, float] = {}

    def admit(self, client: str, now: float) -> tuple[int, float]:
        """How many more may follow at once, and how long to wait: 0 for a request that passes."""
        arrival = max(self._arrivals.get(client, 0.0), now) + self._interval
        slack = self._tolerance - (arrival - now)
        if slack < -ROUNDING:
            return 0, -slack
        if client not in self._arrivals and len(self._arrivals) >= REMEMBERED_CLIENTS:
            self._forget(now)
        self._arrivals[client] = arrival
        return int(slack / self._interval + ROUNDING), 0.0

    def full_again(self, client: str, now: float) -> int:
        """Seconds until the whole burst is there again."""
        return max(0, ceil(self._arrivals.get(client, now) - now))

    def _forget(self, now: float) -> None:
        waiting = {client: moment for client, moment in self._arrivals.items() if moment > now}
        self._arrivals = waiting if len(waiting) < REMEMBERED_CLIENTS else {}


class RateLimits:
    """Middleware: counts by the client of a known token, else by address."""

    def __init__(
        self, app: ASGIApp, service: str, identity: IdentityBook, limiter: Limiter
    ) -> None:
        self.app = app
        self._identity = identity
        self._limiter = limiter
        self._refused = RATE_LIMITED_TOTAL.labels(service)
        self._policy = f'"client";q={limiter.burst};w={limiter.window}'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].endswith(UNLIMITED):
            await self.app(scope, receive, send)
            return
        now = monotonic()
        client = self._client(scope)
        remaining, wait = self._limiter.admit(client, now)
        reset = self._limiter.full_again(client, now)

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.append("ratelimit-policy", self._policy)
                headers.append("ratelimit", f'"client";r={remaining};t={reset}')
            await send(message)

        if wait:
            self._refused.inc()
            problem = RateLimited(
                f"This client may send {self._limiter.burst} requests at once; the next in "
                f"{ceil(wait)} s.",
                retry_after=ceil(wait),
            )
            await problem_response(problem, scope)(scope, receive, send_with_limits)
            return
        await self.app(scope, receive, send_with_limits)

    def _client(self, scope: Scope) -> str:
        client = None
        for name, value in scope["headers"]:
            # As the board has it, a header comes before a cookie.
            if name == b"authorization":
                token = bearer_token(value.decode("latin-1"))
                client = self._identity.client_of(token) if token else None
                break
            # Walls behind one gateway share an address, and each has a client of its own.
            if name == b"cookie" and COOKIE_OF_WALLS.encode() in value:
                token = cookie_parser(value.decode("latin-1")).get(COOKIE_OF_WALLS)
                client = self._identity.client_of(token, AUDIENCE_OF_WALLS) if token else None
        if client is not None:
            return client
        address = scope.get("client")
        return f"address {address[0]}" if address else "address unknown"
