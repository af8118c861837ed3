"""Who is asking: access tokens, verified offline against keys that came as events."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Request

from service_chassis.problems import Problem
from service_chassis.unit_of_work import Actor

Kind = Literal["machine", "person"]


class NotAuthenticated(Problem):
    """Get a token from registry (POST /registry/oauth2/token) and send it as a bearer token."""

    status = 401
    code = "not_authenticated"
    title_en = "This needs a valid access token"
    title_zh = "需要有效的访问令牌"

    def headers(self) -> dict[str, str]:
        return {**super().headers(), "WWW-Authenticate": 'Bearer realm="yuanqu"'}


class TokenExpired(NotAuthenticated):
    """Its time is over."""


class TokenRevoked(NotAuthenticated):
    """Its client was revoked, or the key that signed it is no longer trusted."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A machine or a person with a valid token.

    ``platform``, ``parks``, ``enterprises`` and ``region`` are the record scope: which records
    this principal may touch. None is no restriction by that kind of record.
    """

    subject: str
    kind: Kind
    client_id: str
    scopes: frozenset[str]
    platform: str | None = None
    parks: frozenset[str] | None = None
    enterprises: frozenset[str] | None = None
    region: str | None = None

    @property
    def actor(self) -> Actor:
        """The name under which the audit trail records what this principal does."""
        return Actor(subject=self.subject, kind=self.kind)

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> "Principal":
        """Read the claims of a verified token."""
        scope = claims.get("scope", "")
        return cls(
            subject=str(claims["sub"]),
            kind="person" if claims.get("kind") == "person" else "machine",
            client_id=str(claims.get("client_id") or claims.get("azp") or claims["sub"]),
            scopes=frozenset(scope.split() if isinstance(scope, str) else scope),
            platform=claims.get("platform"),
            parks=_set_or_none(claims.get("parks")),
            enterprises=_set_or_none(claims.get("enterprises")),
            region=claims.get("region"),
        )


def _set_or_none(claim: Any) -> frozenset[str] | None:
    return None if claim is None else frozenset(map(str, claim))


async def identify(request: Request) -> Principal | None:
    """Verify the token of a request once; None if it has none, a problem if it is not good."""
    state = request.scope.setdefault("state", {})
    if "principal" not in state:
        token = bearer_token(request.headers.get("authorization"))
        state["principal"] = (
            None if token is None else await request.app.state.identity.principal_of(token)
        )
    principal: Principal | None = state["principal"]
    return principal


def bearer_token(authorization: str | None) -> str | None:
    """The token of an Authorization header; None for none and for other schemes."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def authenticate(request: Request) -> Principal:
    """The principal of a request, or ``NotAuthenticated``."""
    if principal := await identify(request):
        return principal
    raise NotAuthenticated("Send an access token: Authorization: Bearer <token>.")


Caller = Annotated[Principal, Depends(authenticate)]
