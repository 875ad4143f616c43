"""The reduced pyramidal cell of the XOR experiment (equations/reduced_pyramidal.py), values of the original program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brian2 import Equations, NeuronGroup, Quantity, ms, mV

from ..equations import conductance
from ..equations import reduced_pyramidal as equations
from .begin import begin
from .cell import Cell, Part, joined, set_rest
from .compartments import MEANINGS, RECEPTORS, START, TRACES, Compartments
from .integration import LAST_STEP, euler
from .parameters import PAYEUR, PAYEUR_PROGRAM, ParameterError, quantity


@dataclass(frozen=True, kw_only=True)
class ReducedPyramidal(Compartments):
    """Parameters of the reduced cell: the compartments of the full one, uncoupled, and its second spike.

    E_d is the voltage at which every second event becomes a burst, -57 mV; in the full cell it is that of the calcium
    current, -38 mV.
    """

    E_d: Quantity = quantity(-57, mV, -80, 0, "dendritic voltage of burst probability 1/2", PAYEUR_PROGRAM)
    D_d: Quantity = quantity(6, mV, 0.5, 30, "slope of the burst probability", PAYEUR)
    # The ranges keep the second spike within the refractory time: no event can come before it.
    refractory_time: Quantity = quantity(20, ms, 20, 200, "absolute refractory time after each spike", PAYEUR_PROGRAM)
    burst_delay: Quantity = quantity(5, ms, 0.2, 10, "shortest interval to the second spike", PAYEUR_PROGRAM)
    burst_jitter: Quantity = quantity(10, ms, 0, 10, "range of that interval above the shortest", PAYEUR_PROGRAM)


def reduced_pyramidal(
    n: int,
    parameters: ReducedPyramidal | None = None,
    synapses: Equations = conductance.NO_SYNAPSES,
    extra: Equations | None = None,
    on_event: str = "",
    on_burst: str = "",
    dtype: dict[str, type] | None = None,
    parts: Sequence[Part] = (),
    name: str = "reduced_pyramidal*",
) -> NeuronGroup:
    """Reduced two-compartment cells at rest.

    Parameters
    ----------
    n : int
        Number of cells.
    parameters : ReducedPyramidal, optional
        Their biophysics; the published values by default.
    synapses : Equations
        `pyramidal_synapses()`: conductances g_exc_s, g_inh_s, g_exc_d and g_inh_d; none by default.
    extra : Equations, optional
        Further variables, used by `on_event` and `on_burst`.
    on_event, on_burst : str
        Statements for every event and every burst, beside those of the cell. They run before any synapse.
    dtype : dict, optional
        Data types of further variables that hold times.
    parts : sequence of Part
        Mechanisms that live in the cells, which bring all of that with them, such as `burst_rule().part`. The cells
        have no event `spike`, so that a part with statements for it (`release_part`) is an error.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `event` and `burst` (every spike is one of the two); v_s = E_L, w_d = 0.1 mV. Synapses and
        parts have the published parameters and are at rest (`begin`).

    Raises
    ------
    ParameterError
        For a part that acts at every spike.
    """
    more = Part(equations=extra or Equations(""), on_event=on_event, on_burst=on_burst, dtype=dtype or {})
    added = joined((Part(equations=synapses), more, *parts))
    if added.on_spike:
        raise ParameterError(
            "parts: reduced cells have no event spike, and one of the parts acts at it; take full cells (pyramidal)"
        )
    group = NeuronGroup(
        n,
        equations.REDUCED_PYRAMIDAL + added.equations,
        events={
            "event": equations.EVENT,
            "burst": equations.BURST,
            **{event: condition for event, (condition, _) in added.events.items()},
        },
        method=euler,
        dtype=dict(added.dtype),
        namespace={},
        name=name,
    )
    # Brian2 would test further events in the slot of their statements, and sorted by name after them: a step late.
    for event in group.events:
        group.set_event_schedule(event, when="thresholds")
    on_event, on_burst = added.on_event + added.every_spike, added.on_burst + added.every_spike
    group.run_on_event("event", equations.ON_EVENT + on_event, when="after_thresholds")
    group.run_on_event("burst", equations.ON_BURST + on_burst, when="after_thresholds")
    for event, (_, statements) in added.events.items():
        group.run_on_event(event, statements, when="after_thresholds")
    set_rest(group, REDUCED_PYRAMIDAL.start, parameters or ReducedPyramidal())
    begin(group, added)
    return group


REDUCED_PYRAMIDAL = Cell(
    make=reduced_pyramidal,
    parameters=ReducedPyramidal,
    start=START | {"never": LAST_STEP, "free_step": -1, "burst_step": LAST_STEP},
    traces=TRACES,
    receptors=RECEPTORS,
    events=("event", "burst"),
    meanings=MEANINGS,
)
