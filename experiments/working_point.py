"""Where the XOR network of full cells works: events set by the soma, bursts by the dendrite, and what synapses read.

Hidden cells of xor_full.py outside the loop: input cells with a somatic current drive them and PV cells through
depressing synapses, PV cells that also hear them inhibit them, they inhibit their own kind's dendrites through
facilitating synapses, and a current goes into their dendrites. Every pair of the two currents has cells of its own.
Measured are event rate and burst probability, and what each cell's depressing and facilitating synapses release in a
second, which is what the next cell gets of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Equations, Network, Quantity, SpikeMonitor, defaultclock, ms, mV, pA, second

from burstlab.analysis import working_point as analysis
from burstlab.models import (
    PYRAMIDAL,
    Conductance,
    Interneuron,
    PoissonDrive,
    Pyramidal,
    ShortTermPlasticity,
    interneurons,
    projection,
    pv_parameters,
    pyramidal,
    std_parameters,
    stf_parameters,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.background import Source, background_values, layer_sources
from burstlab.models.conductance import DRIVING_FORCES, interneuron_synapses, pyramidal_synapses
from burstlab.models.interneuron import interneuron_values
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR,
    check,
    choice,
    component,
    in_si,
    integer,
    quantities,
    quantity,
)

from .checks import check_inputs, conduction_delay
from .experiment import Analysis, Array, Experiment, Model, Output, Population, Reference
from .learning.xor_full_settings import Background, Projections


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; those of the network are the defaults of xor_full."""

    n: int = integer(200, 50, 5000, "cells for each pair of currents", BURSTLAB, structural=True)
    inputs_per_cell: int = integer(50, 1, 1000, "mean number of synapses per cell and route", BURSTLAB, structural=True)
    dt: Quantity = quantity(0.2, ms, 0.01, 1, "time step", BURSTLAB, structural=True)
    settling: Quantity = quantity(
        1, second, 0, 100, "time that is not measured", BURSTLAB, structural=True, multiple_of="dt"
    )
    n_pv: int = integer(125, 10, 5000, "PV cells for each input", BURSTLAB, structural=True)
    inhibitory_inputs: int = integer(
        12, 1, 1000, "mean number of synapses of a cell from PV cells", BURSTLAB, structural=True
    )
    measured: Quantity = quantity(
        8, second, 0.5, 1000, "time that is measured", BURSTLAB, structural=True, multiple_of="dt"
    )
    delay: Quantity = conduction_delay()
    driving_force: str = choice("local", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR, structural=True)
    I_input: tuple = quantities(
        (-550, -300, -150, 50, 350), pA, -5000, 5000, "somatic currents of input cells", BURSTLAB
    )
    I_d: tuple = quantities(
        (-300, -200, -100, 0, 100, 200, 300, 400, 500, 600), pA, -5000, 5000, "dendritic currents", BURSTLAB
    )
    I_s: Quantity = quantity(-250, pA, -5000, 5000, "somatic current of the measured cells", BURSTLAB)
    I_pv: Quantity = quantity(250, pA, -5000, 5000, "current into PV cells", BURSTLAB)
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    background: Background = component(Background, prefix="background_")
    weights: Projections = component(Projections)
    pv: Interneuron = component(pv_parameters, prefix="pv_")

    def __post_init__(self) -> None:
        check(self)
        check_inputs(self)

    @property
    def duration(self) -> Quantity:
        """Simulated time."""
        return self.settling + self.measured

    @property
    def n_input(self) -> int:
        """Input cells at each current: two populations, as in the network."""
        return 2 * self.n

    @property
    def n_inputs(self) -> int:
        """Input cells in all, which come first."""
        return len(self.I_input) * self.n_input

    @property
    def n_measured(self) -> int:
        """Cells of all pairs of currents."""
        return len(self.I_input) * len(self.I_d) * self.n


PRESETS = {"quick": Config(), "paper": Config(n=500, dt=0.1 * ms)}

REFERENCES: tuple[Reference, ...] = (
    Reference(name="burst probability rises with the dendritic current", key="bp_monotonic", value=1, low=1, high=1),
    Reference(name="event rate rises with the input", key="er_monotonic", value=1, low=1, high=1),
)

# ---- the network -----------------------------------------------------------------------------------------------------

_CELL = Equations("""
    up_begin : integer (constant)
    up_end : integer (constant)
    own_begin : integer (constant)
    own_end : integer (constant)
    pv_begin : integer (constant)
    pv_end : integer (constant)
    heard_begin : integer (constant)
    heard_end : integer (constant)
    v_spread : volt (constant, shared)
    t_measured : second (constant, shared)
    counted = int(t > t_measured) : 1
    n_events : 1
    n_bursts : 1
    n_spikes : 1
    sum_std : 1
    sum_stf : 1
    """)
# PV cells lead to a range of cells.
_PV = interneuron_synapses() + Equations("""
    cells_begin : integer (constant)
    cells_end : integer (constant)
    """)
# What each spike releases is counted after the synapses have computed it.
_RELEASED = """
    n_spikes += counted
    sum_std += counted*release_std
    sum_stf += counted*release_stf
    """


def build(config: Config) -> Model:
    """Describe the network: one group of cells, inputs first, then the cells of every pair of currents."""
    defaultclock.dt = config.dt
    n, first = config.n, config.n_inputs
    size = first + config.n_measured
    terminals = stp.cell_part("_std", "_stf")
    cells = pyramidal(
        size,
        synapses=pyramidal_synapses(config.driving_force),
        extra=terminals.equations + _CELL,
        on_spike=terminals.on_spike + _RELEASED,
        on_event="n_events += counted",
        on_burst="n_bursts += counted",
        dtype=terminals.dtype | {"t_measured": np.float64},
        name="cells",
    )
    pv = interneurons(config.n_pv * len(config.I_input), config.pv, _PV, name="pv")

    def fixed(source: Any, target: Any, receptor: str, amount: str, name: str) -> Any:
        return projection(source, target, receptor, amount=amount, delay=config.delay, name=name)

    std, stf = stp.released("_std"), stp.released("_stf")
    p = config.inputs_per_cell / n
    projections = (
        (fixed(cells, cells, "g_exc_s", std, "excitation"), "up_begin_pre, up_end_pre", p),
        (fixed(cells, pv, "g_exc", std, "to_pv"), "pv_begin_pre, pv_end_pre", p),
        # As many synapses from the cells that they inhibit as from the inputs, whatever the dendritic current.
        (fixed(cells, pv, "g_exc", std, "own_to_pv"), "heard_begin_pre, heard_end_pre", 2 * p / len(config.I_d)),
        (
            fixed(pv, cells, "g_inh_s", "w", "from_pv"),
            "cells_begin_pre, cells_end_pre",
            config.inhibitory_inputs / config.n_pv,
        ),
        (fixed(cells, cells, "g_inh_d", stf, "within"), "own_begin_pre, own_end_pre", p),
    )
    counts = SpikeMonitor(pv, record=False, name="pv_counts")

    def connect() -> None:
        for synapses, begin_and_end, probability in projections:
            synapses.connect(j=f"k for k in sample({begin_and_end}, p=p)", namespace={"p": probability})
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(
            cells, pv, *(made for made, *_ in projections), counts,
            *(
                PoissonDrive(group, sources, name=f"{group.name}_background")
                for group, sources in zip((cells, pv), _background(config).values(), strict=True)
            ),
        ),
        duration=config.duration,
        connect=connect,
        outputs={
            **{
                name: Output(owner=cells, variable=name, rows=size)
                for name in ("n_events", "n_bursts", "n_spikes", "sum_std", "sum_stf")
            },
            "pv_count": Output(owner=counts, variable="count", rows=len(pv)),
        },
    )  # fmt: skip


def populations(config: Config) -> dict[str, Population]:
    """Input cells and the measured cells, in the order of their currents."""
    first, size = config.n_inputs, config.n_inputs + config.n_measured
    return {
        name: Population.of(PYRAMIDAL, "cells", start, stop)
        for name, start, stop in (("input", 0, first), ("measured", first, size))
    }


def _background(config: Config) -> dict[str, list[Source]]:
    given, first, size = config.background, config.n_inputs, config.n_inputs + config.n_measured
    layers = {
        "cells": (
            ("g_exc_s", 0, first, given.exc_input),
            ("g_inh_s", 0, first, given.inh_input),
            ("g_exc_s", first, size, given.exc_hidden),
            ("g_inh_s", first, size, given.inh_hidden),
            ("g_exc_d", 0, size, given.exc_dendrite),
            ("g_inh_d", 0, size, given.inh_dendrite),
        ),
        "pv": tuple(
            (receptor, 0, config.n_pv * len(config.I_input), weight)
            for receptor, weight in (("g_exc", given.exc_pv), ("g_inh", given.inh_pv))
        ),
    }
    return {group: layer_sources(layer, given.rate) for group, layer in layers.items()}


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter of a run, in SI units."""
    n, first, levels = config.n, config.n_inputs, len(config.I_input)
    block = len(config.I_d) * n
    size = first + levels * block
    level = np.repeat(np.arange(levels), config.n_input)
    targets = np.zeros(levels * block)
    own = np.repeat(np.arange(levels), block)
    somatic = in_si(config.I_input)
    dendritic = in_si(config.I_d)
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse),
        **stp.resting("cells", config.std, "_std"),
        **stp.resting("cells", config.stf, "_stf"),
        "cells.v_spread": float(5 * mV),
        # Half a step keeps rounding from deciding whether the first step after settling counts.
        "cells.t_measured": float(config.settling - config.dt / 2),
        "cells.I_s": np.concatenate([np.repeat(somatic, config.n_input), targets + float(config.I_s)]),
        "cells.I_d": np.concatenate([np.zeros(first), np.tile(np.repeat(dendritic, n), levels)]),
        "cells.up_begin": np.concatenate([first + level * block, targets]),
        "cells.up_end": np.concatenate([first + (level + 1) * block, targets]),
        "cells.own_begin": np.arange(size) // n * n,
        "cells.own_end": np.arange(size) // n * n + n,
        "cells.pv_begin": np.concatenate([level * config.n_pv, targets]),
        "cells.pv_end": np.concatenate([(level + 1) * config.n_pv, targets]),
        "cells.heard_begin": np.concatenate([np.zeros(first), own * config.n_pv]),
        "cells.heard_end": np.concatenate([np.zeros(first), (own + 1) * config.n_pv]),
        **interneuron_values("pv", config.pv, config.synapse, config.I_pv),
        "pv.cells_begin": first + np.repeat(np.arange(levels), config.n_pv) * block,
        "pv.cells_end": first + np.repeat(np.arange(1, levels + 1), config.n_pv) * block,
        "excitation.w": float(config.weights.w_hidden),
        "to_pv.w": float(config.weights.w_pv_hidden),
        "own_to_pv.w": float(config.weights.w_pv_hidden),
        "from_pv.w": float(config.weights.w_inh_hidden),
        "within.w": float(config.weights.w_within),
        **background_values(_background(config)),
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates and releases of each pair of currents, (input current, dendritic current)."""
    first, shape = config.n_inputs, (len(config.I_input), len(config.I_d))
    seconds = float(config.measured)

    def measured(name: str) -> np.ndarray:
        return raw[name][first:].reshape(*shape, config.n).mean(axis=2) / seconds

    inputs = raw["n_events"][:first].reshape(shape[0], -1).mean(axis=1) / seconds
    arrays = {
        "input/current": Array(in_si(config.I_input), "A", ("input",)),
        "input/event_rate": Array(inputs, "Hz", ("input",)),
        "pv/rate": Array(raw["pv_count"].reshape(shape[0], -1).mean(axis=1) / float(config.duration), "Hz", ("input",)),
        "dendrite/current": Array(in_si(config.I_d), "A", ("dendrite",)),
        **{
            f"cells/{name}": Array(measured(counted), unit, ("input", "dendrite"))
            for name, counted, unit in (
                ("event_rate", "n_events", "Hz"),
                ("burst_rate", "n_bursts", "Hz"),
                ("spike_rate", "n_spikes", "Hz"),
                ("release_std", "sum_std", "Hz"),
                ("release_stf", "sum_stf", "Hz"),
            )
        },
    }
    summary = analysis.measure({name: array.values for name, array in arrays.items()})
    return Analysis(arrays=arrays, summary=summary, bounds={})


def plot(results: Any) -> Any:
    """Event rate, burst probability and releases against the currents."""
    return analysis.figure(results.arrays, results.summary, results.config)


EXPERIMENT = Experiment(
    name="working_point",
    meaning="event rates, burst probabilities and releases of the cells of xor_full, outside its loop",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 8, "paper": 60},
    seeds={"quick": 1, "paper": 1},
    references=REFERENCES,
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
)
