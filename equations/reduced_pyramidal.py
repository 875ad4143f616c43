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

# Moments are absolute: a countdown in every cell would be one more variable to update in every step. They are counted
# in time steps: exact while they fit into 32 bits (59 h at 0.1 ms), and half the memory of a double to go through.
SECOND_SPIKE = Equations("""
    free_step : integer   # last step of the absolute refractory time
    burst_step : integer  # the second spike comes after it; `never` where none is due
    refractory_time : second (constant, shared)
    burst_delay : second (constant, shared)
    burst_jitter : second (constant, shared)
    never : integer (constant, shared)
    """)

REDUCED_PYRAMIDAL = SOMA + DENDRITE + UNCOUPLED + CELL_PARAMETERS + SECOND_SPIKE

_NOW = "int(t_in_timesteps)"
EVENT = f"v_s > theta and {_NOW} > free_step"
BURST = f"{_NOW} > burst_step"

# The first step at least half a step beyond a duration, so that rounding never decides; rand() once per statement.
ON_EVENT = f"""
    v_s = E_L
    theta += delta_theta
    w_s += 1
    free_step = {_NOW} + int(refractory_time/dt - 0.5)
    single = int(rand() >= f_d)
    due = {_NOW} + int((burst_delay + burst_jitter*rand())/dt - 0.5)
    burst_step = single*never + (1 - single)*due
    """

ON_BURST = f"""
    free_step = {_NOW} + int(refractory_time/dt - 0.5)
    burst_step = never
    """
