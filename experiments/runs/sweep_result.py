"""A sweep, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from . import folders, html, sweep_table


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
