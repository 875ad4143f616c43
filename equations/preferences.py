"""Importing Brian2 without running what lies in the current folder.

When it is imported, Brian2 evaluates a file `brian_preferences` of the current folder, which may be one of downloads.
"""

from __future__ import annotations

import importlib
import os
import sys

# Relative to the current folder, the second where the user has no home.
_EVALUATED = ("brian_preferences", "~/.brian/user_preferences")


def import_brian2() -> None:
    """Import Brian2, from within another folder where this one has preferences for it; nothing if it is imported."""
    if "brian2" in sys.modules:
        return
    if not any(map(os.path.lexists, _EVALUATED)):
        return
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir("/")
        importlib.import_module("brian2")
    finally:
        os.fchdir(here)
        os.close(here)
