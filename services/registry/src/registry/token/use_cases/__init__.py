"""Giving tokens to machines and people, and keeping the keys that sign them."""

from registry.token.use_cases.grant import grant_to_client
from registry.token.use_cases.keys import ensure_signing_key, rotate_signing_key
from registry.token.use_cases.sign_in import sign_in
from registry.token.use_cases.wall import issue_wall_token

__all__ = [
    "ensure_signing_key",
    "grant_to_client",
    "issue_wall_token",
    "rotate_signing_key",
    "sign_in",
]
