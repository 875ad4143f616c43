"""Parvalbumin- and somatostatin-positive interneurons (equations/interneuron.py), values of Payeur et al. (2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brian2 import Equations, NeuronGroup, Quantity, ms, mV, nS, pA, pF
from numpy import float64

from ..equations import interneuron as equations
from .begin import begin
from .cell import Cell, Part, joined, set_rest
from .integration import LONG_AGO, euler
from .parameters import BURSTLAB, PAYEUR, ParameterError, check, quantity


@dataclass(frozen=True, kw_only=True)
class Interneuron:
    """Parameters of an adaptive exponential integrate-and-fire cell; the defaults are those of a SOM cell."""

    C: Quantity = quantity(100, pF, 1, 5000, "capacitance", PAYEUR)
    g_L: Quantity = quantity(5, nS, 0.1, 500, "leak conductance", PAYEUR)
    E_L: Quantity = quantity(-70, mV, -100, -40, "leak reversal, and voltage while refractory", PAYEUR)
    V_T: Quantity = quantity(-61.84, mV, -80, 0, "threshold of the exponential", PAYEUR)
    D_T: Quantity = quantity(4, mV, 0.1, 20, "slope factor", PAYEUR)
    V_cut: Quantity = quantity(0, mV, -30, 60, "voltage that counts as a spike", PAYEUR)
    V_clip: Quantity = quantity(80, mV, 20, 200, "largest V - V_T in the exponential (numerical)", BURSTLAB)
    tau_w: Quantity = quantity(500, ms, 1, 5000, "time constant of adaptation", PAYEUR)
    a: Quantity = quantity(0.5, nS, 0, 100, "subthreshold adaptation", PAYEUR)
    b: Quantity = quantity(10, pA, 0, 5000, "spike-triggered adaptation", PAYEUR)
    refractory_time: Quantity = quantity(2, ms, 0, 100, "absolute refractory time", PAYEUR)

    def __post_init__(self) -> None:
        check(self)


def som_parameters() -> Interneuron:
    """Somatostatin-positive cells: adapting, low threshold."""
    return Interneuron()


def pv_parameters() -> Interneuron:
    """Parvalbumin-positive cells: fast, without adaptation."""
    return Interneuron(g_L=10 * nS, V_T=-48 * mV, D_T=2 * mV, a=0 * nS, b=0 * pA, refractory_time=1 * ms)


def interneurons(
    n: int,
    parameters: Interneuron,
    synapses: Equations | None = None,
    parts: Sequence[Part] = (),
    name: str = "interneurons*",
) -> NeuronGroup:
    """Interneurons at rest.

    Parameters
    ----------
    n : int
        Number of cells.
    parameters : Interneuron
        `som_parameters()` or `pv_parameters()`.
    synapses : Equations, optional
        `interneuron_synapses()`: conductances g_exc and g_inh; none by default.
    parts : sequence of Part
        Mechanisms that live in the cells, such as `release_part()`.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the event `spike`; v = E_L. Synapses and parts have the published parameters and are at rest (`begin`).

    Raises
    ------
    ParameterError
        For a part that acts at events or bursts.
    """
    added = joined(parts)
    if added.on_event or added.on_burst or added.events:
        raise ParameterError("parts: interneurons have no events event and burst, and one of the parts acts at these")
    group = NeuronGroup(
        n,
        equations.INTERNEURON + (synapses or Equations("drive = 0*volt : volt")) + added.equations,
        threshold=equations.THRESHOLD,
        reset=equations.RESET + added.on_spike + added.every_spike,
        method=euler,
        dtype={"t_free": float64, **added.dtype},
        namespace={},
        name=name,
    )
    set_rest(group, INTERNEURON.start, parameters)
    begin(group, added)
    return group


INTERNEURON = Cell(
    make=interneurons,
    parameters=Interneuron,
    start={"v": "E_L", "t_free": LONG_AGO},
    traces={"v": "V", "w_a": "A", "I": "A"},
    receptors={"g_exc": "1", "g_inh": "1"},
    events=("spike",),
    meanings={
        "v": "membrane voltage",
        "w_a": "adaptation current",
        "I": "current into the cell",
        "g_exc": "excitatory conductance, in units of the leak",
        "g_inh": "inhibitory conductance, in units of the leak",
    },
)
