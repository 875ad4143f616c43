"""Errors that a user can do something about: one line that says what, where, and what is allowed."""

from __future__ import annotations

import contextlib
import errno
import shlex
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError


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


def not_installed(what: str, package: str, extra: str) -> RunError:
    """That something needs a package which is not there, and the extra of burstlab that brings it."""
    return RunError(f"{what} needs {package}, which is not installed: pip install 'burstlab[{extra}]'")


def cannot_listen(host: str, port: int, error: OSError) -> RunError:
    """Why a page cannot be served, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return RunError(f"port {port} of {host} is in use; take another with {option('port')}")
    return RunError(f"cannot listen on port {port} of {host}: {error.strerror}")


def check_whole(name: str, value: Any, least: int = 1) -> None:
    """Refuse what is no whole number from `least` on; the argument, or option, is `name`.

    Raises
    ------
    ParameterError
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ParameterError(f"{option(name, value)}: a whole number from {least} on is needed")


def go_on_with(folder: str | Path) -> str:
    """The end of a message about something that can go on."""
    return f"; {how_to_go_on(folder)}"


def how_to_go_on(folder: str | Path) -> str:
    """What goes on with something that was stopped."""
    command, python = f"burstlab resume {shlex.quote(str(folder))}", f"burstlab.resume({str(folder)!r})"
    return f"go on with: {command if _commands else python}"


# ---- whom a message is for -------------------------------------------------------------------------------------------

_commands = False
_FLAGS = ("force", "resume")
_SHORT = {"float_bits": "float"}  # what the command line calls otherwise


@contextlib.contextmanager
def command_line() -> Iterator[None]:
    """While it lasts, messages are for somebody at the command line; otherwise for somebody who writes Python."""
    global _commands
    before, _commands = _commands, True
    try:
        yield
    finally:
        _commands = before


def option_of(verb: str, name: str) -> str:
    """That `name` is an option of a command, or an argument of the function of that name."""
    return f"{option(name)} is an {'option of burstlab ' if _commands else 'argument of burstlab.'}{verb}"


def make_it() -> str:
    """What is done where one run of many is wanted."""
    return f"make the one that is wanted with {'`burstlab run`' if _commands else 'burstlab.run'}"


def all_arrays() -> str:
    """What takes all arrays of a run to other programs."""
    return f"burstlab export {option('to', 'netcdf')}" if _commands else "to_xarray()"


def option(name: str, value: object = "...") -> str:
    """How an option is given: `--force` or `--out` on the command line, `force=True` or `out=...` in Python.

    Parameters
    ----------
    name : str
        As the functions have it: memory_limit.
    value : object
        What is given, as Python has it; a tuple is A:B on the command line, and "..." stands for what the user knows.
    """
    if name in _FLAGS:
        return f"--{name}" if _commands else f"{name}=True"
    if _commands:
        named = f"--{_SHORT.get(name, name).replace('_', '-')}"
        if isinstance(value, dict):
            return " ".join(f'{named} {key}="{text}"' for key, text in value.items())
        text = ":".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return named if text == "..." else f"{named} {shlex.quote(text)}"
    return f"{name}=..." if isinstance(value, str) and value == "..." else f"{name}={value!r}"
