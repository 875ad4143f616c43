"""The two-compartment pyramidal cell (equations/pyramidal.py) with the values of Payeur et al. (2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brian2 import Equations, NeuronGroup, Quantity, ms, mV, pA

from ..equations import conductance
from ..equations import pyramidal as equations
from .bursting_cells import bursting_cells
from .cell import Cell, Part
from .compartments import MEANINGS, RECEPTORS, START, TRACES, Compartments
from .integration import LONG_AGO
from .parameters import NAUD, PAYEUR, quantity


@dataclass(frozen=True, kw_only=True)
class Pyramidal(Compartments):
    """Parameters of the full cell: its compartments, what the dendrite does by itself, and what a burst is.

    E_d is that of the calcium current, -38 mV; the reduced cell has -57 mV, which stands for something else.
    """

    E_d: Quantity = quantity(-38, mV, -80, 0, "half-activation of the dendritic calcium current", NAUD)
    D_d: Quantity = quantity(6, mV, 0.5, 30, "slope of its activation", NAUD)
    g_s: Quantity = quantity(1300, pA, 0, 10000, "coupling from dendrite to soma", PAYEUR)
    g_d: Quantity = quantity(1200, pA, 0, 10000, "regenerative dendritic current", PAYEUR)
    c_d: Quantity = quantity(2600, pA, 0, 20000, "back-propagating action potential in the dendrite", PAYEUR)
    K_duration: Quantity = quantity(2, ms, 0, 50, "its length", PAYEUR)
    burst_interval: Quantity = quantity(16, ms, 1, 100, "spikes closer than this belong to one burst", PAYEUR)


def pyramidal(
    n: int,
    parameters: Pyramidal | None = None,
    synapses: Equations = conductance.NO_SYNAPSES,
    extra: Equations | None = None,
    on_spike: str = "",
    on_event: str = "",
    on_burst: str = "",
    dtype: dict[str, type] | None = None,
    parts: Sequence[Part] = (),
    name: str = "pyramidal*",
) -> NeuronGroup:
    """Full two-compartment cells at rest, with on-line detection of events and bursts.

    Parameters
    ----------
    n : int
        Number of cells.
    parameters : Pyramidal, optional
        Their biophysics; the published values by default.
    synapses : Equations
        `pyramidal_synapses()`: conductances g_exc_s, g_inh_s, g_exc_d and g_inh_d; none by default.
    extra : Equations, optional
        Further variables, used by `on_spike`, `on_event` and `on_burst`.
    on_spike : str
        Statements for every spike, beside reset and burst detection. They run after all synapses.
    on_event, on_burst : str
        Statements for every event and every burst. They run before any synapse.
    dtype : dict, optional
        Data types of further variables that hold times.
    parts : sequence of Part
        Mechanisms that live in the cells, which bring all of that with them: `burst_rule().part` and
        `release_part("_std")`.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `spike`, `event` and `burst`; v_s = E_L, w_d = 0.1 mV as in the published program. Synapses and
        parts have the published parameters and are at rest (`begin`).
    """
    more = Part(
        equations=extra or Equations(""), on_spike=on_spike, on_event=on_event, on_burst=on_burst, dtype=dtype or {}
    )
    return bursting_cells(
        n,
        equations.PYRAMIDAL,
        equations.THRESHOLD,
        equations.SOMATIC_RESET,
        parameters or Pyramidal(),
        PYRAMIDAL.start,
        synapses,
        (more, *parts),
        name,
    )


PYRAMIDAL = Cell(
    make=pyramidal,
    parameters=Pyramidal,
    start=START | {"t_spike": LONG_AGO},
    traces=TRACES,
    receptors=RECEPTORS,
    events=("spike", "event", "burst"),
    meanings=MEANINGS,
)
