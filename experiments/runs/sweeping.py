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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..catalogue import of_run
from ..engine import cache, identity, removal, workers
from ..errors import RunError, StoppedError, go_on_with, option
from . import folders, html, runner, sweep_table
from .bars import runs_bar
from .sweep_plan import SweepPlan, plan, structural_warning, work
from .unfinished import is_unfinished, locked

SHOW_EVERY = 10.0  # s between two writings of the table while the sweep is under way

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SweepResult:
    """A sweep, read from its folder."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """Everything needed to repeat the sweep (config.json)."""
        return folders.read_json(self.folder, folders.CONFIG)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """How many runs there are of each state (summary.json)."""
        return folders.read_json(self.folder, folders.SUMMARY)

    @cached_property
    def table(self) -> dict[str, np.ndarray]:
        """The columns by name: run, state, the parameters that vary, seed, headline numbers, reason."""
        return sweep_table.load(self.folder, folders.has_checksums(self.config))

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of each column of the table."""
        return sweep_table.load_units(self.folder, folders.has_checksums(self.config))

    @property
    def status(self) -> str:
        """done, or incomplete if a run failed or diverged."""
        return str(self.summary["status"])

    def _repr_html_(self) -> str:
        return html.sweep(self)

    def figure(self) -> Any:
        """Curves for one parameter, maps for two (matplotlib)."""
        from burstlab.analysis import sweep

        with folders.using(self.folder):
            names, units = list(self.config["vary"]), self.units
            return sweep.figure(self.table, names, {name: units[name] for name in names}, self.config["experiment"])


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
    folder = Path(out) if out is not None else planned.default_folder
    if callable(progress) or not progress:
        return execute(planned, folder, jobs, scheduler, resume, force, progress if callable(progress) else None)
    with runs_bar(planned.name, len(planned.runs)) as bar:
        return execute(planned, folder, jobs, scheduler, resume, force, bar)


# ---- making it -------------------------------------------------------------------------------------------------------


def execute(
    planned: SweepPlan,
    folder: Path,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> SweepResult:
    """Make a planned sweep in `folder`, or go on with it."""
    if resume:
        _check_same(planned, folder)
    else:
        folders.check_free(folder, force)
    if scheduler is None:
        for config in planned.structures.values():
            cache.compiled(planned.experiment, config, planned.base.float_bits)
    if not resume:
        with folders.new_folder(folder, force) as partial:
            folders.write_json(partial, folders.CONFIG, planned.describe())
            folders.begin(partial)
    elif not is_unfinished(folder):
        folders.begin(folder)
    with locked(folder) as place:
        removal.empty(folder, removal.SUMMARY)
        try:
            _make(planned, folder, place, jobs, scheduler, progress or (lambda done, total: None))
        except KeyboardInterrupt:
            if _keep(planned, folder, resume):
                raise StoppedError(folder) from None
            raise
        except (RunError, OSError) as error:
            what = str(error) if isinstance(error, RunError) else f"cannot write to {folder}: {error.strerror or error}"
            raise RunError(what + (go_on_with(folder) if _keep(planned, folder, resume) else "")) from None
    return SweepResult(folder)


def _keep(planned: SweepPlan, folder: Path, resumed: bool) -> bool:
    """Whether what was stopped is worth keeping: if so, its table says how far it came; if not, it is removed."""
    kept = _records(planned, folder)
    if not any(kept) and not resumed:
        removal.remove(folder, removal.RESULTS)
        return False
    with contextlib.suppress(RunError):
        _write_table(planned, folder, kept, set())
    return True


def _check_same(planned: SweepPlan, folder: Path) -> None:
    """Refuse to go on with a sweep of something else."""
    found, wanted = folders.read_json(folder, folders.CONFIG), planned.describe()
    if "vary" not in found:
        raise RunError(f"{folder} is not a sweep")
    for name in ("seeds", "vary"):
        if found.get(name) != wanted[name]:
            raise RunError(f"{folder} is a sweep of another {name}; take another folder with {option('out')}")
    identity.check_same(str(folder), found, wanted)


def is_sweep(folder: Path) -> bool:
    """Whether a folder says that it is of a sweep."""
    try:
        return "vary" in folders.read_json(folder, folders.CONFIG)
    except RunError:
        return False


def read_plan(folder: Path) -> SweepPlan:
    """The plan of the sweep in a folder.

    Raises
    ------
    RunError
        If it is none.
    """
    found = folders.read_json(folder, folders.CONFIG)
    try:
        return plan(
            of_run(folder, found),
            found["preset"],
            vary=found["vary"],
            seed=found["seeds"][0],
            seeds=len(found["seeds"]),
            changes={name: value for name, value in found["parameters"].items() if name not in found["vary"]},
        )
    except (KeyError, TypeError, IndexError, AttributeError, ParameterError) as error:
        raise RunError(f"{folder / folders.CONFIG} does not describe a sweep: {error}") from None


def _make(
    planned: SweepPlan, folder: Path, work_folder: Path, jobs: int, scheduler: str | None, progress: Progress
) -> None:
    kept = _records(planned, folder)
    kept = [item if item is not None and item["status"] in ("done", "diverged") else None for item in kept]
    todo = [run for run in planned.runs if kept[run.index] is None]
    running: set[int] = set()
    over = len(kept) - len(todo)
    progress(over, len(kept))

    def orders() -> Iterator[workers.Order]:
        for run in todo:
            running.add(run.index)
            yield planned.order(run)

    if scheduler is None:
        answers = workers.here(functools.partial(work, folder=work_folder), orders(), jobs)
    else:
        answers = workers.on_cluster(work, orders(), scheduler)
    shown = time.monotonic()
    for order, answer in answers:
        index = order["index"]
        content = {name: value for name, value in order.items() if name not in ("index", "text")} | answer
        sweep_table.keep(folder, index, content)
        kept[index] = content
        running.discard(index)
        over += 1
        progress(over, len(kept))
        if time.monotonic() - shown > SHOW_EVERY:
            _write_table(planned, folder, kept, running)
            shown = time.monotonic()
    _finish(planned, folder)


def _records(planned: SweepPlan, folder: Path) -> list[dict[str, Any] | None]:
    """What there is of each run that can be verified."""
    return [sweep_table.read(folder, run.index, planned.order(run)) for run in planned.runs]


def _finish(planned: SweepPlan, folder: Path) -> None:
    """Write the table of what is there and can be verified, the summary and the figure."""
    kept = _records(planned, folder)
    columns = _write_table(planned, folder, kept, set())
    counts = {state: int(np.count_nonzero(columns["state"] == state)) for state in sweep_table.STATES}
    troubled = [run for run in planned.runs if columns["state"][run.index] != "done"]
    summary = {
        "experiment": planned.experiment.name,
        "preset": planned.base.preset,
        "status": "done" if counts["done"] == len(kept) else "incomplete",
        "runs_count": len(kept),
        **{f"{state}_count": counts[state] for state in ("done", "failed", "diverged", "pending")},
        "not_done": [
            {
                "run": run.index,
                "seed": run.seed,
                "status": str(columns["state"][run.index]),
                "reason": str(columns["reason"][run.index]),
                **{axis.name: axis.values[k] for axis, k in zip(planned.axes, run.place, strict=True)},
            }
            for run in troubled
        ],
    }
    if counts["done"]:
        runner.draw(SweepResult(folder))
    folders.write_json(folder, folders.SUMMARY, summary)


def _write_table(
    planned: SweepPlan, folder: Path, kept: Sequence[Mapping[str, Any] | None], running: set[int]
) -> dict[str, np.ndarray]:
    columns = sweep_table.table(planned, kept, running)
    sweep_table.write(folder, columns, {axis.name: axis.unit for axis in planned.axes})
    return columns
