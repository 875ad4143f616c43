"""The reduced pyramidal cell of the XOR experiment (equations/reduced_pyramidal.py), values of the original program."""

from __future__ import annotations

from dataclasses import dataclass

from brian2 import Equations, NeuronGroup, Quantity, ms, mV, nS, pA, pF

from ..equations import conductance
from ..equations import reduced_pyramidal as equations
from .integration import INITIAL_W_D, LAST_STEP, euler
from .parameters import PAYEUR, PAYEUR_PROGRAM, assign, check, quantity


@dataclass(frozen=True, kw_only=True)
class ReducedPyramidal:
    """Parameters of the reduced cell: the compartments of the full one, uncoupled, and its second spike."""

    E_L: Quantity = quantity(-70, mV, -100, -40, "leak reversal and reset potential", PAYEUR)
    tau_s: Quantity = quantity(16, ms, 1, 100, "somatic membrane time constant", PAYEUR)
    C_s: Quantity = quantity(370, pF, 10, 5000, "somatic capacitance", PAYEUR)
    b: Quantity = quantity(200, pA, 0, 5000, "event-triggered somatic adaptation", PAYEUR)
    tau_ws: Quantity = quantity(100, ms, 1, 2000, "time constant of somatic adaptation", PAYEUR)
    V_T: Quantity = quantity(-50, mV, -70, 0, "resting spike threshold", PAYEUR)
    delta_theta: Quantity = quantity(2, mV, 0, 30, "rise of the threshold at each event", PAYEUR)
    tau_theta: Quantity = quantity(27, ms, 1, 500, "decay of the threshold", PAYEUR)
    tau_d: Quantity = quantity(7, ms, 1, 100, "dendritic membrane time constant", PAYEUR)
    C_d: Quantity = quantity(170, pF, 10, 5000, "dendritic capacitance", PAYEUR)
    a: Quantity = quantity(13, nS, 0, 200, "subthreshold dendritic adaptation", PAYEUR)
    tau_wd: Quantity = quantity(30, ms, 1, 500, "time constant of dendritic adaptation", PAYEUR)
    E_d: Quantity = quantity(-57, mV, -80, 0, "dendritic voltage of burst probability 1/2", PAYEUR_PROGRAM)
    D_d: Quantity = quantity(6, mV, 0.5, 30, "slope of the burst probability", PAYEUR)
    # The ranges keep the second spike within the refractory time: no event can come before it.
    refractory_time: Quantity = quantity(20, ms, 20, 200, "absolute refractory time after each spike", PAYEUR_PROGRAM)
    burst_delay: Quantity = quantity(5, ms, 0.2, 10, "shortest interval to the second spike", PAYEUR_PROGRAM)
    burst_jitter: Quantity = quantity(10, ms, 0, 10, "range of that interval above the shortest", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)


def reduced_pyramidal(
    n: int,
    parameters: ReducedPyramidal | None = None,
    synapses: Equations = conductance.NO_SYNAPSES,
    extra: Equations | None = None,
    on_event: str = "",
    on_burst: str = "",
    dtype: dict[str, type] | None = None,
    name: str = "reduced_pyramidal",
) -> NeuronGroup:
    """Reduced two-compartment cells at rest.

    Parameters
    ----------
    n : int
        Number of cells.
    parameters : ReducedPyramidal, optional
        Their biophysics; the published values by default.
    synapses : Equations
        The synaptic `drive_s` and `drive_d` of equations/conductance.py.
    extra : Equations, optional
        Further variables, used by `on_event` and `on_burst`.
    on_event, on_burst : str
        Statements for every event and every burst, beside those of the cell. They run before any synapse.
    dtype : dict, optional
        Data types of further variables that hold times.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `event` and `burst` (every spike is one of the two); v_s = E_L, w_d = 0.1 mV.
    """
    parameters = parameters or ReducedPyramidal()
    model = equations.REDUCED_PYRAMIDAL + synapses
    group = NeuronGroup(
        n,
        model if extra is None else model + extra,
        events={"event": equations.EVENT, "burst": equations.BURST},
        method=euler,
        dtype=dtype,
        namespace={},
        name=name,
    )
    # Brian2 would test further events in the slot of their statements, and sorted by name after them: a step late.
    for event in group.events:
        group.set_event_schedule(event, when="thresholds")
    group.run_on_event("event", equations.ON_EVENT + on_event, when="after_thresholds")
    group.run_on_event("burst", equations.ON_BURST + on_burst, when="after_thresholds")
    assign(group, parameters)
    group.never = LAST_STEP
    group.v_s = group.v_d = parameters.E_L
    group.theta = parameters.V_T
    group.w_d = INITIAL_W_D
    group.free_step = -1
    group.burst_step = LAST_STEP
    return group
