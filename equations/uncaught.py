"""Errors of this package that nobody catches: shown as Python shows any, not as errors of Brian2.

When it is imported, Brian2 puts a hook of its own in place, which calls every error unexpected, asks for a report of it
and leaves a log and a copy of the script in the folder for temporary files.
"""

from __future__ import annotations

import sys
from types import TracebackType

_OURS = __name__.partition(".")[0]


def show_own_errors_plainly() -> None:
    """Go before Brian2's hook, where it is the one in place; what is no error of this package is left to it."""
    from brian2.utils.logger import brian_excepthook

    if sys.excepthook is brian_excepthook:
        sys.excepthook = _show


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from brian2.utils.logger import brian_excepthook

    ours = any(each.__module__.partition(".")[0] == _OURS for each in kind.__mro__)
    (sys.__excepthook__ if ours else brian_excepthook)(kind, error, trace)
