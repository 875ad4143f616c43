"""The two-compartment pyramidal cell: soma, apical dendrite, and the currents between them.

Payeur et al. (2021), Methods, "Network simulations"; neuron model of Naud & Sprekeler (2018), eqs 1-4.

Deviations
----------
* The back-propagating action potential K(t) begins in the step after the spike, as in the published program; the text
  has a delay of 0.5 ms. A second spike restarts the box of length `K_duration`, it does not add to it.
* Currents `I_s`, `I_d` stand inside the equations. The published program adds them after the threshold test, which
  raises its threshold by dt I/C (0.14 mV at 500 pA) and delays its first spikes by up to 1.2 ms.
"""

from brian2 import Equations

# w_s counts spikes, so that b is the current that one spike adds; theta is the moving threshold.
# drive_s is the synaptic driving force in volts; see conductance.py.
SOMA = Equations("""
    dv_s/dt = (E_L - v_s + drive_s)/tau_s + (I_to_soma + I_s - b*w_s)/C_s : volt
    dw_s/dt = -w_s/tau_ws : 1
    dtheta/dt = (V_T - theta)/tau_theta : volt
    I_s : amp
    """)

# w_d is kept as a voltage, so that a is a conductance.
DENDRITE = Equations("""
    dv_d/dt = (E_L - v_d + drive_d)/tau_d + (I_active + I_d - a*w_d)/C_d : volt
    dw_d/dt = (v_d - E_L - w_d)/tau_wd : volt
    # the sigmoid of the regenerative dendritic current, between 0 and 1
    f_d = 1/(1 + exp(-(v_d - E_d)/D_d)) : 1
    I_d : amp
    """)

# Half a step keeps rounding from deciding whether the last step of the box counts.
COUPLING = Equations("""
    I_to_soma = g_s*f_d : amp
    I_active = g_d*f_d + c_d*int(t - t_spike < K_duration + 0.5*dt) : amp
    """)

# What every compartment has in common, with or without coupling.
CELL_PARAMETERS = Equations("""
    E_L : volt (constant, shared)
    tau_s : second (constant, shared)
    C_s : farad (constant, shared)
    b : amp (constant, shared)
    tau_ws : second (constant, shared)
    V_T : volt (constant, shared)
    delta_theta : volt (constant, shared)
    tau_theta : second (constant, shared)
    tau_d : second (constant, shared)
    C_d : farad (constant, shared)
    a : siemens (constant, shared)
    tau_wd : second (constant, shared)
    E_d : volt (constant, shared)
    D_d : volt (constant, shared)
    """)

# g_d may change while the cells run: neuromodulators act on dendritic calcium currents.
COUPLING_PARAMETERS = Equations("""
    g_s : amp (constant, shared)
    g_d : amp (shared)
    c_d : amp (constant, shared)
    K_duration : second (constant, shared)
    """)

PYRAMIDAL = SOMA + DENDRITE + COUPLING + CELL_PARAMETERS + COUPLING_PARAMETERS

THRESHOLD = "v_s > theta"

SOMATIC_RESET = """
    v_s = E_L
    theta += delta_theta
    w_s += 1
    """
