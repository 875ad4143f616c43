"""Several seeds of one experiment: each a run of its own, and a summary over them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..engine import cache, identity, removal
from ..errors import InterruptedRunError, RunError, StoppedError, check_whole, option
from ..limits import COMPUTED
from . import checkpoint as checkpoints
from . import folders
from .plans import Plan, planned_in
from .result import load_run
from .runner import Progress, draw_or_say, execute, finite, go_on, program_of
from .unfinished import is_unfinished, locked


def run_seeds(
    planned: Sequence[Plan],
    folder: Path,
    jobs: int = 1,
    force: bool = False,
    progress: Callable[[Plan], Progress] | None = None,
    checkpoint: int | None = None,
) -> dict[str, Any]:
    """Run several seeds of one config, each in a process and a folder (seed-S) of its own.

    Those that are done, or have a checkpoint, stay if the others are stopped; the summary over all of them is written
    at the end only.

    Parameters
    ----------
    planned : sequence of Plan
        The same but for the seed.
    folder : Path
        Gets the runs, a summary.json over them and, where the experiment has one, a figure.
    jobs : int
        How many at once; results do not depend on it.
    force : bool
        Overwrite.
    progress : callable, optional
        Gives each run its own progress function.
    checkpoint : int, optional
        Examples between two checkpoints of each run.

    Returns
    -------
    dict
        The summary. A run that failed is listed in it with its reason; the others go on.
    """
    first = planned[0]
    examples = checkpoints.examples_between(first.experiment, first.backend, checkpoint)
    _check_jobs(first, jobs)
    folders.check_free(folder, force)
    compiled = program_of(first)
    with removal.parents(folder):
        with folders.new_folder(folder, force) as partial:
            folders.write_json(partial, folders.CONFIG, first.describe() | {"seeds": [item.seed for item in planned]})
            folders.begin(partial, checkpoint=examples)
        return _make(planned, folder, jobs, progress, compiled)


def resume_seeds(folder: Path, jobs: int = 1, progress: Callable[[Plan], Progress] | None = None) -> dict[str, Any]:
    """Go on with several seeds that were stopped: what is done and can be verified stays as it is."""
    planned = plans_in(folder)
    _check_jobs(planned[0], jobs)
    return _make(planned, folder, jobs, progress, program_of(planned[0]))


def plans_in(folder: Path) -> list[Plan]:
    """The plans of a folder of several seeds."""
    config = folders.read_json(folder, folders.CONFIG)
    seeds = config.get("seeds")
    if not isinstance(seeds, list) or not seeds:
        raise RunError(f"{folder} is not a folder of several seeds")
    plans = [planned_in(folder, config, seed) for seed in seeds]
    for item in plans:
        check_seed(folder / f"seed-{item.seed}", item)
    return plans


def _check_jobs(first: Plan, jobs: int) -> None:
    check_whole("jobs", jobs)
    if jobs > 1 and first.backend not in ("cpp", COMPUTED):
        raise ParameterError(f"{option('jobs', jobs)}: only the cpp backend runs several at once")


def _make(
    planned: Sequence[Plan],
    folder: Path,
    jobs: int,
    progress: Callable[[Plan], Progress] | None,
    compiled: cache.Program | None,
) -> dict[str, Any]:
    examples = checkpoints.examples_of(folder)

    def one(item: Plan, stop: threading.Event) -> dict[str, Any]:
        watched = stoppable(stop, progress(item) if progress is not None else None)
        target = folder / f"seed-{item.seed}"
        try:
            if (summary := finished(target, item)) is not None:
                return summary
            if is_unfinished(target):
                return go_on(target, item, watched, compiled).summary
            return execute(item, target, True, watched, compiled, examples).summary
        except (RunError, OSError) as error:
            return {"seed": item.seed, "status": "failed", "reason": str(error)}

    with locked(folder):
        try:
            summaries = together(one, planned, jobs)
            with folders.using(folder):
                summary = finite(over_seeds(summaries, planned[0], folder))
            folders.write_json(folder, folders.SUMMARY, summary)
            return draw_or_say(folder, summary) if summary["done_count"] else summary
        except KeyboardInterrupt:
            if any(folder.glob("seed-*")):
                raise StoppedError(folder) from None
            removal.remove(folder, removal.RESULTS)
            raise


def together(work: Callable[[Any, threading.Event], Any], items: Sequence[Any], jobs: int) -> list[Any]:
    """work(item, stop) of every item, `jobs` at once in threads; Ctrl-C sets `stop` and waits for those under way."""
    stop = threading.Event()
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        futures = [pool.submit(work, item, stop) for item in items]
        while not all(future.done() for future in futures):
            time.sleep(0.05)  # a wait that Ctrl-C can end
        return [future.result() for future in futures]
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def stoppable(stop: threading.Event, progress: Progress | None = None) -> Progress:
    """A progress function that ends its run with an InterruptedRunError when `stop` is set."""

    def watched(done: float, total: float) -> None:
        if stop.is_set():
            raise InterruptedRunError("stopped")
        if progress is not None:
            progress(done, total)

    return watched


def finished(folder: Path, planned: Plan) -> dict[str, Any] | None:
    """The summary of a run that is there, whole, and of this plan; None otherwise."""
    try:
        result = load_run(folder)
        same = not identity.differences(result.config, planned.describe())
        if same and result.status == "done":
            result.arrays  # noqa: B018 (reading is verifying)
        return result.summary if same and result.status in ("done", "diverged") else None
    except RunError:
        return None


def check_seed(folder: Path, planned: Plan) -> None:
    """Refuse a run that is there and was made by another program, or with other settings: it may be of use to somebody.

    Raises
    ------
    RunError
    """
    try:
        found = load_run(folder).config
    except RunError:  # nothing, or nothing whole
        return
    identity.check_same(str(folder), found, planned.describe())


def over_seeds(summaries: Sequence[dict[str, Any]], first: Plan, folder: Path) -> dict[str, Any]:
    """Mean and standard deviation over the runs that are done of every number in their summaries.

    Of what is true or false, the mean is the fraction of runs where it is true.

    An experiment's own `over_seeds(config, results)` adds what is not a mean of the runs' numbers, such as a
    correlation of means.
    """
    done = [summary for summary in summaries if summary["status"] == "done"]
    result: dict[str, Any] = {
        "experiment": first.experiment.name,
        "preset": first.preset,
        "seeds": [summary["seed"] for summary in summaries],
        "status": "done" if len(done) == len(summaries) else "incomplete",
        "done_count": len(done),
    }
    if any("solved" in summary for summary in done):
        result["solved_count"] = sum(bool(summary["solved"]) for summary in done)
    for name in done[0] if done else ():
        values = [summary.get(name) for summary in done]
        if name not in ("seed", "targets", "inputs") and _numeric(values):
            result[f"{name}_mean"] = _each(np.mean, values)
            result[f"{name}_sd"] = _each(_deviation, values) if len(done) > 1 else None
    if done and first.experiment.over_seeds is not None:
        runs = [load_run(folder / f"seed-{summary['seed']}") for summary in done]
        result |= first.experiment.over_seeds(first.config, runs)
    result["runs"] = [
        {name: value for name, value in summary.items() if name != "epoch_cost"} | {"folder": f"seed-{summary['seed']}"}
        for summary in summaries
    ]
    return result


def _deviation(values: np.ndarray, axis: int) -> Any:
    return np.std(values, axis=axis, ddof=1)


def _each(measure: Callable[..., Any], values: list[Any]) -> Any:
    if isinstance(values[0], dict):
        return {name: _each(measure, [value[name] for value in values]) for name in values[0]}
    return measure(np.asarray(values, dtype=float), axis=0).tolist()


def _numeric(values: list[Any]) -> bool:
    if isinstance(values[0], dict):
        return all(_numeric([value[name] for value in values]) for name in values[0])
    try:
        return np.asarray(values, dtype=float).ndim <= 2 and not isinstance(values[0], str)
    except (TypeError, ValueError):
        return False
