"""What a sweep consists of, and one run of it, wherever that is made.

A grid of values (`plan`), a design that a method of sensitivity asks for (sensitivity.py) and a search (fitting.py) are
all lists of runs that differ in some parameters and in their seeds; they differ in who makes the list, and in what is
made of the table.
"""

from __future__ import annotations

import itertools
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.models.parameters import Parameter, ParameterError, walk, with_changes

from .. import catalogue
from ..contract.settings import settings, structure
from ..contract.source import ordered
from ..engine import cache, identity
from ..errors import InterruptedRunError, RunError, check_whole, option
from ..limits import COMPILING
from . import folders, plans, runner, sweep_table
from .axes import read_axis
from .plans import Plan
from .sweep_result import SweepResult

# A run takes a millisecond to plan and to check: more take longer than anybody waits.
MOST_RUNS = 50_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: its seed, and the values of what varies, in order, written as in config.json."""

    index: int
    seed: int
    values: tuple[Any, ...]


Batches = Generator[Sequence[Run], list["sweep_table.Kept"], None]


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """Runs that are about to be made.

    Attributes
    ----------
    base : Plan
        A run without what varies, with the first seed.
    varied : mapping of str to Parameter
        What differs between runs, in the order of their `values`.
    total : int
        How many runs there will be.
    batches : callable
        A generator of runs to make; it is sent what came of each batch, and its last is the end.
    about : mapping
        What config.json says of the runs as a whole: from it, and from it alone, `read_plan` makes the plan again.
    name : str
        What the folder is called, behind the preset.
    result : callable
        result(folder): the runs as something to read.
    columns : callable
        columns(content): the numbers of the record of a run that the table shows.
    conclude : callable
        conclude(folder, columns): writes what is made of the whole table; gives further entries of the summary.
    measured : mapping
        What a worker is asked for beside the summary: "arrays", units by the names of arrays.
    """

    base: Plan
    varied: Mapping[str, Parameter]
    total: int
    batches: Callable[[], Batches]
    about: Mapping[str, Any]
    name: str
    result: Callable[[Path], Any]
    columns: Callable[[Mapping[str, Any]], dict[str, float]]
    conclude: Callable[[Path, Mapping[str, Any]], dict[str, Any]]
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def experiment(self) -> Any:
        """The experiment's module."""
        return self.base.experiment

    @property
    def title(self) -> str:
        """Experiment, preset, and what is made of it, for people."""
        return f"{self.experiment.name} {self.base.preset} {self.name.partition('-')[0]}"

    @property
    def runs(self) -> Sequence[Run]:
        """Those of the first batch, which are all but in a search."""
        return next(self.batches())

    @cached_property
    def structures(self) -> dict[str, Any]:
        """One config for each program that has to be compiled."""
        structural = [k for k, known in enumerate(self.varied.values()) if known.structural]
        different = {tuple(run.values[k] for k in structural): run for run in self.runs}
        configs = [self.config(run) for run in different.values()]
        return {str(settings(structure(config))): config for config in configs}

    @property
    def default_folder(self) -> Path:
        """results/EXPERIMENT/PRESET-NAME."""
        return Path("results") / self.experiment.name / f"{self.base.preset}-{self.name}"

    def config(self, run: Run) -> Any:
        """The settings of a run."""
        return with_changes(self.base.config, dict(zip(self.varied, run.values, strict=True)))

    def describe(self) -> dict[str, Any]:
        """The content of config.json."""
        return self.base.describe() | dict(self.about)

    @cached_property
    def _base(self) -> dict[str, Any]:
        return self.base.describe() | ordered(self.experiment) | dict(self.measured)

    def order(self, run: Run) -> dict[str, Any]:
        """A run in plain words, for a worker that may be elsewhere: what its config.json would say, and its number."""
        changed = {
            name: [value] if known.several else value
            for (name, known), value in zip(self.varied.items(), run.values, strict=True)
        }
        of_run = {"index": run.index, "seed": run.seed, "parameters": self._base["parameters"] | changed}
        if self.experiment.data is not None:  # which the parameters may name
            of_run["data"] = dict(plans.data_of(self.experiment, self.config(run)) or {})
        return self._base | of_run


def at_once(runs: Iterable[Run]) -> Callable[[], Batches]:
    """All runs as one batch."""
    every = tuple(runs)

    def batches() -> Batches:
        yield every

    return batches


def check_runs(base: Plan, varied: Iterable[str], runs: Sequence[Run]) -> None:
    """Refuse settings that are not allowed, before any run is made."""
    for values in dict.fromkeys(run.values for run in runs):
        with_changes(base.config, dict(zip(varied, values, strict=True)))


def check_total(total: int) -> None:
    """Refuse more runs than can be planned."""
    if total > MOST_RUNS:
        raise ParameterError(f"{total} runs: at most {MOST_RUNS} in a sweep")


# ---- a grid ----------------------------------------------------------------------------------------------------------


def plan(
    experiment: Any,
    preset: str | None = None,
    *,
    vary: Mapping[str, str | Sequence[Any]],
    seed: int = 1,
    seeds: int = 1,
    changes: dict[str, Any] | None = None,
) -> SweepPlan:
    """Check everything about a sweep before it begins.

    The last parameter goes fastest through its values, and seeds faster than it.

    Raises
    ------
    ParameterError
        Naming what is wrong and what is allowed.
    """
    base = plans.plan(experiment, preset, seed, changes=changes)
    such = option("vary", {"tau_d": "5 ms:9 ms:20"})
    if not vary:
        raise ParameterError(f"a sweep varies something: {option('vary')} is needed, such as {such}")
    if not isinstance(vary, Mapping):
        raise ParameterError(f"{option('vary', vary)}: values by parameter are needed, such as {such}")
    check_whole("seeds", seeds)
    if "seed" in vary and "seed" not in {name for name, _, _ in walk(base.config)}:
        raise ParameterError(f"seed is no parameter: {option('seeds', 5)} runs every set of values with 5 seeds")
    axes = tuple(read_axis(base.config, name, given) for name, given in vary.items())
    for name in set(vary) & set(changes or {}):
        raise ParameterError(f"{name}: both set and varied")
    total = seeds
    for axis in axes:
        total *= len(axis.values)
    check_total(total)
    labels = tuple(range(base.seed, base.seed + seeds))
    places = itertools.product(itertools.product(*(axis.values for axis in axes)), labels)
    runs = [Run(index=index, seed=label, values=values) for index, (values, label) in enumerate(places)]
    varied = {axis.name: axis.known for axis in axes}
    check_runs(base, varied, runs)
    return SweepPlan(
        base=base,
        varied=varied,
        total=total,
        batches=at_once(runs),
        about={"vary": {axis.name: list(axis.values) for axis in axes}, "seeds": list(labels)},
        name=f"sweep-{'-'.join(varied)}",
        result=SweepResult,
        columns=lambda content: sweep_table.headlines(base.experiment, content["summary"]),
        conclude=_drawn,
    )


def _drawn(folder: Path, columns: Mapping[str, Any]) -> dict[str, Any]:
    if "done" in columns["state"]:
        runner.draw(SweepResult(folder))
    return {}


def read_plan(folder: Path) -> SweepPlan:
    """The plan of the sweep in a folder.

    Raises
    ------
    RunError
        If it is none.
    """
    with folders.describing(folder, "a sweep") as found:
        return plan(
            catalogue.of_run(folder, found),
            found["preset"],
            vary=found["vary"],
            seed=found["seeds"][0],
            seeds=len(found["seeds"]),
            changes={name: value for name, value in found["parameters"].items() if name not in found["vary"]},
        )


def structural_warning(planned: SweepPlan) -> str:
    """What it means that a parameter decides about the program."""
    names = ", ".join(name for name, known in planned.varied.items() if known.structural)
    count = len(planned.structures)
    return f"{names} is structural: this sweep needs {count} compiled programs, {COMPILING} each, once"


# ---- one run, wherever it is -----------------------------------------------------------------------------------------


def work(order: Mapping[str, Any], stop: threading.Event | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Make one run of a sweep: its status, and its summary or the reason why it has none."""

    def watched(done: float, total: float) -> None:
        if stop is not None and stop.is_set():
            raise InterruptedRunError("stopped")

    try:
        planned = plans.plan(
            catalogue.of_order(order), order["preset"], order["seed"], changes=dict(order["parameters"])
        )
        if found := identity.differences(planned.describe(), order):
            return {"status": "failed", "reason": f"the worker has {', '.join(found)}"}
        built = _program(planned)
        with tempfile.TemporaryDirectory(prefix=".work-", dir=folder) as place:
            analysis, summary = runner.measure(planned, Path(place), watched, built)
    except Exception as error:  # whatever is wrong with one run, the others go on
        known = isinstance(error, RunError | ParameterError)
        return {"status": "failed", "reason": str(error) if known else f"{type(error).__name__}: {error}"}
    diverged = {"reason": summary["diverged"]} if summary["status"] == "diverged" else {}
    asked = {"arrays": _flat(analysis, order["arrays"])} if order.get("arrays") and not diverged else {}
    return {"status": summary["status"], "summary": summary, **diverged, **asked}


def _flat(analysis: Any, wanted: Mapping[str, str]) -> dict[str, list[float | None]]:
    """Arrays that are there and in the unit that is wanted."""
    there = {name: analysis.arrays[name] for name, units in wanted.items() if name in analysis.arrays
             and analysis.arrays[name].units == units}  # fmt: skip
    return {name: runner.finite(np.ravel(array.values).tolist()) for name, array in there.items()}


_programs: dict[tuple[Any, ...], cache.Program] = {}


def _program(planned: Plan) -> cache.Program | None:
    if planned.experiment.compute is not None:
        return None
    # To look a program up in the cache takes as long as a short run: once for each structure is enough.
    key = (
        planned.experiment.name,
        planned.experiment.source,
        str(settings(structure(planned.config))),
        cache.cache_folder(),
    )
    if key not in _programs or not (_programs[key].folder / "main").exists():
        _programs[key] = cache.compiled(planned.experiment, planned.config, planned.float_bits)
    return _programs[key]
