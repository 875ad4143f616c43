"""The burst-dependent rule (equations/burst_plasticity.py): parameters, and plastic projections that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Equations, Hz, Quantity, Synapses, ms, second
from numpy import float64

from ..equations import burst_plasticity as equations
from ..equations.projection import raise_conductance
from .cell import Part, require_event, require_variable
from .integration import LONG_AGO
from .parameters import PAYEUR, PAYEUR_PROGRAM, ParameterError, assign, check, quantity
from .projection import check_amount, check_delay

HOMEOSTASIS = ("slow", "off", "fast")
# The learning rate of cells for which no other is given: that of the paper's network with a teacher (Fig 2e-g).
ETA = 3.5e-3
# G is renewed after as many whole time steps as come nearest to this; the averages it is made of decay by 0.03 % (slow)
# or 0.5 % (fast, 2 s) meanwhile.
HOMEOSTASIS_STEP = 10 * ms
# What is left of E_bar after any silence: nothing beside a rate, but more than the smallest float32.
E_FLOOR = 1e-30 * Hz


@dataclass(frozen=True, kw_only=True)
class BurstPlasticity:
    """Parameters of the rule that belong to the cells; learning rates belong to projections."""

    tau_avg: Quantity = quantity(2, second, 0.05, 100, "moving averages of event and burst rate", PAYEUR)
    tau_eligibility: Quantity = quantity(100, ms, 1, 1000, "eligibility trace of presynaptic events (tau_pre)", PAYEUR)
    e_min: Quantity = quantity(2, Hz, 0, 50, "event rate below which all inputs are potentiated", PAYEUR)
    e_max: Quantity = quantity(10, Hz, 0.1, 100, "event rate above which all inputs are depressed", PAYEUR)
    w_min: Quantity = quantity(0, None, 0, 10, "smallest weight", PAYEUR)
    w_max: Quantity = quantity(1, None, 0, 10, "largest weight", PAYEUR)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class SlowHomeostasis:
    """What the slow form of homeostasis watches."""

    tau_rate: Quantity = quantity(30, second, 0.1, 1000, "average of the spike rate for homeostasis", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)


def cell_part(homeostasis: str = "slow", long_bursts: bool = False, own_range: bool = False) -> Part:
    """What plastic cells need, source and target of a projection alike (in burstlab.models it is `rule_part`).

    Parameters
    ----------
    homeostasis : {"slow", "off", "fast"}
        What G acts on: a 30 s average of the spike rate (reproduces the paper), nothing, or E_bar (as in the text).
    long_bursts : bool
        Whether bursts may have more than two spikes, as those of the full cell. Then not every spike is an event or a
        burst, and `on_spike` holds what counts them all; it is empty otherwise.
    own_range : bool
        Whether e_min and e_max are each cell's own; one value for all cells otherwise.

    Returns
    -------
    Part
        One of the `parts` of pyramidal or reduced_pyramidal cells.
    """
    if homeostasis not in HOMEOSTASIS:
        raise ParameterError(f"homeostasis = {homeostasis}: not one of {' | '.join(HOMEOSTASIS)}")
    more = equations.HOMEOSTATIC + (equations.SLOW_RATE if homeostasis == "slow" else Equations(""))
    every_spike = equations.ON_SPIKE_SLOW if homeostasis == "slow" else ""
    times = ["t_average", "t_trace"] + (["t_rate"] if homeostasis == "slow" else [])
    with_spike = "" if long_bursts else every_spike
    return Part(
        equations=equations.MOVING_AVERAGES + (equations.OWN_RATE_RANGE if own_range else equations.RATE_RANGE) + more,
        on_event=equations.ON_EVENT + with_spike,
        on_burst=equations.ON_BURST + with_spike,
        on_spike=every_spike if long_bursts else "",
        dtype=dict.fromkeys(times, float64),
    )


def begin_averages(
    cells: Any, parameters: BurstPlasticity, event_rate: Quantity = 5 * Hz, burst_probability: float = 0.2
) -> None:
    """Give cells the rule's parameters and start their averages.

    Parameters
    ----------
    cells : NeuronGroup
        With the equations of `cell_part`.
    parameters : BurstPlasticity
    event_rate : Quantity
        E_bar at the start; must not be zero, P_bar would be 0/0.
    burst_probability : float
        P_bar at the start.
    """
    assign(cells, parameters)
    cells.E_floor = E_FLOOR
    cells.E_bar = event_rate
    cells.B_bar = event_rate * burst_probability
    cells.t_average = 0 * second
    cells.t_trace = LONG_AGO


def begin_slow_rate(cells: Any, parameters: SlowHomeostasis) -> None:
    """Start the average of the spike rate that slow homeostasis watches, as the published program does."""
    assign(cells, parameters)
    cells.rate = 0.1 * Hz
    cells.t_rate = 0 * second


def run_homeostasis(cells: Any, homeostasis: str, parameters: SlowHomeostasis | None = None) -> None:
    """Let the homeostatic term G follow the rates of the cells; nothing for "off".

    A plastic projection does so for its target, with the published parameters where nobody gave others.

    Raises
    ------
    ParameterError
        If another homeostasis of these cells is under way.
    """
    if homeostasis == "off":
        return
    if homeostasis == "slow":
        begin_slow_rate(cells, parameters or SlowHomeostasis())
    running = _running_homeostasis(cells)
    if running is None:
        dt = cells.clock.dt
        cells.run_regularly(
            _G[homeostasis],
            dt=max(1, round(float(HOMEOSTASIS_STEP / dt))) * dt,
            name=_name_of_homeostasis(cells),
        )
    elif running.abstract_code != _G[homeostasis]:
        raise ParameterError(
            f"homeostasis = {homeostasis}: that of {cells.name} is another one already; take the same for all plastic "
            "projections onto them"
        )


_G = {"slow": equations.G_SLOW, "fast": equations.G_FAST}


def _name_of_homeostasis(cells: Any) -> str:
    return f"{cells.name}_homeostasis"


def _running_homeostasis(cells: Any) -> Any:
    return next((each for each in cells.contained_objects if each.name == _name_of_homeostasis(cells)), None)


def _ensure_homeostasis(target: Any, homeostasis: str) -> None:
    """Let the cells of a target do what their plastic synapses need of them, as they were told or by the defaults."""
    if homeostasis == "slow":
        require_variable(target, "t_rate", 'homeostasis = slow: the cells need cell_part("slow")')
    cells = getattr(target, "source", target)  # of a part of a group, the group
    running = _running_homeostasis(cells)
    if running is None or running.abstract_code != _G.get(homeostasis, running.abstract_code):
        run_homeostasis(cells, homeostasis)


def plastic_projection(
    source: Any,
    target: Any,
    homeostasis: str = "slow",
    on: str = "event",
    amount: str = "w",
    delay: Quantity = 0 * ms,
    name: str = "plastic*",
    own_eta: bool = False,
) -> Synapses:
    """Excitatory synapses onto the soma that follow the rule; not yet connected.

    They transmit once per event, as in the paper, or with other arguments as those of `projection` do.

    Parameters
    ----------
    source, target : NeuronGroup
        Both with the `cell_part` of the rule and the events `event` and `burst`. The target's `eta` is the learning
        rate of its inputs, its shared `M` the one switch of plasticity.
    homeostasis : {"slow", "off", "fast"}
        As given to `cell_part`.
    on, amount, delay
        What is transmitted, as of `projection`; the rule has no delay.
    name : str
        Name of the object.
    own_eta : bool
        Whether each synapse has a factor `own_eta` to its target's `eta`, so that learning rates may differ between
        projections onto the same cells. It is 0 until it is set.

    Raises
    ------
    ParameterError
        If one of the populations lacks something of the rule.
    """
    check_delay(amount, delay)
    check_amount(source, amount)
    if homeostasis not in HOMEOSTASIS:
        raise ParameterError(f"homeostasis = {homeostasis}: not one of {' | '.join(HOMEOSTASIS)}")
    for cells in (source, target):
        require_variable(cells, "E_floor", "plastic synapses: both populations need the cell_part of the rule")
    require_variable(target, "g_exc_s", "plastic synapses end on somata with conductances (pyramidal_synapses)")
    for event in {on, "event"}:
        require_event(source, event)
    for event in ("event", "burst"):
        require_event(target, event)
    _ensure_homeostasis(target, homeostasis)
    learn, homeostatic, model = equations.LEARN, equations.HOMEOSTASIS, equations.PLASTIC_SYNAPSE
    if own_eta:
        learn, homeostatic, model = equations.LEARN_OWN, equations.HOMEOSTASIS_OWN, model + equations.OWN_ETA
    on_pre = {"transmit": raise_conductance("g_exc_s", amount)}
    on_event = {"transmit": on}
    if homeostasis != "off":
        on_pre["homeostasis"] = homeostatic
        on_event["homeostasis"] = "event"
    on_post = {"event": learn, "burst": learn}
    on_event |= {"event": "event", "burst": "burst"}
    return Synapses(
        source,
        target,
        model=model,
        on_pre=on_pre,
        on_post=on_post,
        on_event=on_event,
        delay={"transmit": delay},
        namespace={},
        name=name,
    )


INCOMING: Equations = equations.INCOMING_CELL


def sum_incoming(plastic: Synapses, cells: Any, dt: Quantity) -> None:
    """Renew the `incoming` of cells, the sum of the plastic weights onto each, at intervals of `dt`.

    Parameters
    ----------
    plastic : Synapses
        A plastic projection.
    cells : NeuronGroup
        Its target, with the further variable `INCOMING`.
    dt : Quantity
        A multiple of the time step.
    """
    cells.run_regularly(equations.CLEAR_INCOMING, dt=dt, name="clear_incoming")
    plastic.run_regularly(equations.SUM_INCOMING, dt=dt, order=1, name="sum_incoming")
