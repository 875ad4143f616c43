"""Synaptic reversal potentials and time constants (equations/conductance.py), values of Payeur et al. (2021)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from brian2 import Equations, Quantity, ms, mV

from ..equations import conductance as equations
from .parameters import PAYEUR, ParameterError, check, quantity


@dataclass(frozen=True, kw_only=True)
class Conductance:
    """Excitatory and inhibitory conductances, in units of the compartment's leak."""

    E_exc: Quantity = quantity(0, mV, -50, 60, "reversal of excitation", PAYEUR)
    E_inh: Quantity = quantity(-80, mV, -100, -40, "reversal of inhibition", PAYEUR)
    tau_exc: Quantity = quantity(5, ms, 0.5, 200, "decay of excitation", PAYEUR)
    tau_inh: Quantity = quantity(10, ms, 0.5, 200, "decay of inhibition", PAYEUR)

    def __post_init__(self) -> None:
        check(self)

    def stepwise(self, dt: Quantity, decay: str = "exact") -> Conductance:
        """The set to give to cells that are integrated in steps of `dt`.

        Parameters
        ----------
        dt : Quantity
            The time step.
        decay : {"exact", "euler"}
            "exact": in a step a conductance is used and then multiplied by exp(-dt/tau), as in the published program.
            Summed over steps it has the area tau + dt/2 where the equation has tau: 1 % more excitation at 0.1 ms,
            which moves rates near threshold by 4 to 8 %. "euler": forward Euler, whose sum is tau.

        Returns
        -------
        Conductance
            For "exact" with the time constants that make a step of forward Euler the same.
        """
        if decay not in DECAYS:
            raise ParameterError(f"decay = {decay}: not one of {' | '.join(DECAYS)}")
        if decay == "euler":
            return self
        tau = {name: dt / (1 - np.exp(-float(dt / getattr(self, name)))) for name in ("tau_exc", "tau_inh")}
        return replace(self, **tau)


# How conductances decay in a step.
DECAYS = ("exact", "euler")

DRIVING_FORCES = tuple(equations.DENDRITIC_SYNAPSES)


def pyramidal_synapses(driving_force: str = "somatic") -> Equations:
    """Conductances on soma (g_exc_s, g_inh_s) and dendrite (g_exc_d, g_inh_d) of a pyramidal cell.

    Parameters
    ----------
    driving_force : {"somatic", "local"}
        The voltage that dendritic synapses see: the soma's, as in the published program and all published numbers, or
        their own, as in the text.
    """
    if driving_force not in DRIVING_FORCES:
        raise ParameterError(f"driving_force = {driving_force}: not one of {' | '.join(DRIVING_FORCES)}")
    return equations.SOMATIC_SYNAPSES + equations.DENDRITIC_SYNAPSES[driving_force] + equations.REVERSALS


def interneuron_synapses() -> Equations:
    """Conductances g_exc and g_inh of a cell with one compartment."""
    return equations.POINT_SYNAPSES + equations.REVERSALS
