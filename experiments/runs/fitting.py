"""A fit: parameters that do what was measured, all of them that were found, and how they hang together.

The search (search.py) asks for a batch of runs at a time, which are made by the machinery of sweeps; each trial has a
seed of its own. The last batch repeats the best sets with other seeds, since the best of many noisy runs is a lucky
one: the best set is the one that is best in both.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.models.parameters import ParameterError

from .. import catalogue
from ..contract.settings import settings
from ..errors import option
from . import folders, plans, runner, sweep_table
from .fit_result import DISTANCE, MATCHES, FitResult, best_trial
from .ranges import Over, Range, read_ranges
from .search import BATCH, FIRST_BATCHES, Search
from .sensitivity import Numbers
from .sweep_plan import Batches, Run, SweepPlan, check_total
from .sweeping import Progress, make_runs
from .targets import NEEDED, Target, distance, read_targets, such

LEAST_TRIALS = BATCH * (FIRST_BATCHES + 1)
DEFAULT_TRIALS = 320


def fit(
    experiment: str | Path,
    preset: str | None = None,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = "20%",
    trials: int = DEFAULT_TRIALS,
    seed: int = 1,
    jobs: int = 1,
    scheduler: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress | bool = True,
    **changes: Any,
) -> FitResult:
    """Find parameters with which an experiment gives what was measured.

    Parameters
    ----------
    experiment, preset, seed, force, **changes
        As for `run`.
    target : str, mapping, or sequence of str
        "burst_probability=0.3+-0.02", {"burst_probability": (0.3, 0.02)}, or a CSV file with a curve or with spike
        times; what such a file is like, and how far a run is from it, is said in targets.py.
    over, within
        The parameters to find and their ranges, as for `sensitivity`.
    trials : int
        Runs in all, in batches of 16.
    jobs, scheduler, out, resume, progress
        As for `sweep`; without `out`, results/EXPERIMENT/PRESET-fit.

    Returns
    -------
    FitResult

    Raises
    ------
    ParameterError
        If something about the fit is not allowed, or runs give nothing of the kind of a target.
    RunError
        If it could not be made, or the package `cmaes` is not installed (extra `vary`).

    Examples
    --------
    >>> from burstlab.experiments import fit, run
    >>> found = fit("response_curves", target="burst_probability=0.3+-0.02", over=["tau_d", "g_d"])  # doctest: +SKIP
    >>> run("response_curves", **found.best)  # doctest: +SKIP
    """
    planned = plan(
        experiment, preset, target=target, over=over, within=within, trials=trials, seed=seed, changes=changes
    )
    return make_runs(planned, out, jobs, scheduler, resume, force, progress)


# ---- planning --------------------------------------------------------------------------------------------------------


def plan(
    experiment: Any,
    preset: str | None = None,
    *,
    target: str | Mapping[str, Any] | Sequence[str],
    over: Over,
    within: str | float = "20%",
    trials: int = DEFAULT_TRIALS,
    seed: int = 1,
    changes: dict[str, Any] | None = None,
) -> SweepPlan:
    """Check everything about a fit before it begins; parameters are those of `fit`.

    Raises
    ------
    ParameterError, RunError
        Naming what is wrong and what is allowed.
    """
    base = plans.plan(experiment, preset, seed, changes=changes)
    targets, needed = read_targets(base.config, _texts(target))
    for name in set(needed) & set(changes or {}):
        raise ParameterError(f"{name}: both set and given by a file of the targets")
    return _plan(base, needed, targets, over, within, trials)


def _texts(target: str | Mapping[str, Any] | Sequence[str]) -> list[str]:
    if isinstance(target, str):
        return [target]
    if not isinstance(target, Iterable):
        raise ParameterError(f"{option('target', target)}: {NEEDED}, such as {such()}")
    if not isinstance(target, Mapping):
        return [str(text) for text in target]
    pairs = {key: value if isinstance(value, list | tuple) else [value] for key, value in target.items()}
    return [f"{key}={'+-'.join(map(str, value))}" for key, value in pairs.items()]


def _plan(
    base: plans.Plan,
    needed: Mapping[str, Any],
    targets: Sequence[Target],
    over: Over,
    within: str | float,
    trials: Any,
) -> SweepPlan:
    if isinstance(trials, bool) or not isinstance(trials, int) or trials < LEAST_TRIALS:
        raise ParameterError(
            f"{option('trials', trials)}: {LEAST_TRIALS} at least are needed, and whole batches of {BATCH} are made"
        )
    if needed:
        changed = settings(base.config) | dict(needed)
        base = plans.plan(base.experiment, base.preset, base.seed, changes=changed)
    ranges = read_ranges(base.config, over, within)
    for each in ranges:
        if each.name in needed:
            raise ParameterError(f"{each.name}: both given by a file of the targets and varied")
    total = math.ceil(trials / BATCH) * BATCH
    check_total(total)
    Search(len(ranges), base.seed)  # whether there is what it needs
    arrays = {f"{key}{tail}": target.units for target in targets if target.kind == "curve"
              for key in target.keys for tail in ("", "_error")}  # fmt: skip
    return SweepPlan(
        base=base,
        varied={each.name: each.known for each in ranges},
        total=total,
        batches=functools.partial(_batches, ranges, base.seed, total),
        about={
            "over": {each.name: each.ends for each in ranges},
            "targets": [target.describe() for target in targets],
            "trials": total,
        },
        name="fit",
        result=FitResult,
        columns=_Distances(base.experiment.name, targets),
        conclude=functools.partial(_conclude, ranges, targets),
        measured={"arrays": arrays} if arrays else {},
    )


def read_plan(folder: Path) -> SweepPlan:
    """The plan of the fit in a folder.

    Raises
    ------
    RunError
        If it is none.
    """
    with folders.describing(folder, "a fit") as found:
        base = plans.plan(
            catalogue.of_run(folder, found), found["preset"], found["seed"], changes=dict(found["parameters"])
        )
        targets = [Target(**about) for about in found["targets"]]
        over = {name: ":".join(ends) for name, ends in found["over"].items()}
        return _plan(base, {}, targets, over, "20%", found["trials"])


class _Distances:
    """The numbers of a trial that the table shows: distance of each target, loss, whether all are matched."""

    def __init__(self, experiment: str, targets: Sequence[Target]) -> None:
        self.targets = targets
        keys = [key for target in targets if target.kind != "curve" for key in target.keys]
        self.known = Numbers(experiment, keys)

    def __call__(self, content: Mapping[str, Any]) -> dict[str, float]:
        self.known(content)  # refuses keys that there are not
        found: dict[str, float] = {}
        summary = sweep_table.every_number(content["summary"])
        for target in self.targets:
            values = target.numbers(content, summary)
            if target.kind == "number":
                found[target.name] = float(values[0])
            found[DISTANCE + target.name] = distance(target.differences(content, values))
        far = np.array([value for name, value in found.items() if name.startswith(DISTANCE)])
        return found | {"loss": distance(far), "within": float((far <= 1).all())}


# ---- searching -------------------------------------------------------------------------------------------------------


def _batches(ranges: Sequence[Range], seed: int, total: int) -> Batches:
    """Batches of the search, and one that repeats the best of it."""
    search, made, losses = Search(len(ranges), seed), [], []
    for begin in range(0, total - BATCH, BATCH):
        points = search.ask()
        batch = [
            Run(index=begin + k, seed=seed + begin + k, values=_values(ranges, point)) for k, point in enumerate(points)
        ]
        kept = yield batch
        lost = np.array([item.numbers.get("loss", math.inf) for item in kept])
        search.tell(lost)
        made += batch
        losses += lost.tolist()
    best = np.argsort(losses, kind="stable")[:BATCH]
    yield [
        Run(index=len(made) + k, seed=seed + len(made) + k, values=made[which].values) for k, which in enumerate(best)
    ]


def _values(ranges: Iterable[Range], point: np.ndarray) -> tuple[str, ...]:
    return tuple(each.written(float(each.at(part))) for each, part in zip(ranges, point, strict=True))


# ---- what came out ---------------------------------------------------------------------------------------------------


def _conclude(
    ranges: Sequence[Range], targets: Sequence[Target], folder: Path, table: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """Write what was matched and the figure; the best set, all within tolerance, and their correlations."""
    nothing = np.full(len(table["run"]), np.nan)
    loss, within = table.get("loss", nothing), table.get("within", nothing) == 1
    best = best_trial(table, [each.name for each in ranges])
    _write_matches(folder, targets, best, np.flatnonzero(within))
    runner.draw(FitResult(folder))
    inside = {each.name: table[each.name][within] for each in ranges}
    parameters, far = {}, {}
    if best is not None:
        parameters = folders.read_json(sweep_table.run_folder(folder, best), folders.SUMMARY)["parameters"]
        far = {target.name: float(table[DISTANCE + target.name][best]) for target in targets}
    return {
        "method": "fit",
        "reached": bool(within.any()),
        "within_count": int(within.sum()),
        "best": {
            "run": best,
            "loss": None if best is None else float(loss[best]),
            "parameters": parameters,
            "distances": far,
        },
        "spread": {
            name: [float(part) for part in np.percentile(values, [0, 50, 100])] if len(values) else []
            for name, values in inside.items()
        },
        "correlation": _correlation(inside),
    }


def _correlation(inside: Mapping[str, np.ndarray]) -> dict[str, dict[str, float | None]]:
    values = np.array(list(inside.values()))
    found = np.full((len(values), len(values)), np.nan)
    if values.shape[1] > 2:
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.atleast_2d(np.corrcoef(values))
    return {
        one: {other: float(r) if np.isfinite(r) else None for other, r in zip(inside, row, strict=True)}
        for one, row in zip(inside, found, strict=True)
    }


def _write_matches(folder: Path, targets: Sequence[Target], best: int | None, within: np.ndarray) -> None:
    rows: dict[str, list[Any]] = {name: [] for name in ("target", "at", "wanted", "tolerance", "best", "low", "high")}

    def values(target: Target, index: int) -> np.ndarray:
        content = folders.read_json(sweep_table.run_folder(folder, index), folders.SUMMARY)
        return target.numbers(content, sweep_table.every_number(content["summary"]))

    for target in targets:
        nothing = np.full(len(target.wanted), np.nan)
        inside = np.array([values(target, int(index)) for index in within]).reshape(len(within), len(nothing))
        rows["target"] += [target.name] * len(nothing)
        rows["at"] += target.at
        rows["wanted"] += target.wanted
        rows["tolerance"] += target.tolerance
        rows["best"] += (nothing if best is None else values(target, best)).tolist()
        rows["low"] += (np.nanmin(inside, axis=0) if len(inside) else nothing).tolist()
        rows["high"] += (np.nanmax(inside, axis=0) if len(inside) else nothing).tolist()
    columns = {name: np.array(column, dtype=np.str_ if name == "target" else float) for name, column in rows.items()}
    sweep_table.write(folder, columns, {}, MATCHES, "match")
