"""Registering enterprises, alone, by the thousand and from files; changing and merging them."""

from registry.enterprise.use_cases.change import change_enterprise
from registry.enterprise.use_cases.import_rows import import_rows
from registry.enterprise.use_cases.merge import merge_enterprise
from registry.enterprise.use_cases.register import register_batch, register_enterprise

__all__ = [
    "change_enterprise",
    "import_rows",
    "merge_enterprise",
    "register_batch",
    "register_enterprise",
]
