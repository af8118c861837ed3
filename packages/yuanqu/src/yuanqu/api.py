"""The platform's API as a client sees it: tokens by themselves, problems as failures."""

import json
import locale
import os
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote_plus

import httpx

from service_chassis.clock import SystemClock
from yuanqu.credentials import Credential
from yuanqu.failures import Failure, Refused, Unreachable

TOKEN_PATH = "/registry/oauth2/token"  # noqa: S105
RENEW_BEFORE_SECONDS = 30
USUAL_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
CLIENT_ERROR = 400
UNAUTHORISED = 401
MOST_ITEMS = 200


@dataclass(slots=True)
class _Token:
    value: str
    until: float


class Api:
    """Requests as one client. Not for several threads at once."""

    def __init__(
        self, credential: Credential, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.credential = credential
        self._token: _Token | None = None
        self._http = httpx.Client(
            base_url=credential.address,
            timeout=USUAL_TIMEOUT,
            transport=transport,
            headers={"Accept-Language": language(), "User-Agent": "yuanqu-cli"},
            # A proxy of the environment has nothing to do with a server on this machine.
            trust_env=not _is_local(credential.address),
            verify=_trusted(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The answer of a GET, read as JSON."""
        return _read(self.request("GET", path, params=params))

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Any:
        """The answer of a POST, read as JSON; `key` is its Idempotency-Key."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return _read(self.request("POST", path, json=body, params=params, headers=headers))

    def put(self, path: str, body: Any, *, if_match: str | None = None) -> Any:
        """The answer of a PUT, read as JSON."""
        return _read(self.request("PUT", path, json=body, headers=_precondition(if_match)))

    def change(self, path: str, body: Any) -> Any:
        """PATCH the record as it stands now: read it for its ETag, then change that version."""
        etag = self.request("GET", path).headers.get("etag")
        return _read(self.request("PATCH", path, json=body, headers=_precondition(etag)))

    def pages(
        self, path: str, params: Mapping[str, Any] | None = None, most: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page, up to `most`."""
        asked = {**(params or {}), "page_size": min(most or MOST_ITEMS, MOST_ITEMS)}
        given = 0
        while True:
            page = self.get(path, asked)
            for item in page["items"]:
                if most is not None and given >= most:
                    return
                given += 1
                yield item
            if not page.get("next_page_token"):
                return
            asked["page_token"] = page["next_page_token"]

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Send a request with a token; Refused for a problem, Unreachable for silence."""
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        for attempt in (1, 2):
            answer = self._send(
                method,
                path,
                params=asked,
                json=json,
                content=content,
                headers={**(headers or {}), "Authorization": f"Bearer {self._bearer()}"},
                timeout=timeout or httpx.USE_CLIENT_DEFAULT,
            )
            if answer.status_code != UNAUTHORISED or attempt > 1:
                break
            # The key may have been rotated, or the server's data begun anew.
            self._token = None
        if answer.status_code >= CLIENT_ERROR:
            raise refusal(answer)
        return answer

    def look(self, path: str) -> httpx.Response:
        """GET without a token, whatever the status."""
        return self._send("GET", path)

    def sign_in(self) -> str:
        """The token: got now, if there is none yet, to see whether the credential is good."""
        return self._bearer()

    def _bearer(self) -> str:
        if self._token is None or time.monotonic() >= self._token.until:
            answer = self._send(
                "POST",
                TOKEN_PATH,
                data={"grant_type": "client_credentials"},
                # As RFC 6749, section 2.3.1 has it: encoded like a form, then Basic.
                auth=(
                    quote_plus(self.credential.client_id),
                    quote_plus(self.credential.client_secret),
                ),
            )
            if answer.status_code >= CLIENT_ERROR:
                raise refusal(answer)
            granted = _read(answer)
            lifetime = max(1.0, float(granted["expires_in"]) - RENEW_BEFORE_SECONDS)
            self._token = _Token(str(granted["access_token"]), time.monotonic() + lifetime)
        return self._token.value

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **kwargs)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(self.credential.address, reason) from error
        except httpx.InvalidURL as error:
            raise Failure(
                f"{self.credential.address} is not an address",
                str(error),
                next_step="Set one like http://127.0.0.1:8000 with `yuanqu profile set --address`.",
            ) from error


def refusal(answer: httpx.Response) -> Refused:
    """The problem document of an answer, or the little that is known without one."""
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        excerpt = answer.text.strip().partition("\n")[0][:200]
        document = {
            "title": f"{answer.request.method} {answer.request.url.path} answered "
            f"{answer.status_code} {answer.reason_phrase}",
            "detail": excerpt,
            "status": answer.status_code,
        }
    return Refused(answer.status_code, document, retry_after=retry_after(answer))


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds the server asks to wait: the header holds a number or a date."""
    given = answer.headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(given) - SystemClock().now()).total_seconds())
    except ValueError:
        return None


def language() -> str:
    """The language of the terminal, for the titles of problems."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    named = named or (locale.getlocale()[0] or "")
    return "zh-CN, en;q=0.5" if named.lower().startswith(("zh", "chinese")) else "en"


def speaks_chinese() -> bool:
    """Whether the terminal's language is Chinese."""
    return language().startswith("zh")


def _read(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise Failure(
            f"{answer.request.url} did not answer with JSON",
            answer.headers.get("content-type", "no Content-Type"),
            next_step="Is that address a Yuanqu server? See `yuanqu profile show`.",
        ) from error


def _precondition(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def _trusted() -> ssl.SSLContext | bool:
    """Whose certificates are good: those of SSL_CERT_FILE if it is set, else the usual."""
    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    return True


def _is_local(address: str) -> bool:
    return httpx.URL(address).host in {"127.0.0.1", "::1", "localhost"}
