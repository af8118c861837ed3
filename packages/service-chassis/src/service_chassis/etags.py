"""Optimistic locking over HTTP (RFC 9110): what two people may edit has a version."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header

from service_chassis.problems import Problem


class PreconditionRequired(Problem):
    """Read the record, then send its ETag as If-Match with the change."""

    status = 428
    code = "precondition_required"
    title_en = "Say which version you are changing"
    title_zh = "请指明所修改的版本"


class VersionStale(Problem):
    """Somebody was quicker. Read the record again, look at the change, send it again."""

    status = 412
    code = "version_stale"
    title_en = "The record has changed since you read it"
    title_zh = "该记录已被他人修改"


def etag(version: int) -> str:
    """The value of the ETag header for a version."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Precondition:
    """The versions the caller is willing to change."""

    given: str

    def holds_for(self, version: int) -> bool:
        """Whether this version is among them; ``*`` is any."""
        return self.given.strip() == "*" or etag(version) in {
            one.strip() for one in self.given.split(",")
        }

    def require(self, version: int) -> None:
        """Raise ``VersionStale`` unless the record is in one of these versions."""
        if not self.holds_for(version):
            raise VersionStale(
                f"The record is at {etag(version)}, the request names {self.given}.",
                current=etag(version),
            )


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(description='The ETag of the record as it was read, as `"3"`', max_length=200),
    ] = None,
) -> Precondition:
    if if_match is None:
        raise PreconditionRequired("Send If-Match with the ETag of the record as you read it.")
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(_if_match)]
