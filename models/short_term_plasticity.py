"""Short-term plasticity (equations/short_term_plasticity.py) with the two presets of Payeur et al. (2021)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Equations, Quantity, ms
from numpy import float64

from ..equations import short_term_plasticity as equations
from .integration import LONG_AGO
from .parameters import PAYEUR, assign, check, quantity


@dataclass(frozen=True, kw_only=True)
class ShortTermPlasticity:
    """Parameters of one kind of synapse; the defaults are those of facilitating ones."""

    tau_D: Quantity = quantity(100, ms, 1, 10000, "recovery from depression", PAYEUR)
    tau_F: Quantity = quantity(100, ms, 1, 10000, "decay of facilitation", PAYEUR)
    U: Quantity = quantity(0.02, None, 0, 1, "release probability at rest", PAYEUR)
    f: Quantity = quantity(0.1, None, 0, 1, "facilitation at each spike", PAYEUR)

    def __post_init__(self) -> None:
        check(self)


def stf_parameters() -> ShortTermPlasticity:
    """Short-term facilitation: reads bursts."""
    return ShortTermPlasticity()


def std_parameters() -> ShortTermPlasticity:
    """Short-term depression: reads events."""
    return ShortTermPlasticity(tau_D=20 * ms, tau_F=1000 * ms, U=0.9, f=0.1)


# What a cell with such synapses needs: further variables, the data type of its time, and statements at each spike.
EQUATIONS: Equations = equations.SHORT_TERM_PLASTICITY
ON_SPIKE: str = equations.ON_SPIKE
DTYPE: dict[str, type] = {"t_stp": float64}


def rest(group: Any, parameters: ShortTermPlasticity) -> None:
    """Give the synapses of a cell group their parameters, and set them to rest: x = 1, u = U."""
    assign(group, parameters)
    group.x = 1
    group.u = parameters.U
    group.t_stp = LONG_AGO
