"""Interneurons (parvalbumin- and somatostatin-positive): adaptive exponential integrate-and-fire.

Payeur et al. (2021), Methods; AdEx of Brette & Gerstner (2005).

Deviation: the voltage is held at E_L while the cell is refractory, as in the published program, so the reset value
has no lasting effect; the published rates depend on it (PV 7.9 Hz instead of 8.7 Hz by background alone).
"""

from brian2 import Equations

# The adaptation is w in the paper; a cell's variable of that name would be taken for the weight of its synapses.
# The exponent is clipped where the spike has long begun: above the cut-off the Euler step would overflow.
INTERNEURON = Equations("""
    dv/dt = int(t > t_free)*(g_L*(E_L - v + drive) + g_L*D_T*exp(clip(v - V_T, -V_clip, V_clip)/D_T) + I - w_a)/C : volt
    dw_a/dt = (a*(v - E_L) - w_a)/tau_w : amp
    I : amp
    t_free : second
    C : farad (constant, shared)
    g_L : siemens (constant, shared)
    E_L : volt (constant, shared)
    V_T : volt (constant, shared)
    D_T : volt (constant, shared)
    V_clip : volt (constant, shared)
    V_cut : volt (constant, shared)
    tau_w : second (constant, shared)
    a : siemens (constant, shared)
    b : amp (constant, shared)
    refractory_time : second (constant, shared)
    """)

THRESHOLD = "v > V_cut"

RESET = """
    v = E_L
    w_a += b
    t_free = t + refractory_time - 0.5*dt
    """
