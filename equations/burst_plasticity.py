"""The burst-dependent learning rule.

Payeur et al. (2021), eq. 1 and Methods: dw/dt = eta M {[(1 + H) B + (-P_bar + H) E] x_pre + G E_pre}, where E and B are
the postsynaptic event and burst trains, x_pre is the eligibility (a trace of presynaptic events), P_bar = B_bar/E_bar
the moving average of the burst probability, M the switch of plasticity, H and G the homeostatic terms for event rates
above e_max and below e_min.

Everything but the weight belongs to a cell, not to a synapse, and changes only at its events and bursts, so it is
computed there, once, with the exact decay since the last change. `delta` is the bracket times eta, waiting for x_pre.

The burst probability at which nothing changes, the `reference`, is P_bar here, and may be another expression: that of
one-phase learning is P_b, a constant of the cell (Greedy et al. 2022).

Timing
------
A burst is known at its second spike, some 10 ms after its event. x_pre has decayed by then, so that at P = P_bar every
event costs weight. Three forms differ in when a weight changes, and by which eligibility:

* `on_event`, `on_burst`, `LEARN`: at once, by the eligibility of that moment (the paper);
* `on_event`, `on_burst`, `CAPTURE`, `LEARN_CAPTURED`: at once, a burst by the eligibility of its event;
* `on_event_window`, `on_burst_window`, `CLOSES`, `LEARN`: once for each event, when the window of its burst closes.

Deviations
----------
* The published program does not apply G as the text says: it compares e_min with a 30 s average of the *spike* rate
  that starts at 0.1 Hz (`slow`, the default, which reproduces the paper). With E_bar as in the text (`fast`) counting
  noise drives every cell towards e_min and XOR is not learned.
* With `range` both terms act on that average, H too: a cell is kept between e_min and e_max without pulling at its
  weights in between. H of E_bar, with averages of half a second, does so at any rate.
* G is renewed every 10 ms, not at every presynaptic event: the averages it comes from decay by 0.03 % in that time.
"""

from brian2 import Equations

# E_bar and B_bar are the values at t_average, eligibility the one at t_trace.
CELLS = Equations("""
    E_bar : Hz
    B_bar : Hz
    t_average : second
    eligibility : 1
    t_trace : second
    age = t - t_trace : second  # in the precision of the states: the exponential of a double takes twice the time
    delta : 1
    eta : 1
    M : 1 (shared)
    tau_avg : second (constant, shared)
    tau_eligibility : second (constant, shared)
    w_min : 1 (constant, shared)
    w_max : 1 (constant, shared)
    E_floor : Hz (constant, shared)
    e_min : Hz (constant)
    e_max : Hz (constant)
    burst_window : second (constant, shared)
    reference_events : 1 (constant, shared)
    """)

# What a teacher reads: the event rate now.
EVENT_RATE = Equations("event_rate = E_bar*exp(-(t - t_average)/tau_avg) : Hz")

# The burst probability at which nothing changes. min(P_bar, 1) as in the published program.
MOVING = "clip(B_bar/E_bar, 0, 1)"
FIXED = "P_b"
P_B = Equations("P_b : 1")

# A P_b that follows the cell is an average over its last `reference_events` events, not over time: nothing decays in
# silence. The rule sees it before the event is counted.
FOLLOW_EVENT = """
    P_b -= P_b/reference_events
    """
FOLLOW_BURST = """
    P_b += 1/reference_events
    """

# H of the text, and of a rate without its noise: E_bar of single cells is above e_max now and then at any mean rate.
H_OF_EVENTS = "clip(e_max/E_bar - 1, -1, 0)"
H_OF_RATE = "clip(e_max/(rate*exp(-(t - t_rate)/tau_rate)) - 1, -1, 0)"
_DECAY = """
    decay = exp(-(t - t_average)/tau_avg)
    E_bar = E_bar*decay + E_floor  # after minutes of silence E_bar would be 0, and P_bar 0/0
    B_bar *= decay
    t_average = t
    """
_COUNT_EVENT = """
    E_bar += 1/tau_avg
    eligibility = eligibility*exp(-age/tau_eligibility) + 1
    t_trace = t
    """
_COUNT_BURST = """
    B_bar += 1/tau_avg
    """


def _decay(H: str) -> str:
    return f"{_DECAY}H = {H}\n    "


def on_event(reference: str, H: str = H_OF_EVENTS) -> str:
    """The statements of an event; the rule sees the averages before it is counted."""
    return _decay(H) + "delta = eta*(-" + reference + " + H)" + _COUNT_EVENT


def on_burst(H: str = H_OF_EVENTS) -> str:
    """The statements of a burst."""
    return _decay(H) + "delta = eta*(1 + H)" + _COUNT_BURST


# Waiting for the window to close: whether a burst has followed, and reference and H of the event.
WINDOW = Equations("""
    is_open : 1
    t_closes : second
    followed : 1
    reference_then : 1
    H_then : 1
    """)


def on_event_window(reference: str, H: str = H_OF_EVENTS) -> str:
    """The statements of an event whose window closes later."""
    return (
        _decay(H)
        + "reference_then = "
        + reference
        + """
    H_then = H
    followed = 0
    is_open = 1
    t_closes = t + burst_window
    """
        + _COUNT_EVENT
    )


def on_burst_window(H: str = H_OF_EVENTS) -> str:
    """The statements of its burst."""
    return _decay(H) + "followed = 1" + _COUNT_BURST


CLOSES = "is_open > 0.5 and t >= t_closes"
ON_CLOSE = """
    is_open = 0
    delta = eta*(followed*(1 + H_then) - reference_then + H_then)
    """

# G, and G times eta; without homeostasis they stay 0.
HOMEOSTATIC = Equations("""
    G : Hz
    homeostatic : 1
    """)
# The rate that slow homeostasis watches, and the statements of every spike.
SLOW_RATE = Equations("""
    rate : Hz
    t_rate : second
    tau_rate : second (constant, shared)
    """)
ON_SPIKE_SLOW = """
    rate = rate*exp(-(t - t_rate)/tau_rate) + 1/tau_rate
    t_rate = t
    """
G_SLOW = """
    G = clip(e_min - rate*exp(-(t - t_rate)/tau_rate), 0*Hz, e_min)
    homeostatic = eta*G/Hz
    """
G_FAST = """
    G = clip(e_min - E_bar*exp(-(t - t_average)/tau_avg), 0*Hz, e_min)
    homeostatic = eta*G/Hz
    """

SYNAPSES = Equations("w : 1")
# The eligibility of the target's last event.
OF_EVENT = Equations("x_event : 1")

# All pathways have M as a factor of all they do to the weight, so a program may skip them while it is zero.
LEARN = """
    trace = eligibility_pre*exp(-age_pre/tau_eligibility_pre)
    w = clip(w + M_post*delta_post*trace, w_min_post, w_max_post)
    """
# Also while plasticity is off: the burst may come when it is on.
CAPTURE = "x_event = eligibility_pre*exp(-age_pre/tau_eligibility_pre)"
LEARN_CAPTURED = "w = clip(w + M_post*delta_post*x_event, w_min_post, w_max_post)"
HOMEOSTASIS = "w = clip(w + M_post*homeostatic_post, w_min_post, w_max_post)"
