"""A sweep, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..catalogue import of_run
from ..contract.settings import settings
from ..errors import RunError
from . import folders, html, media, sweep_table


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

    def figure(self, medium: str = "screen") -> Any:
        """Curves for one parameter, maps for two (matplotlib), for a screen, a paper or a talk."""
        media.check(medium)
        from burstlab.analysis import sweep

        with folders.using(self.folder):
            names, units = list(self.config["vary"]), self.units
            of_axes = {name: units[name] for name in names}
            usual = {name: self._usual(name) for name in names}
            what = self.table, names, of_axes, self.config["experiment"], usual, self._changed()
            return media.drawn(lambda: sweep.figure(*what), medium)

    def _changed(self) -> dict[str, str]:
        """The parameters that do not vary and are not the preset's; none of an experiment that is not at hand."""
        try:
            preset = settings(of_run(self.folder, self.config).presets[self.config["preset"]])
        except (RunError, KeyError):
            return {}
        return {
            name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            for name, value in self.config["parameters"].items()
            if name not in self.config["vary"] and name in preset and value != preset[name]
        }

    def _usual(self, name: str) -> float | str | None:
        """What a varied parameter is where it is not varied, in the unit of the table; None where it is many values."""
        value = self.config["parameters"].get(name)
        if isinstance(value, list):
            value = value[0] if len(value) == 1 else None
        if isinstance(value, str) and self.table[name].dtype.kind != "U":
            number, _, unit = value.partition(" ")
            return float(number) if unit == self.units[name] else None
        return float(value) if isinstance(value, int | float) else value
