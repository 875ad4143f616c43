"""Short-term plasticity, extended Tsodyks-Markram model: facilitating synapses read bursts, depressing ones events.

Payeur et al. (2021), Methods; Naud & Sprekeler (2018): dx/dt = (1 - x)/D, du/dt = (U - u)/F; at a spike the release is
u x with the values before the jump, then x -= u x and u += f (1 - u).

All synapses of one kind that a cell makes see the same spikes, so u and x belong to the presynaptic cell: one update
a spike instead of one a synapse. A cell with two kinds has two sets of the variables, told apart by a suffix such as
"_std" (u_std, x_std, release_std, ...). A synapse with a delay reads `release` when the spike arrives; a second spike
of the cell within the delay (0.8 ms) would be seen too early, but no cell here fires twice in that time.

Deviation of the published program: its spikes raise u by U (1 - u), whatever f is. It sets f = 0.1, but a base class
whose function is not virtual does the jump. Its facilitating synapses (U 0.02) facilitate a fifth as much as the text
says, and all published numbers of networks with such synapses are made with that; here it is the choice f = U.
"""

from brian2 import Equations
from brian2.utils.stringtools import word_substitute

NAMES = ("u", "x", "release", "t_stp", "tau_D", "tau_F", "U", "f")

# U and f may change while the cells run: neuromodulators act on release.
_VARIABLES = """
    u : 1
    x : 1
    release : 1
    t_stp : second
    tau_D : second (constant, shared)
    tau_F : second (constant, shared)
    U : 1 (shared)
    f : 1 (shared)
    """

# u jumps after x: the release and the loss of x use the u before the spike.
_ON_SPIKE = """
    x = 1 - (1 - x)*exp(-(t - t_stp)/tau_D)
    u = U - (U - u)*exp(-(t - t_stp)/tau_F)
    release = u*x
    x -= release
    u += f*(1 - u)
    t_stp = t
    """


def variables(suffix: str = "") -> Equations:
    """Variables and parameters of the synapses of one kind; every name ends with `suffix`."""
    return Equations(_VARIABLES, **_substitution(suffix))


def on_spike(suffix: str = "") -> str:
    """What a spike of the presynaptic cell does to them."""
    return word_substitute(_ON_SPIKE, _substitution(suffix))


def _substitution(suffix: str) -> dict[str, str]:
    return {name: name + suffix for name in NAMES} if suffix else {}
