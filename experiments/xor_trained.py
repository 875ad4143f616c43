"""A trained XOR network as the start of another run: its connectivity and weights in place of random ones.

They are matrices that a program reads when it makes its synapses, {presynaptic cell, postsynaptic cell} for all that
could be connected, so that every trained network of a size is another argument of one program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Synapses, TimedArray, second

from burstlab.models.parameters import ParameterError

from .errors import RunError

# Which cells may be connected, in populations: presynaptic from, to; postsynaptic from, to.
_UP, _DOWN = (0, 4, 2, 5), (4, 5, 2, 4)
ROUTES = {"plastic": _UP, "inhibition": _UP, "feedback_exc": _DOWN, "feedback_inh": _DOWN}
# Weights are not negative.
_NONE = -1.0
# Bytes of all matrices; with 500 cells per population they take 56 MB.
_LIMIT = 2e9


def matrices(n: int) -> dict[str, TimedArray]:
    """What a program reads: for each projection a function of row and column, for the model's `functions`."""
    return {
        f"given_{name}": TimedArray(_empty(n, name), dt=1 * second, name=f"given_{name}") for name in ROUTES
    }  # rows are counted in seconds, as a TimedArray has to have them


def _empty(n: int, name: str) -> np.ndarray:
    first, last, begin, end = ROUTES[name]
    return np.full(((last - first) * n, (end - begin) * n), _NONE)


def connect(synapses: Mapping[str, Synapses], functions: Mapping[str, Any], n: int) -> None:
    """Make the given synapses, and give the plastic ones their weights."""
    for name, made in synapses.items():
        first, _, begin, end = ROUTES[name]
        space = {"given": functions[f"given_{name}"], "row": first * n, "begin": begin * n, "end": end * n}
        # Cells without synapses of this route have no row.
        rows = "i >= row and i < row + n_rows"
        space["n_rows"] = (ROUTES[name][1] - first) * n
        made.connect(
            j=f"k for k in range(begin, end) if {rows} and given((i - row)*second, k - begin) > -0.5", namespace=space
        )
        if name == "plastic":
            weight = {key: space[key] for key in ("given", "row", "begin")}
            made.w.set_item(slice(None), "given((i - row)*second, j - begin)", namespace=weight)


def given_values(result: Any, n: int) -> dict[str, np.ndarray]:
    """The matrices of a trained network, {"name.values": array}.

    Raises
    ------
    ParameterError
        If it has another size, or one that is too large for matrices.
    RunError
        If the run does not have all connectivity.
    """
    trained = result.config["parameters"]["n"]
    if trained != n:
        raise ParameterError(f"n = {n}: the weights of {result.folder} are for n = {trained}")
    size = sum(8 * (last - first) * (end - begin) * n**2 for first, last, begin, end in ROUTES.values())
    if size > _LIMIT:
        raise ParameterError(f"n = {n}: too many cells for given weights, which take {size / 1e9:.1f} GB")
    values = {}
    for name, (first, _, begin, _) in ROUTES.items():
        group = "weights" if name == "plastic" else f"weights/{name}"
        try:
            source, target = (result.arrays[f"{group}/{end}"] for end in ("source", "target"))
        except KeyError as missing:
            raise RunError(f"{result.folder} is from an older burstlab: its results have no {missing}") from None
        matrix = _empty(n, name)
        matrix[source - first * n, target - begin * n] = result.arrays["weights/w"] if name == "plastic" else 0
        values[f"given_{name}.values"] = matrix
    return values
