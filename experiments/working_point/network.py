"""The network of working_point: its tables, the builder's objects of them, and the values of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import Equations, Network, SpikeMonitor, defaultclock, mV

from burstlab.models import INTERNEURON, PYRAMIDAL, interneurons, network, pyramidal
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.tables import Drive, Kind, Population, Tables, projections

from ..contract import population
from ..experiment import Model, Output
from .settings import Config

INPUT, MEASURED = "input", "measured"


def tables(config: Config) -> Tables:
    """For each input current two populations of inputs as in the network, PV cells, and cells at each other current."""
    w, given, excitatory = config.weights, config.background, config.inputs_per_cell
    inputs = [(f"{INPUT}{level}_1", f"{INPUT}{level}_2") for level in range(len(config.I_input))]
    measured = [
        tuple(f"{MEASURED}{level}_{step}" for step in range(len(config.I_d))) for level in range(len(config.I_input))
    ]
    pv = [f"pv{level}" for level in range(len(config.I_input))]
    # As many synapses from the cells that PV cells inhibit as from the inputs, whatever the dendritic current; of one
    # current alone no more than there are cells.
    heard = min(2 * excitatory / len(config.I_d), config.n)
    all_inputs, all_measured = (tuple(name for names in level for name in names) for level in (inputs, measured))
    return Tables(
        populations=[
            Population(name=name, size=config.n, layer=INPUT, values={"I_s": current})
            for current, names in zip(config.I_input, inputs, strict=True)
            for name in names
        ]
        + [
            Population(name=name, size=config.n, layer=MEASURED, values={"I_s": config.I_s, "I_d": current})
            for names in measured
            for current, name in zip(config.I_d, names, strict=True)
        ]
        + [Population(name=name, size=config.n_pv, group="pv", values={"I": config.I_pv}) for name in pv],
        projections=[
            row
            for ups, cells, own in zip(inputs, measured, pv, strict=True)
            for row in (
                *projections("excitation", ups, cells, excitatory, w.w_hidden),
                *projections("to_pv", ups, [own], excitatory, w.w_pv_hidden),
                *projections("own_to_pv", cells, [own], heard, w.w_pv_hidden),
                *projections("from_pv", [own], cells, config.inhibitory_inputs, w.w_inh_hidden),
            )
        ]
        + [
            row
            for name in (*all_inputs, *all_measured)
            for row in projections("within", [name], [name], excitatory, w.w_within)
        ],
        background=[
            Drive(receptor=receptor, onto=onto, rate=given.rate, weight=weight)
            for receptor, onto, weight in (
                ("g_exc_s", all_inputs, given.exc_input),
                ("g_inh_s", all_inputs, given.inh_input),
                ("g_exc_s", all_measured, given.exc_hidden),
                ("g_inh_s", all_measured, given.inh_hidden),
                ("g_exc_d", (*all_inputs, *all_measured), given.exc_dendrite),
                ("g_inh_d", (*all_inputs, *all_measured), given.inh_dendrite),
                ("g_exc", pv, given.exc_pv),
                ("g_inh", pv, given.inh_pv),
            )
        ],
    )


_CELL = Equations("""
    v_spread : volt (constant, shared)
    t_measured : second (constant, shared)
    counted = int(t > t_measured) : 1
    n_events : 1
    n_bursts : 1
    n_spikes : 1
    sum_std : 1
    sum_stf : 1
    """)
# What each spike releases is counted after the synapses have computed it.
_RELEASED = """
    n_spikes += counted
    sum_std += counted*release_std
    sum_stf += counted*release_stf
    """


def groups(config: Config) -> dict[str, Any]:
    """One group of pyramidal cells, whose events, bursts and releases are counted, and one of PV cells."""
    terminals = stp.cell_part("_std", "_stf")

    def cells(n: int, wiring: Equations) -> Any:
        return pyramidal(
            n,
            synapses=pyramidal_synapses(config.driving_force),
            extra=terminals.equations + wiring + _CELL,
            on_spike=terminals.on_spike + _RELEASED,
            on_event="n_events += counted",
            on_burst="n_bursts += counted",
            dtype=terminals.dtype | {"t_measured": np.float64},
            name="cells",
        )

    def pv(n: int, wiring: Equations) -> Any:
        return interneurons(n, config.pv, interneuron_synapses() + wiring, name="pv")

    return {"cells": cells, "pv": pv}


def kinds(config: Config) -> list[Kind]:
    """Depressing synapses up and onto PV cells, static ones from these, and facilitating ones within a population."""
    std, stf, delay = stp.released("_std"), stp.released("_stf"), config.delay
    return [
        fixed("excitation", "g_exc_s", std, delay=delay),
        fixed("to_pv", "g_exc", std, delay=delay),
        fixed("own_to_pv", "g_exc", std, delay=delay),
        fixed("from_pv", "g_inh_s", delay=delay),
        fixed("within", "g_inh_d", stf, delay=delay),
    ]


def build(config: Config) -> Model:
    """Describe the network of the tables, with counts of every cell."""
    defaultclock.dt = config.dt
    built = network.build(tables(config), groups(config), kinds(config))
    cells, pv = built.groups["cells"], built.groups["pv"]
    counts = SpikeMonitor(pv, record=False, name="pv_counts")

    def connect() -> None:
        built.connect()
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(*built.objects, counts),
        duration=config.duration,
        connect=connect,
        outputs={
            **{
                name: Output(owner=cells, variable=name, rows=len(cells))
                for name in ("n_events", "n_bursts", "n_spikes", "sum_std", "sum_stf")
            },
            "pv_count": Output(owner=counts, variable="count", rows=len(pv)),
        },
    )


def populations(config: Config) -> dict[str, population.Population]:
    """Input cells and the measured cells, in the order of their currents."""
    layout = tables(config)
    return {
        layer: population.Population.of(PYRAMIDAL, "cells", *layout.span(names))
        for layer, names in layout.layers.items()
    }


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter of a run, in SI units."""
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse),
        **stp.resting("cells", config.std, "_std"),
        **stp.resting("cells", config.stf, "_stf"),
        **INTERNEURON.values("pv", config.pv, config.synapse),
        "cells.v_spread": float(5 * mV),
        # Half a step keeps rounding from deciding whether the first step after settling counts.
        "cells.t_measured": float(config.settling - config.dt / 2),
        **tables(config).values(kinds(config)),
    }
