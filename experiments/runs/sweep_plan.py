"""What a sweep consists of, and one run of it, wherever that is made."""

from __future__ import annotations

import itertools
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from burstlab.models.parameters import ParameterError, walk, with_changes

from .. import catalogue
from ..contract.settings import settings, structure
from ..contract.source import ordered
from ..engine import cache, identity
from ..errors import InterruptedRunError, RunError, option
from . import plans, runner
from .axes import Axis, read_axis
from .plans import Plan

# More take longer to plan than anybody waits, and their table is no longer read by people.
MOST_RUNS = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: its place on each axis, its seed, and its config."""

    index: int
    place: tuple[int, ...]
    seed: int
    config: Any


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """A sweep that is about to be made; `base` is its run without what varies, with the first seed."""

    base: Plan
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]

    @property
    def experiment(self) -> Any:
        """The experiment's module."""
        return self.base.experiment

    @property
    def name(self) -> str:
        """Experiment and preset."""
        return f"{self.experiment.name} {self.base.preset}"

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Every run: the last axis goes fastest, and seeds faster than it."""
        found = []
        places = itertools.product(*(range(len(axis.values)) for axis in self.axes))
        for number, place in enumerate(places):
            changes = {axis.name: axis.values[k] for axis, k in zip(self.axes, place, strict=True)}
            config = with_changes(self.base.config, changes)
            for k, seed in enumerate(self.seeds):
                index = number * len(self.seeds) + k
                found.append(Run(index=index, place=place, seed=seed, config=config))
        return tuple(found)

    @cached_property
    def structures(self) -> dict[str, Any]:
        """One config for each program that has to be compiled."""
        structural = [k for k, axis in enumerate(self.axes) if axis.known.structural]
        configs = {tuple(run.place[k] for k in structural): run.config for run in self.runs}
        return {str(settings(structure(config))): config for config in configs.values()}

    @property
    def default_folder(self) -> Path:
        """results/EXPERIMENT/PRESET-sweep-NAME-NAME."""
        names = "-".join(axis.name for axis in self.axes)
        return Path("results") / self.experiment.name / f"{self.base.preset}-sweep-{names}"

    def describe(self) -> dict[str, Any]:
        """The content of config.json."""
        return self.base.describe() | {
            "vary": {axis.name: list(axis.values) for axis in self.axes},
            "seeds": list(self.seeds),
        }

    @cached_property
    def _base(self) -> dict[str, Any]:
        return self.base.describe() | ordered(self.experiment)

    def order(self, run: Run) -> dict[str, Any]:
        """A run in plain words, for a worker that may be elsewhere: what its config.json would say, and its number."""
        return self._base | {"index": run.index, "seed": run.seed, "parameters": settings(run.config)}


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

    Raises
    ------
    ParameterError
        Naming what is wrong and what is allowed.
    """
    base = plans.plan(experiment, preset, seed, changes=changes)
    if not vary:
        raise ParameterError(
            f"a sweep varies something: {option('vary')} is needed, such as {option('vary', {'tau_d': '5 ms:9 ms:20'})}"
        )
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise ParameterError(f"seeds = {seeds}: a whole number from 1 on is needed")
    if "seed" in vary and "seed" not in {name for name, _, _ in walk(base.config)}:
        raise ParameterError(f"seed is no parameter: {option('seeds', 5)} runs every set of values with 5 seeds")
    axes = tuple(read_axis(base.config, name, given) for name, given in vary.items())
    for name in set(vary) & set(changes or {}):
        raise ParameterError(f"{name}: both set and varied")
    total = seeds
    for axis in axes:
        total *= len(axis.values)
    if total > MOST_RUNS:
        raise ParameterError(f"{total} runs: at most {MOST_RUNS} in a sweep")
    planned = SweepPlan(base=base, axes=axes, seeds=tuple(range(base.seed, base.seed + seeds)))
    assert len(planned.runs) == total  # makes every config, which checks it
    return planned


def structural_warning(planned: SweepPlan) -> str:
    """What it means that a parameter decides about the program."""
    names = ", ".join(axis.name for axis in planned.axes if axis.known.structural)
    count = len(planned.structures)
    return f"{names} is structural: this sweep needs {count} compiled programs, some 10 s each, once"


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
            _, summary = runner.measure(planned, Path(place), watched, built)
    except Exception as error:  # whatever is wrong with one run, the others go on
        known = isinstance(error, RunError | ParameterError)
        return {"status": "failed", "reason": str(error) if known else f"{type(error).__name__}: {error}"}
    diverged = {"reason": summary["diverged"]} if summary["status"] == "diverged" else {}
    return {"status": summary["status"], "summary": summary, **diverged}


_programs: dict[tuple[Any, ...], cache.Program] = {}


def _program(planned: Plan) -> cache.Program:
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
