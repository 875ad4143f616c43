"""The reduced pyramidal cell of the XOR experiment: bursts drawn from a probability that the dendrite sets.

Payeur et al. (2021), Fig 4; the details are those of the published program. Soma and dendrite are the compartments of
pyramidal.py without the currents between them. A threshold crossing is an event; with probability f(v_d) a second
spike follows after `burst_delay` + U(0, 1) `burst_jitter`. That second spike neither resets v_s nor raises the
threshold nor adds adaptation. Either spike begins an absolute refractory time, in which v_s keeps integrating.
"""

from brian2 import Equations

from .pyramidal import CELL_PARAMETERS, DENDRITE, SOMA

UNCOUPLED = Equations("""
    I_to_soma = 0*amp : amp
    I_active = 0*amp : amp
    """)

# Times are absolute: a countdown in every cell would be one more variable to update in every step.
SECOND_SPIKE = Equations("""
    t_free : second   # end of the absolute refractory time
    t_burst : second  # when the second spike is due; `never` away when none is
    refractory_time : second (constant, shared)
    burst_delay : second (constant, shared)
    burst_jitter : second (constant, shared)
    never : second (constant, shared)
    """)

REDUCED_PYRAMIDAL = SOMA + DENDRITE + UNCOUPLED + CELL_PARAMETERS + SECOND_SPIKE

EVENT = "v_s > theta and t > t_free"
BURST = "t > t_burst"

# t_free lies half a step early, so that rounding never decides about the last step. rand() once per statement.
ON_EVENT = """
    v_s = E_L
    theta += delta_theta
    w_s += 1
    t_free = t + refractory_time - 0.5*dt
    single = int(rand() >= f_d)
    t_burst = t + burst_delay + burst_jitter*rand() - 0.5*dt + single*never
    """

ON_BURST = """
    t_free = t + refractory_time - 0.5*dt
    t_burst = t + never
    """
