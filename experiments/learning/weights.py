"""Given weights as the start of a run: connectivity and weights of a trained network, or made by hand.

They are lists that a program reads when it makes its synapses (models/given_synapses.py), as long as those of any
random network of the same settings, so that every trained network of them is another argument of one program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError
from burstlab.models.given_synapses import GivenSynapses
from burstlab.models.parameters import nearest
from burstlab.models.tables import Kind, Tables

from ..contract.settings import settings
from ..errors import RunError
from .wiring import cells, given_synapses

_ENDS = ("source", "target")


def given_values(
    given: Any, config: Any, tables: Tables, kinds: Sequence[Kind], learners: Sequence[str]
) -> dict[str, np.ndarray]:
    """The lists of given weights, {"name.values": array}.

    Parameters
    ----------
    given : GivenWeights
        With arrays as results.h5 has them: "weights/source", "weights/target" and "weights/w" of plastic synapses,
        "weights/KIND/source" and "weights/KIND/target" of other kinds, and "weights/KIND/w" of those that have a weight
        each. Cells are numbered in their groups.
    config : parameter set
        Of the run.
    tables, kinds
        Of its network.
    learners : sequence of str
        The populations that plastic projections lead to.

    Raises
    ------
    ParameterError
        If they are of a network of another size, or not such arrays.
    RunError
        If a run does not have all of them.
    """
    if given.config is not None:
        _check_sizes(given, config)
    wanted = given_synapses(tables, kinds)
    names = [name for one in wanted for name in _names(one)]
    for name in given.arrays if given.config is None else ():
        if name not in names:
            raise ParameterError(
                f"{given.path}: {name} is no array of this network{nearest(name, names)} (there are {', '.join(names)})"
            )
    values: dict[str, np.ndarray] = {}
    for one in wanted:
        try:
            arrays = {name.rpartition("/")[2]: given.arrays[name] for name in _names(one)}
        except KeyError as missing:
            if given.config is not None:
                raise RunError(f"{given.path} is from an older burstlab: its results have no {missing}") from None
            raise ParameterError(f"{given.path} has no array {missing}; needed are {', '.join(names)}") from None
        where = f"{given.path}: {_group(one.name)}"
        bounds = (float(config.rule.w_min), float(config.rule.w_max)) if one.name == "plastic" else (0.0, math.inf)
        checked = _checked(where, arrays, tables, one, bounds)
        if one.name == "plastic":
            _check_heard(where, checked["target"], tables, learners)
        values |= one.values(**checked)
    return values


def _group(name: str) -> str:
    return "weights" if name == "plastic" else f"weights/{name}"


def _names(one: GivenSynapses) -> list[str]:
    return [f"{_group(one.name)}/{what}" for what in (*_ENDS, *(("w",) if one.weighted else ()))]


def _check_sizes(given: Any, config: Any) -> None:
    """Refuse the weights of a run of another size."""
    trained, own, default = given.config["parameters"], settings(config), settings(type(config)())
    for name in config.sizes:
        # What runs of an older burstlab had no setting for was as it is by default.
        wanted, found = _text(own[name]), _text(trained.get(name, default[name]))
        if wanted != found:
            raise ParameterError(f"{name} = {wanted}: the weights of {given.path} are for {name} = {found}")


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _checked(
    where: str, arrays: Mapping[str, np.ndarray], tables: Tables, one: GivenSynapses, bounds: tuple[float, float]
) -> dict[str, np.ndarray]:
    """The arrays of a kind in the order of sources and targets, if they are synapses that there may be."""
    for name, array in arrays.items():
        kinds, needed = ("iu", "whole numbers") if name in _ENDS else ("iuf", "numbers")
        if array.ndim != 1 or (len(array) and array.dtype.kind not in kinds):
            raise ParameterError(
                f"{where}/{name}: {needed} in a row are needed, not {array.dtype} of shape {array.shape}"
            )
    if len({len(array) for array in arrays.values()}) > 1:
        lengths = ", ".join(f"{len(array)} in {name}" for name, array in arrays.items())
        raise ParameterError(f"{where}: {lengths}; one for each synapse is needed in each")
    if len(arrays["source"]) > one.most:
        raise ParameterError(
            f"{where}: {len(arrays['source'])} synapses; random connectivity has up to {one.most} with these settings, "
            "and so may this; take more inputs per cell"
        )
    for end, n_cells in zip(_ENDS, cells(tables, one.name), strict=True):
        if (k := _first((arrays[end] < 0) | (arrays[end] >= n_cells))) is not None:
            raise ParameterError(f"{where}/{end}: cell {arrays[end][k]} at {k}; there are 0 to {n_cells - 1}")
    source, target = (arrays[end].astype(np.int64) for end in _ENDS)
    _check_routes(where, source, target, tables, one.name)
    pairs = source * cells(tables, one.name)[1] + target
    order = np.argsort(pairs)
    if (k := _first(np.diff(pairs[order]) == 0)) is not None:
        raise ParameterError(
            f"{where}: two synapses from cell {source[order[k]]} to cell {target[order[k]]}; one is possible"
        )
    if "w" in arrays:
        (low, high), w = bounds, arrays["w"]
        # A float32 that was at a bound may be beyond it.
        slack = 1e-6 * max(abs(low), abs(high)) if math.isfinite(high) else 0.0
        if (k := _first(~(np.isfinite(w) & (w >= low - slack) & (w <= high + slack)))) is not None:
            upper = f"to {high:g}" if math.isfinite(high) else "or more"
            raise ParameterError(f"{where}/w: {w[k]:g} at {k}; {low:g} {upper} is needed")
    return {"source": source[order], "target": target[order]} | ({"w": arrays["w"][order]} if "w" in arrays else {})


def _first(wrong: np.ndarray) -> int | None:
    """Where the first of some is, or None."""
    return int(np.argmax(wrong)) if wrong.any() else None


def _check_routes(where: str, source: np.ndarray, target: np.ndarray, tables: Tables, kind: str) -> None:
    """Refuse synapses between populations that no projection of the kind connects: nothing is known of them."""
    groups = tables.ends(kind)
    of_source, of_target = (
        tables.numbers(group)[cells].astype(int) for group, cells in zip(groups, (source, target), strict=True)
    )
    names = [tables.names(group=group) for group in groups]
    routes = np.zeros([len(each) for each in names], dtype=bool)
    for block in tables.blocks(kind):
        routes[np.ix_(tables.rows(block.sources), tables.rows(block.targets))] = True
    if (k := _first(~routes[of_source, of_target])) is not None:
        ends = names[0][of_source[k]], names[1][of_target[k]]
        raise ParameterError(
            f"{where}: a synapse from cell {source[k]} ({ends[0]}) to cell {target[k]} ({ends[1]}) at {k}; the network "
            f"has no projection {kind} from {ends[0]} to {ends[1]}"
        )


def _check_heard(where: str, target: np.ndarray, tables: Tables, learners: Sequence[str]) -> None:
    """Refuse a population that should learn and has no synapse to learn with."""
    counts = np.bincount(target)
    for name in learners:
        begin, end = tables.span([name])
        if not counts[begin:end].any():
            raise ParameterError(f"{where}: no synapse leads to {name} (cells {begin} to {end - 1}), which is to learn")
