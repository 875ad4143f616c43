"""The run directory: config.json, results.h5, summary.json, figures; written whole, and verified when it is read."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError

from ..engine import removal
from ..engine.removal import RESULTS, Made
from ..errors import RunError, go_on_with, option
from . import contents
from .unfinished import STATE, UNFINISHED, check_idle, is_unfinished

# 1 is that of runs whose arrays have no checksum.
FORMAT = 2
CONFIG, SUMMARY = "config.json", "summary.json"


# ---- writing -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def new_folder(target: Path, force: bool, made: Made = RESULTS) -> Iterator[Path]:
    """A folder to write into, whose content is in `target` when all has gone well, and vanishes otherwise.

    Parameters
    ----------
    target : Path
    force : bool
        Replace what burstlab wrote there; what else is there stays.
    made : Made
        What that can be.

    Raises
    ------
    RunError
        If the target exists (and not `force`) or cannot be made.
    """
    check_free(target, force, made)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with removal.private("new", target.parent) as partial:
            yield partial
            check_free(target, force, made)
            if target.exists():
                removal.empty(target, made)
                move_into(partial, target)
            else:
                partial.rename(target)
    except OSError as error:
        raise RunError(f"cannot write to {target}: {error.strerror or error}") from None


def move_into(place: Path, folder: Path) -> None:
    """Move what is in a place into a folder: its summary last, which makes it a run."""
    for entry in sorted(place.iterdir(), key=lambda entry: (entry.name == SUMMARY, entry.name)):
        entry.rename(folder / entry.name)


def begin(folder: Path, **about: Any) -> None:
    """Make a folder's `unfinished`, whose state.json says that there is something to go on with."""
    place = folder / UNFINISHED
    place.mkdir(parents=True, exist_ok=True)
    write_json(place, STATE, {"format": FORMAT, "status": UNFINISHED, **about})


def check_free(target: Path, force: bool, made: Made = RESULTS) -> None:
    """Refuse a target that is a link or exists; with `force`, one that is neither empty nor a run of ours."""
    if not target.exists() and not target.is_symlink():
        return
    removal.refuse_links(target, made)
    if is_unfinished(target):
        check_idle(target)
        if not force:
            raise RunError(
                f"the output folder {target} holds something unfinished{go_on_with(target)}; or use {option('force')}"
            )
    if not force:
        raise RunError(
            f"the output folder {target} exists; take another with {option('out')}, or overwrite it with "
            f"{option('force')}"
        )
    if not target.is_dir() or not (_is_run(target) or not any(target.iterdir()) or _is_left_of_one(target)):
        raise RunError(f"{target} is not a run directory; {option('force')} overwrites nothing else")


def _is_left_of_one(folder: Path) -> bool:
    """Whether a folder in a folder of ours holds a user's files alone: what stays where seeds are made again."""
    return _is_run(folder.parent) and not any(RESULTS.file(entry.name) for entry in folder.iterdir())


def _is_run(folder: Path) -> bool:
    """Whether burstlab wrote the config.json there is: other programs have files of that name too."""
    for place in (folder, folder / UNFINISHED):
        with contextlib.suppress(RunError):
            content = read_json(place, CONFIG)
            # "experiments": a report, which holds runs.
            one = isinstance(content.get("experiment"), str) and isinstance(content.get("parameters"), dict)
            many = isinstance(content.get("experiments"), dict)
            versions_ = content.get("versions")
            if "format" in content and (one or many) and isinstance(versions_, dict) and "burstlab" in versions_:
                return True
    return False


def write_json(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """A JSON file, complete or not there."""
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    publish(folder / name, lambda path: path.write_text(text))


def write_figure(folder: Path, name: str, figure: Any) -> Iterator[Path]:
    """A figure as NAME.png and NAME.pdf, complete or not there; gives each path when it is there."""
    for path in (folder / f"{name}.png", folder / f"{name}.pdf"):
        save_figure(figure, path)
        yield path


# Who made a figure, and not the date that matplotlib writes: the same run gives the same file.
_SIGNED: dict[str, dict[str, str | None]] = {
    ".png": {"Software": "burstlab"},
    ".pdf": {"Creator": "burstlab", "CreationDate": None},
}
_SIGNATURES = (b"Software\0burstlab", b"/Creator (burstlab)")


def save_figure(figure: Any, path: Path) -> None:
    """A figure as a PNG or PDF, complete or not there.

    Raises
    ------
    RunError
        For another suffix.
    """
    if path.suffix not in _SIGNED:
        raise RunError(f"cannot write {path}: a name that ends with {' or '.join(_SIGNED)} is needed")
    how = {"format": path.suffix[1:], "metadata": _SIGNED[path.suffix]}
    publish(path, functools.partial(figure.savefig, dpi="figure", **how))


def check_replaceable(path: Path, name: str = "out") -> None:
    """Refuse the place of a figure where there is something else than a figure of burstlab's; the option is `name`.

    Raises
    ------
    RunError
    """
    if os.path.lexists(path) and not (path.is_file() and any(mark in path.read_bytes() for mark in _SIGNATURES)):
        raise RunError(f"{path} is there and is no figure of burstlab's; take another name with {option(name)}")


def publish(path: Path, write: Callable[[Path], Any]) -> None:
    """A file, complete or not there: `write` gets another name to write to.

    Raises
    ------
    RunError
        If there is a link of one of the two names.
    """
    partial = path.with_name(f".{path.name}.unfinished")
    for place in (path, partial):
        if place.is_symlink():
            raise RunError(f"{place} is a link in the place of something that is written; move it elsewhere")
    write(partial)
    with open(partial, "rb") as file:
        os.fsync(file.fileno())
    partial.rename(path)


# ---- reading -------------------------------------------------------------------------------------------------------


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """A JSON file of a run directory.

    Raises
    ------
    RunError
        If it is not there, not whole, of a newer format, or does not hold what it should (contents.py).
    """
    try:
        content = contents.parse(folder / name)
    except FileNotFoundError:
        raise RunError(f"{folder} is not a run directory: it has no {name}") from None
    written = content.get("format", FORMAT)
    if isinstance(written, int) and written > FORMAT:
        raise RunError(f"{folder} was written by a newer burstlab (format {written}, this one reads {FORMAT})")
    contents.check(folder / name, content)
    return content


def has_checksums(config: Mapping[str, Any]) -> bool:
    """Whether arrays were written with a checksum, by what config.json says of them."""
    return config["format"] > 1


def check_single(folder: Path, summary: Mapping[str, Any], wanted: str) -> None:
    """Refuse a folder of several seeds where one run is needed.

    Raises
    ------
    RunError
        That says `wanted`, such as "inspect one of them", and names one.
    """
    if "runs" in summary:
        raise RunError(f"{folder} holds several seeds; {wanted}, such as {folder / summary['runs'][0]['folder']}")


@contextlib.contextmanager
def describing(folder: Path, what: str) -> Iterator[dict[str, Any]]:
    """The config.json of a folder, from which a plan of `what` ("a sweep") is made; another content is one line."""
    try:
        yield read_json(folder, CONFIG)
    except (KeyError, TypeError, IndexError, AttributeError, ParameterError) as error:
        raise RunError(f"{folder / CONFIG} does not describe {what}: {error}") from None


@contextlib.contextmanager
def using(folder: str | Path) -> Iterator[None]:
    """Whatever goes wrong with what is made of saved results is one line that names their folder.

    Files are checked when they are read; but an experiment's own numbers, which no table knows, may not fit together
    where somebody has changed them.
    """
    try:
        yield
    except (OSError, RunError, ParameterError):
        raise
    except KeyError as missing:
        raise RunError(f"{folder} is not whole: it has no {missing}") from missing
    except Exception as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise RunError(f"{folder} is not whole, or was changed: {what}") from error
