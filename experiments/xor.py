"""XOR learned in continuous time by a hierarchy of bursting cells (Payeur et al. 2021, Fig 4).

Five populations of reduced pyramidal cells: input1, input2 -> hidden1, hidden2 -> output. Plastic excitatory and fixed
inhibitory synapses carry events up; the output's bursts come down to the hidden dendrites, with opposite signs for the
two hidden populations. The teacher is a current into the output dendrites in the last tenth of each example. A whole
experiment is one `run()` of the simulator: settling, a test of the four inputs, the epochs, and a test.

Deviations from the published program are those of the equations (reduced_pyramidal.py, burst_plasticity.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from brian2 import (
    Clock,
    Equations,
    Hz,
    Network,
    Quantity,
    StateMonitor,
    TimedArray,
    defaultclock,
    ms,
    mV,
    nA,
    pA,
    second,
)

from burstlab.analysis import figures, learning, overlays
from burstlab.equations import teaching as equations
from burstlab.models import (
    BurstPlasticity,
    Conductance,
    PoissonDrive,
    ReducedPyramidal,
    plastic_projection,
    projection,
    reduced_pyramidal,
)
from burstlab.models.background import Source
from burstlab.models.burst_plasticity import (
    HOMEOSTASIS,
    INCOMING,
    SlowHomeostasis,
    begin_averages,
    cell_part,
    run_homeostasis,
    sum_incoming,
)
from burstlab.models.conductance import DRIVING_FORCES, pyramidal_synapses
from burstlab.models.integration import LAST_STEP
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    assign,
    assignments,
    check,
    choice,
    choices,
    component,
    integer,
    integers,
    quantity,
)
from burstlab.models.population_counts import COUNT_BURST, COUNT_EVENT, COUNTERS, population_counts

from .record import Analysis, Array
from .recording import COMPARTMENTS, REDUCED_CELL, SYNAPSES, Population
from .reference import Reference
from .simulation import Model, Output, experiment_generator
from .xor_trained import ROUTES, connect, matrices
from .xor_trained import given_values as _given_values

NAME = "xor"
MEANING = "XOR in continuous time: bursts from the output teach the hidden layer"

EXPECTED_S = {"quick": 170, "paper": 840}
HEADLINES = ("solved", "margin_Hz", "event_rate_after_Hz", "final_epoch_cost")  # of the summary, in a sweep

POPULATIONS = ("input1", "input2", "hidden1", "hidden2", "output")
EXAMPLES = ((0, 0), (1, 0), (0, 1), (1, 1))
INPUTS = ("00", "10", "01", "11")
LEARNING = ("epochs",)
# Where in a test example rates are measured, as fractions of its duration.
MEASURED = (0.25, 0.9)


@dataclass(frozen=True, kw_only=True)
class Background:
    """Poisson input of every cell: one excitatory and one inhibitory source for soma and dendrite each."""

    rate_input: Quantity = quantity(500, Hz, 0, 5000, "somatic background of input cells", PAYEUR_PROGRAM)
    rate_hidden: Quantity = quantity(150, Hz, 0, 5000, "somatic background of hidden cells", PAYEUR_PROGRAM)
    rate_output: Quantity = quantity(150, Hz, 0, 5000, "somatic background of output cells", PAYEUR_PROGRAM)
    rate_dendrite: Quantity = quantity(500, Hz, 0, 5000, "dendritic background of all cells", PAYEUR_PROGRAM)
    exc_input: Quantity = quantity(0.35, None, 0, 10, "its excitatory weight, soma of input cells", PAYEUR_PROGRAM)
    inh_input: Quantity = quantity(0.35, None, 0, 10, "its inhibitory weight, soma of input cells", PAYEUR_PROGRAM)
    exc_hidden: Quantity = quantity(0.385, None, 0, 10, "its excitatory weight, soma of hidden cells", PAYEUR_PROGRAM)
    inh_hidden: Quantity = quantity(0.49, None, 0, 10, "its inhibitory weight, soma of hidden cells", PAYEUR_PROGRAM)
    exc_output: Quantity = quantity(0.35, None, 0, 10, "its excitatory weight, soma of output cells", PAYEUR_PROGRAM)
    inh_output: Quantity = quantity(0.35, None, 0, 10, "its inhibitory weight, soma of output cells", PAYEUR_PROGRAM)
    exc_dendrite: Quantity = quantity(0.05, None, 0, 10, "its excitatory weight, all dendrites", PAYEUR_PROGRAM)
    inh_dendrite: Quantity = quantity(0.05, None, 0, 10, "its inhibitory weight, all dendrites", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Projections:
    """Weights of the projections, in units of the target's leak."""

    w_initial: Quantity = quantity(0.234, None, 0, 10, "plastic excitatory weights at the start", PAYEUR_PROGRAM)
    w_inhibition: Quantity = quantity(
        0.25, None, 0, 10, "fixed event-transmitted inhibition, same routes", PAYEUR_PROGRAM
    )
    feedback_exc_hidden1: Quantity = quantity(
        0.26, None, 0, 10, "output bursts to hidden1 dendrites, exc", PAYEUR_PROGRAM
    )
    feedback_inh_hidden1: Quantity = quantity(
        0.06, None, 0, 10, "output bursts to hidden1 dendrites, inh", PAYEUR_PROGRAM
    )
    feedback_exc_hidden2: Quantity = quantity(
        0.026, None, 0, 10, "output bursts to hidden2 dendrites, exc", PAYEUR_PROGRAM
    )
    feedback_inh_hidden2: Quantity = quantity(
        0.27, None, 0, 10, "output bursts to hidden2 dendrites, inh", PAYEUR_PROGRAM
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; the defaults are those of the paper's Fig 4."""

    n: int = integer(500, 125, 10000, "cells per population", PAYEUR, structural=True)
    inputs_per_cell: int = integer(
        100, 1, 1000, "mean number of synapses per cell and route", PAYEUR_PROGRAM, structural=True
    )
    dt: Quantity = quantity(0.1, ms, 0.01, 1, "time step", PAYEUR_PROGRAM, structural=True)
    settling: Quantity = quantity(6, second, 0, 100, "time before the first test", PAYEUR_PROGRAM, structural=True)
    example_duration: Quantity = quantity(8, second, 0.2, 100, "length of an example", PAYEUR, structural=True)
    prediction: Quantity = quantity(
        0.9, None, 0.1, 1, "fraction of an example before the teacher", PAYEUR, structural=True
    )
    epochs: int = integer(500, 1, 10000, "times that the four examples are taught", PAYEUR, structural=True)

    eta_hidden: Quantity = quantity(8e-3, None, 0, 1, "learning rate of synapses onto hidden cells", PAYEUR_PROGRAM)
    eta_output: Quantity = quantity(4e-3, None, 0, 1, "learning rate of synapses onto output cells", PAYEUR_PROGRAM)
    targets: tuple = integers((0, 1, 1, 0), 0, 1, "wanted output for (0,0) (1,0) (0,1) (1,1)", PAYEUR)
    inputs: tuple = choices(
        LEARNING,
        (*LEARNING, *INPUTS),
        "inputs shown: a test, the epochs and a test; or only these, in this order and without a teacher",
        PAYEUR,
    )
    order: str = choice("fixed", ("fixed", "random"), "order of the examples in an epoch", PAYEUR)
    teaching: str = choice(
        "two_phase",
        ("two_phase", "one_phase", "off"),
        "teacher in the last part of each example, in all of it, or never",
        PAYEUR,
    )
    plasticity: str = choice("on", ("on", "off"), "the switch M of all plastic synapses")
    hidden_plasticity: str = choice("on", ("on", "off"), "plasticity of synapses onto hidden cells")
    feedback: str = choice(
        "normal", ("normal", "same_sign", "cut"), "signs of the feedback to hidden1 and hidden2", PAYEUR
    )
    homeostasis: str = choice("slow", HOMEOSTASIS, "rate that the term G acts on", PAYEUR_PROGRAM, structural=True)
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )

    I_input_low: Quantity = quantity(-350, pA, -5000, 5000, "somatic current of input 0", PAYEUR_PROGRAM)
    I_input_high: Quantity = quantity(150, pA, -5000, 5000, "somatic current of input 1", PAYEUR_PROGRAM)
    I_d_hidden2: Quantity = quantity(500, pA, -5000, 5000, "dendritic bias of hidden2", PAYEUR_PROGRAM)
    I_d_output: Quantity = quantity(400, pA, -5000, 5000, "dendritic bias of output", PAYEUR_PROGRAM)
    c_teach: Quantity = quantity(1, nA * Hz, 0, 100, "strength of the teacher", PAYEUR_PROGRAM)
    margin: Quantity = quantity(1, Hz, 0.01, 10, "distance to e_min or e_max that counts as reached", PAYEUR_PROGRAM)

    cell: ReducedPyramidal = component(ReducedPyramidal)
    synapse: Conductance = component(Conductance)
    background: Background = component(Background, prefix="background_")
    weights: Projections = component(Projections)
    rule: BurstPlasticity = component(BurstPlasticity)
    slow: SlowHomeostasis = component(SlowHomeostasis)

    def __post_init__(self) -> None:
        check(self)
        if LEARNING[0] in self.inputs and len(self.inputs) > 1:
            raise ParameterError(f"inputs = {', '.join(self.inputs)}: epochs stands alone")
        if self.inputs_per_cell > self.n:
            raise ParameterError(
                f"inputs_per_cell = {self.inputs_per_cell}: more than the n = {self.n} cells there are"
            )
        for name in ("settling", "example_duration"):
            steps = float(getattr(self, name) / self.dt)
            if abs(steps - round(steps)) > 1e-6:
                raise ParameterError(f"{name} = {getattr(self, name)}: not a multiple of the time step, {self.dt}")
        steps = float(self.duration / self.dt)
        if steps >= LAST_STEP:
            raise ParameterError(
                f"epochs = {self.epochs}: {steps:.3g} time steps, more than the {LAST_STEP} that can be counted; take "
                "fewer epochs, shorter examples or a longer dt"
            )
        if self.tick_steps * float(self.dt) < 0.0099:
            raise ParameterError(
                f"example_duration = {self.example_duration}: settling, example and prediction have no common step of "
                "10 ms or more; take rounder durations"
            )

    @property
    def tick_steps(self) -> int:
        """Steps between the moments at which a phase may begin."""
        example = round(float(self.example_duration / self.dt))
        return math.gcd(round(float(self.settling / self.dt)), example, round(example * float(self.prediction)))

    @property
    def bin_steps(self) -> int:
        """Steps of a bin of the record: at most 100 ms, and a whole number of them in a tick."""
        most = max(1, round(0.1 / float(self.dt)))
        return max(steps for steps in range(1, most + 1) if self.tick_steps % steps == 0)

    @property
    def learns(self) -> bool:
        """Whether there are epochs of learning between two tests, or inputs and nothing else."""
        return self.inputs == LEARNING

    @property
    def n_examples(self) -> int:
        """Examples of both tests and all epochs, or the inputs that are shown."""
        return 4 * (self.epochs + 2) if self.learns else len(self.inputs)

    @property
    def duration(self) -> Quantity:
        """Simulated time; one tick more than the schedule, for the last bin to be recorded."""
        return self.settling + self.n_examples * self.example_duration + self.tick_steps * self.dt

    @property
    def decision_threshold(self) -> Quantity:
        """Event rate between 0 and 1: halfway from e_min to e_max."""
        return (self.rule.e_min + self.rule.e_max) / 2


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

SEEDS = {"quick": 1, "paper": 5}
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
        extra=part.equations + equations.SCHEDULED_CELL + COUNTERS + INCOMING + _WIRING,
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
    recorded = counts.recorded
    weights = StateMonitor(cells, "incoming", record=range(2 * n, 5 * n), dt=epoch, when="end", name="weights")
    functions = _stimuli(config, tick) | (matrices(n) if given else {})
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
        up = "k for k in sample(up_begin_pre, up_end_pre, p=p)"
        down = "k for k in sample(down_begin_pre, down_end_pre, p=p)"
        for synapses, rule in ((plastic, up), (inhibition, up), (feedback_exc, down), (feedback_inh, down)):
            synapses.connect(j=rule, namespace={"p": p})
        plastic.w = "w_initial_post"

    rows = round(float(config.duration / bins.dt))
    return Model(
        network=Network(*objects),
        duration=config.duration,
        connect=connect_all,
        functions=functions,
        outputs={
            **{name: Output(owner=recorded, variable=name, rows=rows) for name in recorded.record_variables},
            "incoming": Output(owner=weights, variable="incoming"),
            **{
                f"{name}_{end}": Output(owner=synapses, variable=variable)
                for name, synapses in projections.items()
                for end, variable in (("source", "_synaptic_pre"), ("target", "_synaptic_post"))
            },
            "w": Output(owner=plastic, variable="w"),
            **{name: Output(owner=cells, variable=name, rows=5 * n) for name in ("v_s", "v_d", "E_bar")},
        },
    )


def given_config(config: Config) -> Config:
    """What a config becomes with given weights: without plasticity, only the four inputs are shown."""
    return replace(config, inputs=INPUTS) if config.learns and config.plasticity == "off" else config


def given_values(config: Config, result: Any) -> dict[str, np.ndarray]:
    """Weights and connectivity of a run, for a network of this config."""
    return _given_values(result, config.n)


def populations(config: Config) -> dict[str, Population]:
    """The five populations, whose cells can be recorded."""
    n = config.n
    return {
        name: Population(
            group="cells", start=k * n, stop=(k + 1) * n, variables=COMPARTMENTS | SYNAPSES, events=REDUCED_CELL
        )
        for k, name in enumerate(POPULATIONS)
    }


# Cells are wired by range: those of a layer are contiguous, and up and down each lead to one range (empty for some).
_WIRING = Equations("""
    up_begin : integer (constant)
    up_end : integer (constant)
    down_begin : integer (constant)
    down_end : integer (constant)
    w_feedback_exc : 1 (constant)
    w_feedback_inh : 1 (constant)
    w_initial : 1 (constant, shared)
    v_spread : volt (constant, shared)
    """)


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


def _stimuli(config: Config, tick: Quantity) -> dict[str, TimedArray]:
    ticks = round(float(config.duration / tick))
    # An array each: the numpy and Cython backends write their values into it.
    flat = ("plasticity", "teaching", "teaching_begins", "target")
    return {
        "input_current": TimedArray(np.zeros((ticks, 3)) * pA, dt=tick, name="input_current"),
        **{name: TimedArray(np.zeros(ticks), dt=tick, name=name) for name in flat},
    }


def example_duration(config: Config) -> Quantity:
    """Simulated time of an example: checkpoints are counted in examples."""
    return config.example_duration


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n = config.n
    sources = _background(config)
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
        "population": range(5),
        "channel": [0, 1, 2, 2, 2],
        "is_output": [0, 0, 0, 0, 1],
        "up_begin": [2 * n, 2 * n, 4 * n, 4 * n, 0],
        "up_end": [4 * n, 4 * n, 5 * n, 5 * n, 0],
        "down_begin": [0, 0, 0, 0, 2 * n],
        "down_end": [0, 0, 0, 0, 4 * n],
    }
    return {
        **{f"cells.{name}": np.repeat([float(v) for v in table], n) for name, table in per_population.items()},
        **assignments("cells", config.cell),
        **assignments("cells", config.synapse),
        **assignments("cells", config.rule),
        **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
        "cells.c_teach": float(config.c_teach),
        "cells.margin": float(config.margin),
        "cells.w_initial": float(w.w_initial),
        "cells.v_spread": float(5 * mV),
        "inhibition.w": float(w.w_inhibition),
        "background.rate": np.array([float(source.rate) for source in sources]),
        "background.weight": np.array([source.weight for source in sources]),
        **schedule(config, seed),
    }


def presented(config: Config, seed: int) -> np.ndarray:
    """Which of the four inputs each example shows, shape (n_examples,); tests are always in the fixed order."""
    if not config.learns:
        return np.array([INPUTS.index(shown) for shown in config.inputs])
    shown = np.tile(np.arange(4), config.epochs + 2)
    if config.order == "random":
        epochs = shown.reshape(-1, 4)
        epochs[1:-1] = experiment_generator(seed).permuted(epochs[1:-1], axis=1)
    return shown


def schedule(config: Config, seed: int) -> dict[str, np.ndarray]:
    """Stimuli, teacher and plasticity at each tick, {"name.values": array}."""
    tick = config.tick_steps * config.dt
    example, settle = (round(float(value / tick)) for value in (config.example_duration, config.settling))
    predict = round(example * float(config.prediction))
    shown = presented(config, seed)
    taught = np.full(config.n_examples, config.learns)
    taught[:4] = taught[-4:] = False
    # Plasticity is on in the last part of an example. So is the teacher, unless it is on all the time.
    ticks = np.arange(example)
    begins = 0 if config.teaching == "one_phase" else predict
    learning_on, teacher_on, first = (
        np.outer(taught, phase).ravel() for phase in (ticks >= predict, ticks >= begins, ticks == begins)
    )
    inputs = np.array(EXAMPLES)[shown]
    currents = np.where(inputs == 1, float(config.I_input_high), float(config.I_input_low))

    def whole(part: np.ndarray) -> np.ndarray:
        silence = [(settle, 1)] + [(0, 0)] * (part.ndim - 1)
        return np.pad(part.astype(float), silence)

    return {
        "input_current.values": np.pad(whole(np.repeat(currents, example, axis=0)), ((0, 0), (0, 1))),
        "plasticity.values": whole(learning_on * (config.plasticity == "on")),
        "teaching.values": whole(teacher_on * (config.teaching != "off")),
        "teaching_begins.values": whole(first),
        "target.values": whole(np.repeat(np.array(config.targets)[shown], example)),
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in bins and examples, costs, weights; and what was learned, or how the inputs were answered."""
    n, width = config.n, config.bin_steps * float(config.dt)
    # Row k holds the sums before bin k.
    events, bursts = (np.diff(raw[name], axis=0).T for name in ("events", "bursts"))
    time = np.arange(events.shape[1]) * width
    event_rate, burst_rate = events / (n * width), bursts / (n * width)
    E_bar, G = (raw[name].T[:, : events.shape[1]] / n for name in ("E_bar_sum", "G_sum"))
    begins = float(config.settling) + np.arange(config.n_examples) * float(config.example_duration)
    example, prediction = float(config.example_duration), float(config.prediction)
    shown = presented(config, seed)
    at_end = np.rint((begins + prediction * example) / width).astype(int)
    cost = learning.cross_entropy(
        E_bar[4, at_end], np.array(config.targets)[shown], float(config.rule.e_min), float(config.rule.e_max)
    )
    measured = [begins + part * example for part in MEASURED]
    rates = {
        name: learning.mean_in_windows(values_, width, *measured)
        for name, values_ in (("e", event_rate), ("b", burst_rate))
    }
    per_cell = raw["incoming"].reshape(len(raw["incoming"]), 3, n)
    in_degree = np.bincount(raw["plastic_target"], minlength=5 * n)[2 * n :].reshape(3, n)
    weights = per_cell.sum(axis=2) / in_degree.sum(axis=1)
    arrays = {
        "bin/time": Array(time, "s", ("bin",)),
        "bin/event_rate": Array(event_rate, "Hz", ("population", "bin")),
        "bin/burst_rate": Array(burst_rate, "Hz", ("population", "bin")),
        "bin/E_bar": Array(E_bar, "Hz", ("population", "bin")),
        "bin/G": Array(G, "Hz", ("population", "bin")),
        "bin/teaching_current": Array(raw["I_teach_sum"].T[4, : events.shape[1]] / n, "A", ("bin",)),
        "example/begin": Array(begins, "s", ("example",)),
        "example/shown": Array(shown, "1", ("example",)),
        "example/cost": Array(cost, "1", ("example",)),
        "example/event_rate": Array(rates["e"], "Hz", ("population", "example")),
        "example/burst_rate": Array(rates["b"], "Hz", ("population", "example")),
        "weight_mean/time": Array(np.arange(len(weights)) * 4 * example, "s", ("sample",)),
        "weight_mean/value": Array(weights, "1", ("sample", "layer")),
        **_connectivity(raw),
    }
    if config.learns:
        epoch_cost = cost[4:-4].reshape(-1, 4).sum(axis=1)
        arrays["epoch/cost"] = Array(epoch_cost, "1", ("epoch",))
        last_epochs = slice(*np.rint(begins[[max(4, config.n_examples - 44), -4]] / width).astype(int))
        summary = _learned(config, rates, epoch_cost, G[:, last_epochs], weights[-1])
    else:
        summary = _answered(config, rates["e"], cost, shown)
    bounds = {
        "v_s": (raw["v_s"], -0.3, 0.3, "V"),
        "v_d": (raw["v_d"], -0.5, 0.5, "V"),
        "E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz"),
        "w": (raw["w"], float(config.rule.w_min), float(config.rule.w_max), "leak"),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def _connectivity(raw: dict[str, np.ndarray]) -> dict[str, Array]:
    arrays = {"weights/w": Array(raw["w"], "1", ("synapse",))}
    for name in ROUTES:
        group, dim = ("weights", "synapse") if name == "plastic" else (f"weights/{name}", f"{name}_synapse")
        for end in ("source", "target"):
            arrays[f"{group}/{end}"] = Array(raw[f"{name}_{end}"], "1", (dim,))
    return arrays


def _learned(
    config: Config, rates: dict[str, np.ndarray], epoch_cost: np.ndarray, last_G: np.ndarray, weights: np.ndarray
) -> dict[str, Any]:
    threshold = float(config.decision_threshold)
    before, after = rates["e"][:, :4], rates["e"][:, -4:]
    with np.errstate(invalid="ignore", divide="ignore"):
        burst_probability = rates["b"][:, :4] / rates["e"][:, :4]
    return {
        "solved": learning.solved(after[4], config.targets, threshold),
        "decision_threshold_Hz": threshold,
        "targets": list(config.targets),
        "event_rate_before_Hz": before[4].tolist(),
        "event_rate_after_Hz": after[4].tolist(),
        "margin_Hz": learning.margin(after[4], config.targets, threshold),
        "hidden_event_rate_after_Hz": {"hidden1": after[2].tolist(), "hidden2": after[3].tolist()},
        "burst_probability_before": {name: float(np.mean(burst_probability[k])) for k, name in enumerate(POPULATIONS)},
        "final_G_Hz": {name: float(np.mean(last_G[k])) for k, name in enumerate(POPULATIONS) if k >= 2},
        "final_mean_weight": dict(zip(POPULATIONS[2:], weights.tolist(), strict=True)),
        "final_epoch_cost": float(np.mean(epoch_cost[-10:])),
        "epoch_cost": epoch_cost.tolist(),
    }


def _answered(config: Config, event_rate: np.ndarray, cost: np.ndarray, shown: np.ndarray) -> dict[str, Any]:
    threshold, wanted = float(config.decision_threshold), np.array(config.targets)[shown]
    return {
        "solved": learning.solved(event_rate[4], wanted, threshold),
        "decision_threshold_Hz": threshold,
        "inputs": list(config.inputs),
        "targets": wanted.tolist(),
        "output_event_rate_Hz": event_rate[4].tolist(),
        "margin_Hz": learning.margin(event_rate[4], wanted, threshold),
        "hidden_event_rate_Hz": {"hidden1": event_rate[2].tolist(), "hidden2": event_rate[3].tolist()},
        "cost": cost.tolist(),
    }


def overlay(runs: Sequence[overlays.Run]) -> Any:
    """Costs, answers and mean weights of two runs in one figure."""
    return overlays.xor(runs)


def plot(results: Any) -> Any:
    """Inputs, rates before and after, the teaching signal, cost and weights, in the manner of the paper's Fig 4.

    Of inputs without learning, the rates that answer them.
    """
    draw = figures.xor if "epoch/cost" in results.arrays else figures.xor_answers
    return draw(results.arrays, results.summary, results.config)
