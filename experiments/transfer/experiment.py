"""How burst probability answers to dendritic current, and what moves and straightens the curve (Payeur et al. 2021).

The dendritic current of whole ensembles goes up in steps, and event rate and burst probability are measured in each.
Noise comes from two pools of Poisson sources that all cells share. Three sets of full cells live side by side:

* an ensemble with PV and SOM cells (supplementary figure on the dendritic transfer function): SOM inhibition of the
  dendrites off, half and full; with full inhibition, less current into SOM cells (as VIP cells would do), another
  release probability of the facilitating synapses onto them, and a stronger regenerative current of the dendrites;
* an ensemble without interneurons (supplementary figure on linearity), without and with facilitating inhibition of its
  own dendrites, each at three somatic currents;
* isolated cells without noise and synapses, one for each pair of a somatic and a dendritic current: the f-I curves.

What a condition changes it changes at run time, so all conditions are one simulation: an ensemble goes through its
staircases of current one after the other. Copies of it side by side would have nine times 19 million synapses.

Deviations
----------
* The published program makes a new network for every curve. Here each staircase follows the one before it, after one
  more step at its first current, which is not measured.
* `facilitation` "program" is the published program, and the default: u jumps by U at a spike, where the text has
  f = 0.1 ("text"). With f the same inhibition by SOM cells moves the curve half as far again.
* `decay` "exact" is the published program, and the default; see models/conductance.py.
* A burst ends with the first interval of 16 ms (equations/burst_detection.py). The window of the published program is
  some ms longer after several spikes, so the late spikes of long bursts are none of its events: at strong currents its
  burst probability stays at 1 where ours falls again. Below 0.6 both agree within 0.005.
* Each pathway of a pool has connections of its own, drawn with the probability that gives the published mean number;
  both ensembles have the same pools.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from brian2 import Clock, Equations, Network, Quantity, TimedArray, defaultclock, pA, second

from burstlab.analysis import transfer as analysis
from burstlab.models import INTERNEURON, PYRAMIDAL, PoissonPool, interneurons, projection, pyramidal, released
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses
from burstlab.models.parameters import in_si
from burstlab.models.population_counts import COUNTING, PopulationCounts, population_counts

from ..contract.population import Population
from ..contract.reference import Reference
from ..experiment import Analysis, Array, Experiment, Model, Output
from .settings import LEVELS, Config, Projections, Recurrent


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


PRESETS = {
    # A tenth of the cells; the mean sums of their synapses stay as they are.
    "quick": Config(
        n=1000, n_pv=200, n_som=200, step=0.7 * second, transient=0.2 * second,
        I_d=tuple(range(-50, 351, 50) * pA),
        weights=Projections(
            p_cells_to_pv=1, p_cells_to_som=1, w_cells_to_pv=0.002, w_cells_to_som=0.08, w_pv_to_som=0.01,
            w_som_to_dendrite=0.005,
        ),
        recurrent=Recurrent(n=1000, p_within=0.2),
    ),
    "paper": Config(),
}  # fmt: skip


# ---- conditions ------------------------------------------------------------------------------------------------------


class Condition(NamedTuple):
    """What is the ensemble's own in one of its staircases of current, in SI units."""

    w_som: float
    I_som: float
    U: float
    g_d: float


def conditions(config: Config) -> dict[str, Condition]:
    """The staircases of the ensemble with interneurons, in their order."""
    by = config.modulation
    full = Condition(
        w_som=float(config.weights.w_som_to_dendrite),
        I_som=float(config.I_som),
        U=float(config.stf.U),
        g_d=float(config.cell.g_d),
    )
    return {
        "som_1": full._replace(w_som=float(by.som[0]) * full.w_som),
        "som_2": full._replace(w_som=float(by.som[1]) * full.w_som),
        "full": full,
        **{f"vip_{k + 1}": full._replace(I_som=full.I_som - float(current)) for k, current in enumerate(by.vip)},
        **{f"release_{k + 1}": full._replace(U=float(U)) for k, U in enumerate(by.release)},
        **{f"g_d_{k + 1}": full._replace(g_d=float(g_d)) for k, g_d in enumerate(by.g_d)},
    }


# What changes from step to step: variable of the cells, stimulus, and its unit. Brian2 wants shared variables first.
SCHEDULES: dict[str, dict[str, tuple[str, Any]]] = {
    "cells": {
        "w_som": ("som_weight", 1),
        "U_stf": ("release_probability", 1),
        "f_stf": ("jump_of_u", 1),
        "g_d": ("regenerative_current", pA),
        "I_d": ("dendritic_current", pA),
    },
    "som": {"I": ("som_current", pA)},
    "recurrent": {
        "w_within": ("recurrent_weight", 1),
        "I_d": ("recurrent_dendritic_current", pA),
        "I_s": ("recurrent_somatic_current", pA),
    },
}


def stimuli(config: Config) -> dict[str, np.ndarray]:
    """Everything that changes from step to step, in SI units, shape (steps + 1,) each; the last value stays."""
    known = conditions(config).values()
    steps = len(config.I_d) + 1
    alone = config.recurrent
    recurrent_steps = len(alone.I_d) + 1
    inhibition = [weight for weight in (0.0, float(alone.w_within)) for _ in alone.I_s]
    jumps = [float(stp.facilitated(replace(config.stf, U=each.U), config.facilitation).f) for each in known]
    shown = {
        "dendritic_current": _staircase(config.I_d, len(known)),
        "som_weight": np.repeat([each.w_som for each in known], steps),
        "release_probability": np.repeat([each.U for each in known], steps),
        "jump_of_u": np.repeat(jumps, steps),
        "regenerative_current": np.repeat([each.g_d for each in known], steps),
        "som_current": np.repeat([each.I_som for each in known], steps),
        "recurrent_dendritic_current": _staircase(alone.I_d, len(inhibition)),
        "recurrent_somatic_current": np.repeat(np.tile(in_si(alone.I_s), 2), recurrent_steps),
        "recurrent_weight": np.repeat(inhibition, recurrent_steps),
    }
    return {name: np.pad(steps, (0, config.n_steps + 1 - len(steps)), mode="edge") for name, steps in shown.items()}


def _staircase(currents: Sequence[Quantity], times: int) -> np.ndarray:
    """All currents, after one more step at the first of them, so many times."""
    return np.tile(in_si((currents[0], *currents)), times)


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
    return np.repeat(_levels(config), len(config.I_d)), np.tile(in_si(config.I_d), LEVELS)


def _levels(config: Config) -> np.ndarray:
    first, last = in_si(config.isolated_I_s)
    return np.linspace(first, last, LEVELS)


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in each step of every condition, and what the curves amount to."""
    alone = config.recurrent
    ensemble, recurrent, isolated = ("variant", "step"), ("inhibition", "somatic", "recurrent_step"), ("level", "step")
    arrays = {
        "ensemble/dendritic_current": Array(in_si(config.I_d), "A", ("step",)),
        "recurrent/dendritic_current": Array(in_si(alone.I_d), "A", ("recurrent_step",)),
        "recurrent/somatic_current": Array(in_si(alone.I_s), "A", ("somatic",)),
        "isolated/dendritic_current": Array(in_si(config.I_d), "A", ("step",)),
        "isolated/somatic_current": Array(_levels(config), "A", ("level",)),
    }
    for kind in ("event", "burst"):
        counted, others = raw[f"cells_{kind}s"][:, 0], raw[f"others_{kind}s"][:, 0]
        arrays[f"ensemble/{kind}_rate"] = Array(
            _rates(config, counted, config.n, len(analysis.VARIANTS), len(config.I_d)), "Hz", ensemble
        )
        rates = _rates(config, others, alone.n, 2 * len(alone.I_s), len(alone.I_d))
        arrays[f"recurrent/{kind}_rate"] = Array(rates.reshape(2, len(alone.I_s), -1), "Hz", recurrent)
    for kind in ("spike", "event", "burst"):
        # Their currents stay all the time, so the begin does not count.
        count = raw[f"isolated_{kind}s"][alone.n :]
        arrays[f"isolated/{kind}_rate"] = Array(
            count.astype(float).reshape(LEVELS, -1) / float(config.duration), "Hz", isolated
        )
    summary = analysis.measure({name: array.values for name, array in arrays.items()})
    return Analysis(arrays=arrays, summary=summary, bounds={})


def _rates(config: Config, counted: np.ndarray, n: int, staircases: int, steps: int) -> np.ndarray:
    """Rate per cell in the measured part of each step, of counts since the start, shape (staircases, steps)."""
    bins, left_out = (round(float(time / config.bin)) for time in (config.step, config.transient))
    begin = bins * (np.arange(staircases)[:, None] * (steps + 1) + 1 + np.arange(steps))
    return (counted[begin + bins] - counted[begin + left_out]) / (n * float(config.step - config.transient))


def plot(results: Any) -> Any:
    """Curves of the ensemble and how they move, of the isolated cell, and of the recurrent ensemble."""
    return analysis.figure(results.arrays, results.summary, results.config)


# ---- published numbers -----------------------------------------------------------------------------------------------

_SOURCE = "program of Payeur et al. 2021"
# Of one run of the published program; bands are 15 pA to either side.
REFERENCES: tuple[Reference, ...] = (
    *(
        Reference(
            name=f"dendritic current at BP = 0.5, {analysis.NAMES[name]}", key=f"current_at_half_pA.{name}",
            value=value, low=value - 15, high=value + 15, unit="pA", source=_SOURCE,
        )
        for name, value in zip(analysis.VARIANTS, (136, 165, 195, 168, 149, 183, 206, 166, 141), strict=True)
    ),
    # Straighter curves, and nearer to each other: the sign is what is asked.
    Reference(
        name="R2 of a straight line, gained by facilitating inhibition", key="line_R2.gained",
        value=0.015, low=0.0, high=0.1, source=_SOURCE,
    ),
    Reference(
        name="range of BP over I_s, lost by facilitating inhibition", key="spread_over_I_s.lost",
        value=0.012, low=0.0, high=0.1, source=_SOURCE,
    ),
)  # fmt: skip


EXPERIMENT = Experiment(
    name="transfer",
    meaning="burst probability against dendritic current, and what moves and straightens the curve",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 10, "paper": 170},
    headlines=("current_at_half_pA", "line_R2", "spread_over_I_s"),
    references=REFERENCES,
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
)
