"""Experiments that are written elsewhere: in a file that the user names, or in a package that is installed.

A file is code. It is run when the user names it, in a process that builds its program, and on the workers of a sweep,
which get its text; never because a folder of results says that it was made with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from importlib.abc import SourceLoader
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError
from burstlab.equations.preferences import import_brian2

from .contract.source import Source
from .errors import RunError

GROUP = "burstlab.experiments"


# ---- files -----------------------------------------------------------------------------------------------------------

_LOADED: dict[tuple[str, str], Any] = {}  # by file and hash


def is_file(name: str) -> bool:
    """Whether a name on the command line is that of a file."""
    return name.endswith(".py") or "/" in name


def from_file(name: str) -> Any:
    """The experiment that a file ends with.

    Raises
    ------
    ParameterError
        If it cannot be imported, or has no experiment or several.
    """
    path = Path(name).expanduser().absolute()
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise ParameterError(f"cannot read {name}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ParameterError(f"cannot read {name}: it is no Python file") from None
    return from_text(str(path), text)


def from_text(file: str, text: str, sha256: str | None = None) -> Any:
    """The experiment of the text of a file, which may be on another machine; `sha256` is what its hash must be."""
    found = hashlib.sha256(text.encode()).hexdigest()
    if sha256 not in (None, found):
        raise RunError(f"{file} did not arrive as it was sent")
    if (file, found) not in _LOADED:
        _LOADED[file, found] = _executed(Source(place=file, sha256=found, text=text))
    return _LOADED[file, found]


def loaded(name: str, sha256: str) -> Any | None:
    """The experiment of a file that the user has named in this process; None if there is none of this content."""
    return next((each for each in _LOADED.values() if (each.name, each.source.sha256) == (name, sha256)), None)


def others_of(name: str) -> list[str]:
    """The files of experiments of this name that the user has named."""
    return [each.source.place for each in _LOADED.values() if each.name == name]


class _Text(SourceLoader):
    """Imports a text, and writes no compiled file beside the one it is from."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def get_filename(self, fullname: str) -> str:
        return self.source.place

    def get_data(self, path: str | bytes) -> bytes:
        if path != self.source.place or self.source.text is None:
            raise OSError(path)
        return self.source.text.encode()


def _executed(source: Source) -> Any:
    import_brian2()  # before anything that imports it
    from .experiment import Experiment

    name = f"burstlab_file_{source.sha256[:16]}"
    loader = _Text(source)
    spec = importlib.util.spec_from_loader(name, loader, origin=source.place)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their module there
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ParameterError(f"{where(error, source.place)}: cannot be imported: {_said(error)}") from None
    ours = {id(each) for each in _ours_loaded()}
    found = {id(each): each for each in vars(module).values() if isinstance(each, Experiment) and id(each) not in ours}
    if len(found) != 1:
        there = (
            f"there are {len(found)}: {', '.join(each.name for each in found.values())}" if found else "there is none"
        )
        raise ParameterError(f"{source.place}: one experiment is needed (EXPERIMENT = Experiment(...)), and {there}")
    return replace(next(iter(found.values())), source=source)


def _ours_loaded() -> list[Any]:
    modules = [module for name, module in sys.modules.items() if name.startswith("burstlab.experiments.")]
    return [module.EXPERIMENT for module in modules if hasattr(module, "EXPERIMENT")]


# ---- entry points ----------------------------------------------------------------------------------------------------


def entry_points() -> dict[str, Any]:
    """The experiments of installed packages, by name, not loaded yet."""
    from importlib import metadata

    return {point.name: point for point in metadata.entry_points(group=GROUP)}


def from_entry_point(point: Any) -> Any:
    """The experiment of an entry point.

    Raises
    ------
    ParameterError
        If it cannot be loaded, or is no experiment of its name.
    """
    import_brian2()  # before anything that imports it
    from .experiment import Experiment

    what = f"experiment {point.name} of {point.dist.name if point.dist else 'an installed package'}"
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        raise ParameterError(f"{what} cannot be loaded: {_said(error)}") from None
    if not isinstance(found, Experiment):
        raise ParameterError(f"{what} cannot be loaded: {point.value} is no Experiment")
    if found.name != point.name:
        raise ParameterError(f"{what} cannot be loaded: it calls itself {found.name}")
    return replace(found, source=Source(place=point.value, sha256=_package_hash(point.module)))


def _package_hash(module: str) -> str:
    """Of every Python file of the package that a module is in."""
    spec = importlib.util.find_spec(module.partition(".")[0])
    assert spec is not None
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    digest = hashlib.sha256()
    for file in files or [Path(str(spec.origin))]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


# ---- what goes wrong in them -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def blamed(experiment: Any) -> Iterator[None]:
    """Say what goes wrong in somebody's experiment in one line, with the place in the file.

    Raises
    ------
    RunError
    """
    if experiment.source is None:
        yield
        return
    try:
        yield
    except (RunError, ParameterError, OSError):
        raise
    except Exception as error:
        raise RunError(f"{where(error, experiment.source.place)}: {_said(error)}") from None


def where(error: BaseException, file: str) -> str:
    """The file, and the line where it was when something went wrong, if it was there."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f"{file}, line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}, line {lines[-1]}" if lines else file


def _said(error: BaseException) -> str:
    # Brian2 says where an object was made, and its cause what is wrong with it.
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    text = cause.msg if isinstance(cause, SyntaxError) else str(cause)
    return text if isinstance(cause, ParameterError | RunError) else f"{type(cause).__name__}: {text}"
