"""From the bytes of a post to plain text of bounded size."""

import zlib
from dataclasses import dataclass

import zstandard

from livestream_supply.order_event.problems import BodyNotInflatable, MediaType, TooLarge

MOST_BYTES = 8 * 1024 * 1024
"""Of a body, as it comes and inflated."""
MOST_WINDOW = 8 * 1024 * 1024
"""The memory a zstd frame may ask for (RFC 9659)."""
MOST_MEMBERS = 16
"""Of a gzip file, or frames of a zstd one."""
_GZIP = 16 + zlib.MAX_WBITS
# A block of 4 bytes can stand for 128 KiB: this much can inflate to 16 MiB before we look.
_PIECE = 512

JSON = ("application/json",)
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


@dataclass(frozen=True, slots=True)
class Form:
    """How the items are written."""

    lines: bool
    encoding: str


def form_of(content_type: str | None, content_encoding: str | None) -> Form:
    """What the headers announce; `MediaType` if it is not taken here."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type not in JSON + LINES:
        raise MediaType(
            f"Send application/json or application/x-ndjson; this body has "
            f"{media_type or 'no Content-Type'}."
        )
    encoding = (content_encoding or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "zstd"):
        raise MediaType(f"Send it plain, with gzip or with zstd; not with {encoding}.")
    return Form(lines=media_type in LINES, encoding=encoding)


def inflated(body: bytes, encoding: str) -> bytes:
    """The plain bytes, at most `MOST_BYTES`: what would be longer is not inflated further."""
    try:
        match encoding:
            case "gzip":
                return _gunzipped(body)
            case "zstd":
                return _unzstandardised(body)
    except (zlib.error, zstandard.ZstdError) as error:
        raise BodyNotInflatable(f"This is not {encoding}: {error}.") from error
    return body


def _gunzipped(body: bytes) -> bytes:
    pieces: list[bytes] = []
    total = 0
    for _member in range(MOST_MEMBERS):
        inflater = zlib.decompressobj(_GZIP)
        pieces.append(inflater.decompress(body, MOST_BYTES + 1 - total))
        total += len(pieces[-1])
        if total > MOST_BYTES:
            raise _too_large()
        if not inflater.eof:
            raise zlib.error("it ends in the middle")
        # A file may have several members, one after the other.
        if not (body := inflater.unused_data):
            return b"".join(pieces)
    raise zlib.error(f"it has more than {MOST_MEMBERS} members")


def _unzstandardised(body: bytes) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW)
    pieces: list[bytes] = []
    total = 0
    for _frame in range(MOST_MEMBERS):
        inflater = decompressor.decompressobj()
        for start in range(0, len(body), _PIECE):
            pieces.append(inflater.decompress(body[start : start + _PIECE]))
            total += len(pieces[-1])
            if total > MOST_BYTES:
                raise _too_large()
            if inflater.eof:
                body = inflater.unused_data + body[start + _PIECE :]
                break
        else:
            raise zstandard.ZstdError("it ends in the middle")
        if not body:
            return b"".join(pieces)
    raise zstandard.ZstdError(f"it has more than {MOST_MEMBERS} frames")


def _too_large() -> TooLarge:
    return TooLarge(f"A body has at most {MOST_BYTES} bytes when inflated.", most_bytes=MOST_BYTES)
