"""The board over HTTP: the pages, the sign-in and the stream of news."""

from metrics.board.routes.pages import router as pages
from metrics.board.routes.stream import router as stream

__all__ = ["pages", "stream"]
