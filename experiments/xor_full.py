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
from brian2 import Clock, Equations, Network, StateMonitor, defaultclock, ms, mV, second

from burstlab.analysis import figures, learning
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
from burstlab.models.background import Source
from burstlab.models.burst_plasticity import INCOMING, begin_averages, cell_part, run_homeostasis, sum_incoming
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.parameters import assign, assignments
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from . import xor_results
from .record import Analysis, Array
from .recording import COMPARTMENTS, FULL_CELL, SYNAPSES, Population
from .reference import Reference
from .simulation import Model, Output
from .xor_full_config import Config, Projections
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

# Cells are wired by range: up and down each lead to one range (empty for some), within to the cell's own population.
_WIRING = Equations("""
    up_begin : integer (constant)
    up_end : integer (constant)
    down_begin : integer (constant)
    down_end : integer (constant)
    own_begin : integer (constant)
    own_end : integer (constant)
    w_initial : 1 (constant)
    w_inh : 1 (constant)
    w_feedback_exc : 1 (constant)
    w_feedback_inh : 1 (constant)
    v_spread : volt (constant, shared)
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
        up = "k for k in sample(up_begin_pre, up_end_pre, p=p)"
        down = "k for k in sample(down_begin_pre, down_end_pre, p=p)"
        own = "k for k in sample(own_begin_pre, own_end_pre, p=p)"
        rules = (plastic, up), (inhibition, up), (feedback_exc, down), (feedback_inh, down), (within, own)
        for synapses, rule in rules:
            synapses.connect(j=rule, namespace={"p": p})
        plastic.w = "w_initial_post"
        counts.connect()
        cells.v_s = "E_L + v_spread*randn()"

    rows = round(float(config.duration / bins.dt))
    return Model(
        network=Network(
            cells, *projections.values(), within, *counts.objects, weights,
            PoissonDrive(cells, _background(config), name="background"),
        ),
        duration=config.duration,
        connect=connect,
        functions=stimuli(config, tick),
        outputs={
            **{
                name: Output(owner=counts.recorded, variable=name, rows=rows)
                for name in counts.recorded.record_variables
            },
            "incoming": Output(owner=weights, variable="incoming"),
            **{
                f"{name}_{end}": Output(owner=synapses, variable=variable)
                for name, synapses in projections.items()
                for end, variable in (("source", "_synaptic_pre"), ("target", "_synaptic_post"))
            },
            "w": Output(owner=plastic, variable="w"),
            **{name: Output(owner=cells, variable=name, rows=5 * n) for name in ("v_s", "v_d", "E_bar")},
        },
    )  # fmt: skip


def populations(config: Config) -> dict[str, Population]:
    """The five populations, whose cells can be recorded."""
    n = config.n
    return {
        name: Population(
            group="cells", start=k * n, stop=(k + 1) * n, variables=COMPARTMENTS | SYNAPSES, events=FULL_CELL
        )
        for k, name in enumerate(POPULATIONS)
    }


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
    n, w = config.n, config.weights
    sources = _background(config)
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
        "population": range(5),
        "channel": [0, 1, 2, 2, 2],
        "is_output": [0, 0, 0, 0, 1],
        "up_begin": [2 * n, 2 * n, 4 * n, 4 * n, 0],
        "up_end": [4 * n, 4 * n, 5 * n, 5 * n, 0],
        "down_begin": [0, 0, 0, 0, 2 * n],
        "down_end": [0, 0, 0, 0, 4 * n],
        "own_begin": [k * n for k in range(5)],
        "own_end": [(k + 1) * n for k in range(5)],
    }
    return {
        **{f"cells.{name}": np.repeat([float(v) for v in table], n) for name, table in per_population.items()},
        **assignments("cells", config.cell),
        **assignments("cells", config.synapse),
        **assignments("cells", config.rule),
        **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
        **stp.resting("cells", std, "_std"),
        **stp.resting("cells", stf, "_stf"),
        "cells.c_teach": float(config.c_teach),
        "cells.margin": float(config.margin),
        "cells.v_spread": float(5 * mV),
        "cells.v_d": float(config.cell.E_L),
        "cells.theta": float(config.cell.V_T),
        "within.w": float(w.w_within),
        "background.rate": np.array([float(source.rate) for source in sources]),
        "background.weight": np.array([source.weight for source in sources]),
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
    begins = kept.arrays["example/begin"].values[taught]
    target = np.array(config.targets)[presented(config, seed)[taught]]
    teacher = begins + float(config.prediction) * example
    predicted = learning.burst_probability(
        events, bursts, width, begins + xor_results.MEASURED[0] * example, teacher, target
    )
    # The first bin still holds bursts of events before the teacher.
    with_teacher = learning.burst_probability(events, bursts, width, teacher + width, begins + example, target)
    signal = with_teacher - predicted
    every = kept.arrays["example/begin"].values
    ends = every + xor_results.MEASURED[1] * example
    counts = events * width * config.n
    volleys = learning.fano(counts, width, every + xor_results.MEASURED[0] * example, ends)
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


def plot(results: Any) -> Any:
    """The figure of xor.py."""
    draw = figures.xor if "epoch/cost" in results.arrays else figures.xor_answers
    return draw(results.arrays, results.summary, results.config)
