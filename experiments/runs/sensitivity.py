"""Sensitivity: which parameter does what, from runs of a design through the machinery of sweeps."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import nearest
from burstlab.models.parameters import ParameterError

from .. import catalogue
from ..errors import RunError, option
from . import folders, indices, plans, runner, sweep_table
from .designs import Design, design
from .indices import SEED
from .ranges import Over, Range, read_ranges
from .sensitivity_result import INDICES, SensitivityResult
from .sweep_plan import SweepPlan, at_once, check_runs
from .sweeping import Progress, make_runs


def sensitivity(
    experiment: str | Path,
    preset: str | None = None,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = "20%",
    samples: int | None = None,
    method: str = "sobol",
    seed: int = 1,
    seeds: int = 2,
    jobs: int = 1,
    scheduler: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress | bool = True,
    **changes: Any,
) -> SensitivityResult:
    """Find out which parameters move what an experiment gives, and how much of it is chance.

    Parameters
    ----------
    experiment, preset, force, **changes
        As for `run`.
    of : str or sequence of str
        Numbers of summary.json: "burst_probability", "event_rate_after_Hz[1]".
    over : str, sequence of str, or mapping
        The parameters that vary and their ranges: {"tau_d": "5 ms:9 ms"}, "tau_d=5 ms:9 ms", "tau_d", or "all", which
        are those that need no other program and are not 0.
    within : str or float
        The range to either side of a parameter's value, where none is given.
    samples : int, optional
        Blocks of runs; 64 in "sobol" (a power of two), 10 in "morris".
    method : {"sobol", "morris", "local"}
        First-order and total indices from samples * (parameters + 2) runs; elementary effects from
        samples * (parameters + 1); or each parameter alone at both ends of its range.
    seed, seeds : int
        The first seed, and how many there are for the same parameters, from which comes the seed's own share.
    jobs, scheduler, out, resume, progress
        As for `sweep`; without `out`, results/EXPERIMENT/PRESET-sensitivity-METHOD.

    Returns
    -------
    SensitivityResult

    Raises
    ------
    ParameterError
        If something about the study is not allowed, or there is no such output.
    RunError
        If it could not be made, or SALib is not installed (extra `vary`).

    Examples
    --------
    >>> from burstlab.experiments import sensitivity
    >>> result = sensitivity("response_curves", of="burst_probability", over=["tau_d", "g_d"])  # doctest: +SKIP
    >>> result.to_pandas()  # doctest: +SKIP
    """
    planned = plan(
        experiment, preset, of=of, over=over, within=within, samples=samples, method=method, seed=seed, seeds=seeds,
        changes=changes,
    )  # fmt: skip
    return make_runs(planned, out, jobs, scheduler, resume, force, progress)


def plan(
    experiment: Any,
    preset: str | None = None,
    *,
    of: str | Sequence[str],
    over: Over,
    within: str | float = "20%",
    samples: int | None = None,
    method: str = "sobol",
    seed: int = 1,
    seeds: int = 2,
    changes: dict[str, Any] | None = None,
) -> SweepPlan:
    """Check everything about a study before it begins; parameters are those of `sensitivity`.

    Raises
    ------
    ParameterError, RunError
        Naming what is wrong and what is allowed.
    """
    base = plans.plan(experiment, preset, seed, changes=changes)
    keys = _keys(of)
    ranges = read_ranges(base.config, over, within)
    made = design(method, samples, ranges, base.seed, seeds)
    runs = made.runs(ranges)
    varied = {each.name: each.known for each in ranges}
    check_runs(base, varied, runs)
    drawn = hashlib.sha256(json.dumps([[run.seed, *run.values] for run in runs]).encode()).hexdigest()
    about = {
        "method": method,
        "samples": made.samples,
        "seeds": seeds,
        "of": list(keys),
        "sha256": drawn,
    }
    return SweepPlan(
        base=base,
        varied=varied,
        total=len(runs),
        batches=at_once(runs),
        about={"over": {each.name: each.ends for each in ranges}, "design": about},
        name=f"sensitivity-{method}",
        result=SensitivityResult,
        columns=Numbers(base.experiment.name, keys),
        conclude=functools.partial(_conclude, made, ranges, keys),
    )


def _keys(of: str | Sequence[str]) -> tuple[str, ...]:
    given = of.split(",") if isinstance(of, str) else of if isinstance(of, Iterable) else ()
    keys = tuple(dict.fromkeys(str(key).strip() for key in given if str(key).strip()))
    if not keys:
        such = option("of", "burst_probability")
        raise ParameterError(f"{option('of', of)}: a number of the summary is needed, such as {such}")
    return keys


class Numbers:
    """Looks up numbers of summaries by their names; the first summary decides whether there are such."""

    def __init__(self, experiment: str, keys: Sequence[str]) -> None:
        self.experiment, self.keys, self.are_known = experiment, keys, False

    def __call__(self, content: Mapping[str, Any]) -> dict[str, float]:
        """The numbers, NaN where one is not defined in this run.

        Raises
        ------
        ParameterError
            If the first summary has no such number.
        """
        numbers = sweep_table.every_number(content["summary"])
        if not self.are_known:
            for key in self.keys:
                self._check(key, numbers, content["summary"])
            self.are_known = True
        return {key: numbers.get(key, numbers.get(key.removesuffix("[0]"), math.nan)) for key in self.keys}

    def _check(self, key: str, numbers: Mapping[str, float], summary: Mapping[str, Any]) -> None:
        if key in numbers or (key.endswith("[0]") and key.removesuffix("[0]") in numbers):
            return
        inside = [name for name in numbers if name.startswith((f"{key}[", f"{key}."))]
        if inside:
            raise ParameterError(
                f"{key} is no number of {self.experiment} but {len(inside)}; take one, such as {inside[0]}"
            )
        if key in summary:
            raise ParameterError(f"{key} is no number but {json.dumps(summary[key])[:60]}; there are {_some(numbers)}")
        raise ParameterError(
            f"there is no number {key} in the summary of {self.experiment}{nearest(key, list(numbers))}; there are "
            f"{_some(numbers)}"
        )


def _some(names: Mapping[str, float]) -> str:
    shown = list(names)
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")


def _conclude(
    made: Design, ranges: Sequence[Range], keys: Sequence[str], folder: Path, table: Mapping[str, np.ndarray]
) -> dict[str, Any]:
    """Write the table of indices and the figure."""
    names = [*(each.name for each in ranges), SEED]
    nothing = np.full(len(table["run"]), np.nan)
    found = {key: indices.indices(made, ranges, table.get(key, nothing)) for key in keys}
    columns = {
        "output": np.repeat(np.array(keys, dtype=np.str_), len(names)),
        "parameter": np.tile(np.array(names, dtype=np.str_), len(keys)),
    }
    for name in indices.COLUMNS[made.method]:
        columns[name] = np.concatenate([found[key].columns[name] for key in keys])
    sweep_table.write(folder, columns, {}, INDICES, "index")
    runner.draw(SensitivityResult(folder))
    return {"method": made.method, "outputs": {key: dict(each.about) for key, each in found.items()}}


def read_plan(folder: Path) -> SweepPlan:
    """The plan of the study in a folder.

    Raises
    ------
    RunError
        If it is none, or SALib draws another sample now.
    """
    with folders.describing(folder, "a study of sensitivity") as found:
        about = found["design"]
        planned = plan(
            catalogue.of_run(folder, found),
            found["preset"],
            of=about["of"],
            over={name: ":".join(ends) for name, ends in found["over"].items()},
            samples=None if about["method"] == "local" else about["samples"],
            method=about["method"],
            seed=found["seed"],
            seeds=about["seeds"],
            changes=found["parameters"],
        )
        if planned.about["design"]["sha256"] != about["sha256"]:
            raise RunError(
                f"{folder} was made with another sample than SALib draws now; begin again with {option('force')}"
            )
        return planned
