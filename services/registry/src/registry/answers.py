"""What answers carry beside their body: the version one edits by, and where the record is."""

from typing import Annotated

from fastapi import Header, Response

from service_chassis.etags import Precondition, etag


def tag(response: Response, version: int, location: str | None = None) -> None:
    """Set the ETag, and where a new record is found, relative to the list it was posted to."""
    response.headers["ETag"] = etag(version)
    if location is not None:
        response.headers["Location"] = location


def optional_precondition(
    if_match: Annotated[
        str | None, Header(description="If sent, the version it must be at.", max_length=200)
    ] = None,
) -> Precondition | None:
    """A precondition for those who want one."""
    return None if if_match is None else Precondition(if_match)
