"""Response curves of the full cell in background noise: event rate and burst probability against both currents.

The f-I curve (event rate against somatic current) and the BP curve (burst probability against dendritic current) of
Naud & Sprekeler (2018) and Payeur et al. (2021), Fig 1: the two read different compartments, which is what lets one
population carry two signals. Each curve goes through a working point, a pair of currents; beside the curves cells at
the working point itself are measured and one of them is traced. All pairs of currents are simulated at once, as groups
of equal, unconnected cells of one population.

Every compartment has its own excitatory and inhibitory Poisson source, with the rates and weights of the published
program's multiplexing experiment (Fig 3). Cells begin at rest; what happens while they settle does not count.

Deviation: the currents swept, the numbers of cells and the measured time are chosen here; the paper plots no such curve
for exactly this background.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from brian2 import Hz, Network, Quantity, SpikeMonitor, StateMonitor, defaultclock, ms, pA

from burstlab.analysis import bursts, response_curves
from burstlab.models import PYRAMIDAL, Cell, Conductance, PoissonDrive, Pyramidal
from burstlab.models.background import Source, source_values
from burstlab.models.conductance import DRIVING_FORCES, pyramidal_synapses
from burstlab.models.parameters import (
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    component,
    in_si,
    integer,
    quantities,
    quantity,
)

from .contract.population import ONLY, Population
from .contract.states import voltages
from .experiment import Analysis, Array, Experiment, Model, Output

# No published curve has exactly this background.


@dataclass(frozen=True, kw_only=True)
class CurvesBackground:
    """Poisson input of every cell: an excitatory and an inhibitory source for each compartment."""

    rate_s: Quantity = quantity(500, Hz, 0, 5000, "somatic background, each source", PAYEUR_PROGRAM)
    exc_s: Quantity = quantity(0.35, None, 0, 10, "its excitatory weight (leak)", PAYEUR_PROGRAM)
    inh_s: Quantity = quantity(0.35, None, 0, 10, "its inhibitory weight (leak)", PAYEUR_PROGRAM)
    rate_d: Quantity = quantity(500, Hz, 0, 5000, "dendritic background, each source", PAYEUR_PROGRAM)
    exc_d: Quantity = quantity(0.05, None, 0, 10, "its excitatory weight (leak)", PAYEUR_PROGRAM)
    inh_d: Quantity = quantity(0.05, None, 0, 10, "its inhibitory weight (leak)", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)

    def sources(self, n: int) -> list[Source]:
        """Those of `n` cells."""
        receptors = (
            ("g_exc_s", self.rate_s, self.exc_s),
            ("g_inh_s", self.rate_s, self.inh_s),
            ("g_exc_d", self.rate_d, self.exc_d),
            ("g_inh_d", self.rate_d, self.inh_d),
        )
        return [
            Source(receptor=receptor, start=0, stop=n, rate=rate, weight=float(weight))
            for receptor, rate, weight in receptors
        ]


_SWEEP = tuple(range(-200, 1001, 100))


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment."""

    somatic_current: tuple = quantities(
        (200,), pA, -5000, 10000, "into the soma at the working points, one per point or one for all"
    )
    dendritic_current: tuple = quantities(
        (200,), pA, -5000, 10000, "into the dendrite at the working points, one per point or one for all"
    )
    somatic_sweep: tuple = quantities(_SWEEP, pA, -5000, 10000, "somatic currents of the f-I curves")
    dendritic_sweep: tuple = quantities(_SWEEP, pA, -5000, 10000, "dendritic currents of the BP curves")
    cells_per_current: int = integer(20, 1, 10000, "cells for each pair of currents", structural=True)
    settling: Quantity = quantity(300, ms, 0, 10000, "time before anything counts", structural=True, multiple_of="dt")
    duration: Quantity = quantity(
        1300, ms, 10, 600000, "simulated time, settling included", structural=True, multiple_of="dt"
    )
    dt: Quantity = quantity(0.1, ms, 0.005, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )
    cell: Any = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    background: CurvesBackground = component(CurvesBackground, prefix="background_")

    def __post_init__(self) -> None:
        check(self)
        lengths = {len(self.somatic_current), len(self.dendritic_current)} - {1}
        if len(lengths) > 1:
            raise ParameterError(
                f"dendritic_current: {len(self.dendritic_current)} values for {len(self.somatic_current)} values of "
                "somatic_current; give as many of each, or one for all working points"
            )
        # Both are whole steps: half of one is rounding.
        if self.settling > self.duration - self.dt / 2:
            raise ParameterError(f"settling = {self.settling}: nothing is left of the duration, {self.duration}")

    @property
    def working_points(self) -> np.ndarray:
        """Somatic and dendritic current (A) of each working point, shape (points, 2)."""
        n = max(len(self.somatic_current), len(self.dendritic_current))
        pairs = (self.somatic_current, self.dendritic_current)
        return np.stack([np.broadcast_to(in_si(currents), n) for currents in pairs], axis=1)

    @property
    def groups(self) -> np.ndarray:
        """Both currents (A) of each group of equal cells: working points, then f-I curves, then BP curves."""
        points, somatic, dendritic = self.working_points, in_si(self.somatic_sweep), in_si(self.dendritic_sweep)
        f_I = [(I_s, I_d) for _, I_d in points for I_s in somatic]
        BP = [(I_s, I_d) for I_s, _ in points for I_d in dendritic]
        return np.array([*map(tuple, points), *f_I, *BP])


PRESETS = {
    "quick": Config(),
    "paper": Config(
        somatic_current=tuple([0, 200, 400] * pA),
        dendritic_current=tuple([0, 200, 400] * pA),
        somatic_sweep=tuple(range(-200, 1001, 50) * pA),
        dendritic_sweep=tuple(range(-200, 1001, 50) * pA),
        cells_per_current=100,
        duration=5300 * ms,
    ),
}


def build(config: Config, cell: Cell) -> Model:
    """Unconnected cells, their background, and a monitor of one cell at each working point."""
    defaultclock.dt = config.dt
    n, steps = len(config.groups) * config.cells_per_current, round(float(config.duration / config.dt))
    cells = cell.make(n, config.cell, synapses=pyramidal_synapses(config.driving_force), name="cells")
    spikes = SpikeMonitor(cells, name="spikes")
    traced = np.arange(len(config.working_points)) * config.cells_per_current
    # Voltages at the begin of each step, so the first sample is the initial state.
    traces = StateMonitor(cells, ["v_s", "v_d"], record=traced, when="start", order=-1, name="traces")

    def connect() -> None:
        """Nothing to connect, and no random initial state."""

    return Model(
        network=Network(cells, spikes, traces, PoissonDrive(cells, config.background.sources(n), name="background")),
        duration=config.duration,
        connect=connect,
        outputs={
            "cell": Output(owner=spikes, variable="i"),
            "time": Output(owner=spikes, variable="t"),
            "v_s": Output(owner=traces, variable="v_s", rows=steps),
            "v_d": Output(owner=traces, variable="v_d", rows=steps),
        },
    )


def populations(config: Config, cell: Cell) -> dict[str, Population]:
    """All cells, in the order of `config.groups`, as many for each."""
    return {ONLY: Population.of(cell, "cells", 0, len(config.groups) * config.cells_per_current)}


def values(config: Config, seed: int, cell: Cell) -> dict[str, Any]:
    """Parameters of cells, synapses and background, and the currents of each cell, in SI units."""
    currents = np.repeat(config.groups, config.cells_per_current, axis=0)
    return {
        **cell.values("cells", config.cell, config.synapse),
        "cells.I_s": currents[:, 0],
        "cells.I_d": currents[:, 1],
        **source_values("background", config.background.sources(len(currents))),
    }


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Curves, what cells do at the working points, and the trace of one cell at each of them."""
    n, per_group = len(config.working_points), config.cells_per_current
    found = bursts.find_bursts(raw["cell"], raw["time"], float(config.cell.burst_interval))
    # Half a step keeps rounding from deciding whether the first step after settling counts.
    half = float(config.dt) / 2
    counted = replace(found, event_time=found.event_time + half, burst_time=found.burst_time + half)
    measured = response_curves.measure(
        counted, len(config.groups), per_group, float(config.settling), float(config.duration)
    )
    sweeps = {"somatic_sweep": in_si(config.somatic_sweep), "dendritic_sweep": in_si(config.dendritic_sweep)}
    arrays = {f"{sweep}/current": Array(current, "A", (sweep,)) for sweep, current in sweeps.items()}
    for name, units in _MEASURED.items():
        curves = getattr(measured, name)[n:]
        split = np.split(curves, [n * len(config.somatic_sweep)])
        for sweep, part in zip(sweeps, split, strict=True):
            arrays[f"{sweep}/{name}"] = Array(part.reshape(n, -1), units, ("working_point", sweep))
    for kind in ("event", "burst"):
        cell, time = getattr(found, f"{kind}_cell"), getattr(found, f"{kind}_time")
        traced = (cell % per_group == 0) & (cell < n * per_group)
        arrays[f"{kind}s/cell"] = Array(cell[traced] // per_group, "1", (kind,))
        arrays[f"{kind}s/time"] = Array(time[traced], "s", (kind,))
    arrays["trace/time"] = Array(np.arange(len(raw["v_s"])) * float(config.dt), "s", ("sample",))
    for name in ("v_s", "v_d"):
        arrays[f"trace/{name}"] = Array(raw[name].T, "V", ("working_point", "sample"))
    summary = {
        "somatic_current_pA": _in_picoamperes(config.working_points[:, 0]),
        "dendritic_current_pA": _in_picoamperes(config.working_points[:, 1]),
        "event_rate_Hz": measured.event_rate[:n].tolist(),
        "burst_rate_Hz": measured.burst_rate[:n].tolist(),
        "burst_probability": measured.burst_probability[:n].tolist(),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=voltages(raw))


_MEASURED = {"event_rate": "Hz", "event_rate_error": "Hz", "burst_probability": "1", "burst_probability_error": "1"}


def _in_picoamperes(currents: np.ndarray) -> list[float]:
    return [float(f"{1e12 * current:.9g}") for current in currents]


def plot(results: Any) -> Any:
    """Both curves of event rate and burst probability, and a trace."""
    return response_curves.figure(results.arrays, results.summary, results.config)


def curves_of(cell: Cell, name: str, meaning: str, presets: Mapping[str, Config], **more: Any) -> Experiment:
    """The response curves of a kind of cell, as an experiment.

    Parameters
    ----------
    cell : Cell
        With two compartments: `v_s` and `v_d`, currents `I_s` and `I_d`, the conductances of `pyramidal_synapses`, and
        a parameter `burst_interval`.
    name, meaning : str
        Of the experiment.
    presets : mapping of str to Config
        Settings whose `cell` is a parameter set of this kind.
    **more
        Further members of the `Experiment`.
    """
    return Experiment(
        name=name,
        meaning=meaning,
        presets=presets,
        build=partial(build, cell=cell),
        values=partial(values, cell=cell),
        analyse=analyse,
        plot=plot,
        populations=partial(populations, cell=cell),
        **more,
    )


EXPERIMENT = curves_of(
    PYRAMIDAL,
    name="response_curves",
    meaning="f-I and BP curves of cells in background noise: event rate, burst probability against both currents",
    presets=PRESETS,
    about=__doc__,
    expected_s={"quick": 1, "paper": 20},
)
