"""Settings of the XOR network of full cells (../xor_full.py): currents, background, weights, synapses, cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Hz, Quantity, ms, nA, pA, second

from burstlab.models import (
    BurstPlasticity,
    Conductance,
    Interneuron,
    Pyramidal,
    ShortTermPlasticity,
    pv_parameters,
    som_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models.conductance import DRIVING_FORCES
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR,
    PAYEUR_PROGRAM,
    as_in,
    check,
    choice,
    component,
    integer,
    quantity,
)

from ..checks import conduction_delay
from .settings import GREEDY, Learning

TRANSMISSIONS = ("dynamic", "exchanged", "static")


def _background(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, meaning, BURSTLAB)


@dataclass(frozen=True, kw_only=True)
class FullBackground:
    """Poisson input of every cell: one excitatory and one inhibitory source for soma and dendrite each."""

    rate: Quantity = quantity(500, Hz, 0, 5000, "rate of every background source", PAYEUR_PROGRAM)
    exc_input: Quantity = _background(0.35, "excitatory weight, soma of input cells")
    inh_input: Quantity = _background(0.35, "inhibitory weight, soma of input cells")
    exc_hidden: Quantity = _background(0.4, "excitatory weight, soma of hidden cells")
    inh_hidden: Quantity = _background(0.4, "inhibitory weight, soma of hidden cells")
    exc_output: Quantity = _background(0.4, "excitatory weight, soma of output cells")
    inh_output: Quantity = _background(0.4, "inhibitory weight, soma of output cells")
    exc_dendrite: Quantity = _background(0.05, "excitatory weight, all dendrites")
    inh_dendrite: Quantity = _background(0.05, "inhibitory weight, all dendrites")
    exc_pv: Quantity = _background(0.3, "excitatory weight, PV cells")
    inh_pv: Quantity = _background(0.3, "inhibitory weight, PV cells")
    exc_som: Quantity = _background(0.4, "excitatory weight, SOM cells")
    inh_som: Quantity = _background(0.5, "inhibitory weight, SOM cells")

    def __post_init__(self) -> None:
        check(self)


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 20, f"weight, {meaning}", BURSTLAB)


@dataclass(frozen=True, kw_only=True)
class FullProjections:
    """Weights of the projections, in units of the target's leak and before short-term plasticity."""

    w_hidden: Quantity = _weight(0.55, "inputs to hidden somata, depressing, plastic: at the start")
    w_output: Quantity = _weight(0.3, "hidden to output somata, depressing, plastic: at the start")
    w_pv_hidden: Quantity = _weight(0.11, "inputs to the PV cells of the hidden layer, depressing")
    w_pv_output: Quantity = _weight(0.09, "hidden1 and output to the PV cells of the output, depressing")
    w_pv_output_hidden2: Quantity = _weight(0.3, "hidden2 to the PV cells of the output, depressing")
    w_inh_hidden: Quantity = _weight(0.5, "PV to hidden somata")
    w_inh_output: Quantity = _weight(0.2, "PV to output somata")
    w_feedback: Quantity = _weight(1.2, "output to hidden1 dendrites, facilitating")
    w_som: Quantity = _weight(4, "output to SOM cells, facilitating")
    w_inh_hidden2: Quantity = _weight(0.8, "SOM to hidden2 dendrites")
    w_events_hidden2: Quantity = _weight(0.6, "one phase: output to hidden2 dendrites, depressing")
    w_pv_feedback: Quantity = _weight(0.2, "one phase: output to the PV cells of the feedback, depressing")
    w_inh_hidden1: Quantity = _weight(0.1, "one phase: PV cells of the feedback to hidden1 dendrites")
    w_within: Quantity = _weight(0.1, "facilitating inhibition of dendrites within each population")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """Settings of the experiment."""

    inputs_per_cell: int = as_in(Learning, "inputs_per_cell", 50)
    n_pv: int = integer(125, 10, 5000, "PV cells of a layer", BURSTLAB, structural=True)
    inhibitory_inputs: int = integer(
        12, 1, 1000, "mean number of synapses of a cell from PV or SOM cells", BURSTLAB, structural=True
    )
    n_som: int = integer(125, 10, 5000, "SOM cells", BURSTLAB, structural=True)
    dt: Quantity = as_in(Learning, "dt", 0.2 * ms)
    settling: Quantity = as_in(Learning, "settling", 4 * second)
    example_duration: Quantity = as_in(Learning, "example_duration", 4 * second)
    epochs: int = as_in(Learning, "epochs", 400)
    prediction: Quantity = as_in(Learning, "prediction", 0.7)
    I_input_low: Quantity = as_in(Learning, "I_input_low", -550 * pA)
    I_input_high: Quantity = as_in(Learning, "I_input_high", 350 * pA)
    eta_hidden: Quantity = as_in(Learning, "eta_hidden", 18e-3)
    eta_output: Quantity = as_in(Learning, "eta_output", 30e-3)
    e_min_hidden: Quantity = quantity(0.5, Hz, 0, 50, "e_min of hidden cells", BURSTLAB)
    e_max_hidden: Quantity = quantity(20, Hz, 0.1, 200, "e_max of hidden cells", BURSTLAB)
    I_d_hidden2: Quantity = as_in(Learning, "I_d_hidden2", 800 * pA)
    I_d_output: Quantity = as_in(Learning, "I_d_output", 200 * pA)
    c_teach: Quantity = as_in(Learning, "c_teach", 1.2 * nA * Hz)
    margin: Quantity = as_in(Learning, "margin", 2 * Hz)
    delay: Quantity = conduction_delay()
    driving_force: str = choice("local", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR, structural=True)
    feedback: str = choice("normal", ("normal", "cut"), "feedback to the hidden populations", PAYEUR)
    event_route: str = choice(
        "on",
        ("on", "off"),
        "where the reference is constant: depressing synapses bring the output's events down",
        GREEDY,
    )
    transmission: str = choice(
        "dynamic",
        TRANSMISSIONS,
        "short-term plasticity; depression and facilitation exchanged, or neither, with the same mean release",
    )
    release_std: Quantity = quantity(0.75, None, 0, 1, "mean release of depressing synapses at a spike (for controls)")
    release_stf: Quantity = quantity(
        0.07, None, 0, 1, "mean release of facilitating synapses at a spike (for controls)"
    )

    I_s_hidden: Quantity = quantity(-250, pA, -5000, 5000, "somatic bias of hidden cells", BURSTLAB)
    I_s_output: Quantity = quantity(80, pA, -5000, 5000, "somatic bias of output cells", BURSTLAB)
    I_d_hidden1: Quantity = quantity(-250, pA, -5000, 5000, "dendritic bias of hidden1", BURSTLAB)
    I_pv_hidden: Quantity = quantity(250, pA, -5000, 5000, "current into the PV cells of the hidden layer", BURSTLAB)
    I_pv_output: Quantity = quantity(250, pA, -5000, 5000, "current into the PV cells of the output", BURSTLAB)
    I_pv_feedback: Quantity = quantity(
        250, pA, -5000, 5000, "current into the PV cells of the feedback (one phase)", BURSTLAB
    )
    I_d_events: Quantity = quantity(
        550, pA, -5000, 5000, "dendritic current of hidden1 against these PV cells at rest (one phase)", BURSTLAB
    )
    I_som: Quantity = quantity(-150, pA, -5000, 5000, "current into SOM cells", BURSTLAB)

    rule: BurstPlasticity = component(BurstPlasticity, tau_avg=1 * second, w_max=1.5)
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    background: FullBackground = component(FullBackground, prefix="background_")
    weights: FullProjections = component(FullProjections)
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")
