"""A slice is one business noun, cut into the same few files everywhere."""

import pytest

from tests.architecture.sources import OF_SERVICES, Source

VOCABULARY = {
    "routes",
    "schemas",
    "use_cases",
    "queries",
    "rules",
    "tables",
    "problems",
    "reactions",
}
# Who may import whom inside a service; what is not named here may be imported by everybody.
ABOVE = {
    "use_cases": {"routes", "reactions"},
    "queries": {"routes", "reactions"},
    "schemas": {"routes", "reactions"},
    "rules": {"routes", "reactions", "use_cases", "queries"},
    "tables": {"routes", "reactions", "use_cases", "queries"},
}
IO = ("sqlalchemy", "httpx", "fastapi", "aiosqlite", "asyncio", "service_chassis.database")

IN_SLICES = [source for source in OF_SERVICES if len(source.inside) > 2]

in_slices = pytest.mark.parametrize("source", IN_SLICES, ids=lambda source: source.name)


def word(source: Source) -> str:
    """The vocabulary word a file stands for: use_cases/merge.py is a use_cases file."""
    return source.inside[2].removesuffix(".py")


def words_imported(source: Source) -> set[str]:
    """The vocabulary words of the modules of its own service that a file imports."""
    found = set()
    for name in source.imports_any(source.owner):
        parts = name.split(".")
        if len(parts) > 2:
            found.add(parts[2])
    return found & VOCABULARY


@in_slices
def test_a_slice_uses_the_closed_vocabulary(source: Source) -> None:
    assert word(source) in VOCABULARY | {"__init__"}, f"use one of {sorted(VOCABULARY)}"


@in_slices
def test_imports_in_a_slice_point_down(source: Source) -> None:
    upward = ABOVE.get(word(source), set()) & words_imported(source)

    assert not upward, "routes, reactions → use_cases, queries → rules, tables, problems, schemas"


@pytest.mark.parametrize("source", OF_SERVICES, ids=lambda source: source.name)
def test_only_the_declaration_of_the_service_imports_routes(source: Source) -> None:
    is_declaration = source.inside[1:] == ("service.py",)
    is_routes = len(source.inside) > 2 and word(source) == "routes"

    assert is_declaration or is_routes or "routes" not in words_imported(source)


@pytest.mark.parametrize(
    "source",
    [source for source in IN_SLICES if word(source) == "rules"],
    ids=lambda source: source.name,
)
def test_rules_do_no_input_or_output(source: Source) -> None:
    assert not source.imports_any(*IO), "a rule is arithmetic and policy"
