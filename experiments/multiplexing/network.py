"""The network of multiplexing: its tables, the builder's objects of them, and the values of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from brian2 import Equations, Network, SpikeMonitor, TimedArray, defaultclock, pA

from burstlab.models import INTERNEURON, PYRAMIDAL, interneurons, network, pyramidal, released
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.tables import Drive, Kind, Population, Projection, Tables

from ..contract import population
from ..experiment import Model, Output
from .settings import Config


class Route(NamedTuple):
    """A kind of projection: its populations, the target's receptor, and what a spike adds to it."""

    populations: tuple[tuple[str, str], ...]
    receptor: str
    amount: str


# Static synapses add the same at every spike; depressing ones carry events, facilitating ones bursts. The route NAME
# has the weight `w_NAME` and the connection probability `p_NAME`.
STATIC, DEPRESSING, FACILITATING = "w", released("_std"), released("_stf")
ROUTES = {
    "lower_to_upper": Route((("lower", "upper"),), "g_exc_s", DEPRESSING),
    "lower_to_pv": Route((("lower", "pv"),), "g_exc", DEPRESSING),
    "pv_to_upper": Route((("pv", "upper"),), "g_inh_s", STATIC),
    "upper_to_lower": Route((("upper", "lower"),), "g_exc_d", FACILITATING),
    "upper_to_som": Route((("upper", "som"),), "g_exc", FACILITATING),
    "som_to_lower": Route((("som", "lower"),), "g_inh_d", STATIC),
    "within": Route((("lower", "lower"), ("upper", "upper")), "g_inh_d", FACILITATING),
}
CELLS = {"cells": PYRAMIDAL, "pv": INTERNEURON, "som": INTERNEURON}


def tables(config: Config) -> Tables:
    """Both populations of pyramidal cells, one group, PV and SOM cells; the routes; and background of all."""
    w, given, cells = config.weights, config.background, ("lower", "upper")
    sizes = {"lower": config.n, "upper": config.n, "pv": config.n_pv, "som": config.n_som}
    return Tables(
        populations=[
            Population(name="lower", size=config.n, values={"I_d": config.I_d_lower}),
            Population(name="upper", size=config.n, values={"I_s": config.I_s_upper}),
            Population(name="pv", size=config.n_pv, group="pv", values={"I": config.I_pv}),
            Population(name="som", size=config.n_som, group="som"),
        ],
        projections=[
            Projection(
                kind=kind, source=source, target=target, inputs=float(getattr(w, f"p_{kind}")) * sizes[source],
                weight=getattr(w, f"w_{kind}"),
            )
            for kind, route in ROUTES.items()
            for source, target in route.populations
        ],
        background=[
            Drive(receptor=receptor, onto=onto, rate=given.rate, weight=weight)
            for receptor, onto, weight in (
                ("g_exc_s", cells, given.exc_soma),
                ("g_inh_s", cells, given.inh_soma),
                ("g_exc_d", cells, given.exc_dendrite),
                ("g_inh_d", cells, given.inh_dendrite),
                ("g_exc", ("pv",), given.exc_pv),
                ("g_inh", ("pv",), given.inh_pv),
                ("g_exc", ("som",), given.exc_som),
                ("g_inh", ("som",), given.inh_som),
            )
        ],
    )  # fmt: skip


def groups(config: Config) -> dict[str, Any]:
    """One group of pyramidal cells, and one of each kind of interneuron."""
    terminals = stp.cell_part("_std", "_stf")

    def cells(n: int, wiring: Equations) -> Any:
        return pyramidal(
            n,
            synapses=pyramidal_synapses(config.driving_force),
            extra=terminals.equations + wiring + Equations("v_spread : volt (constant, shared)"),
            on_spike=terminals.on_spike,
            dtype=terminals.dtype,
            name="cells",
        )

    def pv(n: int, wiring: Equations) -> Any:
        return interneurons(n, config.pv, interneuron_synapses() + wiring, name="pv")

    def som(n: int, wiring: Equations) -> Any:
        return interneurons(n, config.som, interneuron_synapses() + wiring, name="som")

    return {"cells": cells, "pv": pv, "som": som}


def kinds(config: Config) -> list[Kind]:
    """A kind of projection for each route."""
    return [fixed(name, route.receptor, route.amount, delay=config.delay) for name, route in ROUTES.items()]


def build(config: Config) -> Model:
    """Describe the network of the tables, with the sines and a record of all spikes."""
    defaultclock.dt = config.dt
    built = network.build(tables(config), groups(config), kinds(config))
    cells = built.groups["cells"]
    # The cells' own clock: before the state update of each step, currents have their value of that step.
    built.part("lower").run_regularly("I_s = somatic_sine(t)", clock=cells.clock, name="lower_current")
    built.part("upper").run_regularly("I_d = dendritic_sine(t)", clock=cells.clock, name="upper_current")
    spikes = {name: SpikeMonitor(group, name=f"{name}_spikes") for name, group in built.groups.items()}

    def connect() -> None:
        built.connect()
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(*built.objects, *spikes.values()),
        duration=config.duration,
        connect=connect,
        functions=_stimuli(config),
        outputs={
            f"{name}_{kept}": Output(owner=monitor, variable=variable)
            for kept, variable in (("cell", "i"), ("time", "t"))
            for name, monitor in spikes.items()
        },
    )


def populations(config: Config) -> dict[str, population.Population]:
    """Both populations of pyramidal cells and the interneurons, whose cells can be recorded."""
    return population.populations_of(tables(config), CELLS)


def _stimuli(config: Config) -> dict[str, TimedArray]:
    steps = round(float(config.duration / config.dt))
    # An array each: the numpy and Cython backends write their values into it.
    return {
        name: TimedArray(np.zeros(steps) * pA, dt=config.dt, name=name) for name in ("somatic_sine", "dendritic_sine")
    }


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse),
        **stp.resting("cells", stp.facilitated(config.std, config.facilitation), "_std"),
        **stp.resting("cells", stp.facilitated(config.stf, config.facilitation), "_stf"),
        **INTERNEURON.values("pv", config.pv, config.synapse),
        **INTERNEURON.values("som", config.som, config.synapse),
        "cells.v_spread": float(config.v_spread),
        **tables(config).values(kinds(config)),
        **{f"{name}.values": current for name, current in currents(config).items()},
    }


def currents(config: Config) -> dict[str, np.ndarray]:
    """The current into the lower somata and into the upper dendrites at each time step, in A."""
    time = np.arange(round(float(config.duration / config.dt))) * float(config.dt)
    # Half a step keeps rounding from deciding about the first one.
    on = time > float(config.burn_in - config.dt / 2)
    sines = {
        "somatic_sine": (0.0, config.I_s_amplitude, config.I_s_period),
        "dendritic_sine": (float(config.I_d_upper), config.I_d_amplitude, config.I_d_period),
    }
    return {
        name: constant + on * float(amplitude) * np.sin(2 * np.pi * time / float(period))
        for name, (constant, amplitude, period) in sines.items()
    }
