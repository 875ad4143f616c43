"""What is wrong with a name or a value that somebody gave."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


class ParameterError(ValueError):
    """A parameter has an unknown name, a wrong unit, or a value that is not allowed."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))  # one line, whatever the text that it cites


def nearest(name: str, names: Sequence[str]) -> str:
    """', did you mean X?' for the nearest of `names`, or an empty text."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    close = close or [each for each in names if each.lower() == name.lower()]
    return f", did you mean {close[0]}?" if close else ""
