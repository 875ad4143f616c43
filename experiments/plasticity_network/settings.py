"""Settings of plasticity_network: segments, pools and teacher, the rule, cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from brian2 import Hz, Quantity, ms, mV, pA, second

from burstlab.models import BurstPlasticity, Conductance, Pyramidal
from burstlab.models.burst_plasticity import HOMEOSTASIS, SlowHomeostasis
from burstlab.models.conductance import DECAYS, DRIVING_FORCES
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    component,
    integer,
    quantities,
    quantity,
)

from ..checks import check_inputs

SEGMENTS = 6


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
