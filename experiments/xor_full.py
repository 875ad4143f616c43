"""XOR with full two-compartment cells and short-term plasticity: nothing between spikes and learning is given.

The network of xor.py with its shortcuts taken away. Bursts are made by the dendrite of each cell, not drawn from a
probability. Every synapse sees spikes: depressing ones read events out of them and carry them up, facilitating ones
read bursts and carry them down. PV cells inhibit the somata of the layer that drives them, SOM cells pass bursts of the
output on to hidden2 as inhibition; facilitating inhibition within each population keeps burst probability linear and
the loop through the feedback stable. The rule counts events and bursts of a cell from that cell's own spikes.

Cells are those of pyramidal.py, the task and its schedule those of xor.py (xor_task.py, xor_schedule.py), the settings
and the departures from the paper's values in xor_full_config.py and docs/experiments/xor_full.md.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import Clock, Equations, Network, Quantity, SpikeMonitor, StateMonitor, defaultclock, ms

from burstlab.analysis import learning
from burstlab.equations import teaching as equations
from burstlab.models import (
    PoissonDrive,
    ShortTermPlasticity,
    interneurons,
    plastic_projection,
    projection,
    pyramidal,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.background import Source, background_values, layer_sources
from burstlab.models.burst_plasticity import INCOMING, begin_averages, cell_part, run_homeostasis, sum_incoming
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses
from burstlab.models.interneuron import interneuron_values
from burstlab.models.parameters import assign
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from . import xor_results
from .experiment import Analysis, Array, Experiment, Model, Output
from .recording import FULL_CELL, POINT_CELL, POINT_SYNAPSES, SPIKES, Population
from .reference import Reference
from .xor_full_config import Config, Projections
from .xor_network import DOWN, UP, WIRING, outputs, roles, shared_values
from .xor_network import populations as populations_of_five
from .xor_results import plot, plot_seeds
from .xor_schedule import presented, schedule, stimuli
from .xor_task import POPULATIONS

PRESETS = {
    "quick": Config(n=250, n_pv=62, n_som=62),
    "full": Config(),
}

REFERENCES = (
    Reference(name="solved", key="solved", value=1, low=1, high=1),
    Reference(
        name="distance of the nearest rate to the threshold", key="margin_Hz", value=None, low=0.5, high=math.inf,
        unit="Hz", source="burstlab",
    ),
)  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------

# Within a population cells lead to the range of their own; to interneurons, to a range of PV and one of SOM cells.
_WIRING = WIRING + Equations("""
    own_begin : integer (constant)
    own_end : integer (constant)
    pv_begin : integer (constant)
    pv_end : integer (constant)
    som_begin : integer (constant)
    som_end : integer (constant)
    is_hidden2 : 1 (constant)
    w_initial : 1 (constant)
    w_inh : 1 (constant)
    """)
# Interneurons lead to a range of cells; hidden2 drives them with a weight of its own.
_INTERNEURON = interneuron_synapses() + Equations("""
    cells_begin : integer (constant)
    cells_end : integer (constant)
    w_up : 1 (constant)
    w_up_hidden2 : 1 (constant)
    """)


def build(config: Config) -> Model:
    """Describe the network: one group of cells, one synapse object per kind of projection, one background."""
    defaultclock.dt = config.dt
    n = config.n
    part, terminals = cell_part(config.homeostasis, long_bursts=True, own_range=True), stp.cell_part("_std", "_stf")
    tick, epoch = config.tick_steps * config.dt, 4 * config.example_duration
    bins = Clock(config.bin_steps * config.dt, name="bins_clock")
    cells = pyramidal(
        5 * n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=part.equations + terminals.equations + equations.SCHEDULED_CELL + COUNTERS + INCOMING + _WIRING,
        on_spike=part.on_spike + terminals.on_spike,
        on_event=part.on_event + COUNT_EVENT,
        on_burst=part.on_burst + COUNT_BURST,
        dtype=part.dtype | terminals.dtype,
        name="cells",
    )
    assign(cells, config.synapse)
    stp.rest(cells, config.std, "_std")
    stp.rest(cells, config.stf, "_stf")
    begin_averages(cells, config.rule)
    run_homeostasis(cells, config.homeostasis, config.slow)
    cells.run_regularly(equations.SCHEDULE, dt=tick, name="schedule")

    pv = interneurons(2 * config.n_pv, config.pv, _INTERNEURON, name="pv")
    som = interneurons(config.n_som, config.som, _INTERNEURON, name="som")
    for group in (pv, som):
        assign(group, config.synapse)

    def fixed(source: Any, target: Any, receptor: str, amount: str, name: str) -> Any:
        return projection(source, target, receptor, amount=amount, delay=config.delay, name=name)

    plastic = plastic_projection(
        cells, cells, config.homeostasis, on="spike", amount=stp.released("_std"), delay=config.delay, name="plastic"
    )
    sum_incoming(plastic, cells, epoch)
    w_up = "(w_up_post + is_hidden2_pre*(w_up_hidden2_post - w_up_post))"
    up_to_pv = fixed(cells, pv, "g_exc", f"{w_up}*release_std_pre", "up_to_pv")
    from_pv = fixed(pv, cells, "g_inh_s", "w_inh_post", "from_pv")
    feedback = fixed(cells, cells, "g_exc_d", stp.released("_stf"), "feedback")
    down_to_som = fixed(cells, som, "g_exc", stp.released("_stf"), "down_to_som")
    from_som = fixed(som, cells, "g_inh_d", "w", "from_som")
    within = fixed(cells, cells, "g_inh_d", stp.released("_stf"), "within")
    projections = (plastic, up_to_pv, from_pv, feedback, down_to_som, from_som, within)
    rules = (
        UP,
        "k for k in sample(pv_begin_pre, pv_end_pre, p=p)",
        "k for k in sample(cells_begin_pre, cells_end_pre, p=p)",
        DOWN,
        "k for k in sample(som_begin_pre, som_end_pre, p=p)",
        "k for k in sample(cells_begin_pre, cells_end_pre, p=p)",
        "k for k in sample(own_begin_pre, own_end_pre, p=p)",
    )
    spikes = [SpikeMonitor(group, record=False, name=f"{group.name}_counts") for group in (pv, som)]
    counts = population_counts(cells, 5, bins, equations.POPULATION, equations.POPULATION_SUMS)
    weights = StateMonitor(cells, "incoming", record=range(2 * n, 5 * n), dt=epoch, when="end", name="weights")

    def connect() -> None:
        for synapses, rule in zip(projections, rules, strict=True):
            source = {"from_pv": config.n_pv, "from_som": config.n_som}.get(synapses.name)
            p = config.inhibitory_inputs / source if source else config.inputs_per_cell / n
            synapses.connect(j=rule, namespace={"p": p})
        plastic.w = "w_initial_post"
        counts.connect()
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(
            cells, pv, som, *projections, *spikes, *counts.objects, weights,
            *(PoissonDrive(group, sources, name=f"{group.name}_background")
              for group, sources in zip((cells, pv, som), _background(config).values(), strict=True)),
        ),
        duration=config.duration,
        connect=connect,
        functions=stimuli(config, tick),
        outputs=outputs(config, cells, {"plastic": plastic}, counts, weights)
        | {monitor.name: Output(owner=monitor, variable="count", rows=len(monitor.source)) for monitor in spikes},
    )  # fmt: skip


def example_duration(config: Config) -> Quantity:
    """Simulated time of an example: checkpoints are counted in examples."""
    return config.example_duration


def populations(config: Config) -> dict[str, Population]:
    """The five populations and the interneurons, whose cells can be recorded."""
    inhibitory = {
        name: Population(group=group, start=start, stop=stop, variables=POINT_CELL | POINT_SYNAPSES, events=SPIKES)
        for name, group, start, stop in (
            ("pv_hidden", "pv", 0, config.n_pv),
            ("pv_output", "pv", config.n_pv, 2 * config.n_pv),
            ("som", "som", 0, config.n_som),
        )
    }
    return populations_of_five(config, FULL_CELL) | inhibitory


def _background(config: Config) -> dict[str, list[Source]]:
    n, given = config.n, config.background
    layers = {
        "cells": (
            ("g_exc_s", 0, 2 * n, given.exc_input),
            ("g_inh_s", 0, 2 * n, given.inh_input),
            ("g_exc_s", 2 * n, 4 * n, given.exc_hidden),
            ("g_inh_s", 2 * n, 4 * n, given.inh_hidden),
            ("g_exc_s", 4 * n, 5 * n, given.exc_output),
            ("g_inh_s", 4 * n, 5 * n, given.inh_output),
            ("g_exc_d", 0, 5 * n, given.exc_dendrite),
            ("g_inh_d", 0, 5 * n, given.inh_dendrite),
        ),
        "pv": (("g_exc", 0, 2 * config.n_pv, given.exc_pv), ("g_inh", 0, 2 * config.n_pv, given.inh_pv)),
        "som": (("g_exc", 0, config.n_som, given.exc_som), ("g_inh", 0, config.n_som, given.inh_som)),
    }
    return {group: layer_sources(layer, given.rate) for group, layer in layers.items()}


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n, m = config.n, config.n_pv
    std, stf, w, unit = _transmission(config)
    on = float(config.feedback != "cut")
    eta_hidden = config.eta_hidden if config.hidden_plasticity == "on" else 0
    per_population = {
        "eta": [0, 0, unit * eta_hidden, unit * eta_hidden, unit * config.eta_output],
        "I_s_bias": [0, 0, config.I_s_hidden, config.I_s_hidden, config.I_s_output],
        "I_d_bias": [0, 0, config.I_d_hidden1, config.I_d_hidden2, config.I_d_output],
        "w_initial": [0, 0, w.w_hidden, w.w_hidden, w.w_output],
        "e_min": [config.rule.e_min] * 2 + [config.e_min_hidden] * 2 + [config.rule.e_min],
        "e_max": [config.rule.e_max] * 2 + [config.e_max_hidden] * 2 + [config.rule.e_max],
        "w_inh": [0, 0, w.w_inh_hidden, w.w_inh_hidden, w.w_inh_output],
        **roles(n),
        "down_end": [0, 0, 0, 0, 3 * n],
        "own_begin": [k * n for k in range(5)],
        "own_end": [(k + 1) * n for k in range(5)],
        "pv_begin": [0, 0, 0, 0, m],
        "pv_end": [m, m, 2 * m, 2 * m, 2 * m],
        "som_begin": [0, 0, 0, 0, 0],
        "som_end": [0, 0, 0, 0, config.n_som],
        "is_hidden2": [0, 0, 0, 1, 0],
    }
    return {
        **shared_values(config),
        **{f"cells.{name}": np.repeat([float(v) for v in table], n) for name, table in per_population.items()},
        "cells.w_max": unit * float(config.rule.w_max),
        **stp.resting("cells", std, "_std"),
        **stp.resting("cells", stf, "_stf"),
        "cells.v_d": float(config.cell.E_L),
        "cells.theta": float(config.cell.V_T),
        **interneuron_values("pv", config.pv, config.synapse),
        "pv.I": np.repeat([float(config.I_pv_hidden), float(config.I_pv_output)], m),
        "pv.w_up": np.repeat([float(w.w_pv_hidden), float(w.w_pv_output)], m),
        "pv.w_up_hidden2": np.repeat([float(w.w_pv_hidden), float(w.w_pv_output_hidden2)], m),
        "pv.cells_begin": np.repeat([2 * n, 4 * n], m),
        "pv.cells_end": np.repeat([4 * n, 5 * n], m),
        **interneuron_values("som", config.som, config.synapse, config.I_som),
        "som.cells_begin": np.full(config.n_som, 3 * n),
        "som.cells_end": np.full(config.n_som, 4 * n),
        "feedback.w": on * float(w.w_feedback),
        "down_to_som.w": on * float(w.w_som),
        "from_som.w": float(w.w_inh_hidden2),
        "within.w": float(w.w_within),
        **background_values(_background(config)),
        **schedule(config, seed),
    }


def _transmission(config: Config) -> tuple[ShortTermPlasticity, ShortTermPlasticity, Projections, float]:
    """What bottom-up (first) and all other synapses (second) do to spikes, the weights behind that, their unit."""
    std, stf, w, unit = config.std, config.stf, config.weights, 1.0
    if config.transmission == "static":
        # Recovered within 1 ms and never facilitated, a synapse releases the same at every spike.
        std, stf = (ShortTermPlasticity(tau_D=1 * ms, U=mean, f=0) for mean in (config.release_std, config.release_stf))
    if config.transmission == "exchanged":
        unit = float(config.release_std / config.release_stf)
        up = ("w_hidden", "w_output", "w_pv_hidden", "w_pv_output", "w_pv_output_hidden2")
        down = ("w_feedback", "w_som", "w_within")
        scaled = dict.fromkeys(up, unit) | dict.fromkeys(down, 1 / unit)
        std, stf = stf, std
        w = replace(w, **{name: getattr(w, name) * factor for name, factor in scaled.items()})
    return std, stf, w, unit


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """What is kept of a run of xor.py, the burst signal that reaches each population, and how synchronous it is.

    Weights are given in the unit of the rule's bounds, whatever the synapses release.
    """
    unit = _transmission(config)[-1]
    raw = raw | {name: raw[name] / unit for name in ("w", "incoming")}
    kept = xor_results.analyse(config, raw, seed)
    rates = {name: raw[f"{name}_counts"] / float(config.duration) for name in ("pv", "som")}
    mean = dict(zip(("pv_hidden", "pv_output"), rates["pv"].reshape(2, -1).mean(axis=1).tolist(), strict=True))
    kept = replace(kept, summary={**kept.summary, "interneuron_rate_Hz": mean | {"som": float(rates["som"].mean())}})
    if not config.learns:
        return kept
    events, bursts = (kept.arrays[f"bin/{name}_rate"].values for name in ("event", "burst"))
    width, example = config.bin_steps * float(config.dt), float(config.example_duration)
    taught = slice(4, -4)
    every = kept.arrays["example/begin"].values
    begins, ends = (every + part * example for part in xor_results.MEASURED)
    target = np.array(config.targets)[presented(config, seed)[taught]]
    teacher = every[taught] + float(config.prediction) * example
    predicted = learning.burst_probability(events, bursts, width, begins[taught], teacher, target)
    # The first bin still holds bursts of events before the teacher.
    with_teacher = learning.burst_probability(events, bursts, width, teacher + width, every[taught] + example, target)
    signal = with_teacher - predicted
    volleys = learning.fano(events * width * config.n, width, begins, ends)
    summary = {
        "burst_signal": {
            name: {"target 0": float(signal[k, 0]), "target 1": float(signal[k, 1])}
            for k, name in enumerate(POPULATIONS)
            if k >= 2
        },
        **{
            f"fano_{when}": {name: float(np.nanmean(volleys[k, part])) for k, name in enumerate(POPULATIONS)}
            for when, part in (("before", slice(4)), ("after", slice(-4, None)))
        },
    }
    arrays = {"burst_probability/predicted": predicted, "burst_probability/taught": with_teacher}
    return replace(
        kept,
        arrays={**kept.arrays} | {name: Array(value, "1", ("population", "target")) for name, value in arrays.items()},
        summary={**kept.summary, **summary},
    )


EXPERIMENT = Experiment(
    name="xor_full",
    meaning="XOR with dendrites that make the bursts and synapses that read them",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 300, "full": 600},
    seeds={"quick": 1, "full": 5},
    headlines=("solved", "margin_Hz", "event_rate_after_Hz", "final_epoch_cost"),
    references=REFERENCES,
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
    plot_seeds=plot_seeds,
    example_duration=example_duration,
)
