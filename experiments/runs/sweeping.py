"""A sweep: one experiment over values of one or more parameters and over seeds, stopped and resumed at will.

Runs are independent of each other and of where they are made, and so is the table: the same sweep, whole or in pieces,
here or on a cluster, gives the same bytes. What is done is decided by a record that can be verified (sweep_table.py),
never by the presence of a file.
"""

from __future__ import annotations

import contextlib
import functools
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..engine import cache, identity, removal, workers
from ..errors import RunError, StoppedError, check_whole, go_on_with, option
from . import folders, runner, sweep_table
from .bars import runs_chosen
from .sweep_plan import Run, SweepPlan, plan, structural_warning, work
from .sweep_result import SweepResult
from .unfinished import is_unfinished, locked

SHOW_EVERY = 10.0  # s between two writings of the table while the sweep is under way

Progress = Callable[[int, int], None]


def sweep(
    experiment: str | Path,
    preset: str | None = None,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = 1,
    seeds: int = 1,
    jobs: int = 1,
    scheduler: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress | bool = True,
    **changes: Any,
) -> SweepResult:
    """Run an experiment over values of its parameters.

    Parameters
    ----------
    experiment, preset, seed, out, force, **changes
        As for `run`; without `out`, results/EXPERIMENT/PRESET-sweep-NAME.
    vary : dict
        {"tau_d": "5 ms:9 ms:20"}, or a sequence of values: as `--vary` on the command line.
    seeds : int
        How many seeds, from `seed` on, for each set of values.
    jobs : int
        How many runs at once on this machine.
    scheduler : str, optional
        The address of a Dask scheduler, "tcp://host:port", whose workers make the runs instead.
    resume : bool
        Go on with a sweep that is there: only what is not done is run.
    progress : callable or bool
        Called with the number of runs that are over, and of all. By default (True) a bar shows them, where somebody
        looks; False for none.

    Returns
    -------
    SweepResult

    Raises
    ------
    ParameterError
        If something about the sweep is not allowed.
    RunError
        If it could not be made. A run that fails or diverges is no error of the sweep: the table says so.

    Examples
    --------
    >>> from burstlab.experiments import sweep
    >>> result = sweep("current_steps", vary={"g_d": "1000 pA:1400 pA:20"})  # doctest: +SKIP
    >>> result.table["g_d"], result.table["burst_count"]  # doctest: +SKIP
    """
    planned = plan(experiment, preset, vary=vary, seed=seed, seeds=seeds, changes=changes)
    if len(planned.structures) > 1:
        warnings.warn(structural_warning(planned), stacklevel=2)
    return make_runs(planned, out, jobs, scheduler, resume, force, progress)


def make_runs(
    planned: SweepPlan, out: str | Path | None, jobs: int, scheduler: str | None, resume: bool, force: bool,
    progress: Progress | bool,
) -> Any:  # fmt: skip
    """The result of a plan, as the functions of Python give it: made in a folder, with what a user wants to see."""
    folder = Path(out) if out is not None else planned.default_folder
    with runs_chosen(progress, planned.title, planned.total) as shown:
        return execute(planned, folder, jobs, scheduler, resume, force, shown)


# ---- making it -------------------------------------------------------------------------------------------------------


def execute(
    planned: SweepPlan,
    folder: Path,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Any:
    """Make the planned runs in `folder`, or go on with them; gives the plan's kind of result."""
    check_whole("jobs", jobs)
    check_folder(planned, folder, resume, force)
    if scheduler is None and planned.experiment.compute is None:
        for config in planned.structures.values():
            cache.compiled(planned.experiment, config, planned.base.float_bits)
    with removal.parents(folder):
        _make(planned, folder, jobs, scheduler, resume, force, progress or (lambda done, total: None))
    return planned.result(folder)


def _make(
    planned: SweepPlan, folder: Path, jobs: int, scheduler: str | None, resume: bool, force: bool, progress: Progress
) -> None:
    if not resume:
        with folders.new_folder(folder, force) as partial:
            folders.write_json(partial, folders.CONFIG, planned.describe())
            folders.begin(partial)
    elif not is_unfinished(folder):
        folders.begin(folder)
    with locked(folder) as place:
        removal.empty(folder, removal.SUMMARY)
        making = _Making(planned, folder, place, jobs, scheduler, progress)
        try:
            making.make()
            making.finish()
        except KeyboardInterrupt:
            if making.keep(resume):
                raise StoppedError(folder) from None
            raise
        except ParameterError:
            # What was asked for does not exist in what the runs give: there is nothing to go on with.
            if not resume:
                removal.remove(folder, removal.RESULTS)
            raise
        except (RunError, OSError) as error:
            what = str(error) if isinstance(error, RunError) else f"cannot write to {folder}: {error.strerror or error}"
            raise RunError(what + (go_on_with(folder) if making.keep(resume) else "")) from None


def check_folder(planned: SweepPlan, folder: Path, resume: bool = False, force: bool = False) -> None:
    """Refuse a folder in which the planned runs cannot be made, or cannot go on.

    Raises
    ------
    ParameterError, RunError
    """
    if resume and force:
        raise ParameterError(f"{option('resume')} and {option('force')}: one of them only")
    if resume:
        _check_same(planned, folder)
    else:
        folders.check_free(folder, force)


# What differs, by the entry of config.json that does.
_OTHER = {
    "vary": "other parameters or values",
    "seeds": "other seeds",
    "over": "other parameters or ranges",
    "design": "another method, outputs, samples or seeds",
    "targets": "another target",
    "trials": "another number of trials",
}


def _check_same(planned: SweepPlan, folder: Path) -> None:
    """Refuse to go on with a sweep of something else."""
    found, wanted = folders.read_json(folder, folders.CONFIG), planned.describe()
    if not set(found) >= set(planned.about):
        raise RunError(f"{folder} is not a sweep")
    for name in sorted(planned.about):
        if found.get(name) != wanted[name]:
            raise RunError(f"{folder} was made with {_OTHER[name]}; take another folder with {option('out')}")
    identity.check_same(str(folder), found, wanted)


class _Making:
    """The runs of a plan while they are made: those that are known by now, and what there is of each."""

    def __init__(
        self, planned: SweepPlan, folder: Path, place: Path, jobs: int, scheduler: str | None, progress: Progress
    ) -> None:
        self.planned, self.folder, self.place = planned, folder, place
        self.jobs, self.scheduler, self.progress = jobs, scheduler, progress
        self.runs: list[Run] = []
        self.kept: list[sweep_table.Kept] = []
        self.running: set[int] = set()
        self.shown = time.monotonic()

    def make(self) -> None:
        """Every batch: what is done is read, everything else is made."""
        batches = self.planned.batches()
        batch = next(batches)
        with contextlib.suppress(StopIteration):
            while True:
                self._make(batch)
                batch = batches.send(self.kept[-len(batch) :])

    def _make(self, batch: Sequence[Run]) -> None:
        self.runs += batch
        self.kept += [self._read(run) for run in batch]
        again = ("pending", "failed")  # a run that diverged is a result
        todo = [run for run in batch if self.kept[run.index].state in again]
        for run in todo:
            self.kept[run.index] = sweep_table.Kept()
        over = len(self.kept) - len(todo)
        self.progress(over, self.planned.total)

        def orders() -> Iterator[workers.Order]:
            for run in todo:
                self.running.add(run.index)
                yield self.planned.order(run)

        if self.scheduler is None:
            answers = workers.here(functools.partial(work, folder=self.place), orders(), self.jobs)
        else:
            answers = workers.on_cluster(work, orders(), self.scheduler)
        try:
            for order, answer in answers:
                self._take(order, answer)
                over += 1
                self.progress(over, self.planned.total)
        finally:
            answers.close()  # ends what is being made, where an answer is refused

    def _take(self, order: workers.Order, answer: dict[str, Any]) -> None:
        index = order["index"]
        content = {name: value for name, value in order.items() if name not in ("index", "text")} | answer
        self.kept[index] = sweep_table.kept(content, self.planned.columns)
        sweep_table.keep(self.folder, index, content)
        self.running.discard(index)
        if time.monotonic() - self.shown > SHOW_EVERY:
            self._write_table()
            self.shown = time.monotonic()

    def _read(self, run: Run) -> sweep_table.Kept:
        """What there is of a run that can be verified."""
        content = sweep_table.read(self.folder, run.index, self.planned.order(run))
        return sweep_table.Kept() if content is None else sweep_table.kept(content, self.planned.columns)

    def keep(self, resumed: bool) -> bool:
        """Whether what was stopped is worth keeping: if so, its table says how far it came; if not, it is removed."""
        self.running.clear()
        self.kept = [self._read(run) for run in self.runs]
        if not any(item.state != "pending" for item in self.kept) and not resumed:
            removal.remove(self.folder, removal.RESULTS)
            return False
        with contextlib.suppress(RunError):
            self._write_table()
        return True

    def finish(self) -> None:
        """Write the table of what is there and can be verified, the summary and the figure."""
        self.kept = [self._read(run) for run in self.runs]
        columns = self._write_table()
        counts = {state: int(np.count_nonzero(columns["state"] == state)) for state in sweep_table.STATES}
        troubled = [run for run in self.runs if columns["state"][run.index] != "done"]
        summary = {
            "experiment": self.planned.experiment.name,
            "preset": self.planned.base.preset,
            "status": "done" if counts["done"] == len(self.kept) else "incomplete",
            "runs_count": len(self.kept),
            **{f"{state}_count": counts[state] for state in ("done", "failed", "diverged", "pending")},
            "not_done": [
                {
                    "run": run.index,
                    "seed": run.seed,
                    "status": str(columns["state"][run.index]),
                    "reason": str(columns["reason"][run.index]),
                    **dict(zip(self.planned.varied, run.values, strict=True)),
                }
                for run in troubled
            ],
        }
        summary |= self.planned.conclude(self.folder, columns)
        folders.write_json(self.folder, folders.SUMMARY, runner.finite(summary))

    def _write_table(self) -> dict[str, np.ndarray]:
        columns = sweep_table.table(self.planned, self.runs, self.kept, self.running)
        units = {name: "" if known.unit is None else str(known.unit) for name, known in self.planned.varied.items()}
        sweep_table.write(self.folder, columns, units)
        return columns
