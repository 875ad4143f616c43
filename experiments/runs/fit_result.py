"""A fit, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.models.html import table
from burstlab.models.parameters import ParameterError
from burstlab.models.quantities import brief

from ..errors import RunError, option
from . import folders, frames, html, media, sweep_table
from .search import BATCH
from .sweep_result import SweepResult

MATCHES = "matches"
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

    def figure(self, medium: str = "screen") -> Any:
        """Targets, best and spread; parameters within tolerance; loss by trial (matplotlib), as of a sweep."""
        media.check(medium)
        from burstlab.analysis import fit as figures

        with folders.using(self.folder):
            runs, config = self.runs, self.config
            ranges = {name: [float(str(end).split()[0]) for end in ends] for name, ends in config["over"].items()}
            axes = {target["name"]: (target["kind"], target["axis"], target["units"]) for target in config["targets"]}
            best = best_trial(runs.table, list(ranges))
            what = runs.table, ranges, runs.units, self.matches, axes, best, config["experiment"]
            return media.drawn(lambda: figures.figure(*what), medium)

    def lines(self) -> list[str]:
        """Whether the targets were reached, by what, and how well the parameters are known."""
        if not self.best:
            return self._reached()
        said = self._reached()
        for name, value, low, high, unit in self._known():
            known = f", all within tolerance {low} to {high}" if low else ""
            said.append(f"{name}: {value}{f' {unit}' if unit else ''}{known}")
        return said + self._correlated()

    def _reached(self) -> list[str]:
        best = self.summary["best"]
        if best["run"] is None:
            return ["no trial gave what the targets are about"]
        far = [f"{name} {value:.2f}" for name, value in best["distances"].items()]
        if self.reached:
            found = f"{self.summary['within_count']} of {self.summary['runs_count']} trials are within tolerance"
        else:
            found = "no parameters within these ranges reach the targets; the nearest are given"
        return [found, f"distances of the best, in tolerances: {', '.join(far)}"]

    def _known(self) -> list[tuple[str, str, str, str, str]]:
        """Each parameter that was sought: the best value, the lowest and the highest within tolerance, the unit."""
        rows = []
        for name, spread in self.summary["spread"].items():
            value = self.best[name]
            number, _, unit = str(value[0] if isinstance(value, list) else value).partition(" ")
            low, high = (f"{spread[0]:.4g}", f"{spread[2]:.4g}") if spread else ("", "")
            rows.append((name, brief(float(number)), low, high, unit))
        return rows

    def _correlated(self) -> list[str]:
        pairs = [
            (abs(r), one, other, r)
            for one, row in self.summary["correlation"].items()
            for other, r in row.items()
            if one < other and r is not None
        ]
        return [
            f"{one} and {other} are correlated within tolerance: {r:.2f}"
            for _, one, other, r in sorted(pairs, reverse=True)[:3]
        ]

    def _matches(self) -> dict[str, np.ndarray]:
        """What was wanted and what was found; of numbers alone without the place on an axis."""
        of_curves = any(target["axis"] for target in self.config["targets"])
        return {name: column for name, column in self.matches.items() if name != "at" or of_curves}

    def _repr_html_(self) -> str:
        parts = [html.lines([*self._reached(), *self._correlated()])]
        if self.best:
            low, high = "lowest within tolerance", "highest within tolerance"
            parts.append(table(("parameter", "best", low, high, "unit"), self._known()))
            named = {"low": low, "high": high}
            parts.append(html.columns({named.get(name, name): column for name, column in self._matches().items()}))
        return html.page(self, html.many("fit", self), *parts)


def best_trial(table: Mapping[str, np.ndarray], names: Sequence[str]) -> int | None:
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
        raise ParameterError(
            f"{option('preset', preset)}: {folder} gives all parameters, and is of preset {config['preset']}"
        )
    given = FitResult(folder).best if "targets" in config else config["parameters"]
    if not given:
        raise RunError(f"{folder} has no best set: no trial gave what the targets are about")
    return config["preset"], given | dict(changes)
