"""The rule in a network: postsynaptic bursts teach the weights, presynaptic ones do not (Payeur et al. 2021, Fig 2e-g).

Presynaptic full cells drive postsynaptic ones through plastic synapses; both populations find their events and bursts
on-line. Noise reaches soma and dendrite of the presynaptic cells from shared pools of Poisson sources. The postsynaptic
dendrites share a few sources, the teacher. In the second segment of six its weight is stronger, bursts become more
likely than their moving average, and weights grow; in the fourth it is weaker, and they shrink; in the last one bursts
of the presynaptic cells become more likely, and nothing happens. P_bar follows within `tau_avg`, so changes fade: the
ends of segments compare extremes.

Deviations
----------
* `decay` "exact" is the published program, and the default: it makes conductances 1 % larger than they are in the text.
  With "euler" presynaptic cells fire 2 % and postsynaptic ones 6 % less, and weights drift up by a further percent.
* Each pathway of a pool has connections of its own (a source that reaches a cell's soma need not reach its dendrite),
  drawn with the probability that gives the published mean number.
* Those of the equations (pyramidal.py, burst_plasticity.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Clock, Equations, Hz, Network, Quantity, TimedArray, defaultclock, ms, mV, pA, second

from burstlab.analysis import plasticity_network as analysis
from burstlab.models import (
    PYRAMIDAL,
    BurstPlasticity,
    Conductance,
    PoissonPool,
    Pyramidal,
    plastic_projection,
    projection,
    pyramidal,
)
from burstlab.models.burst_plasticity import (
    HOMEOSTASIS,
    SlowHomeostasis,
    burst_rule,
)
from burstlab.models.conductance import DECAYS, DRIVING_FORCES, pyramidal_synapses
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    assignments,
    check,
    choice,
    component,
    in_si,
    integer,
    quantities,
    quantity,
)
from burstlab.models.population_counts import COUNTING, population_counts
from burstlab.models.rule import INCOMING, sum_incoming

from .checks import check_inputs
from .experiment import Analysis, Array, Experiment, Model, Output, Population, Reference

SEGMENTS = 6
# The pathways of the pools: object, receptor of the presynaptic cells, and the pool.
PATHWAYS = {
    "exc_to_soma": ("exc", "g_exc_s"),
    "exc_to_dendrite": ("exc", "g_exc_d"),
    "inh_to_soma": ("inh", "g_inh_s"),
    "inh_to_dendrite": ("inh", "g_inh_d"),
}


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, meaning, PAYEUR_PROGRAM)


@dataclass(frozen=True, kw_only=True)
class Pools:
    """Noise of the presynaptic cells: a pool of excitatory and one of inhibitory Poisson sources."""

    n: int = integer(25000, 100, 1000000, "sources in each pool", PAYEUR_PROGRAM, structural=True)
    inputs_exc: int = integer(100, 1, 10000, "mean excitatory sources per compartment", PAYEUR_PROGRAM, structural=True)
    inputs_inh: int = integer(30, 1, 10000, "mean inhibitory sources per compartment", PAYEUR_PROGRAM, structural=True)
    rate: Quantity = quantity(5, Hz, 0, 20, "rate of each source", PAYEUR_PROGRAM)
    w_exc_to_soma: Quantity = _weight(0.17, "excitatory weight, somata")
    w_exc_to_dendrite: Quantity = _weight(0.0425, "excitatory weight, dendrites")
    w_inh_to_soma: Quantity = _weight(0.26, "inhibitory weight, somata")
    w_inh_to_dendrite: Quantity = _weight(0.065, "inhibitory weight, dendrites")

    def __post_init__(self) -> None:
        check(self)
        for name in ("inputs_exc", "inputs_inh"):
            if getattr(self, name) > self.n:
                raise ParameterError(f"pool_{name} = {getattr(self, name)}: more than the pool_n = {self.n} sources")


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """What drives the postsynaptic dendrites: a few sources that they share."""

    n: int = integer(100, 1, 100000, "sources", PAYEUR_PROGRAM, structural=True)
    p: Quantity = quantity(0.2, None, 0, 1, "connection probability", PAYEUR_PROGRAM, structural=True)
    rate: Quantity = quantity(1, Hz, 0, 20, "rate of each source", PAYEUR_PROGRAM)
    w: Quantity = _weight(0.25, "weight while it neither teaches nor settles")
    factors: tuple = quantities(
        (1, 1.5, 1, 0.55, 1, 1), None, 0, 100, "its weight in the segments, in units of w", PAYEUR_PROGRAM,
        length=SEGMENTS,
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; the defaults are those of the paper's Fig 2e-g."""

    n: int = integer(1000, 10, 20000, "cells per population", PAYEUR, structural=True)
    inputs_per_cell: int = integer(200, 1, 10000, "mean plastic synapses onto a cell", PAYEUR_PROGRAM, structural=True)
    dt: Quantity = quantity(0.1, ms, 0.01, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    settling: Quantity = quantity(
        20, second, 0, 1000, "time without plasticity", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    segment: Quantity = quantity(
        25, second, 0.5, 1000, "length of a segment", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    bin: Quantity = quantity(500, ms, 10, 10000, "width of the bins of the record", structural=True, multiple_of="dt")
    transient: Quantity = quantity(
        2.5, second, 0, 1000, "begin of a segment that its rates leave out", structural=True, multiple_of="bin"
    )
    delay: Quantity = quantity(
        0.8, ms, 0.01, 20, "delay from pools and teacher; plastic synapses have none", PAYEUR_PROGRAM, structural=True,
        multiple_of="dt",
    )  # fmt: skip
    homeostasis: str = choice("slow", HOMEOSTASIS, "rate that the term G acts on", PAYEUR_PROGRAM, structural=True)
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )
    decay: str = choice(
        "exact", DECAYS, "decay of conductances in a step: a factor exp(-dt/tau) or forward Euler", PAYEUR_PROGRAM
    )

    eta: Quantity = quantity(3.5e-3, None, 0, 1, "learning rate", PAYEUR_PROGRAM)
    w_initial: Quantity = _weight(0.08, "plastic weights at the start")
    I_d_post: Quantity = quantity(50, pA, -5000, 5000, "current into postsynaptic dendrites", PAYEUR_PROGRAM)
    I_d_pre: tuple = quantities(
        (0, 0, 0, 0, 0, 40), pA, -5000, 5000, "current into presynaptic dendrites in the segments", PAYEUR_PROGRAM,
        length=SEGMENTS,
    )  # fmt: skip
    v_spread: Quantity = quantity(5, mV, 0, 20, "standard deviation of the first somatic voltages", PAYEUR_PROGRAM)

    teacher: Teacher = component(Teacher, prefix="teacher_")
    pool: Pools = component(Pools, prefix="pool_")
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    rule: BurstPlasticity = component(BurstPlasticity, tau_avg=5 * second, e_max=12 * Hz)
    slow: SlowHomeostasis = component(SlowHomeostasis)

    def __post_init__(self) -> None:
        check(self)
        check_inputs(self)
        # Both are whole steps: half of one is rounding.
        if self.transient > self.segment - self.dt / 2:
            raise ParameterError(f"transient = {self.transient}: nothing is left of a segment of {self.segment}")

    @property
    def duration(self) -> Quantity:
        """Simulated time; one bin more than the segments, for the last sums to be recorded."""
        return self.settling + SEGMENTS * self.segment + self.bin

    @property
    def tick(self) -> Quantity:
        """Interval between the moments at which a segment may begin."""
        settling, segment = (round(float(length / self.bin)) for length in (self.settling, self.segment))
        return math.gcd(settling, segment) * self.bin


PRESETS = {
    # A quarter of the cells with as many inputs, averages of 2 s and the learning rate that makes up for them.
    "quick": Config(
        n=250, settling=10 * second, segment=8 * second, transient=1 * second, eta=8.75e-3,
        rule=BurstPlasticity(tau_avg=2 * second, e_max=12 * Hz), slow=SlowHomeostasis(tau_rate=6 * second),
    ),
    "paper": Config(),
}  # fmt: skip

_PROGRAM = "program of Payeur et al. 2021, 5 seeds"
PAPER_REFERENCES = (
    *(
        Reference(
            name=f"burst probability, segment {k + 1}", key=f"post_burst_probability[{k}]",
            value=value, low=round(value - 0.015, 4), high=round(value + 0.015, 4), source=_PROGRAM,
        )
        for k, value in enumerate((0.112, 0.237, 0.117, 0.019, 0.110, 0.110))
    ),
    Reference(
        name="mean weight after the strong teacher, relative", key="weight_change[1]",
        value=0.066, low=0.05, high=0.09, source=_PROGRAM,
    ),
    Reference(
        name="mean weight after the weak teacher, relative", key="weight_change[3]",
        value=-0.04, low=-0.06, high=-0.03, source=_PROGRAM,
    ),
    Reference(
        name="change of the mean weight by presynaptic bursts, relative", key="presynaptic_bursts_change",
        value=0.001, low=-0.01, high=0.01, source=_PROGRAM,
    ),
)  # fmt: skip
# A quarter of the cells for a third of the time: the sign of what happens.
QUICK_REFERENCES = (
    Reference(
        name="mean weight after the strong teacher, relative", key="weight_change[1]", value=None, low=0.02, high=0.12
    ),
    Reference(
        name="mean weight after the weak teacher, relative", key="weight_change[3]", value=None, low=-0.08, high=-0.01
    ),
    Reference(
        name="change of the mean weight by presynaptic bursts, relative", key="presynaptic_bursts_change",
        value=None, low=-0.02, high=0.02,
    ),
)  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------

# Segments change three things: the switch of plasticity, the teacher's weight, and the currents into dendrites.
_STIMULI = Equations("""
    w_teacher : 1 (shared)
    w_initial : 1 (constant, shared)
    v_spread : volt (constant, shared)
    """)
_SCHEDULE = """
    M = plasticity(t)
    w_teacher = teacher_weight(t)
    I_d = dendritic_current(t, population)
    """


def build(config: Config) -> Model:
    """Describe the network: both populations as one group of cells, plastic synapses, pools, teacher."""
    defaultclock.dt = config.dt
    n = config.n
    rule = burst_rule(config.homeostasis)
    bins = Clock(config.bin, name="bins_clock")
    cells = pyramidal(
        2 * n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=INCOMING + _STIMULI,
        parts=[rule.part, COUNTING],
        name="cells",
    )
    pre, post = cells[:n], cells[n:]
    cells.run_regularly(_SCHEDULE, dt=config.tick, name="schedule")

    plastic = plastic_projection(pre, post, rule, name="plastic")
    sum_incoming(plastic, cells, config.bin)
    pools = {kind: PoissonPool(config.pool.n, config.pool.rate, name=f"pool_{kind}") for kind in ("exc", "inh")}
    noise = {
        name: projection(pools[kind], pre, receptor, delay=config.delay, name=name)
        for name, (kind, receptor) in PATHWAYS.items()
    }
    teachers = PoissonPool(config.teacher.n, config.teacher.rate, name="teacher")
    teaching = projection(
        teachers, post, "g_exc_d", amount="w_teacher_post", delay=config.delay, name="teacher_to_dendrite"
    )
    counts = population_counts(
        cells, 2, bins, Equations("weight_sum : 1"), Equations("weight_sum_post = incoming_pre : 1 (summed)")
    )

    def connect() -> None:
        plastic.connect(p=config.inputs_per_cell / n)
        for name, (kind, _) in PATHWAYS.items():
            noise[name].connect(p=getattr(config.pool, f"inputs_{kind}") / config.pool.n)
        teaching.connect(p=float(config.teacher.p))
        counts.connect()
        plastic.w = "w_initial_post"
        cells.v_s = "E_L + v_spread*randn()"

    rows = round(float(config.duration / config.bin))
    return Model(
        network=Network(cells, plastic, *pools.values(), *noise.values(), teachers, teaching, *counts.objects),
        duration=config.duration,
        connect=connect,
        functions=_stimuli(config),
        outputs={
            **{name: Output(owner=counts.recorded, variable=name, rows=rows) for name in ("events", "bursts")},
            "weight_sum": Output(owner=counts.recorded, variable="weight_sum", rows=rows),
            "source": Output(owner=plastic, variable="_synaptic_pre"),
            "target": Output(owner=plastic, variable="_synaptic_post"),
            "w": Output(owner=plastic, variable="w"),
            "E_bar": Output(owner=cells, variable="E_bar", rows=2 * n),
        },
    )


def populations(config: Config) -> dict[str, Population]:
    """Presynaptic and postsynaptic cells, which can be recorded."""
    n = config.n
    return {name: Population.of(PYRAMIDAL, "cells", k * n, (k + 1) * n) for k, name in enumerate(("pre", "post"))}


def _stimuli(config: Config) -> dict[str, TimedArray]:
    ticks, tick = round(float(config.duration / config.tick)) + 1, config.tick
    # An array each: the numpy and Cython backends write their values into it.
    return {
        "dendritic_current": TimedArray(np.zeros((ticks, 2)) * pA, dt=tick, name="dendritic_current"),
        **{name: TimedArray(np.zeros(ticks), dt=tick, name=name) for name in ("plasticity", "teacher_weight")},
    }


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n = config.n
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse.stepwise(config.dt, config.decay), config.rule),
        **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
        "cells.population": np.repeat([0, 1], n),
        "cells.eta": np.repeat([0.0, float(config.eta)], n),
        "cells.w_initial": float(config.w_initial),
        "cells.v_spread": float(config.v_spread),
        "pool_exc.rate": float(config.pool.rate),
        "pool_inh.rate": float(config.pool.rate),
        "teacher.rate": float(config.teacher.rate),
        **{f"{name}.w": float(getattr(config.pool, f"w_{name}")) for name in PATHWAYS},
        **schedule(config),
    }


def schedule(config: Config) -> dict[str, np.ndarray]:
    """Plasticity, teacher and currents at each tick, {"name.values": array}; after the segments as before them."""
    ticks, tick = round(float(config.duration / config.tick)) + 1, float(config.tick)
    settled, length = (round(float(time) / tick) for time in (config.settling, config.segment))
    segment = (np.arange(ticks) - settled) // length
    on = (segment >= 0) & (segment < SEGMENTS)
    factors, pre = (
        in_si(given)[np.clip(segment, 0, SEGMENTS - 1)] for given in (config.teacher.factors, config.I_d_pre)
    )
    return {
        "plasticity.values": on.astype(float),
        "teacher_weight.values": float(config.teacher.w) * np.where(on, factors, 1),
        "dendritic_current.values": np.stack([np.where(on, pre, 0), np.full(ticks, float(config.I_d_post))], axis=1),
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in bins, mean weight at their begins, and both by segment."""
    n, width = config.n, float(config.bin)
    # Row k holds the sums before bin k.
    rates = {name: np.diff(raw[name], axis=0).T / (n * width) for name in ("events", "bursts")}
    begin = float(config.settling) + np.arange(SEGMENTS) * float(config.segment)
    arrays = {
        "bin/time": Array(np.arange(rates["events"].shape[1]) * width, "s", ("bin",)),
        "bin/event_rate": Array(rates["events"], "Hz", ("population", "bin")),
        "bin/burst_rate": Array(rates["bursts"], "Hz", ("population", "bin")),
        "weight_mean/time": Array(np.arange(len(raw["weight_sum"])) * width, "s", ("sample",)),
        "weight_mean/value": Array(raw["weight_sum"][:, 1] / len(raw["w"]), "1", ("sample",)),
        "segment/begin": Array(begin, "s", ("segment",)),
        "segment/end": Array(begin + float(config.segment), "s", ("segment",)),
        "segment/teacher_factor": Array(in_si(config.teacher.factors), "1", ("segment",)),
        "segment/pre_current": Array(in_si(config.I_d_pre), "A", ("segment",)),
        "weights/source": Array(raw["source"], "1", ("synapse",)),
        "weights/target": Array(raw["target"], "1", ("synapse",)),
        "weights/w": Array(raw["w"], "1", ("synapse",)),
    }
    bounds = {
        "E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz"),
        "w": (raw["w"], float(config.rule.w_min), float(config.rule.w_max), "leak"),
    }
    found = analysis.measure({name: array.values for name, array in arrays.items()}, float(config.transient))
    return Analysis(arrays=arrays, summary=found, bounds=bounds)


def plot(results: Any) -> Any:
    """Rates of both populations and the mean weight over time, in the manner of the paper's Fig 2."""
    return analysis.figure(results.arrays, results.summary, results.config)


EXPERIMENT = Experiment(
    name="plasticity_network",
    meaning="the rule in a network: postsynaptic bursts teach, presynaptic bursts do not",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 6, "paper": 30},
    seeds={"paper": 5},
    headlines=("post_burst_probability", "weight_change", "presynaptic_bursts_change"),
    preset_references={"quick": QUICK_REFERENCES, "paper": PAPER_REFERENCES},
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
)
