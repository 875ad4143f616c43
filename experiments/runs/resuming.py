"""Going on with what was stopped: a run, several seeds, or a sweep; its folder says which."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..catalogue import find
from ..errors import RunError
from . import fitting, folders, runner, seeds, sensitivity, sweep_plan
from .bars import Bars, runs_bar
from .loading import kind_of, load, swept
from .plans import Plan, planned_in
from .result import Result
from .sweep_plan import SweepPlan
from .sweep_result import SweepResult
from .sweeping import execute
from .unfinished import UNFINISHED, is_unfinished

# How the runs of a folder are planned again, by the entry of its config.json that tells (loading.py).
_PLANS: dict[str, Callable[[Path], SweepPlan]] = {
    "vary": sweep_plan.read_plan,
    "design": sensitivity.read_plan,
    "targets": fitting.read_plan,
}


def resume(
    folder: str | Path, jobs: int = 1, scheduler: str | None = None, experiment: str | Path | None = None
) -> Result | SweepResult:
    """Go on with what was stopped in a folder.

    Parameters
    ----------
    folder : path
        Of a run with checkpoints, of several seeds, or of a sweep.
    jobs : int
        How many runs at once, of several.
    scheduler : str, optional
        The address of a Dask scheduler, for a sweep.
    experiment : path, optional
        The file of the experiment, where the run was made with one.

    Returns
    -------
    Result or SweepResult
        The same as if nothing had been stopped.

    Raises
    ------
    RunError
        If there is nothing in the folder to go on with, or it cannot be used.
    """
    if experiment is not None:
        find(str(experiment))
    folder = Path(folder)
    kind = stopped_kind(folder)
    if kind == "sweep":
        planned = read_plan(folder)
        with runs_bar(planned.title, planned.total) as progress:
            return execute(planned, folder, jobs, scheduler, resume=True, progress=progress)
    with contextlib.closing(Bars()) as bars:
        resume_runs(folder, kind, jobs, bars.of)
    return load(folder)


def read_plan(folder: Path) -> SweepPlan:
    """The plan of the sweep, or of the like, in a folder.

    Raises
    ------
    RunError
        If there is none.
    """
    found = swept(folder)
    if found is None:
        raise RunError(f"{folder} is not a sweep")
    return _PLANS[str(kind_of(found.config))](folder)


def stopped_kind(folder: Path) -> str:
    """What was stopped in a folder: "run", "seeds", or "sweep", which is everything with a table.

    Raises
    ------
    RunError
        If nothing was.
    """
    if swept(folder) is not None:
        return "sweep"
    if os.path.exists(folder / UNFINISHED / folders.CONFIG):
        return "run"
    if is_unfinished(folder):
        return "seeds"
    load(folder)
    raise RunError(f"{folder} is finished: there is nothing to go on with")


def resume_runs(
    folder: Path, kind: str, jobs: int = 1, progress: Callable[[Plan], runner.Progress] | None = None
) -> dict[str, Any]:
    """Go on with a run or several seeds, and give the summary."""
    if kind == "seeds":
        return seeds.resume_seeds(folder, jobs, progress)
    planned = planned_in(folder, folders.read_json(folder / UNFINISHED, folders.CONFIG))
    return runner.go_on(folder, planned, None if progress is None else progress(planned)).summary
