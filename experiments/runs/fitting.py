"""A fit: parameters that do what was measured, all of them that were found, and how they hang together.

The search (search.py) asks for a batch of runs at a time, which are made by the machinery of sweeps; each trial has a
seed of its own. The last batch repeats the best sets with other seeds, since the best of many noisy runs is a lucky
one: the best set is the one that is best in both.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.models.parameters import ParameterError

from .. import catalogue
from ..contract.settings import settings
from ..errors import RunError
from . import folders, frames, plans, runner, sweep_table
from .ranges import Over, Range, read_ranges
from .search import BATCH, FIRST_BATCHES, Search
from .sensitivity import Numbers
from .sweep_plan import Batches, Run, SweepPlan, check_total
from .sweep_result import SweepResult
from .sweeping import Progress, execute
from .targets import Target, distance, read_targets

MATCHES = "matches"
LEAST_TRIALS = BATCH * (FIRST_BATCHES + 1)
DEFAULT_TRIALS = 320
DISTANCE = "distance "


@dataclass(frozen=True)
class FitResult:
    """A fit, read from its folder."""

    folder: Path

    @property
    def runs(self) -> SweepResult:
        """All trials: their table and its units, config and summary."""
        return SweepResult(self.folder)

    @cached_property
    def config(self) -> dict[str, Any]:
        """Everything needed to repeat the fit (config.json)."""
        return self.runs.config

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Whether the targets were reached, the best parameters, spread and correlations (summary.json)."""
        return self.runs.summary

    @cached_property
    def matches(self) -> dict[str, np.ndarray]:
        """Each wanted number: target, at, wanted, tolerance, best, and low and high of all sets within tolerance."""
        return sweep_table.load(self.folder, folders.has_checksums(self.config), MATCHES)

    @property
    def status(self) -> str:
        """done, or incomplete if a trial failed or diverged."""
        return self.runs.status

    @property
    def reached(self) -> bool:
        """Whether any set of parameters is within the tolerance of every target."""
        return bool(self.summary["reached"])

    @property
    def best(self) -> dict[str, Any]:
        """All parameters of the best set, as texts with units: `run(experiment, **fit.best)`."""
        return dict(self.summary["best"]["parameters"])

    @property
    def within(self) -> dict[str, np.ndarray]:
        """The table of all trials within tolerance."""
        table = self.runs.table
        return {name: column[table["within"] == 1] for name, column in table.items()}

    def to_pandas(self) -> Any:
        """All trials within tolerance as a pandas.DataFrame."""
        return frames.pandas(self.within)

    def figure(self) -> Any:
        """Targets, best and spread; parameters within tolerance; loss by trial (matplotlib)."""
        from burstlab.analysis import fit as figures

        with folders.using(self.folder):
            runs, config = self.runs, self.config
            ranges = {name: [float(str(end).split()[0]) for end in ends] for name, ends in config["over"].items()}
            axes = {target["name"]: (target["kind"], target["axis"]) for target in config["targets"]}
            best = _best(runs.table, list(ranges))
            return figures.figure(runs.table, ranges, runs.units, self.matches, axes, best, config["experiment"])

    def lines(self) -> list[str]:
        """Whether the targets were reached, by what, and how well the parameters are known."""
        best, said = self.summary["best"], []
        if best["run"] is None:
            return ["no trial gave what the targets are about"]
        far = [f"{name} {value:.2f}" for name, value in best["distances"].items()]
        if self.reached:
            said.append(f"{self.summary['within_count']} of {self.summary['runs_count']} trials are within tolerance")
        else:
            said.append("no parameters within these ranges reach the targets; the nearest are given")
        said.append(f"distances of the best, in tolerances: {', '.join(far)}")
        for name, spread in self.summary["spread"].items():
            value = best["parameters"][name]
            shown = value[0] if isinstance(value, list) else value
            known = f", all within tolerance {spread[0]:.4g} to {spread[2]:.4g}" if spread else ""
            said.append(f"{name}: {shown}{known}")
        pairs = [
            (abs(r), one, other, r)
            for one, row in self.summary["correlation"].items()
            for other, r in row.items()
            if one < other and r is not None
        ]
        for _, one, other, r in sorted(pairs, reverse=True)[:3]:
            said.append(f"{one} and {other} are correlated within tolerance: {r:.2f}")
        return said

    def _repr_html_(self) -> str:
        return frames.html(self.within)


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
    progress: Progress | None = None,
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
    folder = Path(out) if out is not None else planned.default_folder
    return execute(planned, folder, jobs, scheduler, resume, force, progress)


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
        raise ParameterError(f"{name}: both set and given by a file of --target")
    return _plan(base, needed, targets, over, within, trials)


def _texts(target: str | Mapping[str, Any] | Sequence[str]) -> list[str]:
    if isinstance(target, str):
        return [target]
    if not isinstance(target, Mapping):
        return [str(text) for text in target]
    pairs = {key: value if isinstance(value, list | tuple) else [value] for key, value in target.items()}
    return [f"{key}={'+-'.join(str(float(number)) for number in value)}" for key, value in pairs.items()]


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
            f"trials = {trials}: {LEAST_TRIALS} at least are needed, and whole batches of {BATCH} are made"
        )
    if needed:
        changed = settings(base.config) | dict(needed)
        base = plans.plan(base.experiment, base.preset, base.seed, changes=changed)
    ranges = read_ranges(base.config, over, within)
    for each in ranges:
        if each.name in needed:
            raise ParameterError(f"{each.name}: both given by a file of --target and varied")
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
    best = _best(table, [each.name for each in ranges])
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


def _best(table: Mapping[str, np.ndarray], names: Sequence[str]) -> int | None:
    """The run of the set that is best in its trial and in its repetition together; of those, the better run."""
    loss = table.get("loss", np.full(len(table["run"]), np.nan))
    if not np.isfinite(loss).any():
        return None
    rows = list(zip(*(table[name].tolist() for name in names), strict=True))
    again = range(len(rows) - BATCH, len(rows))
    pairs = [(rows.index(rows[k]), k) for k in again]
    mean = [np.hypot(loss[one], loss[other]) for one, other in pairs]
    if not np.isfinite(mean).any():
        return int(np.nanargmin(loss))
    one, other = pairs[int(np.nanargmin(mean))]
    return one if loss[one] <= loss[other] else other


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


def parameters_of(
    folder: Path, experiment: Any, preset: str | None, changes: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Preset and parameters of a run, or of the best set of a fit, with changes.

    Raises
    ------
    RunError
        If the folder holds neither, or one of another experiment.
    ParameterError
        If another preset is asked for.
    """
    config = folders.read_json(folder, folders.CONFIG)
    if config["experiment"] != experiment.name:
        raise RunError(f"{folder} is of {config['experiment']}; its parameters are not those of {experiment.name}")
    if preset not in (None, config["preset"]):
        raise ParameterError(f"--preset {preset}: {folder} gives all parameters, and is of preset {config['preset']}")
    given = FitResult(folder).best if "targets" in config else config["parameters"]
    if not given:
        raise RunError(f"{folder} has no best set: no trial gave what the targets are about")
    return config["preset"], given | dict(changes)
