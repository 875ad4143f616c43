"""The two-compartment pyramidal cell (equations/pyramidal.py) with the values of Payeur et al. (2021)."""

from __future__ import annotations

from dataclasses import dataclass

from brian2 import Equations, NeuronGroup, Quantity, ms, mV, nS, pA, pF
from numpy import float64

from ..equations import burst_detection, conductance
from ..equations import pyramidal as equations
from .integration import INITIAL_W_D, LONG_AGO, euler
from .parameters import NAUD, PAYEUR, assign, check, quantity


@dataclass(frozen=True, kw_only=True)
class Pyramidal:
    """Parameters of the full cell: soma, dendrite, coupling, and the interval that defines a burst."""

    E_L: Quantity = quantity(-70, mV, -100, -40, "leak reversal and reset potential", PAYEUR)
    tau_s: Quantity = quantity(16, ms, 1, 100, "somatic membrane time constant", PAYEUR)
    C_s: Quantity = quantity(370, pF, 10, 5000, "somatic capacitance", PAYEUR)
    b: Quantity = quantity(200, pA, 0, 5000, "spike-triggered somatic adaptation", PAYEUR)
    tau_ws: Quantity = quantity(100, ms, 1, 2000, "time constant of somatic adaptation", PAYEUR)
    V_T: Quantity = quantity(-50, mV, -70, 0, "resting spike threshold", PAYEUR)
    delta_theta: Quantity = quantity(2, mV, 0, 30, "rise of the threshold at each spike", PAYEUR)
    tau_theta: Quantity = quantity(27, ms, 1, 500, "decay of the threshold", PAYEUR)
    tau_d: Quantity = quantity(7, ms, 1, 100, "dendritic membrane time constant", PAYEUR)
    C_d: Quantity = quantity(170, pF, 10, 5000, "dendritic capacitance", PAYEUR)
    a: Quantity = quantity(13, nS, 0, 200, "subthreshold dendritic adaptation", PAYEUR)
    tau_wd: Quantity = quantity(30, ms, 1, 500, "time constant of dendritic adaptation", PAYEUR)
    E_d: Quantity = quantity(-38, mV, -80, 0, "half-activation of the dendritic calcium current", NAUD)
    D_d: Quantity = quantity(6, mV, 0.5, 30, "slope of its activation", NAUD)
    g_s: Quantity = quantity(1300, pA, 0, 10000, "coupling from dendrite to soma", PAYEUR)
    g_d: Quantity = quantity(1200, pA, 0, 10000, "regenerative dendritic current", PAYEUR)
    c_d: Quantity = quantity(2600, pA, 0, 20000, "back-propagating action potential in the dendrite", PAYEUR)
    K_duration: Quantity = quantity(2, ms, 0, 50, "its length", PAYEUR)
    burst_interval: Quantity = quantity(16, ms, 1, 100, "spikes closer than this belong to one burst", PAYEUR)

    def __post_init__(self) -> None:
        check(self)


def pyramidal(
    n: int,
    parameters: Pyramidal | None = None,
    synapses: Equations = conductance.NO_SYNAPSES,
    extra: Equations | None = None,
    on_spike: str = "",
    on_event: str = "",
    on_burst: str = "",
    dtype: dict[str, type] | None = None,
    name: str = "pyramidal",
) -> NeuronGroup:
    """Full two-compartment cells at rest, with on-line detection of events and bursts.

    Parameters
    ----------
    n : int
        Number of cells.
    parameters : Pyramidal, optional
        Their biophysics; the published values by default.
    synapses : Equations
        The synaptic `drive_s` and `drive_d` of equations/conductance.py.
    extra : Equations, optional
        Further variables, used by `on_spike`, `on_event` and `on_burst`.
    on_spike : str
        Statements for every spike, beside reset and burst detection. They run after all synapses.
    on_event, on_burst : str
        Statements for every event and every burst. They run before any synapse.
    dtype : dict, optional
        Data types of further variables that hold times.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `spike`, `event` and `burst`; v_s = E_L, w_d = 0.1 mV as in the published program.
    """
    parameters = parameters or Pyramidal()
    model = equations.PYRAMIDAL + burst_detection.BURST_DETECTION + synapses
    group = NeuronGroup(
        n,
        model if extra is None else model + extra,
        threshold=equations.THRESHOLD,
        reset=equations.SOMATIC_RESET + burst_detection.ON_SPIKE + on_spike,
        events={
            "event": f"{equations.THRESHOLD} and {burst_detection.IS_EVENT}",
            "burst": f"{equations.THRESHOLD} and {burst_detection.IS_BURST}",
        },
        method=euler,
        # Times stay in double precision: after an hour a float32 second has steps of 0.2 ms.
        dtype={"t_spike": float64, **(dtype or {})},
        namespace={},
        name=name,
    )
    # With the spikes, so that statements run on them in "after_thresholds" come after the test, not a step late.
    for event in ("event", "burst"):
        group.set_event_schedule(event, when="thresholds")
    for event, statements in (("event", on_event), ("burst", on_burst)):
        if statements:
            group.run_on_event(event, statements, when="after_thresholds")
    assign(group, parameters)
    group.v_s = group.v_d = parameters.E_L
    group.theta = parameters.V_T
    group.w_d = INITIAL_W_D
    group.t_spike = LONG_AGO
    return group
