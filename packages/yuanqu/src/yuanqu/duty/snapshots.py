"""`yuanqu snapshot`: let registry say everything again, so that copies become whole."""

from typing import Annotated

import typer

from yuanqu.commands import AsJson, connect
from yuanqu.records.lists import present

PATH = "/registry/v1/snapshots"


def snapshot(
    snapshot_id: Annotated[
        str | None, typer.Argument(help="Show this one instead of beginning one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Announce every record of registry again; the other services' copies converge on it."""
    with connect() as api:
        if snapshot_id is None:
            begun = api.post(PATH)
            present(begun, as_json=as_json, said="The snapshot has begun; `yuanqu snapshot ID`.")
        else:
            present(api.get(f"{PATH}/{snapshot_id}"), as_json=as_json)
