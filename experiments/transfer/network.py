"""The network of the transfer curves: its routes and objects, and the values of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from brian2 import Clock, Equations, Network, TimedArray, defaultclock

from burstlab.models import INTERNEURON, PYRAMIDAL, PoissonPool, interneurons, projection, pyramidal, released
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses
from burstlab.models.parameters import in_si
from burstlab.models.population_counts import COUNTING, PopulationCounts, population_counts

from ..contract.population import Population
from ..experiment import Model, Output
from .conditions import SCHEDULES, stimuli
from .settings import LEVELS, Config


class Route(NamedTuple):
    """A projection: source, target, the target's receptor, and what a spike adds."""

    source: str
    target: str
    receptor: str
    amount: str = "w"


# The connection probability of the route NAME is `p_NAME`, or that of its pool. A weight that changes from condition to
# condition is a variable of the target.
ROUTES = {
    "exc_to_soma": Route("pool_exc", "cells", "g_exc_s"),
    "inh_to_soma": Route("pool_inh", "cells", "g_inh_s"),
    "exc_to_dendrite": Route("pool_exc", "cells", "g_exc_d"),
    "inh_to_dendrite": Route("pool_inh", "cells", "g_inh_d"),
    "exc_to_pv": Route("pool_exc", "pv", "g_exc"),
    "inh_to_pv": Route("pool_inh", "pv", "g_inh"),
    "exc_to_som": Route("pool_exc", "som", "g_exc"),
    "inh_to_som": Route("pool_inh", "som", "g_inh"),
    "cells_to_pv": Route("cells", "pv", "g_exc", released("_std")),
    "cells_to_som": Route("cells", "som", "g_exc", released("_stf")),
    "pv_to_som": Route("pv", "som", "g_inh"),
    "som_to_dendrite": Route("som", "cells", "g_inh_d", "w_som_post"),
}
RECURRENT_ROUTES = {
    "exc_to_soma": Route("pool_exc", "recurrent", "g_exc_s"),
    "inh_to_soma": Route("pool_inh", "recurrent", "g_inh_s"),
    "exc_to_dendrite": Route("pool_exc", "recurrent", "g_exc_d"),
    "inh_to_dendrite": Route("pool_inh", "recurrent", "g_inh_d"),
    "within": Route("recurrent", "recurrent", "g_inh_d", "w_within_post*release_stf_pre"),
}


# ---- the network -----------------------------------------------------------------------------------------------------

_ENSEMBLE = Equations("""
    w_som : 1 (shared)
    v_spread : volt (constant, shared)
    """)
_RECURRENT = Equations("""
    n_spikes : 1
    w_within : 1 (shared)
    v_spread : volt (constant, shared)
    """)
_INTERNEURON = Equations("v_spread : volt (constant, shared)")


_COUNTED = {"cells": 1, "others": 2}  # populations of each group; the second one of `others` are isolated cells


def build(config: Config) -> Model:
    """Describe the network: both ensembles and the isolated cells, PV, SOM, pools, and a synapse object per route."""
    defaultclock.dt = config.dt
    bins = Clock(config.bin, name="bins_clock")
    groups = _groups(config)
    for name, schedule in SCHEDULES.items():
        statements = "\n".join(f"{variable} = {stimulus}(t)" for variable, (stimulus, _) in schedule.items())
        groups[name].run_regularly(statements, dt=config.step, name=f"{name}_steps")
    projections = {
        name: projection(
            groups[route.source], groups[route.target], route.receptor, amount=route.amount, delay=config.delay,
            name=name,
        )
        for name, route in _routes().items()
    }  # fmt: skip
    counts = {name: population_counts(groups[name], size, bins, prefix=f"{name}_") for name, size in _COUNTED.items()}

    def connect() -> None:
        for name, p in _probabilities(config).items():
            projections[name].connect(p=p)
        for counted in counts.values():
            counted.connect()
        for name, voltage in (("cells", "v_s"), ("recurrent", "v_s"), ("pv", "v"), ("som", "v")):
            setattr(groups[name], voltage, "E_L + v_spread*randn()")

    return Model(
        network=Network(
            *(group for name, group in groups.items() if name != "recurrent"),
            *projections.values(),
            *(part for counted in counts.values() for part in counted.objects),
        ),
        duration=config.duration,
        connect=connect,
        functions={
            name: TimedArray(np.zeros(config.n_steps + 1) * unit, dt=config.step, name=name)
            for schedule in SCHEDULES.values()
            for name, unit in schedule.values()
        },
        outputs=_outputs(config, groups, counts),
    )


def populations(config: Config) -> dict[str, Population]:
    """Both ensembles, isolated cells and interneurons, whose cells can be recorded."""
    n = config.recurrent.n
    cells = {
        name: Population.of(PYRAMIDAL, group, start, stop)
        for name, group, start, stop in (
            ("ensemble", "cells", 0, config.n),
            ("recurrent", "others", 0, n),
            ("isolated", "others", n, n + config.n_isolated),
        )
    }
    point = {
        name: Population.of(INTERNEURON, name, 0, size) for name, size in (("pv", config.n_pv), ("som", config.n_som))
    }
    return cells | point


def _groups(config: Config) -> dict[str, Any]:
    """Cells and pools by name; `recurrent` is a part of `others`."""
    n = config.recurrent.n
    groups: dict[str, Any] = {
        "cells": _full_cells(config, "cells", config.n, _ENSEMBLE, kinds=("std", "stf")),
        # Isolated cells are the last ones of this group: they share its parameters and have no synapses.
        "others": _full_cells(config, "others", n + config.n_isolated, _RECURRENT, kinds=("stf",)),
    }
    groups["recurrent"] = groups["others"][:n]
    for name, size, parameters in (("pv", config.n_pv, config.pv), ("som", config.n_som, config.som)):
        groups[name] = interneurons(size, parameters, interneuron_synapses() + _INTERNEURON, name=name)
    for name in ("pool_exc", "pool_inh"):
        groups[name] = PoissonPool(config.n_pool, config.rate, name=name)
    return groups


def _full_cells(config: Config, name: str, size: int, extra: Equations, kinds: tuple[str, ...]) -> Any:
    return pyramidal(
        size,
        synapses=pyramidal_synapses(config.driving_force),
        extra=extra,
        on_spike="\nn_spikes += 1\n" if "n_spikes" in extra else "",
        parts=[stp.cell_part(*(f"_{kind}" for kind in kinds)), COUNTING],
        name=name,
    )


def _outputs(config: Config, groups: dict[str, Any], counts: dict[str, PopulationCounts]) -> dict[str, Output]:
    """Counts of the ensembles in bins, and those of each isolated cell at the end."""
    rows = round(float(config.duration / config.bin))
    others = config.recurrent.n + config.n_isolated
    kept = {
        f"{name}_{kind}": Output(owner=counted.recorded, variable=kind, rows=rows)
        for name, counted in counts.items()
        for kind in ("events", "bursts")
    }
    for kind in ("spikes", "events", "bursts"):
        kept[f"isolated_{kind}"] = Output(owner=groups["others"], variable=f"n_{kind}", rows=others)
    return kept


def _routes() -> dict[str, Route]:
    """All routes by the names of their synapses."""
    return ROUTES | {f"recurrent_{name}": route for name, route in RECURRENT_ROUTES.items()}


def _probabilities(config: Config) -> dict[str, float]:
    """The connection probability of every route."""

    def probability(name: str, route: Route, given: Any) -> float:
        if route.source.startswith("pool"):
            return getattr(given, route.source.replace("pool", "inputs")) / config.n_pool
        return float(getattr(given, f"p_{name}"))

    return {name: probability(name, route, config.weights) for name, route in ROUTES.items()} | {
        f"recurrent_{name}": probability(name, route, config.recurrent) for name, route in RECURRENT_ROUTES.items()
    }


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    synapse = config.synapse.stepwise(config.dt, config.decay)
    n = config.recurrent.n
    before = np.zeros(n)  # the schedule sets the currents of the recurrent ensemble
    given = {
        **_cell_values(config, "cells", ("std", "stf")),
        **_cell_values(config, "others", ("stf",)),
        "cells.population": np.zeros(config.n, dtype=int),
        "cells.I_s": float(config.I_s),
        "others.population": np.repeat([0, 1], [n, config.n_isolated]),
        **{
            f"others.{name}": np.concatenate([before, current])
            for name, current in zip(("I_s", "I_d"), isolated_currents(config), strict=True)
        },
        **INTERNEURON.values("pv", config.pv, synapse),
        **INTERNEURON.values("som", config.som, synapse),
        "pv.I": float(config.I_pv),
        "pool_exc.rate": float(config.rate),
        "pool_inh.rate": float(config.rate),
        **{f"{name}.w": float(getattr(config.weights, f"w_{name}")) for name in ROUTES},
        **{f"recurrent_{name}.w": float(getattr(config.recurrent, f"w_{name}")) for name in RECURRENT_ROUTES},
        **{f"{name}.values": steps for name, steps in stimuli(config).items()},
    }
    for group in ("cells", "others", "pv", "som"):
        given[f"{group}.v_spread"] = float(config.v_spread)
    return given


def _cell_values(config: Config, group: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    given = PYRAMIDAL.values(group, config.cell, config.synapse.stepwise(config.dt, config.decay))
    for kind in kinds:
        given |= stp.resting(group, stp.facilitated(getattr(config, kind), config.facilitation), f"_{kind}")
    return given


def isolated_currents(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Somatic and dendritic current (A) of every isolated cell: all dendritic ones at the lowest somatic one first."""
    return np.repeat(levels(config), len(config.I_d)), np.tile(in_si(config.I_d), LEVELS)


def levels(config: Config) -> np.ndarray:
    """Somatic currents (A) of isolated cells."""
    first, last = in_si(config.isolated_I_s)
    return np.linspace(first, last, LEVELS)
