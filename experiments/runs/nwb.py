"""What was recorded of a run as Neurodata Without Borders (NWB 2), which says of everything that it was simulated.

Voltages are current-clamp series of an electrode for each cell and compartment, the currents into it their stimuli; all
other variables are time series. Every cell of a recorded population is a row of the table of units, with its spikes,
events and bursts.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from . import export, folders

_COMPARTMENTS = {"_s": "soma", "_d": "apical dendrite"}
_UNITS = {"V": "volts", "A": "amperes", "Hz": "hertz", "S": "siemens", "1": "dimensionless"}
_UNIDENTIFIED = "http://purl.obolibrary.org/obo/NCBITaxon_32644"  # NCBI's name for what is of no known organism


def to_nwb(result: Any) -> Any:
    """A pynwb.NWBFile of all that was recorded (Result.to_nwb)."""
    pynwb = export.extra("pynwb", "nwb")
    config = result.config
    about = f"{config['experiment']}, preset {config['preset']}, seed {config['seed']}"
    text = json.dumps(config, sort_keys=True)
    file = pynwb.NWBFile(
        session_description=f"Simulation with burstlab: {about}. Nothing in this file was measured in an animal.",
        identifier=str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32])),
        session_start_time=_written(result),
        session_id=f"{config['experiment']}-{config['preset']}-seed{config['seed']}",
        experiment_description="Spiking cells simulated with burstlab on Brian2.",
        institution="none, this is a simulation",
        keywords=["simulation", "burst-dependent learning", "Brian2", config["experiment"]],
        source_script=text,
        source_script_file_name=folders.CONFIG,
        was_generated_by=[list(known) for known in config["versions"].items()],
        subject=pynwb.file.Subject(
            subject_id=f"simulated-{config['experiment']}",
            description="Simulated cells; there is no animal. The age of 0 days stands for that.",
            age="P0D",
            species=_UNIDENTIFIED,
            sex="U",
        ),
    )
    device = file.create_device(name="burstlab", description="simulation, Brian2")
    known = export.populations(result)
    for population in result.recorded:
        meanings = known[population].meanings if population in known else {}
        _add_traces(pynwb, file, device, result, population, meanings)
    _add_units(pynwb, file, result)
    return file


def _written(result: Any) -> datetime:
    """When summary.json was written: files of a run say no moment, so that equal runs are equal files."""
    return datetime.fromtimestamp((result.folder / folders.SUMMARY).stat().st_mtime, UTC)


def _step(result: Any, population: str) -> tuple[float, float]:
    """Begin of the recorded window and the time between two samples, in s."""
    kept = result.recorded[population]
    time = result.arrays[f"{kept.group}/time"]
    return float(time[0]), float(time[-1] - time[0]) / (len(time) - 1)


def _add_traces(
    pynwb: Any, file: Any, device: Any, result: Any, population: str, meanings: Mapping[str, str]
) -> None:  # fmt: skip
    kept = result.recorded[population]
    begin, step = _step(result, population)
    for row, cell in enumerate(kept.cells):
        electrodes: dict[str, Any] = {}

        def electrode(variable: str, electrodes: dict[str, Any] = electrodes, cell: int = cell) -> Any:
            place = _COMPARTMENTS.get(variable[-2:], "soma")
            if place not in electrodes:
                name = f"{population}_{cell}_{place.rpartition(' ')[2]}"
                electrodes[place] = file.create_icephys_electrode(
                    name=name, cell_id=f"{population} {cell}", location=place, device=device,
                    description=f"ideal electrode in the {place} of cell {cell} of {population}",
                )  # fmt: skip
            return electrodes[place]

        for variable in kept.variables:
            units = result.layout[f"{kept.group}/{variable}"].units
            series = {
                "name": f"{population}_{cell}_{variable}",
                "description": f"{_described(variable, units, meanings)}; cell {cell} of {population}, simulated",
                "data": result.arrays[f"{kept.group}/{variable}"][row],
                "starting_time": begin,
                "rate": float(f"{1 / step:.9g}"),
            }
            if units == "V" and variable.startswith("v"):
                file.add_acquisition(
                    pynwb.icephys.CurrentClampSeries(electrode=electrode(variable), gain=1.0, **series)
                )
            elif units == "A" and variable.startswith("I"):
                file.add_stimulus(
                    pynwb.icephys.CurrentClampStimulusSeries(electrode=electrode(variable), gain=1.0, **series)
                )
            else:
                file.add_acquisition(pynwb.TimeSeries(unit=_UNITS.get(units, units), **series))


def _described(variable: str, units: str, meanings: Mapping[str, str]) -> str:
    said = f"{variable} ({_UNITS.get(units, units)})"
    return f"{meanings[variable]}, {said}" if variable in meanings else said


def _add_units(pynwb: Any, file: Any, result: Any) -> None:
    steps = [_step(result, population)[1] for population in result.recorded]
    file.units = pynwb.misc.Units(
        name="units",
        description="all cells of the populations that were recorded",
        resolution=float(f"{min(steps):.9g}"),
    )
    file.add_unit_column(name="population", description="name of the cell's population")
    file.add_unit_column(name="cell", description="number of the cell in its population, from 0")
    kinds = {"events": "events: spikes that do not follow another one within the burst interval", "bursts": "bursts"}
    for kind, meaning in kinds.items():
        file.add_unit_column(name=kind, description=f"times of the cell's {meaning}, in s", index=True)
    for population, kept in result.recorded.items():
        begin, step = _step(result, population)
        trains = {kind: _by_cell(result.arrays, kept, kind) for kind in ("spikes", *kinds)}
        for cell in range(kept.n_cells):
            file.add_unit(
                spike_times=trains["spikes"][cell],
                obs_intervals=[[begin, kept.end + step]],
                population=population,
                cell=cell,
                **{kind: trains[kind][cell] for kind in kinds},
            )


def _by_cell(arrays: Mapping[str, np.ndarray], kept: Any, kind: str) -> list[np.ndarray]:
    """The times of each cell's spikes, events or bursts; none where they were not recorded."""
    group = kept.train(kind)
    if f"{group}/time" not in arrays:
        return [np.empty(0)] * kept.n_cells
    cell, time = arrays[f"{group}/cell"], np.asarray(arrays[f"{group}/time"], dtype=float)
    order = np.argsort(cell, kind="stable")
    edges = np.searchsorted(cell[order], np.arange(kept.n_cells + 1))
    return [time[order][first:stop] for first, stop in itertools.pairwise(edges)]
