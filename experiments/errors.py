"""Errors that a user can do something about: one line that says what, where, and what is allowed."""

from __future__ import annotations

import shlex
from pathlib import Path


class RunError(RuntimeError):
    """A run could not be made, or its results cannot be used."""


class InterruptedRunError(RunError):
    """A run was stopped from outside."""


class CheckpointError(RunError):
    """A checkpoint cannot be used: there is nothing to go on with."""


class StoppedError(KeyboardInterrupt):
    """Stopped from outside, with something to go on with in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted{go_on_with(folder)}")


def go_on_with(folder: str | Path) -> str:
    """The end of a message about something that can go on."""
    return f"; go on with: burstlab resume {shlex.quote(str(folder))}"
