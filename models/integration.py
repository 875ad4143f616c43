"""Forward Euler, and what a group needs beside its parameters to be integrated."""

from __future__ import annotations

from typing import Any

from brian2 import Equations, Quantity, mV, second

# A moment before every simulation: no last spike, no trace, no refractoriness.
LONG_AGO: Quantity = -1e6 * second
# No simulation has more steps: they are counted in 32 bits.
LAST_STEP = 2**31 - 1
# The published program starts w_d here.
INITIAL_W_D: Quantity = 0.1 * mV


def euler(equations: Equations, variables: dict[str, Any], method_options: dict[str, Any] | None = None) -> str:
    """Brian2's forward Euler with a time step of the precision of the states.

    Brian2's own method multiplies by the clock's `dt`, which is always double: with float32 states every expression
    would be converted to double and back, which doubles the work of a vector unit. Where states are float64 the two
    give the same results.
    """
    lines = ["h = dt"]
    updates = equations.get_substituted_expressions(variables)
    lines += [f"_{name} = {name} + h*({expression.code})" for name, expression in updates]
    lines += [f"{name} = _{name}" for name, _ in updates]
    return "\n".join(lines)
