"""Whether a schema may take the place of an older one: only additions that nobody must know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a reader or a stored event of the old schema would not survive, a sentence each."""
    return list(_Comparison(old, new).of(old, new, ""))


@dataclass
class _Comparison:
    old_root: Schema
    new_root: Schema
    seen: set[str] = field(default_factory=set)

    def of(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        if "$ref" in old:
            if old["$ref"] in self.seen:
                return
            self.seen.add(old["$ref"])
        old, new = _resolved(old, self.old_root), _resolved(new, self.new_root)
        yield from _own_changes(old, new, at or "/")
        yield from self._nested_changes(old, new, at)

    def _nested_changes(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        properties = new.get("properties", {})
        for name, schema in old.get("properties", {}).items():
            if name in properties:
                yield from self.of(schema, properties[name], f"{at}/{name}")
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), Mapping):
                yield from self.of(old[keyword], new.get(keyword, {}), f"{at}/{keyword}")
        for keyword in ("anyOf", "prefixItems"):
            pairs = zip(old.get(keyword, ()), new.get(keyword, ()), strict=False)
            for number, (one, other) in enumerate(pairs):
                yield from self.of(one, other, f"{at}/{keyword}/{number}")


def _own_changes(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for keyword in ("type", "const", "format", "contentEncoding"):
        if old.get(keyword) != new.get(keyword):
            yield f"{where}: {keyword} {old.get(keyword)!r} became {new.get(keyword)!r}"
    if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{where}: no longer allows {sorted(map(str, gone))}"
    for name in old.get("properties", {}).keys() - new.get("properties", {}).keys():
        yield f"{where}: {name} is gone"
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{where}: {name} is required now"
    for keyword in ("anyOf", "prefixItems"):
        if len(new.get(keyword, ())) < len(old.get(keyword, ())):
            yield f"{where}: {keyword} lost an alternative"


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
