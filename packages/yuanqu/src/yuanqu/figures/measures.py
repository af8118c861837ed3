"""`yuanqu measures`: the dictionary of what can be asked for."""

from yuanqu.commands import AsJson, connect
from yuanqu.printing import Column, print_json, print_table

PATH = "/metrics/v1/measures"
COLUMNS = (
    Column("code", lambda measure: measure["code"] + (" *" if measure["official"] else "")),
    Column("name", "name_zh"),
    Column("name in English", "name_en"),
    Column("unit", "unit"),
    Column("what it is", "note"),
)


def measures(as_json: AsJson = False) -> None:
    """List the measures; the official one has a star."""
    with connect() as api:
        answer = api.get(PATH)
    if as_json:
        print_json(answer)
    else:
        print_table("Measures", COLUMNS, answer["items"])
