"""Private keys at rest: sealed with a key derived from the platform's own secret."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
_PURPOSE = b"yuanqu registry signing keys v1"


class SealBroken(Exception):
    """What was sealed cannot be opened with this secret."""


def seal(secret: bytes, content: bytes, label: str) -> bytes:
    """Encrypt; the label must be the same when it is opened."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(secret)).encrypt(nonce, content, label.encode())


def opened(secret: bytes, sealed: bytes, label: str) -> bytes:
    """Decrypt what was sealed under this secret and label."""
    try:
        return AESGCM(_key(secret)).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label.encode()
        )
    except (InvalidTag, ValueError) as wrong:
        raise SealBroken(f"{label} was sealed under another secret") from wrong


def _key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
