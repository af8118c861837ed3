"""Which of our two languages a caller reads."""

from functools import lru_cache

from starlette.types import Scope


def prefers_chinese(scope: Scope) -> bool:
    """Whether Accept-Language puts Chinese before English; English is the default."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return _chinese_first(value.decode("latin-1"))
    return False


@lru_cache(maxsize=256)
def _chinese_first(accept_language: str) -> bool:
    chinese, other = 0.0, 0.0
    for choice in accept_language.split(","):
        language, _, parameters = choice.strip().partition(";")
        weight = _weight(parameters)
        primary = language.strip().lower().partition("-")[0]
        if primary == "zh":
            chinese = max(chinese, weight)
        elif primary in {"en", "*"}:
            other = max(other, weight)
    if chinese == other and chinese > 0:
        return accept_language.lower().lstrip().startswith("zh")
    return chinese > other


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
