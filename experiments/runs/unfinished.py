"""What is not finished yet: a folder `unfinished` in the folder of a run, of several seeds or of a sweep.

Its state.json is there as long as there is something to go on with, beside what is needed for that. One process at a
time works on it: the kernel gives its lock back when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from ..engine import removal
from ..errors import RunError

UNFINISHED, STATE = "unfinished", "state.json"
_LOCK = "lock"


def is_unfinished(folder: Path) -> bool:
    """Whether there is something to go on with."""
    return os.path.isfile(folder / UNFINISHED / STATE)  # no error for a name that no file can have


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


def is_worked_on(folder: Path) -> bool:
    """Whether a process of this computer works on a folder, as the kernel's list of locks has it.

    Nothing is locked for it: who goes on with a run at this moment must not be refused. True where a system has no such
    list, and nothing tells. Of another computer's processes in a folder that is shared, nothing is known.
    """
    try:
        found = os.stat(folder / UNFINISHED / _LOCK)
    except OSError:
        return False
    try:
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return True
    for words in map(str.split, locks):
        # 1: FLOCK ADVISORY WRITE 2213 08:02:1311 0 EOF; the device is not always that of stat.
        if len(words) >= 6 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(found.st_ino):
            return True
    return False


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The `unfinished` folder, for this process alone; it is removed when all has gone well.

    Raises
    ------
    RunError
        If another process works on it or has just finished it, or if there is a link where something is written.
    """
    place = folder / UNFINISHED
    removal.refuse_links(folder)
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
        removal.empty(place, removal.LEFT)  # what a process that was killed was working with
        yield place
        removal.remove(place, removal.UNFINISHED)


def _is_at(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    return False
