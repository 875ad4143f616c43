"""The result of a run, read from its directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from brian2 import Hz, Quantity, amp, second, siemens, volt

from ..catalogue import of_run
from ..contract.population import ONLY
from ..elsewhere import blamed
from ..errors import RunError
from . import export, export_files, folders, html, media, nwb
from .arrays import RESULTS, Layout, read_run
from .single import check_one, check_recorded, check_single

_UNITS = {"s": second, "V": volt, "A": amp, "Hz": Hz, "S": siemens, "1": 1}


class Trace(NamedTuple):
    """A variable of a cell in time.

    Attributes
    ----------
    time, values : Quantity, shape (samples,)
        When it was sampled, and what it was.
    """

    time: Quantity
    values: Quantity


class Train(NamedTuple):
    """Spikes, events or bursts of a population, by time.

    Attributes
    ----------
    cell : array of int, shape (n,)
        Whose each is.
    time : Quantity, shape (n,)
        When it was.
    """

    cell: np.ndarray
    time: Quantity


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What a run keeps of a population.

    Attributes
    ----------
    group : str
        Where its traces are in results.h5.
    cells : tuple of int
        The cells with traces.
    n_cells : int
        All cells of the population, whose spikes are kept.
    begin, end : float
        The window in s; `end` is the moment of the last sample.
    variables : tuple of str
        What is traced.
    """

    group: str
    cells: tuple[int, ...]
    n_cells: int
    begin: float
    end: float
    variables: tuple[str, ...]

    def train(self, kind: str) -> str:
        """Where the "spikes", "events" or "bursts" of the population are in results.h5."""
        return self.group.replace("trace", kind, 1)


@dataclass(frozen=True)
class Result:
    """A finished run, read from its directory."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """Everything needed to repeat the run (config.json)."""
        return folders.read_json(self.folder, folders.CONFIG)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The headline numbers (summary.json)."""
        return folders.read_json(self.folder, folders.SUMMARY)

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays of results.h5 by name, in SI units."""
        return self._saved[0]

    @cached_property
    def layout(self) -> dict[str, Layout]:
        """Unit and dimensions of every array."""
        return self._saved[1]

    @cached_property
    def _saved(self) -> tuple[dict[str, np.ndarray], dict[str, Layout]]:
        if not (self.folder / RESULTS).exists():
            check_single(self)
        return read_run(self.folder, sealed=folders.has_checksums(self.config))

    @property
    def status(self) -> str:
        """done, diverged or failed."""
        return str(self.summary["status"])

    def _repr_html_(self) -> str:
        return html.run(self)

    def figure(self, medium: str = "screen") -> Any:
        """The experiment's figure (matplotlib), drawn from the saved arrays.

        Of several seeds, the one over those that are done; None if the experiment has none.

        Parameters
        ----------
        medium : {"screen", "paper", "talk"}
            Its width, and the sizes of its letters and lines.

        Raises
        ------
        RunError
            If the run has nothing to draw, or for another medium.
        """
        media.check(medium)
        with folders.using(self.folder):
            if "runs" in self.summary:
                return media.drawn(self._figure_over_seeds, medium)
            check_single(self, "figure")
            experiment = of_run(self.folder, self.config)
            with blamed(experiment):
                return media.drawn(lambda: experiment.plot(self), medium, self.config)

    def _figure_over_seeds(self) -> Any:
        summaries = [run.summary for run in self.runs]
        if not summaries:
            raise RunError(f"{self.folder} has no figure: no seed is done")
        plot = of_run(self.folder, self.config).plot_seeds
        return plot(summaries, len(self.summary["runs"])) if plot else None

    @property
    def runs(self) -> list[Result]:
        """Those that are done, of a folder of several seeds."""
        return [Result(self.folder / run["folder"]) for run in self.summary.get("runs", ()) if run["status"] == "done"]

    # ---- what was recorded -------------------------------------------------------------------------------------------

    @cached_property
    def recorded(self) -> Mapping[str, Recorded]:
        """Populations with traces; an experiment with only one calls it "cells"."""
        if self.status != "done":
            return {}
        found = {}
        for name in self.layout:
            if name.startswith("trace/") and name.endswith("/time"):
                group = name.removesuffix("/time")
                # What was asked for comes before what the experiment keeps of all its cells by itself.
                if group != "trace" or f"trace/{ONLY}/time" not in self.layout:
                    with folders.using(self.folder):
                        found[group.removeprefix("trace/") if group != "trace" else ONLY] = self._recorded(group)
        return found

    def _recorded(self, group: str) -> Recorded:
        inside = [name for name in self.layout if name.startswith(f"{group}/") and len(self.layout[name].dims) == 2]
        time, rows = self.arrays[f"{group}/time"], range(len(self.arrays[inside[0]]))
        sizes = self.config.get("recording", {}).get("sizes", {})
        return Recorded(
            group=group,
            cells=tuple(int(cell) for cell in self.arrays.get(f"{group}/cell", rows)),
            n_cells=int(sizes.get(group.removeprefix("trace/"), len(rows))),
            begin=float(time[0]),
            end=float(time[-1]),
            variables=tuple(name.removeprefix(f"{group}/") for name in inside),
        )

    def trace(self, variable: str, population: str = ONLY, cell: int = 0) -> Trace:
        """A recorded variable of a cell.

        Parameters
        ----------
        variable : str
            Such as "v_s", "v_d", "g_exc_s".
        population : str
            "cells" in experiments that have only one.
        cell : int
            Its number in the population.

        Returns
        -------
        Trace
            Time and values with units.

        Raises
        ------
        RunError
            If it was not recorded; what was is in the message.

        Examples
        --------
        >>> from brian2 import ms, mV
        >>> time, v_d = result.trace("v_d", "output", 3)  # doctest: +SKIP
        >>> plot(time/ms, v_d/mV)  # doctest: +SKIP
        """
        kept = self.population(population)
        if variable not in kept.variables:
            raise RunError(f"{variable} of {population} was not recorded; there are {', '.join(kept.variables)}")
        if cell not in kept.cells:
            raise RunError(f"cell {cell} of {population} was not recorded; there are {', '.join(map(str, kept.cells))}")
        values = self.arrays[f"{kept.group}/{variable}"][kept.cells.index(cell)]
        return Trace(self._with_unit(f"{kept.group}/time"), self._with_unit(f"{kept.group}/{variable}", values))

    def spikes(self, population: str = ONLY) -> Train:
        """All spikes of a population in the recorded window: cells, and times with unit."""
        return self._train("spikes", population)

    def events(self, population: str = ONLY) -> Train:
        """Its events: spikes that do not follow another one within the burst interval."""
        return self._train("events", population)

    def bursts(self, population: str = ONLY) -> Train:
        """Its bursts, timed at their second spikes."""
        return self._train("bursts", population)

    def population(self, name: str) -> Recorded:
        """What was recorded of a population.

        Raises
        ------
        RunError
            If nothing was.
        """
        if name not in self.recorded:
            check_recorded(self)
            raise RunError(f"{self.folder}: no cells of {name} were recorded (it has {', '.join(self.recorded)})")
        return self.recorded[name]

    def _train(self, kind: str, population: str) -> Train:
        group = self.population(population).train(kind)
        if f"{group}/time" not in self.arrays:
            raise RunError(f"{self.folder}: {kind} of {population} were not recorded")
        return Train(self.arrays[f"{group}/cell"], self._with_unit(f"{group}/time"))

    def _with_unit(self, name: str, values: np.ndarray | None = None) -> Quantity:
        with folders.using(self.folder):
            return Quantity((self.arrays[name] if values is None else values) * _UNITS[self.layout[name].units])

    # ---- for other packages ------------------------------------------------------------------------------------------

    def to_xarray(self) -> Any:
        """All arrays as an xarray.Dataset (extra `xarray`) with units and coordinates, which `to_netcdf` can save.

        Names are those of `arrays` with dots in place of slashes, which netCDF does not have: "trace.output.v_d". A
        dimension has the name of its coordinate where there is one: here "trace.output.cell" and "trace.output.time".
        """
        with folders.using(self.folder):
            return export.to_xarray(self)

    def to_neo(self) -> Any:
        """What was recorded as a neo.Block (extra `neo`): one segment with signals, spike trains, events and bursts."""
        with folders.using(self.folder):
            check_recorded(self)
            return export.to_neo(self)

    def to_nwb(self) -> Any:
        """What was recorded as a pynwb.NWBFile (extra `nwb`): series of each cell, and a table of units with spikes."""
        with folders.using(self.folder):
            check_recorded(self)
            return nwb.to_nwb(self)

    def to_netcdf(self, out: str | Path | None = None) -> Path:
        """Write all arrays as a netCDF file (extra `xarray`), by default export.nc in the run directory.

        Raises
        ------
        RunError
            If something is there, or it cannot be written.
        """
        return export_files.export_run(self, "netcdf", out)

    def to_csv(self, out: str | Path | None = None) -> Path:
        """Write what was recorded as CSV files into a new folder, by default export-csv in the run directory.

        Raises
        ------
        RunError
            If nothing was recorded, something is there, or it cannot be written.
        """
        return export_files.export_run(self, "csv", out)


def load_run(folder: str | Path) -> Result:
    """A run, or several seeds, that were made before.

    Raises
    ------
    RunError
        If the folder is no run directory, or is not finished.
    """
    result = Result(Path(folder))
    for part in (result.config, result.summary):
        if "experiment" not in part:
            raise RunError(f"{folder} is not a run directory")
    check_one(result)
    return result
