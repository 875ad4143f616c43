"""Settings of working_point: the currents, and of xor_full what the cells have that are here."""

from __future__ import annotations

from dataclasses import dataclass

from brian2 import Quantity, ms, pA, second

from burstlab.models import (
    Conductance,
    Interneuron,
    Pyramidal,
    ShortTermPlasticity,
    pv_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models.parameters import BURSTLAB, as_in, check, component, integer, quantities, quantity

from ..checks import check_inputs, conduction_delay
from ..learning.xor_full_settings import Config as Full
from ..learning.xor_full_settings import FullBackground, FullProjections


@dataclass(frozen=True, kw_only=True)
class WorkingPointBackground:
    """Poisson input of the cells of xor_full that are here."""

    rate: Quantity = as_in(FullBackground, "rate")
    exc_input: Quantity = as_in(FullBackground, "exc_input")
    inh_input: Quantity = as_in(FullBackground, "inh_input")
    exc_hidden: Quantity = as_in(FullBackground, "exc_hidden")
    inh_hidden: Quantity = as_in(FullBackground, "inh_hidden")
    exc_dendrite: Quantity = as_in(FullBackground, "exc_dendrite")
    inh_dendrite: Quantity = as_in(FullBackground, "inh_dendrite")
    exc_pv: Quantity = as_in(FullBackground, "exc_pv")
    inh_pv: Quantity = as_in(FullBackground, "inh_pv")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class WorkingPointProjections:
    """Weights of the projections of xor_full that are here."""

    w_hidden: Quantity = as_in(FullProjections, "w_hidden")
    w_pv_hidden: Quantity = as_in(FullProjections, "w_pv_hidden")
    w_inh_hidden: Quantity = as_in(FullProjections, "w_inh_hidden")
    w_within: Quantity = as_in(FullProjections, "w_within")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; those of the network are the defaults of xor_full."""

    n: int = integer(200, 50, 5000, "cells for each pair of currents", BURSTLAB, structural=True)
    inputs_per_cell: int = as_in(Full, "inputs_per_cell")
    dt: Quantity = as_in(Full, "dt")
    settling: Quantity = as_in(Full, "settling", 1 * second, meaning="time that is not measured")
    n_pv: int = as_in(Full, "n_pv", meaning="PV cells for each input")
    inhibitory_inputs: int = as_in(Full, "inhibitory_inputs", meaning="mean number of synapses of a cell from PV cells")
    measured: Quantity = quantity(
        8, second, 0.5, 1000, "time that is measured", BURSTLAB, structural=True, multiple_of="dt"
    )
    delay: Quantity = conduction_delay()
    driving_force: str = as_in(Full, "driving_force")
    I_input: tuple = quantities(
        (-550, -300, -150, 50, 350), pA, -5000, 5000, "somatic currents of input cells", BURSTLAB
    )
    I_d: tuple = quantities(
        (-300, -200, -100, 0, 100, 200, 300, 400, 500, 600), pA, -5000, 5000, "dendritic currents", BURSTLAB
    )
    I_s: Quantity = as_in(Full, "I_s_hidden", meaning="somatic current of the measured cells")
    I_pv: Quantity = as_in(Full, "I_pv_hidden", meaning="current into PV cells")
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    background: WorkingPointBackground = component(WorkingPointBackground, prefix="background_")
    weights: WorkingPointProjections = component(WorkingPointProjections)
    pv: Interneuron = component(pv_parameters, prefix="pv_")

    def __post_init__(self) -> None:
        check(self)
        check_inputs(self)

    @property
    def duration(self) -> Quantity:
        """Simulated time."""
        return self.settling + self.measured


PRESETS = {"quick": Config(), "paper": Config(n=500, dt=0.1 * ms)}
