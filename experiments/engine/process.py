"""Running a compiled program (cache.py) once: one process with its own folder for results.

Everything that can vary is on its command line; the seed of the generators is in the environment, since Brian2 has no
place for it there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..contract.randomness import brian_seed
from ..contract.states import LAST
from ..errors import CheckpointError, RunError, option
from . import removal
from .cache import Program
from .in_process import Simulated

PROGRESS = "burstlab-progress"
_DIVERGED = "burstlab-diverged"
_CHECKPOINT = ("BURSTLAB_CHECKPOINT", "BURSTLAB_RESUME")
_UNUSABLE_CHECKPOINT = 65  # the program's exit code


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Where a program leaves its state.

    Attributes
    ----------
    file : Path
        Complete, or not there.
    every : float
        Simulated seconds between two of them.
    identity : str
        Of the run and its program; no other run goes on from the file.
    rest : float
        After each one so many times as long as it took to write passes without another.
    """

    file: Path
    every: float
    identity: str
    rest: float = 0

    def environment(self) -> dict[str, str]:
        """What tells the program about it."""
        known = {
            "BURSTLAB_CHECKPOINT": str(self.file.resolve()),
            "BURSTLAB_CHECKPOINT_EVERY": repr(self.every),
            "BURSTLAB_CHECKPOINT_OF": self.identity,
            "BURSTLAB_CHECKPOINT_REST": repr(self.rest),
        }
        return known | ({"BURSTLAB_RESUME": "1"} if self.file.exists() else {})

    def earlier(self) -> float:
        """Wall time in seconds that the run took up to the checkpoint; 0 without one.

        Raises
        ------
        CheckpointError
            If the file is damaged, or of another run or another program.
        """
        if not self.file.exists():
            return 0.0
        written = header(self.file)
        if written is None:
            raise CheckpointError(f"the checkpoint {self.file} is damaged; begin again with {option('force')}")
        if written.identity != self.identity:
            raise CheckpointError(
                f"the checkpoint {self.file} is of another run, or another version of burstlab or Brian2; begin again "
                f"with {option('force')}"
            )
        return written.run_s


class Header(NamedTuple):
    """What a checkpoint says of itself: whose it is, its simulated time in s, and the wall time in s until then."""

    identity: str
    time: float
    run_s: float


def header(file: Path) -> Header | None:
    """The header of a program's checkpoint; None if there is none.

    Raises
    ------
    OSError
        If the file is not there, or cannot be read.
    """
    with open(file, "rb") as opened:
        words = opened.readline(300).split()
    if len(words) != 7 or words[:2] != [b"burstlab-checkpoint", b"1"]:
        return None
    with contextlib.suppress(ValueError):
        return Header(words[2].decode(errors="replace"), float(words[3]), float(words[4]))
    return None


def look(
    program: Program, values: Mapping[str, Any], seed: int, folder: Path, checkpoint: Checkpoint
) -> dict[str, np.ndarray]:
    """The raw arrays of a run as they are in its checkpoint, which is read and left as it is.

    The program makes its synapses, takes its state from the file and ends. What it records is as long as it is by then.

    Parameters
    ----------
    program, values, seed, folder
        As of `run_program`.
    checkpoint : Checkpoint
        Of the run; another process may write it meanwhile.

    Raises
    ------
    CheckpointError
        If it is damaged, or of another run, or no longer there.
    RunError
        If the program fails or its arrays are not whole.
    """
    manifest = program.manifest
    try:
        with removal.private("raw", folder.resolve()) as work:
            arguments = [_argument(name, value, manifest["inputs"], work) for name, value in values.items()]
            _call(program, arguments, seed, work, None, checkpoint.environment() | {"BURSTLAB_RESUME": "look"})
            _check_ended(work, early=True)
            return {name: _load(name, entry, work, early=True) for name, entry in manifest["outputs"].items()}
    except OSError as error:
        raise RunError(f"cannot use {folder}: {error.strerror or error}") from None


def run_program(
    program: Program,
    values: Mapping[str, Any],
    seed: int,
    folder: Path,
    progress: Callable[[float, float], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Simulated:
    """Run a compiled program once.

    Parameters
    ----------
    program : Program
    values : mapping
        {"object.variable": value or array} in SI units; everything is checked before the program starts.
    seed : int
        The run's label.
    folder : Path
        For temporary files; a folder is made in it and removed.
    progress : callable, optional
        Called with simulated and total time in seconds.
    checkpoint : Checkpoint, optional
        Where the program leaves its state; it goes on from what is there.

    Raises
    ------
    RunError
        For values the program cannot take, and if the program fails or its results are not whole.
    """
    manifest = program.manifest
    try:
        with removal.private("raw", folder.resolve()) as work:
            arguments = [_argument(name, value, manifest["inputs"], work) for name, value in values.items()]
            began = time.perf_counter()
            earlier = checkpoint.earlier() if checkpoint is not None else 0.0
            more = checkpoint.environment() if checkpoint is not None else {}
            diverged_s = _call(program, arguments, seed, work, progress, more)
            run_s, early = earlier + time.perf_counter() - began, diverged_s is not None
            _check_ended(work, early)
            raw = {name: _load(name, entry, work, early) for name, entry in manifest["outputs"].items()}
            return Simulated(raw=raw, run_s=run_s, compile_s=program.compile_s, diverged_s=diverged_s)
    except OSError as error:
        raise RunError(f"cannot use {folder}: {error.strerror or error}") from None


def _check_ended(work: Path, early: bool) -> None:
    """Refuse results of a program that did not come to its end, which it says in a file.

    It writes that file last; of a program that ended `early`, no more is asked for than that it is whole.
    """
    info = work / "last_run_info.txt"
    words = info.read_text().split() if info.exists() else []
    if len(words) == 2 and (early or _number(words[1]) >= 1):
        return
    # It exits with 0 on a full disk, too: the file is then there and empty.
    what = "it had written its arrays" if early else "the simulation did"
    raise RunError(f"the program ended before {what}{_full_disk(work)}")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _full_disk(work: Path) -> str:
    """The end of a message about results that are not there: how much room there is for them."""
    free = shutil.disk_usage(work).free
    place = next(parent for parent in work.parents if not parent.name.startswith("."))
    return f": is the disk full? ({free / 1e6:.3g} MB are free at {place})"


def _argument(name: str, value: Any, inputs: Mapping[str, Any], work: Path) -> str:
    # The program itself ignores nan, inf and arrays of a wrong length with no more than a line on stderr.
    if name not in inputs:
        raise RunError(f"{name}: the program has no such variable")
    known = inputs[name]
    array = np.asarray(value, dtype=known["dtype"])
    if not np.all(np.isfinite(array)):
        raise RunError(f"{name}: not a finite value")
    if array.ndim == 0:
        return f"{known['argument']}={array.item()!r}"
    if array.size != known["size"]:
        raise RunError(f"{name}: {array.size} values given, {known['size']} needed")
    if array.size == 1:
        return f"{known['argument']}={array.ravel()[0].item()!r}"
    file = work / f"{name}.values"
    file.write_bytes(array.tobytes())
    return f"{known['argument']}={file}"


def _call(
    program: Program,
    arguments: list[str],
    seed: int,
    work: Path,
    progress: Callable[[float, float], None] | None,
    more: Mapping[str, str],
) -> float | None:
    """Run the program to its end; the simulated time at which it saw that it had diverged, if that was earlier."""
    own = {"BURSTLAB_SEED": str(brian_seed(seed)), "BURSTLAB_PARENT": str(os.getpid())}
    # What this process was told about checkpoints, if anything, is not meant for this run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_CHECKPOINT)}
    environment |= own | dict(more)
    with open(work / "stderr.txt", "w+") as errors:
        try:
            process = subprocess.Popen(
                [str(program.folder / "main"), "--results_dir", f"{work}/", *arguments],
                cwd=program.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then decides
            )
        except OSError as error:
            raise RunError(_not_started(program.folder / "main", error)) from None
        other, diverged_s = [], None
        try:
            assert process.stdout is not None
            for line in process.stdout:
                word, *numbers = line.split() or [""]
                if word == _DIVERGED:
                    diverged_s = round(float(numbers[0]), 6)  # multiples of the time step
                elif word != PROGRESS:
                    other.append(line.strip())
                elif progress is not None:
                    progress(float(numbers[0]), float(numbers[1]))
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        errors.seek(0)
        said = [line for line in [*errors.read().splitlines(), *other] if line.strip()]
        if code < 0:
            raise RunError(f"the program was ended by {signal.Signals(-code).name}")
        if code == _UNUSABLE_CHECKPOINT:
            raise CheckpointError(f"{said[-1]}; begin again with {option('force')}")
        if code or said:
            raise RunError(f"the program failed: {said[-1] if said else f'exit code {code}'}")
        return diverged_s


def _not_started(main: Path, error: OSError) -> str:
    """Why a program in the cache cannot be started, and what to do."""
    what = f"cannot start {main}: {error.strerror}"
    with contextlib.suppress(OSError):
        if os.statvfs(main.parent).f_flag & os.ST_NOEXEC:
            return f"{what}: no program may run there (noexec); set BURSTLAB_CACHE to a folder on another file system"
    return f"{what}; remove it with the command `burstlab doctor --clear`, or set BURSTLAB_CACHE to another folder"


def _load(name: str, entry: Mapping[str, Any], work: Path, early: bool) -> np.ndarray:
    # With a full disk the program exits 0 all the same and arrays come back short.
    rows, columns = entry["rows"], entry["columns"] or 1
    if rows is None and entry["length_file"]:
        length = np.fromfile(work / entry["length_file"], dtype=np.int32)
        if len(length) != 1:
            raise RunError(f"the results are not whole ({name} has no length){_full_disk(work)}")
        rows = int(length[0])
    file = work / entry["file"]
    array = np.fromfile(file, dtype=entry["dtype"]) if file.exists() else np.empty(0, entry["dtype"])
    # Records of a program that ended early are as long as they are by then; last states are whole.
    if early and not name.startswith(f"{LAST}|"):
        rows = min(rows, len(array) // columns)
    if len(array) != rows * columns:
        raise RunError(f"the results are not whole ({name}: {len(array)} of {rows * columns} values){_full_disk(work)}")
    return array.reshape(rows, columns) if entry["columns"] else array
