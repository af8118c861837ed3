"""What a token may allow, for every service."""

from typing import Literal, get_args

Scope = Literal[
    "registry:read",
    "registry:write",
    "registry:admin",
    "orders:write",
    "orders:read",
    "figures:read",
    "figures:enterprises",
    "figures:operate",
    "board:read",
    "operations",
]
ALL: tuple[Scope, ...] = get_args(Scope)
