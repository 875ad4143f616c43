"""Settings of the transfer curves: currents, what the conditions change, projections, cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from brian2 import Hz, Quantity, ms, mV, pA, second

from burstlab.analysis import transfer as analysis
from burstlab.models import (
    Conductance,
    Interneuron,
    Pyramidal,
    ShortTermPlasticity,
    pv_parameters,
    som_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import DECAYS, DRIVING_FORCES
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    component,
    integer,
    quantities,
    quantity,
)

from ..checks import conduction_delay

LEVELS = 20  # somatic currents of the isolated cells


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, f"weight, {meaning}", PAYEUR_PROGRAM)


def _probability(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 1, f"connection probability, {meaning}", PAYEUR_PROGRAM, structural=True)


def _inputs(value: int, kind: str) -> Any:
    return integer(value, 1, 10000, f"mean {kind} sources of a compartment", PAYEUR_PROGRAM, structural=True)


@dataclass(frozen=True, kw_only=True)
class TransferProjections:
    """Weights, in units of the target's leak, and connectivity of the ensemble with interneurons."""

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
    inputs_exc: int = _inputs(100, "excitatory")
    inputs_inh: int = _inputs(100, "inhibitory")
    p_cells_to_pv: Quantity = _probability(0.2, "pyramidal cells to PV")
    p_cells_to_som: Quantity = _probability(0.2, "pyramidal cells to SOM")
    p_pv_to_som: Quantity = _probability(1, "PV to SOM")
    p_som_to_dendrite: Quantity = _probability(1, "SOM to dendrites")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Recurrent:
    """The ensemble without interneurons, which differs from the other one in its noise too."""

    n: int = integer(4000, 20, 20000, "its pyramidal cells", PAYEUR_PROGRAM, structural=True)
    I_d: tuple = quantities(
        tuple(range(-100, 351, 50)), pA, -5000, 5000, "steps of its dendritic current", PAYEUR_PROGRAM
    )
    I_s: tuple = quantities((0, 100, 200), pA, -5000, 5000, "its somatic currents", PAYEUR_PROGRAM, length=3)
    w_exc_to_soma: Quantity = _weight(0.17, "excitatory pool to its somata")
    w_inh_to_soma: Quantity = _weight(0.26, "inhibitory pool to its somata")
    w_exc_to_dendrite: Quantity = _weight(0.043, "excitatory pool to its dendrites")
    w_inh_to_dendrite: Quantity = _weight(0.07, "inhibitory pool to its dendrites")
    w_within: Quantity = _weight(0.02, "facilitating inhibition of its dendrites by its own cells")
    inputs_exc: int = _inputs(100, "excitatory")
    inputs_inh: int = _inputs(30, "inhibitory")
    p_within: Quantity = _probability(0.05, "facilitating inhibition of its dendrites by its own cells")

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
    """Settings of the experiment; the defaults are those of the published program."""

    n: int = integer(10000, 20, 50000, "pyramidal cells", PAYEUR_PROGRAM, structural=True)
    n_pv: int = integer(1000, 1, 20000, "PV cells", PAYEUR_PROGRAM, structural=True)
    n_som: int = integer(1000, 1, 20000, "SOM cells", PAYEUR_PROGRAM, structural=True)
    n_pool: int = integer(25000, 100, 1000000, "sources in each pool", PAYEUR_PROGRAM, structural=True)
    dt: Quantity = quantity(0.1, ms, 0.01, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    step: Quantity = quantity(
        1, second, 0.05, 100, "length of a step of current", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    transient: Quantity = quantity(
        0.3, second, 0, 100, "begin of a step that is not measured", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    delay: Quantity = conduction_delay()
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )
    decay: str = choice(
        "exact", DECAYS, "decay of conductances in a step: a factor exp(-dt/tau) or forward Euler", PAYEUR_PROGRAM
    )
    facilitation: str = choice(
        "program", stp.FACILITATIONS, "jump of u at a spike: U (program) or f (text)", PAYEUR_PROGRAM
    )

    rate: Quantity = quantity(5, Hz, 0, 20, "rate of each source", PAYEUR_PROGRAM)
    I_d: tuple = quantities(
        tuple(range(-50, 501, 50)), pA, -5000, 5000, "steps of the dendritic current", PAYEUR_PROGRAM
    )
    I_s: Quantity = quantity(560, pA, -5000, 5000, "somatic current", PAYEUR_PROGRAM)
    I_pv: Quantity = quantity(205, pA, -5000, 5000, "current into PV cells", PAYEUR_PROGRAM)
    I_som: Quantity = quantity(-5, pA, -5000, 5000, "current into SOM cells", PAYEUR_PROGRAM)
    v_spread: Quantity = quantity(5, mV, 0, 20, "standard deviation of first voltages", PAYEUR_PROGRAM)
    isolated_I_s: tuple = quantities(
        (300, 1250), pA, -5000, 5000, "lowest and highest somatic current of isolated cells", BURSTLAB, length=2
    )

    modulation: Modulations = component(Modulations, prefix="modulated_")
    recurrent: Recurrent = component(Recurrent, prefix="recurrent_")
    weights: TransferProjections = component(TransferProjections)
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")

    def __post_init__(self) -> None:
        check(self)
        # Both are whole steps of time: half of one is rounding.
        if self.transient > self.step - self.dt / 2:
            raise ParameterError(f"transient = {self.transient}: nothing is left of a step of {self.step}")
        if self.bin < 4.999 * ms:
            raise ParameterError(
                f"transient = {self.transient}: it and the step have no common part of 5 ms or more; take rounder ones"
            )
        for name in ("inputs_exc", "inputs_inh"):
            if max(getattr(self.weights, name), getattr(self.recurrent, name)) > self.n_pool:
                raise ParameterError(f"{name}: more than the n_pool = {self.n_pool} sources there are")

    @property
    def bin(self) -> Quantity:
        """Interval of the record: the common part of a step and its transient."""
        step, transient = (round(float(time / self.dt)) for time in (self.step, self.transient))
        return math.gcd(step, transient) * self.dt

    @property
    def n_steps(self) -> int:
        """Steps of current of a run: those of all staircases, each with one more before it, of the longer ensemble."""
        return max(
            len(analysis.VARIANTS) * (len(self.I_d) + 1),
            2 * len(self.recurrent.I_s) * (len(self.recurrent.I_d) + 1),
        )

    @property
    def n_isolated(self) -> int:
        """Isolated cells: one for each pair of currents."""
        return LEVELS * len(self.I_d)

    @property
    def duration(self) -> Quantity:
        """Simulated time; one bin more than the steps, for the last sums to be recorded."""
        return self.n_steps * self.step + self.bin


PRESETS = {
    # A tenth of the cells; the mean sums of their synapses stay as they are.
    "quick": Config(
        n=1000, n_pv=200, n_som=200, step=0.7 * second, transient=0.2 * second,
        I_d=tuple(range(-50, 351, 50) * pA),
        weights=TransferProjections(
            p_cells_to_pv=1, p_cells_to_som=1, w_cells_to_pv=0.002, w_cells_to_som=0.08, w_pv_to_som=0.01,
            w_som_to_dendrite=0.005,
        ),
        recurrent=Recurrent(n=1000, p_within=0.2),
    ),
    "paper": Config(),
}  # fmt: skip
