"""The burst-dependent learning rule.

Payeur et al. (2021), eq. 1 and Methods: dw/dt = eta M {[(1 + H) B + (-P_bar + H) E] x_pre + G E_pre}, where E and B are
the postsynaptic event and burst trains, x_pre is the eligibility (a trace of presynaptic events), P_bar = B_bar/E_bar
the moving average of the burst probability, M the switch of plasticity, H and G the homeostatic terms for event rates
above e_max and below e_min.

Everything but the weight belongs to a cell, not to a synapse, and changes only at its events and bursts, so it is
computed there, once, with the exact decay since the last change. `delta` is the bracket times eta, waiting for x_pre.

Deviations
----------
* The published program does not apply G as the text says: it compares e_min with a 30 s average of the *spike* rate
  that starts at 0.1 Hz (`slow`, the default, which reproduces the paper). With E_bar as in the text (`fast`) counting
  noise drives every cell towards e_min and XOR is not learned.
* G is renewed every 10 ms, not at every presynaptic event: the averages it comes from decay by 0.03 % in that time.
"""

from brian2 import Equations

# E_bar and B_bar are the values at t_average, eligibility the one at t_trace.
MOVING_AVERAGES = Equations("""
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
    """)

# Rates between which nothing is homeostatic: of all cells, or each cell's own.
RATE_RANGE = Equations("""
    e_min : Hz (constant, shared)
    e_max : Hz (constant, shared)
    """)
OWN_RATE_RANGE = Equations("""
    e_min : Hz (constant)
    e_max : Hz (constant)
    """)

_DECAY = """
    decay = exp(-(t - t_average)/tau_avg)
    E_bar = E_bar*decay + E_floor  # after minutes of silence E_bar would be 0, and P_bar 0/0
    B_bar *= decay
    t_average = t
    H = clip(e_max/E_bar - 1, -1, 0)
    """

# The rule sees P_bar before the event is counted. min(P_bar, 1) as in the published program.
ON_EVENT = (
    _DECAY
    + """
    delta = eta*(-clip(B_bar/E_bar, 0, 1) + H)
    E_bar += 1/tau_avg
    eligibility = eligibility*exp(-age/tau_eligibility) + 1
    t_trace = t
    """
)

ON_BURST = (
    _DECAY
    + """
    delta = eta*(1 + H)
    B_bar += 1/tau_avg
    """
)

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

PLASTIC_SYNAPSE = Equations("w : 1")

# Both pathways have M as a factor of all they do, so a program may skip them while it is zero.
LEARN = """
    trace = eligibility_pre*exp(-age_pre/tau_eligibility_pre)
    w = clip(w + M_post*delta_post*trace, w_min_post, w_max_post)
    """
HOMEOSTASIS = "w = clip(w + M_post*homeostatic_post, w_min_post, w_max_post)"

# The same where each synapse has a learning rate of its own, in units of that of its target.
OWN_ETA = Equations("own_eta : 1 (constant)")
LEARN_OWN = """
    trace = eligibility_pre*exp(-age_pre/tau_eligibility_pre)
    w = clip(w + own_eta*M_post*delta_post*trace, w_min_post, w_max_post)
    """
HOMEOSTASIS_OWN = "w = clip(w + own_eta*M_post*homeostatic_post, w_min_post, w_max_post)"

# The sum of the plastic weights onto a cell, for the record.
INCOMING_CELL = Equations("incoming : 1")
CLEAR_INCOMING = "incoming = 0"
SUM_INCOMING = "incoming_post += w"
