"""Why a token is refused: OAuth2 errors, which have a standard of their own."""

from typing import Literal

from fastapi import status

from service_chassis.problems import Problem

OAuthError = Literal[
    "invalid_request",
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
]


class TokenRefused(Exception):
    """An error of RFC 6749, section 5.2."""

    def __init__(self, error: OAuthError, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description

    @property
    def status(self) -> int:
        """401 when nobody showed who they are, else 400."""
        if self.error == "invalid_client":
            return status.HTTP_401_UNAUTHORIZED
        return status.HTTP_400_BAD_REQUEST


class NotForAWall(Problem):
    """A token that hangs on a wall for months may open the board only: make a client for it."""

    status = 422
    code = "not_for_a_wall"
    title_en = "This client cannot have a wall token"
    title_zh = "该客户端不能签发看板令牌"


class NoSigningKey(Problem):
    """The signing key was sealed under another YUANQU_SECRET; start registry with the right one."""

    status = 503
    code = "no_signing_key"
    title_en = "No key is there to sign tokens with"
    title_zh = "没有可用的签名密钥"
