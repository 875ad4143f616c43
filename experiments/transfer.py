"""How burst probability answers to dendritic current, and what moves and straightens the curve (Payeur et al. 2021).

An ensemble of full cells with noise from shared pools of Poisson sources. The dendritic current goes up in steps, and
event rate and burst probability are measured in each. A run makes all curves, one simulation (`conditions`) each:

* isolated: cells without noise and synapses, with somatic currents from low to high: the f-I curve of one cell;
* an ensemble with PV and SOM cells (supplementary figure on the dendritic transfer function): SOM inhibition of the
  dendrites off, half and full; with full inhibition, less current into SOM cells (as VIP cells would do), another
  release probability of the facilitating synapses onto them, and a stronger regenerative current of the dendrites;
* an ensemble without interneurons (supplementary figure on linearity), with and without facilitating inhibition of its
  own dendrites, at three somatic currents.

All conditions of a seed draw the same random numbers for as long as they can, so their differences are clearer than the
curves themselves.

Deviations
----------
* `decay` "exact" is the published program, and the default; see models/conductance.py.
* Each pathway of a pool has connections of its own, drawn with the probability that gives the published mean number.
* SOM and PV cells are there in every condition, and without synapses to and from pyramidal cells where the published
  program has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from brian2 import Clock, Equations, Hz, Network, Quantity, TimedArray, defaultclock, ms, mV, pA, second

from burstlab.analysis import transfer as analysis
from burstlab.models import (
    Conductance,
    Interneuron,
    PoissonPool,
    Pyramidal,
    ShortTermPlasticity,
    interneurons,
    projection,
    pv_parameters,
    pyramidal,
    released,
    som_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import DECAYS, DRIVING_FORCES, interneuron_synapses, pyramidal_synapses
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR_PROGRAM,
    ParameterError,
    assign,
    assignments,
    check,
    choice,
    component,
    integer,
    quantities,
    quantity,
    with_changes,
)
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from .record import Analysis, Array
from .reference import Reference
from .simulation import Model, Output

NAME = "transfer"
MEANING = "burst probability against dendritic current, and what moves and straightens the curve"
EXPECTED_S = {"quick": 20, "paper": 120}
HEADLINES = ("current_at_half_pA", "line_R2", "spread_over_I_s")  # of the summary, in a sweep

# Cells are counted in so many groups, which differ in their somatic current where a condition says so.
LEVELS = 20


class Route(NamedTuple):
    """A projection: source, target, the target's receptor, connection probability, and the kind of its synapses."""

    source: str
    target: str
    receptor: str
    p: str
    kind: str = "static"


# Connection probabilities are variables of the source or the target, so that they can be set at run time.
ROUTES = {
    "exc_to_soma": Route("pool_exc", "cells", "g_exc_s", "p_exc_post"),
    "inh_to_soma": Route("pool_inh", "cells", "g_inh_s", "p_inh_post"),
    "exc_to_dendrite": Route("pool_exc", "cells", "g_exc_d", "p_exc_post"),
    "inh_to_dendrite": Route("pool_inh", "cells", "g_inh_d", "p_inh_post"),
    "exc_to_pv": Route("pool_exc", "pv", "g_exc", "p_exc_post"),
    "inh_to_pv": Route("pool_inh", "pv", "g_inh", "p_inh_post"),
    "exc_to_som": Route("pool_exc", "som", "g_exc", "p_exc_post"),
    "inh_to_som": Route("pool_inh", "som", "g_inh", "p_inh_post"),
    "cells_to_pv": Route("cells", "pv", "g_exc", "p_to_pv_pre", "std"),
    "cells_to_som": Route("cells", "som", "g_exc", "p_to_som_pre", "stf"),
    "pv_to_som": Route("pv", "som", "g_inh", "p_from_pv_post"),
    "som_to_dendrite": Route("som", "cells", "g_inh_d", "p_from_som_post"),
    "recurrent": Route("cells", "cells", "g_inh_d", "p_recurrent_pre", "stf"),
}


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, f"weight, {meaning}", PAYEUR_PROGRAM)


def _probability(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 1, f"connection probability, {meaning}", PAYEUR_PROGRAM)


@dataclass(frozen=True, kw_only=True)
class Projections:
    """Weights, in units of the target's leak, and connection probabilities."""

    w_exc_to_soma: Quantity = _weight(0.05, "excitatory pool to somata")
    w_inh_to_soma: Quantity = _weight(0.05, "inhibitory pool to somata")
    w_exc_to_dendrite: Quantity = _weight(0.05, "excitatory pool to dendrites")
    w_inh_to_dendrite: Quantity = _weight(0.05, "inhibitory pool to dendrites")
    w_exc_to_pv: Quantity = _weight(0.12, "excitatory pool to PV")
    w_inh_to_pv: Quantity = _weight(0.15, "inhibitory pool to PV")
    w_exc_to_som: Quantity = _weight(0.2, "excitatory pool to SOM")
    w_inh_to_som: Quantity = _weight(0.3, "inhibitory pool to SOM")
    w_cells_to_pv: Quantity = _weight(0.001, "pyramidal cells to PV, depressing")
    w_cells_to_som: Quantity = _weight(0.04, "pyramidal cells to SOM, facilitating")
    w_pv_to_som: Quantity = _weight(0.002, "PV to SOM")
    w_som_to_dendrite: Quantity = _weight(0.001, "SOM to dendrites")
    w_recurrent: Quantity = _weight(0.02, "pyramidal cells to dendrites, facilitating inhibition")
    inputs_exc: Quantity = quantity(100, None, 0, 10000, "mean excitatory sources per compartment", PAYEUR_PROGRAM)
    inputs_inh: Quantity = quantity(100, None, 0, 10000, "mean inhibitory sources per compartment", PAYEUR_PROGRAM)
    p_cells_to_pv: Quantity = _probability(0.2, "pyramidal cells to PV")
    p_cells_to_som: Quantity = _probability(0.2, "pyramidal cells to SOM")
    p_pv_to_som: Quantity = _probability(1, "PV to SOM")
    p_som_to_dendrite: Quantity = _probability(1, "SOM to dendrites")
    p_recurrent: Quantity = _probability(0, "pyramidal cells to dendrites; the conditions that have them set it")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Recurrent:
    """The ensemble without interneurons, which differs from the other one in its noise too."""

    n: int = integer(4000, 20, 20000, "its pyramidal cells", PAYEUR_PROGRAM, structural=True)
    p: Quantity = _probability(0.05, "facilitating inhibition of its dendrites")
    I_d: tuple = quantities(
        tuple(range(-100, 351, 50)), pA, -5000, 5000, "steps of its dendritic current", PAYEUR_PROGRAM
    )
    I_s: tuple = quantities((0, 100, 200), pA, -5000, 5000, "its somatic currents", PAYEUR_PROGRAM, length=3)
    inputs_inh: Quantity = quantity(30, None, 0, 10000, "mean inhibitory sources per compartment", PAYEUR_PROGRAM)
    w_exc_to_soma: Quantity = _weight(0.17, "excitatory pool to its somata")
    w_inh_to_soma: Quantity = _weight(0.26, "inhibitory pool to its somata")
    w_exc_to_dendrite: Quantity = _weight(0.043, "excitatory pool to its dendrites")
    w_inh_to_dendrite: Quantity = _weight(0.07, "inhibitory pool to its dendrites")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Modulations:
    """What the conditions change, two values each."""

    som: tuple = quantities(
        (0, 0.5), None, 0, 10, "weight of SOM onto dendrites, in units of w_som_to_dendrite", PAYEUR_PROGRAM, length=2
    )
    vip: tuple = quantities((50, 100), pA, -5000, 5000, "current taken from SOM cells", PAYEUR_PROGRAM, length=2)
    release: tuple = quantities(
        (0.015, 0.025), None, 0, 1, "release probability U of facilitating synapses", PAYEUR_PROGRAM, length=2
    )
    g_d: tuple = quantities((1300, 1400), pA, 0, 10000, "regenerative dendritic current", PAYEUR_PROGRAM, length=2)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment, or of one of its conditions; the defaults are those of the published program."""

    n: int = integer(10000, 20, 50000, "pyramidal cells", PAYEUR_PROGRAM, structural=True)
    n_pv: int = integer(1000, 1, 20000, "PV cells", PAYEUR_PROGRAM, structural=True)
    n_som: int = integer(1000, 1, 20000, "SOM cells", PAYEUR_PROGRAM, structural=True)
    n_pool: int = integer(25000, 100, 1000000, "sources in each pool", PAYEUR_PROGRAM, structural=True)
    dt: Quantity = quantity(0.1, ms, 0.01, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    step: Quantity = quantity(1, second, 0.05, 100, "length of a step of current", PAYEUR_PROGRAM, structural=True)
    transient: Quantity = quantity(
        0.3, second, 0, 100, "begin of a step that is not measured", PAYEUR_PROGRAM, structural=True
    )
    delay: Quantity = quantity(0.8, ms, 0.1, 20, "conduction delay of all projections", PAYEUR_PROGRAM, structural=True)
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )
    decay: str = choice(
        "exact", DECAYS, "decay of conductances in a step: a factor exp(-dt/tau) or forward Euler", PAYEUR_PROGRAM
    )

    rate: Quantity = quantity(5, Hz, 0, 20, "rate of each source", PAYEUR_PROGRAM)
    I_d: tuple = quantities(
        tuple(range(-50, 501, 50)), pA, -5000, 5000, "steps of the dendritic current", PAYEUR_PROGRAM
    )
    I_s: Quantity = quantity(560, pA, -5000, 5000, "somatic current", PAYEUR_PROGRAM)
    I_s_range: Quantity = quantity(
        0, pA, -5000, 5000, "how much more of it the last cells have than the first", BURSTLAB
    )
    I_pv: Quantity = quantity(205, pA, -5000, 5000, "current into PV cells", PAYEUR_PROGRAM)
    I_som: Quantity = quantity(-5, pA, -5000, 5000, "current into SOM cells", PAYEUR_PROGRAM)
    v_spread: Quantity = quantity(5, mV, 0, 20, "standard deviation of first interneuron voltages", PAYEUR_PROGRAM)
    isolated_I_s: tuple = quantities(
        (300, 1250), pA, -5000, 5000, "somatic current of the first and the last isolated cell", BURSTLAB, length=2
    )

    modulation: Modulations = component(Modulations, prefix="modulated_")
    recurrent: Recurrent = component(Recurrent, prefix="recurrent_")
    weights: Projections = component(Projections)
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")

    def __post_init__(self) -> None:
        check(self)
        if self.delay < self.dt:
            raise ParameterError(f"delay = {self.delay}: at least a time step, {self.dt}, is needed")
        if self.transient >= self.step:
            raise ParameterError(f"transient = {self.transient}: nothing is left of a step of {self.step}")
        for name in ("step", "transient"):
            steps = float(getattr(self, name) / self.dt)
            if abs(steps - round(steps)) > 1e-6:
                raise ParameterError(f"{name} = {getattr(self, name)}: not a multiple of the time step, {self.dt}")
        if self.bin < 4.999 * ms:
            raise ParameterError(
                f"transient = {self.transient}: it and the step have no common part of 5 ms or more; take rounder ones"
            )
        for name in ("inputs_exc", "inputs_inh"):
            if getattr(self.weights, name) > self.n_pool:
                raise ParameterError(f"{name}: more than the n_pool = {self.n_pool} sources there are")

    @property
    def bin(self) -> Quantity:
        """Interval of the record: the common part of a step and its transient."""
        step, transient = (round(float(time / self.dt)) for time in (self.step, self.transient))
        return math.gcd(step, transient) * self.dt

    @property
    def condition_duration(self) -> Quantity:
        """Simulated time of one condition; one bin more than the steps, for the last sums to be recorded."""
        return len(self.I_d) * self.step + self.bin

    @property
    def duration(self) -> Quantity:
        """Simulated time of all conditions."""
        return sum((config.condition_duration for config in conditions(self).values()), 0 * second)


PRESETS = {
    # A fifth of the cells; sums of their synapses stay as they are.
    "quick": Config(
        n=2000, n_pv=200, n_som=200, step=0.5 * second, transient=0.2 * second,
        I_d=tuple(range(-50, 401, 50) * pA),
        weights=Projections(p_cells_to_pv=1, p_cells_to_som=1, w_pv_to_som=0.01, w_som_to_dendrite=0.005),
        recurrent=Recurrent(n=2000, p=0.1),
    ),
    "paper": Config(),
}  # fmt: skip

_SOURCE = "program of Payeur et al. 2021"
# Current at which the burst probability is one half; the published curves are of one run.
PAPER_REFERENCES = (
    *(
        Reference(
            name=f"dendritic current at BP = 0.5, {analysis.NAMES[name]}", key=f"current_at_half_pA.{name}",
            value=value, low=value - 15, high=value + 15, unit="pA", source=_SOURCE,
        )
        for name, value in zip(analysis.VARIANTS, (136, 165, 195, 168, 149, 183, 206, 166, 141), strict=True)
    ),
    Reference(
        name="R2 of a straight line, gained by facilitating inhibition", key="line_R2.gained",
        value=0.015, low=0.0, high=0.1, source=_SOURCE,
    ),
    Reference(
        name="range of BP over I_s, lost by facilitating inhibition", key="spread_over_I_s.lost",
        value=0.012, low=0.0, high=0.1, source=_SOURCE,
    ),
)  # fmt: skip


def conditions(config: Config) -> dict[str, Config]:
    """What a run simulates: the config of each condition."""
    by, alone = config.modulation, config.recurrent
    no_synapses = {f"p_{route}": 0 for route in ("cells_to_pv", "cells_to_som", "pv_to_som", "som_to_dendrite")}
    first, last = config.isolated_I_s
    changes: dict[str, dict[str, Any]] = {
        "isolated": {"rate": 0 * Hz, "I_s": first, "I_s_range": last - first, **no_synapses},
        "som_1": {"w_som_to_dendrite": config.weights.w_som_to_dendrite * by.som[0]},
        "som_2": {"w_som_to_dendrite": config.weights.w_som_to_dendrite * by.som[1]},
        "full": {},
        **{f"vip_{k + 1}": {"I_som": config.I_som - current} for k, current in enumerate(by.vip)},
        **{f"release_{k + 1}": {"stf_U": U} for k, U in enumerate(by.release)},
        **{f"g_d_{k + 1}": {"g_d": g_d} for k, g_d in enumerate(by.g_d)},
    }
    noise = ("inputs_inh", "w_exc_to_soma", "w_inh_to_soma", "w_exc_to_dendrite", "w_inh_to_dendrite")
    without = {"n": alone.n, "I_d": alone.I_d, **{name: getattr(alone, name) for name in noise}, **no_synapses}
    for name, p in (("without", 0), ("with", alone.p)):
        for k, I_s in enumerate(alone.I_s):
            changes[f"{name}_{k + 1}"] = {**without, "p_recurrent": p, "I_s": I_s}
    return {name: with_changes(config, changed) for name, changed in changes.items()}


# ---- the network of a condition --------------------------------------------------------------------------------------

_CELL = Equations("""
    n_spikes : 1
    p_exc : 1 (constant, shared)
    p_inh : 1 (constant, shared)
    p_to_pv : 1 (constant, shared)
    p_to_som : 1 (constant, shared)
    p_from_som : 1 (constant, shared)
    p_recurrent : 1 (constant, shared)
    v_spread : volt (constant, shared)
    """)
_INTERNEURON = Equations("""
    p_exc : 1 (constant, shared)
    p_inh : 1 (constant, shared)
    p_from_pv : 1 (constant, shared)
    v_spread : volt (constant, shared)
    """)


def build(config: Config) -> Model:
    """Describe the network of a condition: cells, PV, SOM, pools, and a synapse object per route."""
    defaultclock.dt = config.dt
    part = stp.cell_part("_std", "_stf")
    bins = Clock(config.bin, name="bins_clock")
    cells = pyramidal(
        config.n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=part.equations + COUNTERS + _CELL,
        on_spike=part.on_spike + "n_spikes += 1",
        on_event=COUNT_EVENT,
        on_burst=COUNT_BURST,
        dtype=part.dtype,
        name="cells",
    )
    assign(cells, config.synapse)
    stp.rest(cells, config.std, "_std")
    stp.rest(cells, config.stf, "_stf")
    cells.run_regularly("I_d = dendritic_current(t)", dt=config.step, name="steps")
    groups: dict[str, Any] = {"cells": cells}
    for name, size, parameters in (("pv", config.n_pv, config.pv), ("som", config.n_som, config.som)):
        groups[name] = interneurons(size, parameters, interneuron_synapses() + _INTERNEURON, name=name)
        assign(groups[name], config.synapse)
    for name in ("pool_exc", "pool_inh"):
        groups[name] = PoissonPool(config.n_pool, config.rate, name=name)
    projections = {
        name: projection(
            groups[route.source],
            groups[route.target],
            route.receptor,
            amount="w" if route.kind == "static" else released(f"_{route.kind}"),
            delay=config.delay,
            name=name,
        )
        for name, route in ROUTES.items()
    }
    counts = population_counts(
        cells, LEVELS, bins, Equations("spikes : 1"), Equations("spikes_post = n_spikes_pre : 1 (summed)")
    )
    n_steps = len(config.I_d) + 1

    def connect() -> None:
        for name, route in ROUTES.items():
            projections[name].connect(j=f"k for k in sample(N_post, p={route.p})", namespace={})
        counts.connect()
        for name, voltage in (("cells", "v_s"), ("pv", "v"), ("som", "v")):
            setattr(groups[name], voltage, "E_L + v_spread*randn()")

    rows = round(float(config.condition_duration / config.bin))
    return Model(
        network=Network(*groups.values(), *projections.values(), *counts.objects),
        duration=config.condition_duration,
        connect=connect,
        functions={"dendritic_current": TimedArray(np.zeros(n_steps) * pA, dt=config.step, name="dendritic_current")},
        outputs={
            **{
                name: Output(owner=counts.recorded, variable=name, rows=rows) for name in ("events", "bursts", "spikes")
            },
            **{name: Output(owner=cells, variable=name, rows=config.n) for name in ("v_s", "v_d")},
            "pv_v": Output(owner=groups["pv"], variable="v", rows=config.n_pv),
            "som_v": Output(owner=groups["som"], variable="v", rows=config.n_som),
        },
    )


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a condition, in SI units."""
    w = config.weights
    synapse = config.synapse.stepwise(config.dt, config.decay)
    level = _level(config)
    sources = {"p_exc": float(w.inputs_exc) / config.n_pool, "p_inh": float(w.inputs_inh) / config.n_pool}
    shared = {
        "cells": {
            "p_to_pv": w.p_cells_to_pv, "p_to_som": w.p_cells_to_som, "p_from_som": w.p_som_to_dendrite,
            "p_recurrent": w.p_recurrent,
        },
        "pv": {"p_from_pv": 0},
        "som": {"p_from_pv": w.p_pv_to_som},
    }  # fmt: skip
    return {
        **assignments("cells", config.cell),
        **stp.resting("cells", config.std, "_std"),
        **stp.resting("cells", config.stf, "_stf"),
        "cells.population": level,
        "cells.I_s": float(config.I_s) + float(config.I_s_range) * level / (LEVELS - 1),
        "cells.v_d": float(config.cell.E_L),
        "cells.theta": float(config.cell.V_T),
        **assignments("pv", config.pv),
        **assignments("som", config.som),
        "pv.I": float(config.I_pv),
        "som.I": float(config.I_som),
        **{
            name: value
            for group, own in shared.items()
            for name, value in (
                assignments(group, synapse)
                | {f"{group}.{name}": float(value) for name, value in (sources | own).items()}
                | {f"{group}.v_spread": float(config.v_spread)}
            ).items()
        },
        "pool_exc.rate": float(config.rate),
        "pool_inh.rate": float(config.rate),
        **{f"{name}.w": float(getattr(w, f"w_{name}")) for name in ROUTES},
        # After the last step the current stays.
        "dendritic_current.values": np.array([float(current) for current in (*config.I_d, config.I_d[-1])]),
    }


def _level(config: Config) -> np.ndarray:
    return np.arange(config.n) * LEVELS // config.n


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, dict[str, np.ndarray]], seed: int) -> Analysis:
    """Rates and burst probabilities in each step of every condition, and what the curves amount to."""
    configs = conditions(config)
    rates = {name: _rates(configs[name], found) for name, found in raw.items()}

    def stacked(names: Any, what: str) -> np.ndarray:
        # All levels of an ensemble are the same.
        return np.stack([rates[name][what].mean(axis=0) for name in names])

    inhibited = [[f"{kind}_{k + 1}" for k in range(len(config.recurrent.I_s))] for kind in ("without", "with")]
    level = np.linspace(float(configs["isolated"].I_s), float(config.isolated_I_s[1]), LEVELS)
    arrays = {
        "ensemble/dendritic_current": Array(_si(config.I_d), "A", ("step",)),
        **{f"ensemble/{what}_rate": Array(stacked(analysis.VARIANTS, what), "Hz", ("variant", "step"))
           for what in ("event", "burst", "spike")},
        "recurrent/dendritic_current": Array(_si(config.recurrent.I_d), "A", ("recurrent_step",)),
        "recurrent/somatic_current": Array(_si(config.recurrent.I_s), "A", ("somatic",)),
        **{f"recurrent/{what}_rate": Array(
            np.stack([stacked(names, what) for names in inhibited]), "Hz", ("inhibition", "somatic", "recurrent_step"))
           for what in ("event", "burst", "spike")},
        "isolated/dendritic_current": Array(_si(config.I_d), "A", ("step",)),
        "isolated/somatic_current": Array(level, "A", ("level",)),
        **{f"isolated/{what}_rate": Array(rates["isolated"][what], "Hz", ("level", "step"))
           for what in ("event", "burst", "spike")},
    }  # fmt: skip
    bounds = {
        f"{variable} in {name}": (found[variable], -limit, limit, "V")
        for name, found in raw.items()
        for variable, limit in (("v_s", 0.3), ("v_d", 0.5), ("pv_v", 0.3), ("som_v", 0.3))
    }
    summary = analysis.measure({name: array.values for name, array in arrays.items()})
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def _si(values_: Any) -> np.ndarray:
    return np.array([float(value) for value in values_])


def _rates(config: Config, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Events, bursts and spikes per second and cell in the measured part of each step, shape (levels, steps)."""
    bins, left_out = (round(float(time / config.bin)) for time in (config.step, config.transient))
    begin = np.arange(len(config.I_d)) * bins
    cells = np.bincount(_level(config), minlength=LEVELS)
    measured = float(config.step - config.transient)
    return {
        name[:-1]: ((found[name][begin + bins] - found[name][begin + left_out]) / (cells * measured)).T
        for name in ("events", "bursts", "spikes")
    }


def plot(results: Any) -> Any:
    """Curves of the ensemble and how they move, of the isolated cell, and of the recurrent ensemble."""
    return analysis.figure(results.arrays, results.summary, results.config)
