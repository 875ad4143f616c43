"""XOR with full two-compartment cells and short-term plasticity: nothing between spikes and learning is given.

The network of xor.py with its shortcuts taken away. Bursts are made by the dendrite of each cell, not drawn from a
probability. Every synapse sees spikes: depressing ones read events out of them and carry them up, facilitating ones
read bursts and carry them down. Facilitating inhibition within each population keeps burst probability linear and the
loop through the feedback stable. The rule counts events and bursts of a cell from that cell's own spikes.

Cells are those of pyramidal.py, the task and its schedule those of xor.py (xor_task.py, xor_schedule.py), the settings
and the departures from the paper's values in xor_full_config.py and docs/experiments/xor_full.md.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import Clock, Equations, Network, StateMonitor, defaultclock, ms, second

from burstlab.analysis import learning
from burstlab.equations import teaching as equations
from burstlab.models import (
    BurstPlasticity,
    PoissonDrive,
    ShortTermPlasticity,
    plastic_projection,
    projection,
    pyramidal,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.background import Source, source_values
from burstlab.models.burst_plasticity import INCOMING, begin_averages, cell_part, run_homeostasis, sum_incoming
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.parameters import assign
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from . import xor_results
from .record import Analysis, Array
from .recording import FULL_CELL, Population
from .reference import Reference
from .simulation import Model
from .xor_full_config import Config, Projections
from .xor_network import DOWN, UP, WIRING, outputs, roles, shared_values
from .xor_network import populations as populations_of_five
from .xor_results import plot as plot
from .xor_schedule import presented as presented
from .xor_schedule import schedule, stimuli
from .xor_task import POPULATIONS

NAME = "xor_full"
MEANING = "XOR with dendrites that make the bursts and synapses that read them"
EXPECTED_S = {"quick": 100, "paper": 3600}
HEADLINES = ("solved", "margin_Hz", "event_rate_after_Hz", "final_epoch_cost")

PRESETS = {
    "quick": Config(
        n=125, dt=0.2 * ms, settling=4 * second, example_duration=4 * second, epochs=200,
        eta_hidden=14e-3, eta_output=6e-3, rule=BurstPlasticity(tau_avg=1 * second),
    ),
    "paper": Config(),
}  # fmt: skip

SEEDS = {"quick": 1, "paper": 5}
REFERENCES = (
    Reference(name="solved", key="solved", value=1, low=1, high=1),
    Reference(
        name="distance of the nearest rate to the threshold", key="margin_Hz", value=None, low=0.5, high=math.inf,
        unit="Hz", source="burstlab",
    ),
)  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------

# Within a population cells lead to the range of their own.
_WIRING = WIRING + Equations("""
    own_begin : integer (constant)
    own_end : integer (constant)
    w_initial : 1 (constant)
    w_inh : 1 (constant)
    """)


def build(config: Config) -> Model:
    """Describe the network: one group of cells, one synapse object per kind of projection, one background."""
    defaultclock.dt = config.dt
    n = config.n
    part, terminals = cell_part(config.homeostasis, long_bursts=True), stp.cell_part("_std", "_stf")
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

    def fixed(receptor: str, weight: str, kind: str, name: str) -> Any:
        amount = f"{weight}*release_{kind}_pre"
        return projection(cells, cells, receptor, amount=amount, delay=config.delay, name=name)

    plastic = plastic_projection(
        cells, cells, config.homeostasis, on="spike", amount=stp.released("_std"), delay=config.delay, name="plastic"
    )
    sum_incoming(plastic, cells, epoch)
    inhibition = fixed("g_inh_s", "w_inh_post", "std", "inhibition")
    feedback_exc = fixed("g_exc_d", "w_feedback_exc_post", "stf", "feedback_exc")
    feedback_inh = fixed("g_inh_d", "w_feedback_inh_post", "stf", "feedback_inh")
    within = fixed("g_inh_d", "w", "stf", "within")
    projections = {
        "plastic": plastic, "inhibition": inhibition, "feedback_exc": feedback_exc, "feedback_inh": feedback_inh,
    }  # fmt: skip
    counts = population_counts(cells, 5, bins, equations.POPULATION, equations.POPULATION_SUMS)
    weights = StateMonitor(cells, "incoming", record=range(2 * n, 5 * n), dt=epoch, when="end", name="weights")

    def connect() -> None:
        p = config.inputs_per_cell / n
        own = "k for k in sample(own_begin_pre, own_end_pre, p=p)"
        rules = (plastic, UP), (inhibition, UP), (feedback_exc, DOWN), (feedback_inh, DOWN), (within, own)
        for synapses, rule in rules:
            synapses.connect(j=rule, namespace={"p": p})
        plastic.w = "w_initial_post"
        counts.connect()
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(
            cells, *projections.values(), within, *counts.objects, weights,
            PoissonDrive(cells, _background(config), name="background"),
        ),
        duration=config.duration,
        connect=connect,
        functions=stimuli(config, tick),
        outputs=outputs(config, cells, projections, counts, weights),
    )  # fmt: skip


def populations(config: Config) -> dict[str, Population]:
    """The five populations, whose cells can be recorded."""
    return populations_of_five(config, FULL_CELL)


def _background(config: Config) -> list[Source]:
    n, given = config.n, config.background
    layers = (
        ("g_exc_s", 0, 2, given.exc_input),
        ("g_inh_s", 0, 2, given.inh_input),
        ("g_exc_s", 2, 4, given.exc_hidden),
        ("g_inh_s", 2, 4, given.inh_hidden),
        ("g_exc_s", 4, 5, given.exc_output),
        ("g_inh_s", 4, 5, given.inh_output),
        ("g_exc_d", 0, 5, given.exc_dendrite),
        ("g_inh_d", 0, 5, given.inh_dendrite),
    )
    return [
        Source(receptor=receptor, start=first * n, stop=last * n, rate=given.rate, weight=float(weight))
        for receptor, first, last, weight in layers
    ]


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n = config.n
    std, stf, w = _transmission(config)
    on = float(config.feedback != "cut")
    eta_hidden = config.eta_hidden if config.hidden_plasticity == "on" else 0
    per_population = {
        "eta": [0, 0, eta_hidden, eta_hidden, config.eta_output],
        "I_s_bias": [0, 0, config.I_s_hidden, config.I_s_hidden, config.I_s_output],
        "I_d_bias": [0, 0, config.I_d_hidden1, config.I_d_hidden2, config.I_d_output],
        "w_initial": [0, 0, w.w_hidden, w.w_hidden, w.w_output],
        "w_inh": [0, 0, w.w_inh_hidden, w.w_inh_hidden, w.w_inh_output],
        "w_feedback_exc": [0, 0, on * w.feedback_exc_hidden1, on * w.feedback_exc_hidden2, 0],
        "w_feedback_inh": [0, 0, on * w.feedback_inh_hidden1, on * w.feedback_inh_hidden2, 0],
        **roles(n),
        "own_begin": [k * n for k in range(5)],
        "own_end": [(k + 1) * n for k in range(5)],
    }
    return {
        **{f"cells.{name}": np.repeat([float(v) for v in table], n) for name, table in per_population.items()},
        **shared_values(config),
        **stp.resting("cells", std, "_std"),
        **stp.resting("cells", stf, "_stf"),
        "cells.v_d": float(config.cell.E_L),
        "cells.theta": float(config.cell.V_T),
        "within.w": float(w.w_within),
        **source_values("background", _background(config)),
        **schedule(config, seed),
    }


def _transmission(config: Config) -> tuple[ShortTermPlasticity, ShortTermPlasticity, Projections]:
    """What bottom-up (first) and all other synapses (second) do to spikes, and the weights behind that."""
    std, stf, w = config.std, config.stf, config.weights
    if config.transmission == "static":
        # Recovered within 1 ms and never facilitated, a synapse releases the same at every spike.
        std, stf = (ShortTermPlasticity(tau_D=1 * ms, U=mean, f=0) for mean in (config.release_std, config.release_stf))
    if config.transmission == "exchanged":
        ratio = float(config.release_std / config.release_stf)
        up = ("w_hidden", "w_output", "w_inh_hidden", "w_inh_output")
        down = ("feedback_exc_hidden1", "feedback_inh_hidden1", "feedback_exc_hidden2", "feedback_inh_hidden2")
        scaled = dict.fromkeys(up, ratio) | dict.fromkeys((*down, "w_within"), 1 / ratio)
        std, stf = stf, std
        w = replace(w, **{name: getattr(w, name) * factor for name, factor in scaled.items()})
    return std, stf, w


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """What is kept of a run of xor.py, the burst signal that reaches each population, and how synchronous it is."""
    kept = xor_results.analyse(config, raw, seed)
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
