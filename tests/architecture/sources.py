"""The product's source files as the house rules read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = {
    path.parent.parent.parent.name: path.parent.name
    for path in sorted(ROOT.glob("services/*/src/*/__init__.py"))
}
"""Import names by folder name."""


@dataclass(frozen=True)
class Source:
    """One file, parsed."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def owner(self) -> str:
        """The package or service, by import name."""
        return self.inside[0]

    @property
    def inside(self) -> tuple[str, ...]:
        """The path from the import name on: ("registry", "park", "routes.py")."""
        return self.path.relative_to(ROOT).parts[3:]

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module named in an import; `from a import b` gives a and a.b."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        return frozenset(found)

    @cached_property
    def dotted(self) -> frozenset[str]:
        """Every dotted name that is read or called: `uow.session.commit`, `os.environ`."""
        return frozenset(ast.unparse(node) for node in ast.walk(self.tree) if _is_dotted(node))

    def imports_any(self, *modules: str) -> set[str]:
        """Which of these modules, or anything inside them, the file imports."""
        return {
            found
            for found in self.imports
            for module in modules
            if found == module or found.startswith(f"{module}.")
        }


def _is_dotted(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Name):
            return True
    return False


def sources(pattern: str) -> list[Source]:
    """The Python files below the folders that match, tests and migrations left out."""
    return [Source(path) for path in sorted(_files(pattern))]


def _files(pattern: str) -> Iterator[Path]:
    for folder in ROOT.glob(pattern):
        yield from folder.rglob("*.py")


PRODUCT = sources("packages/*/src") + sources("services/*/src")
OF_SERVICES = sources("services/*/src")
