"""Passwords: argon2id, in threads of their own, two at a time because each takes 64 MiB."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
_hasher = PasswordHasher()


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads(), _hasher.hash, _bytes(password)
    )


async def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password; without a hash, no, and after the same time."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _verified, kept, password)


def _verified(kept: str | None, password: str) -> bool:
    try:
        _hasher.verify(kept or _nobodys_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def _bytes(password: str) -> bytes:
    # JSON can carry half of a surrogate pair: a wrong password, not a fault of ours.
    return password.encode(errors="surrogatepass")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody's password")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2id")
