"""What is known of one run while another process makes it, from its folder, in which nothing is written or locked.

How far it is, is said by its last checkpoint, which is whole or not there; so are its numbers so far, where the
experiment can tell them (`Experiment.so_far`): arrays of what is computed are read, and a compiled program is called to
take its state from the checkpoint and end.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..catalogue import configure, of_run
from ..elsewhere import blamed
from ..engine import cache, process
from ..engine.process import Checkpoint
from ..errors import RunError
from . import checkpoint as checkpoints
from . import computing, folders, runner
from .plans import Plan, planned_in
from .unfinished import UNFINISHED, is_unfinished, is_worked_on

# What reading a checkpoint may take of the time: a program has to make its synapses for it.
SHARE = 0.1
# What a folder of another version, or one that was changed, may not fit together with.
CONTENT = (RunError, ParameterError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen of a run, or of several, at one moment.

    Attributes
    ----------
    folder : Path
    kind : {"run", "seeds", "sweep"}
    state : str
        "running", "unfinished" (no process of this computer works on it), "pending" (of a seed), or the status in its
        summary: "done", "diverged", "failed", or "incomplete" of several.
    about : mapping
        What config.json says.
    done, total : float
        How far it is and how long it will be, in s of simulated time, in what else is counted, or in runs; `done` is
        None where nothing tells.
    counted : str
        What that is.
    run_s : float or None
        What it has taken, in s.
    left_s : float or None
        About what it will still take.
    age_s : float or None
        How long ago that was written.
    summary : mapping
        Of what is over, the summary; of what is under way, the numbers so far.
    arrays : mapping of str to array
        Those so far.
    missing : str
        Why there are no numbers so far, or what else is not known.
    members : tuple of Seen
        Of several seeds, each.
    """

    folder: Path
    kind: str
    state: str
    about: Mapping[str, Any]
    done: float | None = None
    total: float = 0.0
    counted: str = "s"
    run_s: float | None = None
    left_s: float | None = None
    age_s: float | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    missing: str = ""
    members: tuple[Seen, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether no process of this computer works on it."""
        return self.state != "running"

    @property
    def shows(self) -> Any:
        """What differs when there is something new to draw or to say."""
        far = self.summary.get("examples_done"), self.summary.get("epochs_done")
        return self.state, self.done, *far, tuple(each.shows for each in self.members)

    @property
    def config(self) -> Mapping[str, Any]:
        """The same as of a result that is drawn."""
        return self.about

    @property
    def status(self) -> str:
        """The same as of a result that is drawn."""
        return self.state


class Run:
    """One run: what its last checkpoint said is kept until there is another, and it is time to read that."""

    def __init__(self, folder: Path, about: Mapping[str, Any] | None) -> None:
        self.folder, self.about = folder, about
        self.planned: Plan | None = None
        self.base: Seen | None = None
        self.values: dict[str, Any] | None = None
        self.stamp: tuple[int, int] | None = None
        self.rest_until = 0.0
        self.seen: Seen | None = None

    def look(self, others: int = 1) -> Seen:
        """What there is now; without a folder, a run that is to be made.

        Parameters
        ----------
        others : int
            Among how many runs under way the time for reading is shared.
        """
        if is_unfinished(self.folder):
            try:
                return self._under_way(others)
            except RunError:
                if is_unfinished(self.folder):
                    raise
        if self.about is not None and not os.path.exists(self.folder / folders.SUMMARY):
            return Seen(folder=self.folder, kind="run", state="pending", about=self.about)
        about = folders.read_json(self.folder, folders.CONFIG)
        summary = folders.read_json(self.folder, folders.SUMMARY)
        return Seen(folder=self.folder, kind="run", state=str(summary["status"]), about=about, summary=summary)

    def _under_way(self, others: int) -> Seen:
        state = "running" if is_worked_on(self.folder) else "unfinished"
        if self.base is None:
            self.base = self._planned(folders.read_json(self.folder / UNFINISHED, folders.CONFIG))
        file = self.folder / UNFINISHED / checkpoints.FILE
        try:
            found = os.stat(file)
        except FileNotFoundError:
            return replace(self.base, state=state, missing=self.base.missing or "no checkpoint yet")
        except OSError as error:
            raise RunError(f"cannot read {file}: {error.strerror}") from None
        stamp = (found.st_mtime_ns, found.st_ino)
        if self.seen is None or (stamp != self.stamp and time.monotonic() >= self.rest_until):
            began = time.monotonic()
            self.seen, self.stamp = self._read(self.base, file), stamp
            now = time.monotonic()
            self.rest_until = now + (now - began) * (others / SHARE - 1)
            if not file.exists():
                raise RunError(f"{file} is no longer there")  # the run is over
        seen = self.seen
        # How far a program is, is told without it; the numbers may be of an earlier checkpoint.
        with contextlib.suppress(OSError):
            seen = _reached(seen, file)
        age = max(0.0, time.time() - found.st_mtime)
        return replace(seen, state=state, age_s=age, left_s=_left(seen, age if state == "running" else 0.0))

    def _planned(self, about: dict[str, Any]) -> Seen:
        """What is known without a checkpoint; of a run of another version, why its numbers are not."""
        base = Seen(folder=self.folder, kind="run", state="running", about=about)
        try:
            experiment = of_run(self.folder, about)
            config = configure(experiment, about["preset"], dict(about["parameters"]))
            base = replace(base, total=float(config.duration), counted=experiment.counted)
            self.planned = planned_in(self.folder, about)
        except CONTENT as error:
            return replace(base, missing=_no_advice(error))
        return base

    def _read(self, base: Seen, file: Path) -> Seen:
        """How far the checkpoint is, and the numbers so far."""
        try:
            base = _reached(base, file)
            if self.planned is None:
                return base
            experiment = of_run(self.folder, base.about)  # without what recorders add
            if experiment.compute is not None:
                raw, run_s = computing.read(self._checkpoint(self.planned, file, None))
                base = replace(base, run_s=run_s)
            if experiment.so_far is None:
                return replace(base, missing=f"{experiment.name} tells no numbers before its end")
            if experiment.compute is None:
                raw = self._looked(self.planned, file)
            return self._numbers(base, experiment, self.planned, raw)
        except (*CONTENT, OSError) as error:
            return replace(base, missing=_no_advice(error))

    def _checkpoint(self, planned: Plan, file: Path, program: cache.Program | None) -> Checkpoint:
        found = checkpoints.of_run(planned, file.parent, checkpoints.examples_of(self.folder), program)
        if found is None:
            raise RunError("it writes no checkpoints")
        return found

    def _looked(self, planned: Plan, file: Path) -> dict[str, np.ndarray]:
        """The arrays of a compiled program at its checkpoint."""
        program = cache.there(planned.experiment, planned.config, planned.float_bits)
        if program is None:
            place = cache.cache_folder()
            raise RunError(f"its checkpoint is read by its own program, which is not in the cache {place}")
        if self.values is None:
            self.values = planned.experiment.values(planned.config, planned.seed)
        checkpoint = self._checkpoint(planned, file, program)
        return process.look(program, self.values, planned.seed, Path(tempfile.gettempdir()), checkpoint)

    def _numbers(self, base: Seen, experiment: Any, planned: Plan, raw: dict[str, np.ndarray]) -> Seen:
        with folders.using(self.folder), blamed(experiment):
            found = experiment.so_far(experiment.analyse, planned.config, raw, planned.seed)
            if found is None:
                return replace(base, missing="no example is over yet")
            done = base.done
            if experiment.compute is not None and "epochs_done" in found.summary:
                done = float(found.summary["epochs_done"])
            about = {"experiment": experiment.name, "preset": planned.preset, "seed": planned.seed}
            arrays = {name: array.values for name, array in found.arrays.items()}
            return replace(base, done=done, summary=runner.finite(about | dict(found.summary)), arrays=arrays)


def _reached(seen: Seen, file: Path) -> Seen:
    """The same with how far the checkpoint of a program is."""
    written = process.header(file)
    return seen if written is None else replace(seen, done=written.time, run_s=written.run_s)


def _no_advice(error: Exception) -> str:
    """What is wrong, in a line; what could be done about it is for whom the run belongs to."""
    return " ".join(str(error).partition(";")[0].split())


def _left(seen: Seen, age: float) -> float | None:
    """Wall time that is left at the pace so far."""
    if not seen.done or seen.run_s is None or seen.total <= 0:
        return None
    return max(0.0, seen.run_s * (seen.total / seen.done - 1) - age)
