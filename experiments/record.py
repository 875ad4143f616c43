"""The run directory: config.json, results.h5, summary.json, figures; written whole, and verified when it is read."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from burstlab.models.parameters import ParameterError

from . import contents
from .errors import RunError, go_on_with
from .unfinished import UNFINISHED, check_idle, is_unfinished

# 1 is that of runs whose arrays have no checksum.
FORMAT = 2
CONFIG, SUMMARY = "config.json", "summary.json"


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    packages = ("burstlab", "brian2", "numpy", "h5py")
    return {name: metadata.version(name) for name in packages} | {
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


# ---- writing -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def new_folder(target: Path, force: bool) -> Iterator[Path]:
    """A folder to write into, which becomes `target` when all has gone well and vanishes otherwise.

    Raises
    ------
    RunError
        If the target exists (and not `force`) or cannot be made.
    """
    check_free(target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}-unfinished-", dir=target.parent))
    except OSError as error:
        raise RunError(f"cannot write to {target.parent}: {error.strerror}") from None
    try:
        yield partial
        partial.chmod(0o755)
        if target.exists():
            check_free(target, force)
            shutil.rmtree(target)
        partial.rename(target)
    except OSError as error:
        raise RunError(f"cannot write to {target}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def check_free(target: Path, force: bool) -> None:
    """Refuse a target that exists; with `force`, one that is neither empty nor a run of ours."""
    if not target.exists() and not target.is_symlink():
        return
    if is_unfinished(target):
        check_idle(target)
        if not force:
            raise RunError(f"the output folder {target} holds something unfinished{go_on_with(target)}; or use --force")
    if not force:
        raise RunError(f"the output folder {target} exists; take another with --out, or overwrite it with --force")
    if not target.is_dir() or not (_is_run(target) or all(_is_seed(entry) for entry in target.iterdir())):
        raise RunError(f"{target} is not a run directory; --force overwrites nothing else")


def _is_run(folder: Path) -> bool:
    for place in (folder, folder / UNFINISHED):
        with contextlib.suppress(RunError):
            content = read_json(place, CONFIG)
            # "experiments": a report, which holds runs.
            return "format" in content and ("experiment" in content or "experiments" in content)
    return False


def _is_seed(entry: Path) -> bool:
    # What is left of several seeds that were stopped: whole runs, and no summary over them.
    return entry.name.startswith("seed-") and _is_run(entry)


def write_json(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """A JSON file, complete or not there."""
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    publish(folder / name, lambda path: path.write_text(text))


def write_figure(folder: Path, name: str, figure: Any) -> Iterator[Path]:
    """A figure as NAME.png and NAME.pdf, complete or not there; gives each path when it is there."""
    for path in (folder / f"{name}.png", folder / f"{name}.pdf"):
        # Without the date that matplotlib writes, the same run gives the same bytes.
        how = {"format": path.suffix[1:], "metadata": {"CreationDate": None} if path.suffix == ".pdf" else None}
        publish(path, functools.partial(figure.savefig, dpi=200, **how))
        yield path


def publish(path: Path, write: Callable[[Path], Any]) -> None:
    """A file, complete or not there: `write` gets another name to write to."""
    partial = path.with_name(f".{path.name}.unfinished")
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
