"""Every state of every group and synapse, and what it may be if nothing has diverged: at the end and at checkpoints.

A run keeps the last of them all, whatever its experiment looks at (`Model` adds them to its outputs), so that cells
nobody measures cannot leave what is possible unseen. A compiled program looks at them at each checkpoint, too, and ends
when one has.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import NeuronGroup, Synapses, volt
from brian2.core.variables import ArrayVariable

# What is looked at: values, and the lowest and highest allowed, with unit.
Bounds = dict[str, tuple[np.ndarray, float, float, str]]

# No membrane is beyond these: reversal potentials are above -0.1 V and spikes below 0.1 V.
_VOLTAGES = {"v_s": 0.3, "v_d": 0.5, "v": 0.3}
# A conductance, in units of the leak, is never negative, and at this one no time step would be short enough.
_CONDUCTANCES, _MOST_LEAKS = ("g_exc", "g_inh"), 1e4
LAST = "last"  # what their names begin with


def voltages(raw: Mapping[str, np.ndarray], names: Mapping[str, str] | None = None) -> Bounds:
    """Bounds of recorded voltages.

    Parameters
    ----------
    raw : mapping of str to array
        Arrays of a run.
    names : mapping of str to str, optional
        Which variable ("v_s", "v_d" or "v") the arrays hold; by default those of this name.
    """
    names = names or {name: name for name in _VOLTAGES if name in raw}
    return {name: (raw[name], -_VOLTAGES[variable], _VOLTAGES[variable], "V") for name, variable in names.items()}


def last_states(network: Any) -> dict[str, tuple[Any, str, int | None]]:
    """Owner, variable and length (where it is known before the run) of every state in a network.

    Names hold what `bounds_of_last` has to know: owner, variable, and the unit of what has bounds.
    """
    found: dict[str, tuple[Any, str, int | None]] = {}
    for owner in sorted(network.objects, key=lambda object_: object_.name):
        if not isinstance(owner, NeuronGroup | Synapses):
            continue
        rows = len(owner) if isinstance(owner, NeuronGroup) else None
        for name, variable in owner.variables.items():
            if _is_state(variable, owner):
                found["|".join((LAST, owner.name, name, _unit(variable, owner)))] = (owner, name, rows)
    return found


def _unit(variable: Any, owner: Any) -> str:
    """ "V" of a membrane and "leak" of a conductance, which have bounds; nothing of other states."""
    if variable.name in _VOLTAGES and variable.dim is volt.dim:
        return "V"
    # What no equation lets decay is no conductance, but stands for one.
    decays = variable.name in owner.equations.diff_eq_names
    return "leak" if variable.name.startswith(_CONDUCTANCES) and decays else ""


def _is_state(variable: Any, owner: Any) -> bool:
    return (
        isinstance(variable, ArrayVariable)
        and variable.owner is not None
        and variable.owner.name == owner.name
        and not (variable.constant or variable.read_only or variable.scalar)
        and np.issubdtype(variable.dtype, np.floating)
    )


def bounds_of_states(network: Any) -> dict[Any, tuple[float, float]]:
    """Lowest and highest value of every state, by variable, for a program that ends when one is beyond them.

    Wider than those of the last states by rounding, so that a run that was ended here is out of bounds in the analysis,
    too.
    """
    found = {}
    for key, (owner, name, _) in last_states(network).items():
        low, high = _bounds(name, key.rpartition("|")[2])
        slack = 1e-5 * max(abs(low), abs(high))
        # What has no bounds must be finite.
        most = sys.float_info.max
        found[owner.variables[name]] = max(low - slack, -most), min(high + slack, most)
    return found


def _bounds(variable: str, unit: str) -> tuple[float, float]:
    most = {"V": _VOLTAGES.get(variable, math.inf), "leak": _MOST_LEAKS}.get(unit, math.inf)
    return 0.0 if unit == "leak" else -most, most


def bounds_of_last(raw: Mapping[str, np.ndarray]) -> Bounds:
    """Bounds of the last states among the arrays of a run: all are finite; voltages and conductances, possible."""
    bounds: Bounds = {}
    for name, values in raw.items():
        if name.startswith(f"{LAST}|"):
            _, owner, variable, unit = name.split("|")
            bounds[f"{variable} of {owner}"] = (values, *_bounds(variable, unit), unit)
    return bounds
