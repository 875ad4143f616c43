"""Settings of multiplexing: sizes, currents, weights and connection probabilities, background, cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Hz, Quantity, ms, mV, pA, second

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
from burstlab.models.conductance import DRIVING_FORCES
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    component,
    integer,
    quantity,
)

from ..checks import conduction_delay


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, f"weight, {meaning}", PAYEUR_PROGRAM)


def _probability(meaning: str) -> Any:
    return quantity(0.05, None, 0, 1, f"connection probability, {meaning}", PAYEUR_PROGRAM, structural=True)


@dataclass(frozen=True, kw_only=True)
class MultiplexingProjections:
    """Weights (in units of the target's leak) and connection probabilities of the kinds of projections."""

    w_lower_to_upper: Quantity = _weight(0.05, "lower to upper somata, depressing")
    w_lower_to_pv: Quantity = _weight(0.05, "lower to PV, depressing")
    w_pv_to_upper: Quantity = _weight(0.07, "PV to upper somata")
    w_upper_to_lower: Quantity = _weight(0.37, "upper to lower dendrites, facilitating")
    w_upper_to_som: Quantity = _weight(0.3, "upper to SOM, facilitating")
    w_som_to_lower: Quantity = _weight(0.035, "SOM to lower dendrites")
    w_within: Quantity = _weight(0.1, "facilitating inhibition of dendrites within each population")
    p_lower_to_upper: Quantity = _probability("lower to upper")
    p_lower_to_pv: Quantity = _probability("lower to PV")
    p_pv_to_upper: Quantity = _probability("PV to upper")
    p_upper_to_lower: Quantity = _probability("upper to lower")
    p_upper_to_som: Quantity = _probability("upper to SOM")
    p_som_to_lower: Quantity = _probability("SOM to lower")
    p_within: Quantity = _probability("within each population")

    def __post_init__(self) -> None:
        check(self)


def _background(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, meaning, PAYEUR_PROGRAM)


@dataclass(frozen=True, kw_only=True)
class MultiplexingBackground:
    """Poisson input of every compartment: one excitatory and one inhibitory source for each."""

    rate: Quantity = quantity(500, Hz, 0, 5000, "rate of every background source", PAYEUR_PROGRAM)
    exc_soma: Quantity = _background(0.35, "excitatory weight, somata of pyramidal cells")
    inh_soma: Quantity = _background(0.35, "inhibitory weight, somata of pyramidal cells")
    exc_dendrite: Quantity = _background(0.05, "excitatory weight, their dendrites")
    inh_dendrite: Quantity = _background(0.05, "inhibitory weight, their dendrites")
    exc_pv: Quantity = _background(0.75, "excitatory weight, PV cells")
    inh_pv: Quantity = _background(1.125, "inhibitory weight, PV cells")
    exc_som: Quantity = _background(0.4, "excitatory weight, SOM cells")
    inh_som: Quantity = _background(0.5, "inhibitory weight, SOM cells")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; the defaults are those of the paper's Fig 3."""

    n: int = integer(4000, 10, 20000, "pyramidal cells per population", PAYEUR, structural=True)
    n_pv: int = integer(1000, 1, 20000, "PV cells", PAYEUR, structural=True)
    n_som: int = integer(1000, 1, 20000, "SOM cells", PAYEUR, structural=True)
    dt: Quantity = quantity(0.1, ms, 0.01, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    burn_in: Quantity = quantity(
        1, second, 0, 100, "time before the sines, not measured", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    measured: Quantity = quantity(
        3, second, 0.1, 1000, "time with the sines, measured", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    bin: Quantity = quantity(
        50, ms, 1, 1000, "width of the bins of rates", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    delay: Quantity = conduction_delay()
    facilitation: str = choice(
        "program", stp.FACILITATIONS, "jump of u at a spike: U (program) or f (text)", PAYEUR_PROGRAM
    )
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )

    I_s_amplitude: Quantity = quantity(200, pA, -5000, 5000, "sine into the lower somata, amplitude", PAYEUR_PROGRAM)
    I_s_period: Quantity = quantity(500, ms, 10, 100000, "its period", PAYEUR_PROGRAM)
    I_d_amplitude: Quantity = quantity(100, pA, -5000, 5000, "sine into the upper dendrites, amplitude", PAYEUR_PROGRAM)
    I_d_period: Quantity = quantity(500 * 5**0.5, ms, 10, 100000, "its period", PAYEUR_PROGRAM)
    I_d_upper: Quantity = quantity(100, pA, -5000, 5000, "constant current into the upper dendrites", PAYEUR_PROGRAM)
    I_s_upper: Quantity = quantity(-100, pA, -5000, 5000, "constant current into the upper somata", PAYEUR_PROGRAM)
    I_d_lower: Quantity = quantity(50, pA, -5000, 5000, "constant current into the lower dendrites", PAYEUR_PROGRAM)
    I_pv: Quantity = quantity(205, pA, -5000, 5000, "constant current into PV cells", PAYEUR_PROGRAM)
    v_spread: Quantity = quantity(5, mV, 0, 20, "standard deviation of the first somatic voltages", PAYEUR_PROGRAM)

    weights: MultiplexingProjections = component(MultiplexingProjections)
    background: MultiplexingBackground = component(MultiplexingBackground, prefix="background_")
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")

    def __post_init__(self) -> None:
        check(self)
        if round(float(self.measured / self.bin)) < 3:
            raise ParameterError(f"bin = {self.bin}: at least three are needed in the {self.measured} measured")

    @property
    def duration(self) -> Quantity:
        """Simulated time."""
        return self.burn_in + self.measured


PRESETS = {
    # A quarter of the cells, each with as many inputs.
    "quick": Config(
        n=1000, n_pv=250, n_som=250,
        weights=MultiplexingProjections(
            p_lower_to_upper=0.2, p_lower_to_pv=0.2, p_pv_to_upper=0.2, p_upper_to_lower=0.2, p_upper_to_som=0.2,
            p_som_to_lower=0.2, p_within=0.2,
        ),
    ),
    "paper": Config(),
}  # fmt: skip
