"""XOR learned in continuous time by a hierarchy of bursting cells (Payeur et al. 2021, Fig 4).

Five populations of reduced pyramidal cells: input1, input2 -> hidden1, hidden2 -> output. Plastic excitatory and fixed
inhibitory synapses carry events up; the output's bursts come down to the hidden dendrites, with opposite signs for the
two hidden populations. The teacher is a current into the output dendrites in the last tenth of each example. A whole
experiment is one `run()` of the simulator: settling, a test of the four inputs, the epochs, and a test.

Its settings are in xor_config.py, what is shown when in xor_schedule.py, what is made of a run in xor_results.py, and
how it begins with the weights of a trained network in xor_trained.py.

Deviations from the published program are those of the equations (reduced_pyramidal.py, burst_plasticity.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from brian2 import Clock, Equations, Network, Quantity, StateMonitor, defaultclock, ms, second

from burstlab.analysis import figures, overlays
from burstlab.equations import teaching as equations
from burstlab.models import BurstPlasticity, PoissonDrive, plastic_projection, projection, reduced_pyramidal
from burstlab.models.background import Source, source_values
from burstlab.models.burst_plasticity import INCOMING, begin_averages, cell_part, run_homeostasis, sum_incoming
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.parameters import assign
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from .experiment import Experiment, Given, Model
from .recording import REDUCED_CELL, Population
from .reference import Reference
from .xor_config import Config
from .xor_network import DOWN, UP, WIRING, outputs, roles, shared_values
from .xor_network import populations as populations_of_five
from .xor_results import analyse, plot, plot_seeds
from .xor_schedule import schedule, stimuli
from .xor_task import INPUTS
from .xor_trained import ROUTES, connect, matrices
from .xor_trained import given_values as _given_values

PRESETS = {
    "quick": Config(
        n=250, dt=0.2 * ms, example_duration=4 * second, epochs=500, eta_hidden=16e-3, eta_output=8e-3,
        rule=BurstPlasticity(tau_avg=1 * second),
    ),
    "paper": Config(),
}  # fmt: skip


# Output rates in Hz: the original program before learning (one run), and after it (mean and SD of 5 published seeds).
_BEFORE = (3.77, 4.63, 4.66, 5.00)
_AFTER = ((4.94, 0.32), (9.43, 0.40), (9.02, 0.41), (3.26, 0.25))

REFERENCES = (
    Reference(name="solved", key="solved", value=1, low=1, high=1),
    Reference(
        name="distance of the nearest rate to the threshold", key="margin_Hz", value=None, low=0.3, high=math.inf,
        unit="Hz", source="burstlab",
    ),
)  # fmt: skip
PAPER_REFERENCES = (
    *(
        Reference(
            name=f"output before learning, {shown}", key=f"event_rate_before_Hz[{k}]", value=rate,
            low=rate - 0.5, high=rate + 0.5, unit="Hz", source="original program, one run",
        )
        for k, (shown, rate) in enumerate(zip(figures.INPUT_NAMES, _BEFORE, strict=True))
    ),
    *(
        Reference(
            name=f"output after learning, {shown}", key=f"event_rate_after_Hz[{k}]", value=rate,
            low=rate - 3 * sd, high=rate + 3 * sd, unit="Hz", source="published, 5 seeds; band of 3 SD",
        )
        for k, (shown, (rate, sd)) in enumerate(zip(figures.INPUT_NAMES, _AFTER, strict=True))
    ),
    Reference(
        name="cost of an epoch, last 10 epochs", key="final_epoch_cost", value=0.90, low=0, high=1,
        source="original program, one run",
    ),
)  # fmt: skip


_WEIGHTS = Equations("""
    w_initial : 1 (constant, shared)
    w_feedback_exc : 1 (constant)
    w_feedback_inh : 1 (constant)
    """)


# ---- the network -----------------------------------------------------------------------------------------------------


def build(config: Config, given: bool = False) -> Model:
    """Describe the network: one group of cells, one synapse object per kind of projection, one background.

    Connectivity is random, or `given` at run time with the weights (xor_trained.py).
    """
    defaultclock.dt = config.dt
    n = config.n
    part = cell_part(config.homeostasis)
    tick, epoch = config.tick_steps * config.dt, 4 * config.example_duration
    # Population sums and their record share one slow clock: their work is done at the ends of bins only.
    bins = Clock(config.bin_steps * config.dt, name="bins_clock")
    cells = reduced_pyramidal(
        5 * n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=part.equations + equations.SCHEDULED_CELL + COUNTERS + INCOMING + WIRING + _WEIGHTS,
        on_event=part.on_event + COUNT_EVENT,
        on_burst=part.on_burst + COUNT_BURST,
        dtype=part.dtype,
        name="cells",
    )
    assign(cells, config.synapse)
    begin_averages(cells, config.rule)
    run_homeostasis(cells, config.homeostasis, config.slow)
    cells.run_regularly(equations.SCHEDULE, dt=tick, name="schedule")

    plastic = plastic_projection(cells, cells, config.homeostasis, name="plastic")
    sum_incoming(plastic, cells, epoch)
    inhibition = projection(cells, cells, "g_inh_s", on="event", name="inhibition")
    feedback_exc = projection(cells, cells, "g_exc_d", on="burst", amount="w_feedback_exc_post", name="feedback_exc")
    feedback_inh = projection(cells, cells, "g_inh_d", on="burst", amount="w_feedback_inh_post", name="feedback_inh")
    counts = population_counts(cells, 5, bins, equations.POPULATION, equations.POPULATION_SUMS)
    weights = StateMonitor(cells, "incoming", record=range(2 * n, 5 * n), dt=epoch, when="end", name="weights")
    functions = stimuli(config, tick) | (matrices(n) if given else {})
    projections = dict(zip(ROUTES, (plastic, inhibition, feedback_exc, feedback_inh), strict=True))
    objects = [
        cells, plastic, inhibition, feedback_exc, feedback_inh, *counts.objects, weights,
        PoissonDrive(cells, _background(config), name="background"),
    ]  # fmt: skip

    def connect_all() -> None:
        if given:
            connect(projections, functions, n)
        else:
            connect_randomly()
        counts.connect()
        cells.v_s = "E_L + v_spread*randn()"

    def connect_randomly() -> None:
        p = config.inputs_per_cell / n
        for synapses, rule in ((plastic, UP), (inhibition, UP), (feedback_exc, DOWN), (feedback_inh, DOWN)):
            synapses.connect(j=rule, namespace={"p": p})
        plastic.w = "w_initial_post"

    return Model(
        network=Network(*objects),
        duration=config.duration,
        connect=connect_all,
        functions=functions,
        outputs=outputs(config, cells, projections, counts, weights),
    )


def given_config(config: Config) -> Config:
    """What a config becomes with given weights: without plasticity, only the four inputs are shown."""
    return replace(config, inputs=INPUTS) if config.learns and config.plasticity == "off" else config


def given_values(config: Config, result: Any) -> dict[str, np.ndarray]:
    """Weights and connectivity of a run, for a network of this config."""
    return _given_values(result, config.n)


def populations(config: Config) -> dict[str, Population]:
    """The five populations, whose cells can be recorded."""
    return populations_of_five(config, REDUCED_CELL)


def _background(config: Config) -> list[Source]:
    n, given = config.n, config.background
    layers = (
        ("g_exc_s", 0, 2, given.rate_input, given.exc_input),
        ("g_inh_s", 0, 2, given.rate_input, given.inh_input),
        ("g_exc_s", 2, 4, given.rate_hidden, given.exc_hidden),
        ("g_inh_s", 2, 4, given.rate_hidden, given.inh_hidden),
        ("g_exc_s", 4, 5, given.rate_output, given.exc_output),
        ("g_inh_s", 4, 5, given.rate_output, given.inh_output),
        ("g_exc_d", 0, 5, given.rate_dendrite, given.exc_dendrite),
        ("g_inh_d", 0, 5, given.rate_dendrite, given.inh_dendrite),
    )
    return [
        Source(receptor=receptor, start=first * n, stop=last * n, rate=rate, weight=float(weight))
        for receptor, first, last, rate, weight in layers
    ]


def example_duration(config: Config) -> Quantity:
    """Simulated time of an example: checkpoints are counted in examples."""
    return config.example_duration


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n = config.n
    same_sign = config.feedback == "same_sign"
    w = config.weights
    exc, inh = (
        [0, 0, w.feedback_exc_hidden1, w.feedback_exc_hidden2, 0],
        [0, 0, w.feedback_inh_hidden1, w.feedback_inh_hidden2, 0],
    )
    if same_sign:
        exc[3], inh[3] = exc[2], inh[2]
    if config.feedback == "cut":
        exc, inh = [0] * 5, [0] * 5
    # With feedback of the same sign both hidden populations learn the same way: half the rate, no bias of hidden2.
    eta_scale = 0.5 if same_sign else 1.0
    eta_hidden = config.eta_hidden * eta_scale if config.hidden_plasticity == "on" else 0
    per_population = {
        "eta": [0, 0, eta_hidden, eta_hidden, config.eta_output * eta_scale],
        "I_d_bias": [0, 0, 0, 0 if same_sign else config.I_d_hidden2, config.I_d_output],
        "w_feedback_exc": exc,
        "w_feedback_inh": inh,
        **roles(n),
    }
    return {
        **{f"cells.{name}": np.repeat([float(v) for v in table], n) for name, table in per_population.items()},
        **shared_values(config),
        "cells.w_initial": float(w.w_initial),
        "inhibition.w": float(w.w_inhibition),
        **source_values("background", _background(config)),
        **schedule(config, seed),
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def overlay(runs: Sequence[overlays.Run]) -> Any:
    """Costs, answers and mean weights of two runs in one figure."""
    return overlays.xor(runs)


EXPERIMENT = Experiment(
    name="xor",
    meaning="XOR in continuous time: bursts from the output teach the hidden layer",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 170, "paper": 840},
    seeds={"quick": 1, "paper": 5},
    headlines=("solved", "margin_Hz", "event_rate_after_Hz", "final_epoch_cost"),
    references=REFERENCES,
    preset_references={"paper": PAPER_REFERENCES},
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
    overlay=overlay,
    plot_seeds=plot_seeds,
    example_duration=example_duration,
    given=Given(build=partial(build, given=True), config=given_config, values=given_values),
)
