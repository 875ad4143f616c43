"""Short-term plasticity (equations/short_term_plasticity.py) with the two presets of Payeur et al. (2021)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from brian2 import Equations, Quantity, ms
from numpy import float64

from ..equations import short_term_plasticity as equations
from ..equations.projection import released
from .cell import Part
from .integration import LONG_AGO
from .parameters import PAYEUR, ParameterError, assign, assignments, check, quantity

__all__ = [
    "ShortTermPlasticity",
    "cell_part",
    "released",
    "rest",
    "resting",
    "std_parameters",
    "stf_parameters",
    "usual",
]


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


def usual(suffix: str) -> ShortTermPlasticity:
    """What synapses of a kind are where nothing else is said: depressing if it is "_std", facilitating otherwise."""
    return std_parameters() if suffix == "_std" else stf_parameters()


FACILITATIONS = ("program", "text")


def facilitated(parameters: ShortTermPlasticity, facilitation: str) -> ShortTermPlasticity:
    """The same synapses with the jump of u that is meant by `facilitation`.

    Parameters
    ----------
    parameters : ShortTermPlasticity
    facilitation : {"program", "text"}
        U, as the published program does whatever f is (all published numbers of networks are made with it), or f.
    """
    if facilitation not in FACILITATIONS:
        raise ParameterError(f"facilitation = {facilitation}: not one of {' | '.join(FACILITATIONS)}")
    return replace(parameters, f=parameters.U) if facilitation == "program" else parameters


def cell_part(*suffixes: str) -> Part:
    """What cells with such synapses need, for each kind of them (in burstlab.models it is `release_part`).

    Parameters
    ----------
    *suffixes : str
        End of the variables' names, one for each kind, such as "_std" and "_stf"; none for a cell with one kind.

    Returns
    -------
    Part
        One of the `parts` of pyramidal cells or interneurons. Projections of these cells pass on `released("_std")`.

    Examples
    --------
    >>> part = cell_part("_std", "_stf")
    >>> sorted(part.dtype)
    ['t_stp_std', 't_stp_stf']
    """
    kinds = suffixes or ("",)
    return Part(
        equations=sum((equations.variables(suffix) for suffix in kinds), Equations("")),
        on_spike="".join(equations.on_spike(suffix) for suffix in kinds),
        dtype={f"t_stp{suffix}": float64 for suffix in kinds},
    )


# A cell with one kind of such synapses.
EQUATIONS, ON_SPIKE, DTYPE = cell_part().equations, cell_part().on_spike, cell_part().dtype


def rest(group: Any, parameters: ShortTermPlasticity, suffix: str = "") -> None:
    """Give the synapses of a cell group their parameters, and set them to rest: x = 1, u = U."""
    assign(group, parameters, suffix)
    start = {"x": 1, "u": parameters.U, "t_stp": LONG_AGO}
    for name, value in start.items():
        setattr(group, name + suffix, value)


def resting(group: str, parameters: ShortTermPlasticity, suffix: str = "") -> dict[str, float]:
    """What `rest` sets, by name and in SI units, for the values of a run: {"group.variable": value}."""
    return assignments(group, parameters, suffix) | {f"{group}.u{suffix}": float(parameters.U)}
