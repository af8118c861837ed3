"""Lists in pages by key: the next page begins after the last row, however many were added before.

The token is signed, and bound to the list and its filters; it holds no secret, only the last key.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import operators

from service_chassis.dependencies import runtime_of
from service_chassis.problems import Problem

MOST_ITEMS = 200
USUAL_ITEMS = 50
SIGNATURE_BYTES = 16
View = TypeVar("View", bound=BaseModel)
Key = ColumnElement[Any] | InstrumentedAttribute[Any]


class PageTokenInvalid(Problem):
    """Tokens come from ``next_page_token`` of the same list with the same filters."""

    status = 400
    code = "page_token_invalid"
    title_en = "The page token does not belong to this list"
    title_zh = "分页令牌无效"


class Page(BaseModel, Generic[View]):
    """One page of a list; without ``next_page_token`` it is the last."""

    items: list[View]
    next_page_token: str | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page a caller asks for."""

    size: int
    token: str | None
    # What the token is bound to: the path and the filters.
    list_asked: bytes
    signing_key: bytes

    def after(self) -> list[Any] | None:
        """The key of the last row of the page before; None for the first page."""
        if self.token is None:
            return None
        try:
            padded = self.token.encode() + b"=" * (-len(self.token) % 4)
            sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
            signature, content = sealed[:SIGNATURE_BYTES], sealed[SIGNATURE_BYTES:]
            if hmac.compare_digest(signature, self._sign(content)):
                return [READERS[kind](value) for kind, value in json.loads(content)]
        except (binascii.Error, UnicodeError, ValueError):
            pass
        raise PageTokenInvalid("Begin the list again without page_token.")

    def token_after(self, key: Sequence[Any]) -> str:
        """The token of the page that begins after this key."""
        content = json.dumps([_written(value) for value in key], separators=(",", ":")).encode()
        sealed = base64.urlsafe_b64encode(self._sign(content) + content)
        return sealed.rstrip(b"=").decode()

    def _sign(self, content: bytes) -> bytes:
        bound = b"page\n" + self.list_asked + b"\n" + content
        return hmac.digest(self.signing_key, bound, hashlib.sha256)[:SIGNATURE_BYTES]


READERS: dict[str, Callable[[Any], Any]] = {
    "text": str,
    "number": int,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "id": UUID,
}


def _written(value: Any) -> tuple[str, Any]:
    match value:
        case datetime():
            return "moment", value.isoformat()
        case date():
            return "day", value.isoformat()
        case UUID():
            return "id", str(value)
        case bool():
            return "number", int(value)
        case int():
            return "number", value
        case str():
            return "text", value
    raise TypeError(f"A page key of {type(value).__name__} has no place in a token.")


async def _page(
    request: Request,
    page_size: Annotated[
        int, Query(ge=1, le=MOST_ITEMS, description="Rows a page at most")
    ] = USUAL_ITEMS,
    page_token: Annotated[
        str | None, Query(max_length=1000, description="`next_page_token` of the page before")
    ] = None,
) -> PageRequest:
    filters = sorted(
        pair
        for pair in request.query_params.multi_items()
        if pair[0] not in {"page_size", "page_token"}
    )
    return PageRequest(
        size=page_size,
        token=page_token,
        list_asked=json.dumps([request.url.path, filters]).encode(),
        signing_key=runtime_of(request).settings.signing_key,
    )


PageParameters = Annotated[PageRequest, Depends(_page)]


async def paged(
    session: AsyncSession,
    statement: Select[Any],
    keys: Sequence[Key],
    page: PageRequest,
    view: type[View],
) -> Page[View]:
    """One page of ``statement`` in the order of ``keys`` (a column, or ``column.desc()``).

    The keys together are unique and never null. The view reads attributes: of the entity where the
    statement selects one thing, else of the row.
    """
    columns = [_Key.of(key) for key in keys]
    ordered = statement.order_by(*keys)
    if (after := page.after()) is not None:
        if len(after) != len(columns):
            raise PageTokenInvalid("Begin the list again without page_token.")
        ordered = ordered.where(_beyond(columns, after))
    labelled = [key.column.label(f"page_key_{place}") for place, key in enumerate(columns)]
    # One more than asked for tells whether there is a next page.
    found = (await session.execute(ordered.add_columns(*labelled).limit(page.size + 1))).all()
    shown = found[: page.size]
    single = len(statement.column_descriptions) == 1
    items = [view.model_validate(row[0] if single else row, from_attributes=True) for row in shown]
    more = len(found) > page.size
    token = page.token_after(shown[-1][-len(columns) :]) if more else None
    return Page(items=items, next_page_token=token)


@dataclass(frozen=True, slots=True)
class _Key:
    column: ColumnElement[Any]
    descending: bool

    @classmethod
    def of(cls, key: Any) -> "_Key":
        if isinstance(key, UnaryExpression):
            return cls(key.element, key.modifier is operators.desc_op)
        return cls(key, descending=False)

    def beyond(self, value: Any) -> ColumnElement[bool]:
        return _later(self.column, value, descending=self.descending)


def _later(here: Any, last: Any, *, descending: bool) -> ColumnElement[bool]:
    later: ColumnElement[bool] = here < last if descending else here > last
    return later


def _beyond(keys: list[_Key], after: list[Any]) -> ColumnElement[bool]:
    if len({key.descending for key in keys}) == 1:
        # A row value: both databases walk an index for it.
        here = tuple_(*(key.column for key in keys))
        last = tuple_(*after, types=[key.column.type for key in keys])
        return _later(here, last, descending=keys[0].descending)
    ways = []
    for place, key in enumerate(keys):
        earlier = zip(keys[:place], after[:place], strict=True)
        ways.append(and_(*(k.column == value for k, value in earlier), key.beyond(after[place])))
    return or_(*ways)
