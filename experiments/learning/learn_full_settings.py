"""Settings of `learn` (../learn.py) for full cells: what is transmitted, and interneurons; see xor_full_settings.py."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from brian2 import Quantity, ms, pA

from burstlab.models import (
    Compartments,
    Interneuron,
    Pyramidal,
    ReducedPyramidal,
    ShortTermPlasticity,
    pv_parameters,
    som_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR_PROGRAM,
    ParameterError,
    as_in,
    check,
    check_multiple,
    choice,
    component,
    quantity,
)

from . import xor_full_settings as xor_full

_Full = xor_full.Config


@dataclass(frozen=True, kw_only=True)
class OfDendrite:
    """What full cells have beside the compartments that both kinds of cell have, and where both differ."""

    E_d: Quantity = as_in(Pyramidal, "E_d")
    D_d: Quantity = as_in(Pyramidal, "D_d")
    g_s: Quantity = as_in(Pyramidal, "g_s")
    g_d: Quantity = as_in(Pyramidal, "g_d")
    c_d: Quantity = as_in(Pyramidal, "c_d")
    K_duration: Quantity = as_in(Pyramidal, "K_duration")
    burst_interval: Quantity = as_in(Pyramidal, "burst_interval")

    def __post_init__(self) -> None:
        check(self)


def _weight(name: str, meaning: str = "") -> Any:
    return as_in(xor_full.FullProjections, name, meaning=meaning)


def _background(name: str) -> Any:
    return as_in(xor_full.FullBackground, name)


@dataclass(frozen=True, kw_only=True)
class InterneuronWeights:
    """Weights from and to interneurons, in units of the target's leak, of cells that hear as many as in `xor_full`."""

    w_pv_hidden: Quantity = _weight("w_pv_hidden", "weight, the layer below and its own to PV cells of hidden layers")
    w_pv_output: Quantity = _weight(
        "w_pv_output", "weight, outputs and hidden units that feedback excites to PV cells of the output"
    )
    w_pv_inhibited: Quantity = _weight(
        "w_pv_output_hidden2", "weight, hidden units that feedback inhibits to PV cells of the output"
    )
    w_inh_hidden: Quantity = _weight("w_inh_hidden")
    w_inh_output: Quantity = _weight("w_inh_output")
    w_som: Quantity = _weight("w_som", "weight, a unit to its SOM cells")
    w_within: Quantity = _weight("w_within", "weight, inhibition of dendrites within each unit")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class InterneuronBackground:
    """Poisson input of interneurons."""

    rate_interneuron: Quantity = as_in(xor_full.FullBackground, "rate", meaning="background of interneurons")
    exc_pv: Quantity = _background("exc_pv")
    inh_pv: Quantity = _background("inh_pv")
    exc_som: Quantity = _background("exc_som")
    inh_som: Quantity = _background("inh_som")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class OfFullCells:
    """Which cells there are, what synapses of them are told, and who inhibits."""

    cell: str = choice(
        "reduced",
        ("reduced", "full"),
        "pyramidal cells: bursts are drawn from a probability, or made by the dendrite",
        structural=True,
    )
    transmission: str = choice(
        "labelled",
        ("labelled", "stp"),
        "synapses up are told events and those down bursts; or all see spikes, depressing and facilitating ones",
        structural=True,
    )
    interneurons: str = choice(
        "off", ("off", "on"), "inhibition comes from the cells that excite, or from PV and SOM cells", structural=True
    )
    n_pv: int = as_in(_Full, "n_pv", 62)
    n_som: int = as_in(_Full, "n_som", 62, meaning="SOM cells of a unit")
    inhibitory_inputs: int = as_in(_Full, "inhibitory_inputs")
    delay: Quantity = quantity(
        0.8, ms, 0.1, 20, "transmission=stp: delay of all projections, a whole number of dt", PAYEUR_PROGRAM,
        structural=True,
    )  # fmt: skip
    I_d_inhibited: Quantity = quantity(
        800, pA, -5000, 5000, "interneurons=on: dendritic bias of hidden units that feedback inhibits; of others "
        "I_d_hidden", BURSTLAB,
    )  # fmt: skip
    I_pv_hidden: Quantity = as_in(_Full, "I_pv_hidden")
    I_pv_output: Quantity = as_in(_Full, "I_pv_output")
    I_som: Quantity = as_in(_Full, "I_som")

    reduced: ReducedPyramidal = component(ReducedPyramidal)
    full: OfDendrite = component(OfDendrite, prefix="full_")
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")
    interneuron_weights: InterneuronWeights = component(InterneuronWeights)
    interneuron_background: InterneuronBackground = component(InterneuronBackground, prefix="background_")

    @property
    def dynamic(self) -> bool:
        """Whether synapses see spikes through short-term plasticity."""
        return self.transmission == "stp"

    @property
    def biophysics(self) -> Any:
        """Parameters of the pyramidal cells."""
        if self.cell == "reduced":
            return self.reduced
        shared = {one.name: getattr(self.reduced, one.name) for one in fields(Compartments)}
        return Pyramidal(**shared, **{one.name: getattr(self.full, one.name) for one in fields(OfDendrite)})

    @property
    def conduction(self) -> Quantity:
        """The delay of projections: none where events and bursts are told."""
        return self.delay if self.dynamic else 0 * ms

    def check_cells(self, feedback: str, event_route: bool) -> None:
        """Refuse what these cells cannot be.

        Raises
        ------
        ParameterError
        """
        if self.cell == "reduced" and self.dynamic:
            raise ParameterError(
                "transmission = stp: the second spike of reduced cells is drawn and resets nothing, so they have no "
                "spikes for synapses to read; take cell=full"
            )
        if self.cell == "reduced" and self.interneurons == "on":
            raise ParameterError("interneurons = on: they are there for full cells; take cell=full")
        if self.interneurons == "on" and feedback == "learned":
            raise ParameterError("feedback = learned: SOM cells follow no rule; take interneurons=off")
        if event_route and (self.dynamic or self.interneurons == "on"):
            raise ParameterError(
                "event_route = on: it is told events, by the cells that send bursts; take event_route=off, "
                "or learning=two_phase with reference=moving"
            )
        if self.dynamic:
            check_multiple(self, "delay", "dt")
