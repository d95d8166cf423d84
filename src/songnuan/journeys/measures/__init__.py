"""The kinds of measure: one file each. A file in this folder with a `KIND` is a kind."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from songnuan.journeys.measures.base import Kind, Settings


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name, in the order of the names."""
    found: dict[str, Kind] = {}
    for module in sorted(info.name for info in iter_modules(__path__)):
        if module != "base":
            kind: Kind = import_module(f"{__name__}.{module}").KIND
            found[kind.name] = kind
    return found


def settings_by_kind() -> dict[str, type[Settings]]:
    """Return the settings of every kind, as the reader of plan files takes them."""
    return {name: kind.settings for name, kind in kinds().items()}
