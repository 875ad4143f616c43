"""Short-term plasticity, extended Tsodyks-Markram model: facilitating synapses read bursts, depressing ones events.

Payeur et al. (2021), Methods; Naud & Sprekeler (2018): dx/dt = (1 - x)/D, du/dt = (U - u)/F; at a spike the release is
u x with the values before the jump, then x -= u x and u += f (1 - u).

All synapses of one kind that a cell makes see the same spikes, so u and x belong to the presynaptic cell: one update
a spike instead of one a synapse. Names are substituted where a cell has two kinds. A synapse with a delay reads
`release` when the spike arrives; a second spike of the cell within the delay (0.8 ms) would be seen too early, but no
cell here fires twice in that time.
"""

from brian2 import Equations

SHORT_TERM_PLASTICITY = Equations("""
    u : 1
    x : 1
    release : 1
    t_stp : second
    tau_D : second (constant, shared)
    tau_F : second (constant, shared)
    U : 1 (constant, shared)
    f : 1 (constant, shared)
    """)

# u jumps after x: the release and the loss of x use the u before the spike.
ON_SPIKE = """
    x = 1 - (1 - x)*exp(-(t - t_stp)/tau_D)
    u = U - (U - u)*exp(-(t - t_stp)/tau_F)
    release = u*x
    x -= release
    u += f*(1 - u)
    t_stp = t
    """
