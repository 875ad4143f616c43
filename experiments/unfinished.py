"""What is not finished yet: a folder `unfinished` in the folder of a run, of several seeds or of a sweep.

It is there as long as there is something to go on with, and holds what is needed for that. One process at a time works
on it: the kernel gives its lock back when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import RunError

UNFINISHED = "unfinished"
_LOCK = "lock"


def is_unfinished(folder: Path) -> bool:
    """Whether there is something to go on with."""
    return os.path.isdir(folder / UNFINISHED)  # no error for a name that no file can have


def check_idle(folder: Path) -> None:
    """Refuse a folder that another process works on.

    Raises
    ------
    RunError
    """
    with contextlib.suppress(OSError), open(folder / UNFINISHED / _LOCK) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process works on {folder}") from None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The `unfinished` folder, for this process alone; it is removed when all has gone well.

    Raises
    ------
    RunError
        If another process works on it, or has just finished it.
    """
    place = folder / UNFINISHED
    try:
        file = open(place / _LOCK, "w")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise RunError(f"{folder} has nothing to go on with: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"another process works on {folder}") from None
        # The lock may be that of a process that has removed the file since it was opened here.
        if not _is_at(file.fileno(), place / _LOCK):
            raise RunError(f"{folder} has just been finished by another process")
        _clear(place)
        yield place
        shutil.rmtree(place)


def _is_at(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    return False


def _clear(place: Path) -> None:
    # What a process that was killed was working with.
    for entry in place.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        elif ".unfinished" in entry.name:
            entry.unlink(missing_ok=True)
