"""Excitatory and inhibitory synaptic conductances, in units of the compartment's leak: dv = (dt/tau) g (E_rev - v).

Payeur et al. (2021), Methods. The text lets each compartment see its own voltage (`local`). The published program
uses the somatic voltage in the driving force of dendritic synapses too (`somatic`); all published numbers do.
"""

from brian2 import Equations

# One compartment; names are substituted: Equations(str, g_exc="g_exc_s", ...)
_DECAY = """
    dg_exc/dt = -g_exc/tau_exc : 1
    dg_inh/dt = -g_inh/tau_inh : 1
    """
_DRIVE = "drive = g_exc*(E_exc - v) + g_inh*(E_inh - v) : volt"

REVERSALS = Equations("""
    E_exc : volt (constant, shared)
    E_inh : volt (constant, shared)
    tau_exc : second (constant, shared)
    tau_inh : second (constant, shared)
    """)


def compartment(suffix: str, voltage: str) -> Equations:
    """Conductances g_exc and g_inh and their `drive` for one compartment.

    Parameters
    ----------
    suffix : str
        Of the compartment's variables: "_s", "_d", or "" for a cell with one compartment.
    voltage : str
        The variable that the synapses see; "v" for a cell with one compartment.
    """
    if not suffix:
        return Equations(_DECAY) + Equations(_DRIVE)
    names = {"g_exc": f"g_exc{suffix}", "g_inh": f"g_inh{suffix}"}
    return Equations(_DECAY, **names) + Equations(_DRIVE, drive=f"drive{suffix}", v=voltage, **names)


SOMATIC_SYNAPSES = compartment("_s", "v_s")

# What a dendritic synapse sees is the choice `driving_force`.
DENDRITIC_SYNAPSES = {"somatic": compartment("_d", "v_s"), "local": compartment("_d", "v_d")}

POINT_SYNAPSES = compartment("", "v")

NO_SYNAPSES = Equations("""
    drive_s = 0*volt : volt
    drive_d = 0*volt : volt
    """)
