"""The burst-dependent rule (equations/burst_plasticity.py): its parameters, and the `Rule` with its choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from brian2 import Equations, Hz, Quantity, ms, second

from ..equations import burst_plasticity as equations
from .cell import Start
from .integration import LONG_AGO
from .parameters import PAYEUR, PAYEUR_PROGRAM, ParameterError, check, quantity
from .rule import Rule

HOMEOSTASIS = ("slow", "off", "fast", "range")
TIMINGS = ("paper", "event", "window")
# The learning rate of cells for which no other is given: that of the paper's network with a teacher (Fig 2e-g).
ETA = 3.5e-3
# G is renewed after as many whole time steps as come nearest to this; the averages it is made of decay by 0.03 % (slow)
# or 0.5 % (fast, 2 s) meanwhile.
HOMEOSTASIS_STEP = 10 * ms
# What is left of E_bar after any silence: nothing beside a rate, but more than the smallest float32.
E_FLOOR = 1e-30 * Hz
MOVING: str = equations.MOVING
FIXED: str = equations.FIXED


@dataclass(frozen=True, kw_only=True)
class BurstPlasticity:
    """Parameters of the rule that belong to the cells; learning rates belong to projections."""

    tau_avg: Quantity = quantity(2, second, 0.05, 100, "moving averages of event and burst rate", PAYEUR)
    tau_eligibility: Quantity = quantity(100, ms, 1, 1000, "eligibility trace of presynaptic events (tau_pre)", PAYEUR)
    e_min: Quantity = quantity(2, Hz, 0, 50, "event rate below which all inputs are potentiated", PAYEUR)
    e_max: Quantity = quantity(10, Hz, 0.1, 100, "event rate above which all inputs are depressed", PAYEUR)
    w_min: Quantity = quantity(0, None, 0, 10, "smallest weight", PAYEUR)
    w_max: Quantity = quantity(1, None, 0, 10, "largest weight", PAYEUR)
    burst_window: Quantity = quantity(16, ms, 1, 100, "wait for the burst of an event, where timing = window")
    reference_events: Quantity = quantity(
        500, None, 1, 1e6, "events of a cell that its P_b averages over, where reference = slow"
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class SlowHomeostasis:
    """What the slow form of homeostasis watches."""

    tau_rate: Quantity = quantity(30, second, 0.1, 1000, "average of the spike rate for homeostasis", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        check(self)


def burst_rule(
    homeostasis: str = "slow",
    timing: str = "paper",
    reference: str = MOVING,
    variables: Equations | str = "",
    parameters: Any = BurstPlasticity,
    start: Start | None = None,
    follows: bool = False,
) -> Rule:
    """The burst-dependent rule, or one that differs from it in a line.

    Parameters
    ----------
    homeostasis : {"slow", "off", "fast", "range"}
        What G acts on: a 30 s average of the spike rate (reproduces the paper), nothing, E_bar (as in the text), or
        that average, and H on the same one in place of E_bar.
    timing : {"paper", "event", "window"}
        When a burst changes a weight, and by which eligibility: at its second spike by that of then (as published);
        at its second spike by that of its event; or, with the event, once when the window of the burst closes.
    reference : str
        The burst probability at which nothing changes, an expression of variables of a cell: `MOVING`, its own P_bar;
        `FIXED`, its constant P_b; or another one, such as "P0".
    variables : Equations or str
        Further variables of the cells, which `reference` uses.
    parameters : callable
        Makes the parameter set: `BurstPlasticity`, or one derived from it that has a parameter for each of `variables`.
    start : mapping, optional
        What further variables begin with, as of a `Cell`.
    follows : bool
        Whether P_b is an average over the cell's last events in place of a constant.

    Returns
    -------
    Rule
        E_bar and P_bar begin with 5 Hz and 0.2, the learning rate is `ETA`, and plasticity switched on.

    Raises
    ------
    ParameterError
        For a word that is not one of those; or if there is no P_b to follow.

    Examples
    --------
    >>> fixed = burst_rule("off", reference="P0", variables="P0 : 1 (constant, shared)", start={"P0": 0.3})
    >>> "P0" in fixed.cells.names
    True
    """
    for name, word, words in (("homeostasis", homeostasis, HOMEOSTASIS), ("timing", timing, TIMINGS)):
        if word not in words:
            raise ParameterError(f"{name} = {word}: not one of {' | '.join(words)}")
    if follows and reference != FIXED:
        raise ParameterError(f"reference = {reference}: only {FIXED} can follow the cell")
    slow, closing, captured = homeostasis in ("slow", "range"), timing == "window", timing == "event"
    nothing = Equations("")
    begun: Start = {
        "E_floor": E_FLOOR, "E_bar": 5 * Hz, "B_bar": 1 * Hz, "t_average": 0 * second, "t_trace": LONG_AGO,
        "eta": ETA, "M": 1,
        **({"rate": 0.1 * Hz, "t_rate": 0 * second, "tau_rate": SlowHomeostasis().tau_rate} if slow else {}),
        **({"P_b": 0.2} if reference == FIXED else {}),
    }  # fmt: skip
    at_target = {
        "paper": {"event": ("event", equations.LEARN), "burst": ("burst", equations.LEARN)},
        # Of pathways with events at one moment the names decide which is first: capture before event.
        "event": {
            "capture": ("event", equations.CAPTURE),
            "event": ("event", equations.LEARN_CAPTURED),
            "burst": ("burst", equations.LEARN_CAPTURED),
        },
        "window": {"closes": ("closes", equations.LEARN)},
    }[timing]
    H = equations.H_OF_RATE if homeostasis == "range" else equations.H_OF_EVENTS
    on_event, on_burst = (
        (equations.on_event_window, equations.on_burst_window) if closing else (equations.on_event, equations.on_burst)
    )
    return Rule(
        name="burst-dependent",
        parameters=parameters,
        cells=equations.CELLS
        + equations.EVENT_RATE
        + equations.HOMEOSTATIC
        + (equations.SLOW_RATE if slow else nothing)
        + (equations.WINDOW if closing else nothing)
        + (equations.P_B if reference == FIXED else nothing)
        + Equations(str(variables) if isinstance(variables, str) else variables),
        start=begun | (start or {}),
        on_event=on_event(reference, H) + (equations.FOLLOW_EVENT if follows else ""),
        on_burst=on_burst(H) + (equations.FOLLOW_BURST if follows else ""),
        on_spike=equations.ON_SPIKE_SLOW if slow else "",
        events={"closes": (equations.CLOSES, equations.ON_CLOSE)} if closing else {},
        times=("t_average", "t_trace", *(["t_rate"] if slow else []), *(["t_closes"] if closing else [])),
        synapses=equations.SYNAPSES + (equations.OF_EVENT if captured else nothing),
        at_source={} if homeostasis == "off" else {"homeostasis": ("event", equations.HOMEOSTASIS)},
        at_target=at_target,
        event_rate="event_rate",
        run=partial(run_homeostasis, homeostasis=homeostasis),
    )


def begin_averages(
    cells: Any, parameters: BurstPlasticity, event_rate: Quantity = 5 * Hz, burst_probability: float = 0.2
) -> None:
    """Give cells the rule's parameters and start their averages.

    Parameters
    ----------
    cells : NeuronGroup
        Made with the `part` of the rule.
    parameters : BurstPlasticity
    event_rate : Quantity
        E_bar at the start; must not be zero, P_bar would be 0/0.
    burst_probability : float
        P_bar at the start.
    """
    burst_rule("off").begin(cells, parameters)
    cells.E_bar = event_rate
    cells.B_bar = event_rate * burst_probability


def run_homeostasis(cells: Any, homeostasis: str) -> None:
    """Let the homeostatic term G follow the rates of the cells; nothing for "off".

    A plastic projection does so for its target.

    Raises
    ------
    ParameterError
        If another homeostasis of these cells is under way.
    """
    running = _running_homeostasis(cells)
    if running is not None and running.abstract_code != _G.get(homeostasis, running.abstract_code):
        raise ParameterError(
            f"homeostasis = {homeostasis}: that of {cells.name} is another one already; take the same for all plastic "
            "projections onto them"
        )
    if running is None and homeostasis != "off":
        dt = cells.clock.dt
        cells.run_regularly(
            _G[homeostasis],
            dt=max(1, round(float(HOMEOSTASIS_STEP / dt))) * dt,
            name=_name_of_homeostasis(cells),
        )


_G = {"slow": equations.G_SLOW, "range": equations.G_SLOW, "fast": equations.G_FAST}


def _name_of_homeostasis(cells: Any) -> str:
    return f"{cells.name}_homeostasis"


def _running_homeostasis(cells: Any) -> Any:
    return next((each for each in cells.contained_objects if each.name == _name_of_homeostasis(cells)), None)
