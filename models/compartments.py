"""What the full and the reduced pyramidal cell have in common: parameters of soma and dendrite, first state, traces."""

from __future__ import annotations

from dataclasses import dataclass

from brian2 import Quantity, ms, mV, nS, pA, pF

from .cell import Start
from .integration import INITIAL_W_D
from .parameters import PAYEUR, check, quantity


@dataclass(frozen=True, kw_only=True)
class Compartments:
    """Parameters of soma and dendrite that both cells have, with the same values; each cell adds its own."""

    E_L: Quantity = quantity(-70, mV, -100, -40, "leak reversal and reset potential", PAYEUR)
    tau_s: Quantity = quantity(16, ms, 1, 100, "somatic membrane time constant", PAYEUR)
    C_s: Quantity = quantity(370, pF, 10, 5000, "somatic capacitance", PAYEUR)
    b: Quantity = quantity(200, pA, 0, 5000, "somatic adaptation at each reset", PAYEUR)
    tau_ws: Quantity = quantity(100, ms, 1, 2000, "time constant of somatic adaptation", PAYEUR)
    V_T: Quantity = quantity(-50, mV, -70, 0, "resting spike threshold", PAYEUR)
    delta_theta: Quantity = quantity(2, mV, 0, 30, "rise of the threshold at each reset", PAYEUR)
    tau_theta: Quantity = quantity(27, ms, 1, 500, "decay of the threshold", PAYEUR)
    tau_d: Quantity = quantity(7, ms, 1, 100, "dendritic membrane time constant", PAYEUR)
    C_d: Quantity = quantity(170, pF, 10, 5000, "dendritic capacitance", PAYEUR)
    a: Quantity = quantity(13, nS, 0, 200, "subthreshold dendritic adaptation", PAYEUR)
    tau_wd: Quantity = quantity(30, ms, 1, 500, "time constant of dendritic adaptation", PAYEUR)

    def __post_init__(self) -> None:
        check(self)


# Rest, but for w_d, which begins as in the published program.
START: Start = {"v_s": "E_L", "v_d": "E_L", "theta": "V_T", "w_d": INITIAL_W_D}
TRACES = {"v_s": "V", "v_d": "V", "w_s": "1", "w_d": "V", "theta": "V", "I_s": "A", "I_d": "A"}
RECEPTORS = {"g_exc_s": "1", "g_inh_s": "1", "g_exc_d": "1", "g_inh_d": "1"}
MEANINGS = {
    "v_s": "somatic membrane voltage",
    "v_d": "dendritic membrane voltage",
    "w_s": "somatic adaptation, in units of its jump at a spike",
    "w_d": "dendritic adaptation, as the voltage that it follows",
    "theta": "moving spike threshold",
    "I_s": "current into the soma",
    "I_d": "current into the dendrite",
    "g_exc_s": "excitatory conductance of the soma, in units of its leak",
    "g_inh_s": "inhibitory conductance of the soma, in units of its leak",
    "g_exc_d": "excitatory conductance of the dendrite, in units of its leak",
    "g_inh_d": "inhibitory conductance of the dendrite, in units of its leak",
}
