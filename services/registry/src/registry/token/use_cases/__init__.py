"""Giving tokens to machines and people, and keeping the keys that sign them."""

from registry.token.use_cases.grant import grant_to_client
from registry.token.use_cases.keys import ensure_signing_key, rotate_signing_key
from registry.token.use_cases.sign_in import sign_in

__all__ = ["ensure_signing_key", "grant_to_client", "rotate_signing_key", "sign_in"]
