"""Packages that load what they offer when it is used: to import one takes no time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .preferences import import_brian2


def offered(package: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package.

    Parameters
    ----------
    package : str
        Its `__name__`.
    places : mapping of str to str
        Where each name that it offers is, relative to it: "module.name".
    """

    import_brian2()

    def get(name: str) -> Any:
        import_brian2()  # the current folder may be another one than when the package was imported
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, known_as = places[name].rpartition(".")
        found = getattr(importlib.import_module(f"{package}.{module}"), known_as)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        # Not what the package itself imports and makes on its way.
        own = {name for name, value in vars(sys.modules[package]).items() if isinstance(value, ModuleType)}
        return sorted({*own, *places, *(name for name in vars(sys.modules[package]) if name.startswith("__"))})

    return get, names
