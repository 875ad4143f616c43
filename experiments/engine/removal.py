"""Removing what burstlab wrote: by name, after a look at what bears it, and nothing else.

Every removal of the package is one of this module. A folder with results is its user's: notes, analyses and links that
lie in it stay where they are. What burstlab writes there has names of its own (`RESULTS`, `CACHE`, ...), is a file or
a folder and no link, and is all that is removed. `private` gives a folder that nobody else knows of, which goes whole.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import RunError


@dataclass(frozen=True, kw_only=True)
class Made:
    """What burstlab makes in a folder.

    Attributes
    ----------
    files : tuple of str
        Regular expressions for the names of its files.
    folders : mapping of str to (Made or None)
        Regular expressions for the names of its folders, and what is in each; None for a private one, which has no
        content of anybody else.
    """

    files: tuple[str, ...] = ()
    folders: Mapping[str, Made | None] = field(default_factory=dict)

    def file(self, name: str) -> bool:
        """Whether a file of this name is burstlab's."""
        return any(re.fullmatch(pattern, name) for pattern in self.files)

    def folder(self, name: str) -> tuple[bool, Made | None]:
        """Whether a folder of this name is burstlab's, and what it makes in there."""
        for pattern, inside in self.folders.items():
            if re.fullmatch(pattern, name):
                return True, inside
        return False, None


_RUN = (
    r"config\.json", r"summary\.json", r"results\.h5", r"(figure(-paper|-talk)?|inspect)\.(png|pdf)", r"inspect\.html",
    r"export\.(nwb|nc)",
)  # fmt: skip
_TABLE, _REPORT, _STATE = r"(table|indices|matches)\.(csv|h5)", r"report\.(html|json)", r"state\.json"
# What a process leaves when it is killed: files under their first names, and private folders.
_TAIL = r"-[0-9a-z_]{8,16}"
LEFT = Made(
    files=(
        rf"\.({'|'.join((*_RUN, _TABLE, _REPORT, _STATE, 'checkpoint'))})\.unfinished",
        r"checkpoint\.unfinished-\d+",
    ),
    folders={rf"\.(raw|work|new){_TAIL}": None},
)
UNFINISHED = Made(files=(*LEFT.files, *_RUN, _STATE, "lock", "checkpoint"), folders=LEFT.folders)
_EXPORT = Made(files=(r"(spikes|events|bursts|traces-\w+)\.csv",))
_SINGLE = Made(files=(*LEFT.files, *_RUN), folders={**LEFT.folders, "unfinished": UNFINISHED, "export-csv": _EXPORT})
SUMMARY = Made(files=(r"summary\.json",))
_RECORDS = Made(folders={r"\d{6}": Made(files=(*LEFT.files, *SUMMARY.files))})
# A run, several seeds, or a sweep.
RESULTS = Made(files=(*_SINGLE.files, _TABLE), folders={**_SINGLE.folders, r"seed-\d+": _SINGLE, "runs": _RECORDS})
_KEY = r"[0-9a-f]{32}(-[0-9a-f]{8})?"
PROGRAM = Made(files=("main", r"manifest\.json"), folders={"static_arrays": Made(files=(".*",))})
CACHE = Made(files=(rf"{_KEY}\.(lock|log)",), folders={_KEY: PROGRAM, rf"\.?building(-[0-9a-f]{{32}})?{_TAIL}": None})


def report(experiments: Iterable[str]) -> Made:
    """What there is in the folder of a report of these experiments."""
    return Made(
        files=(*RESULTS.files, _REPORT),
        folders={**RESULTS.folders, **{re.escape(name): RESULTS for name in experiments}},
    )


def remove(folder: Path, made: Made) -> None:
    """Remove what burstlab made in a folder, and the folder if nothing else is in it; a summary goes first.

    A link is never followed and never removed.

    Raises
    ------
    OSError
    """
    empty(folder, made)
    with contextlib.suppress(OSError):  # the user has something in it
        folder.rmdir()


def empty(folder: Path, made: Made, keep: tuple[str, ...] = ()) -> None:
    """Remove what burstlab made in a folder, but for names to keep; the folder stays."""
    if folder.is_symlink() or not folder.is_dir():
        return
    # Without a summary a folder is no run: none looks whole while it is taken apart.
    for entry in sorted(os.scandir(folder), key=lambda entry: (entry.name != "summary.json", entry.name)):
        if entry.name in keep:
            continue
        path, (ours, inside) = Path(entry.path), made.folder(entry.name)
        if entry.is_file(follow_symlinks=False) and made.file(entry.name):
            path.unlink()
        elif entry.is_dir(follow_symlinks=False) and ours:
            _discard(path) if inside is None else remove(path, inside)


def _discard(folder: Path) -> None:
    """Remove a private folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private(kind: str, place: Path) -> Iterator[Path]:
    """A folder for this process alone, which is removed at the end wherever it is then still there.

    It is made as the user's umask says, so that it can become a folder of results.

    Parameters
    ----------
    kind : {"raw", "work", "new", "building"}
        The begin of its name.
    place : Path
        The folder to make it in.
    """
    folder = place / f".{kind}-{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700 if kind == "building" else 0o777)  # what is built there will be run
    try:
        yield folder
    finally:
        _discard(folder)


@contextlib.contextmanager
def parents(target: Path) -> Iterator[None]:
    """Makes the folders above something that is written; where it is not, they vanish again.

    Raises
    ------
    RunError
        If one of them is a file, or cannot be made.
    """
    refuse_files(target)
    missing = [folder for folder in target.parents if not os.path.lexists(folder)]
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"cannot write {target}: {error.strerror or error}") from None
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):  # something else is in it by now
                folder.rmdir()
        raise


def refuse_files(target: Path) -> None:
    """Refuse a place to write to below a file.

    Raises
    ------
    RunError
    """
    for folder in target.parents:
        if os.path.isfile(folder):
            raise RunError(f"cannot write {target}: {folder} is a file, no folder")


def refuse_links(folder: Path, made: Made = RESULTS) -> None:
    """Refuse a folder that is a link, or has a link in the place of something that burstlab writes.

    Raises
    ------
    RunError
    """
    if folder.is_symlink():
        raise RunError(f"{folder} is a link, into which nothing is written; name the folder itself")
    if not folder.is_dir():
        return
    for entry in os.scandir(folder):
        ours, inside = made.folder(entry.name)
        if entry.is_symlink() and (ours or made.file(entry.name)):
            raise RunError(f"{entry.path} is a link in the place of something that is written; move it elsewhere")
        if inside is not None and entry.is_dir(follow_symlinks=False):
            refuse_links(Path(entry.path), inside)
