"""Current steps into soma and dendrite of single full cells, one cell per pair of currents.

The currents of Payeur et al. (2021), Methods, and of the original program's test of its pyramidal cell: from 100 ms to
600 ms of 800 ms. Cells begin at v_s = v_d = -70 mV exactly; there is no noise, so the seed plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Network, Quantity, SpikeMonitor, StateMonitor, TimedArray, defaultclock, ms, pA

from burstlab.analysis import bursts, overlays
from burstlab.analysis import current_steps as figures
from burstlab.models import PYRAMIDAL, Pyramidal, pyramidal
from burstlab.models.parameters import (
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    component,
    quantities,
    quantity,
)

from .contract.population import ONLY, Population
from .contract.reference import Reference
from .contract.states import voltages
from .experiment import Analysis, Array, Experiment, Model, Output

# What is kept of every cell, with units: all that can be traced but the threshold.
TRACED = {name: unit for name, unit in PYRAMIDAL.traces.items() if name != "theta"}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment."""

    somatic_current: tuple = quantities(
        (500,), pA, -5000, 10000, "step into the soma, one per cell or one for all", PAYEUR_PROGRAM
    )
    dendritic_current: tuple = quantities(
        (400,), pA, -5000, 10000, "step into the dendrite, one per cell or one for all", PAYEUR_PROGRAM
    )
    onset: Quantity = quantity(
        100, ms, 0, 10000, "begin of the step", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    step_duration: Quantity = quantity(
        500, ms, 1, 10000, "length of the step", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    duration: Quantity = quantity(
        800, ms, 1, 30000, "simulated time", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    dt: Quantity = quantity(0.1, ms, 0.005, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    cell: Pyramidal = component(Pyramidal)

    def __post_init__(self) -> None:
        check(self)
        lengths = {len(self.somatic_current), len(self.dendritic_current)} - {1}
        if len(lengths) > 1:
            raise ParameterError(
                f"dendritic_current: {len(self.dendritic_current)} values for {len(self.somatic_current)} values of "
                "somatic_current; give as many of each, or one for all cells"
            )
        # All are whole steps: half of one is rounding.
        if self.onset + self.step_duration > self.duration + self.dt / 2:
            raise ParameterError(
                f"duration = {self.duration}: the step ends after it, at {self.onset + self.step_duration}"
            )

    @property
    def n_cells(self) -> int:
        """One cell per pair of currents."""
        return max(len(self.somatic_current), len(self.dendritic_current))


PRESETS = {
    "quick": Config(),
    # The six pairs of the original program's test of its cell.
    "paper": Config(
        somatic_current=tuple([0, 300, 500, 700, 500, 500] * pA),
        dendritic_current=tuple([0, 0, 0, 0, 400, 800] * pA),
    ),
}


# Counts of the original program, for the currents of the preset paper.
_PUBLISHED = {"spike": (0, 0, 3, 8, 12, 30), "event": (0, 0, 3, 8, 2, 23), "burst": (0, 0, 0, 0, 2, 1)}


def _references(preset: str, published: tuple[int, ...]) -> tuple[Reference, ...]:
    # `published` tells for each cell of the preset which of the original program's cells it is.
    config = PRESETS[preset]
    return tuple(
        Reference(
            name=f"{kind}s, soma {somatic / pA:g} pA, dendrite {dendritic / pA:g} pA",
            key=f"{kind}_count[{k}]",
            value=counts[published[k]],
            low=counts[published[k]],
            high=counts[published[k]],
            source="original program",
        )
        for k, (somatic, dendritic) in enumerate(zip(config.somatic_current, config.dendritic_current, strict=True))
        for kind, counts in _PUBLISHED.items()
    )


QUICK_REFERENCES = _references("quick", (4,))
PAPER_REFERENCES = _references("paper", (0, 1, 2, 3, 4, 5))


def build(config: Config) -> Model:
    """Unconnected cells and a monitor of their states and currents."""
    defaultclock.dt = config.dt
    n = config.n_cells
    steps = round(float(config.duration / config.dt))
    cells = pyramidal(n, config.cell, name="cells")
    # The cells' own clock: before the state update of each step, currents have their value of that step.
    cells.run_regularly("I_s = somatic_step(t, i)\nI_d = dendritic_step(t, i)", clock=cells.clock, name="steps")
    spikes = SpikeMonitor(cells, name="spikes")
    # At the begin of each step, so the first sample is the initial state; but after its currents have been set.
    traces = StateMonitor(cells, list(TRACED), record=True, when="start", order=1, name="traces")
    # An array each: the numpy and Cython backends write their values into it.
    functions = {
        name: TimedArray(np.zeros((steps, n)) * pA, dt=config.dt, name=name)
        for name in ("somatic_step", "dendritic_step")
    }

    def connect() -> None:
        """Nothing to connect, and no random initial state."""

    return Model(
        network=Network(cells, spikes, traces),
        duration=config.duration,
        connect=connect,
        functions=functions,
        outputs={
            "cell": Output(owner=spikes, variable="i"),
            "time": Output(owner=spikes, variable="t"),
            **{name: Output(owner=traces, variable=name, rows=steps) for name in TRACED},
        },
    )


def populations(config: Config) -> dict[str, Population]:
    """All cells. The experiment keeps their traces anyway; to record some is to keep those in a window, with theta."""
    return {ONLY: Population.of(PYRAMIDAL, "cells", 0, config.n_cells, synapses=False)}


def values(config: Config, seed: int) -> dict[str, Any]:
    """Parameters of the cells and their currents at each time step, in SI units."""
    n, dt = config.n_cells, float(config.dt)
    time = np.arange(round(float(config.duration / config.dt))) * dt
    # Half a step keeps rounding from deciding about the first and the last step.
    on = (time > float(config.onset) - dt / 2) & (time < float(config.onset + config.step_duration) - dt / 2)
    steps = {"somatic_step": config.somatic_current, "dendritic_step": config.dendritic_current}
    return {
        **PYRAMIDAL.values("cells", config.cell),
        **{
            f"{name}.values": np.outer(on, np.broadcast_to([float(current) for current in currents], n))
            for name, currents in steps.items()
        },
    }


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Traces, spikes, and the events and bursts among them."""
    n = config.n_cells
    found = bursts.find_bursts(raw["cell"], raw["time"], float(config.cell.burst_interval))
    counts = {
        name: bursts.count_per_cell(cells, n).tolist()
        for name, cells in (("spike", raw["cell"]), ("event", found.event_cell), ("burst", found.burst_cell))
    }
    first = [float(np.min(raw["time"][raw["cell"] == k], initial=np.inf)) for k in range(n)]
    arrays = {
        "spikes/cell": Array(raw["cell"], "1", ("spike",)),
        "spikes/time": Array(raw["time"], "s", ("spike",)),
        "events/cell": Array(found.event_cell, "1", ("event",)),
        "events/time": Array(found.event_time, "s", ("event",)),
        "bursts/cell": Array(found.burst_cell, "1", ("burst",)),
        "bursts/time": Array(found.burst_time, "s", ("burst",)),
        "trace/time": Array(np.arange(len(raw["v_s"])) * float(config.dt), "s", ("sample",)),
        **{f"trace/{name}": Array(raw[name].T, units, ("cell", "sample")) for name, units in TRACED.items()},
    }
    summary = {
        "somatic_current_pA": _in_picoamperes(config.somatic_current, n),
        "dendritic_current_pA": _in_picoamperes(config.dendritic_current, n),
        "spike_count": counts["spike"],
        "event_count": counts["event"],
        "burst_count": counts["burst"],
        "first_spike_s": [time if np.isfinite(time) else None for time in first],
    }
    return Analysis(arrays=arrays, summary=summary, bounds=voltages(raw))


def _in_picoamperes(currents: tuple, n: int) -> list[float]:
    each = [float(f"{float(current / pA):.9g}") for current in currents]
    return each * n if len(each) == 1 else each


def overlay(runs: Sequence[overlays.Run]) -> Any:
    """Voltages of two runs in one figure."""
    return overlays.current_steps(runs)


def plot(results: Any) -> Any:
    """Somatic and dendritic voltage of each cell, with events and bursts marked."""
    return figures.figure(results.arrays, results.summary, results.config)


EXPERIMENT = Experiment(
    name="current_steps",
    meaning="current steps into soma and dendrite of single cells: events, bursts, voltage traces",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 1, "paper": 1},
    headlines=("spike_count", "event_count", "burst_count", "first_spike_s"),
    preset_references={"quick": QUICK_REFERENCES, "paper": PAPER_REFERENCES},
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
    overlay=overlay,
)
