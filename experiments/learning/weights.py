"""A trained network as the start of another run: its connectivity and weights in place of random ones.

They are matrices that a program reads when it makes its synapses, {presynaptic cell, postsynaptic cell} for all that
could be connected, so that every trained network of a size is another argument of one program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from brian2 import TimedArray, second

from burstlab.equations.errors import ParameterError
from burstlab.models.network import Built
from burstlab.models.tables import Tables

from ..contract.settings import settings
from ..errors import RunError

# Weights are not negative.
_NONE = -1.0
# Bytes of all matrices; with 500 cells per population they take 56 MB.
_LIMIT = 2e9


def matrices(tables: Tables, kinds: Sequence[str]) -> dict[str, TimedArray]:
    """What a program reads: for each kind of projection a function of row and column, for the model's `functions`."""
    return {
        f"given_{name}": TimedArray(_empty(tables, name), dt=1 * second, name=f"given_{name}") for name in kinds
    }  # rows are counted in seconds, as a TimedArray has to have them


def _shape(tables: Tables, name: str) -> tuple[int, int]:
    (first, last), (begin, end) = tables.ends(name)
    return last - first, end - begin


def _empty(tables: Tables, name: str) -> np.ndarray:
    return np.full(_shape(tables, name), _NONE)


def connect(built: Built, kinds: Sequence[str], functions: Mapping[str, Any]) -> None:
    """Make the given synapses, and give those with weights of their own, the plastic ones too, what they had."""
    for name in kinds:
        made, ((first, last), (begin, end)) = built.projections[name], built.tables.ends(name)
        space = {"given": functions[f"given_{name}"], "row": first, "begin": begin, "end": end}
        # Cells without synapses of this kind have no row.
        rows = "i >= row and i < row + n_rows"
        space["n_rows"] = last - first
        made.connect(
            j=f"k for k in range(begin, end) if {rows} and given((i - row)*second, k - begin) > -0.5", namespace=space
        )
        if name == "plastic" or built.has_own_weights(name):
            weight = {key: space[key] for key in ("given", "row", "begin")}
            made.w.set_item(slice(None), "given((i - row)*second, j - begin)", namespace=weight)
    built.set_own("eta")


def given_values(result: Any, config: Any, tables: Tables, kinds: Sequence[str]) -> dict[str, np.ndarray]:
    """The matrices of a trained network, {"name.values": array}.

    Raises
    ------
    ParameterError
        If it has another size, or one that is too large for matrices.
    RunError
        If the run does not have all connectivity.
    """
    trained, own, default = result.config["parameters"], settings(config), settings(type(config)())
    for name in config.sizes:
        # What runs of an older burstlab had no setting for was as it is by default.
        wanted, found = _text(own[name]), _text(trained.get(name, default[name]))
        if wanted != found:
            raise ParameterError(f"{name} = {wanted}: the weights of {result.folder} are for {name} = {found}")
    size = sum(8 * np.prod(_shape(tables, name)) for name in kinds)
    if size > _LIMIT:
        raise ParameterError(f"too many cells for given weights, which take {size / 1e9:.1f} GB")
    values = {}
    for name in kinds:
        group = "weights" if name == "plastic" else f"weights/{name}"
        try:
            source, target = (result.arrays[f"{group}/{end}"] for end in ("source", "target"))
        except KeyError as missing:
            raise RunError(f"{result.folder} is from an older burstlab: its results have no {missing}") from None
        (first, _), (begin, _) = tables.ends(name)
        matrix = _empty(tables, name)
        # Only synapses with weights of their own have kept them.
        matrix[source - first, target - begin] = result.arrays.get(f"{group}/w", 0)
        values[f"given_{name}.values"] = matrix
    return values


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
