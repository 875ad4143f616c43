"""A study of sensitivity, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from . import folders, frames, html, media, sweep_table
from .sweep_result import SweepResult

INDICES = "indices"
_MOST_NAMED = 5


@dataclass(frozen=True)
class SensitivityResult:
    """A study of sensitivity, read from its folder."""

    folder: Path

    @property
    def runs(self) -> SweepResult:
        """All runs: their table and its units, config and summary."""
        return SweepResult(self.folder)

    @cached_property
    def config(self) -> dict[str, Any]:
        """Everything needed to repeat the study (config.json)."""
        return self.runs.config

    @cached_property
    def summary(self) -> dict[str, Any]:
        """How many runs there are of each state; for each output counts, mean, and the seed's share (summary.json)."""
        return self.runs.summary

    @cached_property
    def indices(self) -> dict[str, np.ndarray]:
        """The columns by name: output, parameter, and the indices of the method; "(seed)" is a parameter, too."""
        return sweep_table.load(self.folder, folders.has_checksums(self.config), INDICES)

    @property
    def status(self) -> str:
        """done, or incomplete if a run failed or diverged."""
        return self.runs.status

    def to_pandas(self) -> Any:
        """The indices as a pandas.DataFrame."""
        return frames.pandas(self.indices)

    def figure(self, medium: str = "screen") -> Any:
        """Bars with intervals, and each output against its most important parameters (matplotlib), as of a sweep."""
        media.check(medium)
        from burstlab.analysis import sensitivity as figures

        with folders.using(self.folder):
            runs = self.runs
            method, experiment = self.config["design"]["method"], self.config["experiment"]
            what = self.indices, runs.table, runs.units, method, experiment
            return media.drawn(lambda: figures.figure(*what), medium)

    def lines(self) -> list[str]:
        """For each output: what moves it, what is the seed's, and which runs did not count."""
        from burstlab.analysis import sensitivity as figures

        table, method = self.indices, self.config["design"]["method"]
        main, said = figures.main_of(table, method), []
        for key, about in self.summary["outputs"].items():
            order = figures.ranked(table, method, key)[:_MOST_NAMED]
            parts = [f"{table['parameter'][k]} {main[k]:.3g}" for k in order if np.isfinite(main[k])]
            if about["constant"]:
                parts = [f"{about['mean']:g} in all runs, so nothing here moves it"]
            elif about.get("seed_share") is not None:
                parts.append(f"the seed {100 * about['seed_share']:.0f} % of the variance")
            said.append(f"{key}: {', '.join(parts) or 'too few runs where it is defined'}")
            missing = self.summary["runs_count"] - about["defined_count"]
            if missing:
                said.append(
                    f"{key} is not defined in {missing} of {self.summary['runs_count']} runs: "
                    f"{about['blocks_used']} of {about['blocks_count']} blocks count"
                )
        return said

    def _repr_html_(self) -> str:
        what = html.many(f"sensitivity ({self.config['design']['method']})", self)
        return html.page(self, what, html.lines(self.lines()), html.columns(self.indices))
