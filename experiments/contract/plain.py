"""What an experiment does that describes a network and nothing else.

Its parameters set the variables of their names, every output is kept with its unit, and the figure shows each.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from brian2 import EventMonitor, NeuronGroup, PopulationRateMonitor, Quantity, StateMonitor, Synapses
from brian2.core.variables import ArrayVariable
from brian2.units.fundamentalunits import DIMENSIONLESS, get_unit
from brian2.utils.logger import catch_logs

from burstlab.analysis import plain as figures
from burstlab.models.parameters import ParameterError, walk

from .isolation import isolated
from .model import Analysis, Array, Model
from .population import Population
from .settings import settings, structure
from .states import LAST


class _Kept(NamedTuple):
    """Unit and dimensions of an output; whether it is turned, since monitors have the cells in columns."""

    units: str
    dims: tuple[str, ...]
    turned: bool


class _Network(NamedTuple):
    """What can be set, by the name of the variable: its owner and its dimensions; outputs; groups."""

    variables: Mapping[str, list[tuple[str, Any]]]
    outputs: Mapping[str, _Kept]
    populations: Mapping[str, Population]


@dataclass(frozen=True)
class Values:
    """Every parameter that is not structural sets the variables of its name, in all objects that have one."""

    build: Callable[[Any], Model]

    def __call__(self, config: Any, seed: int) -> dict[str, Any]:
        """{"object.variable": value or array} in SI units."""
        known, found = _described(self.build, config), {}
        for name, parameter, value in walk(config):
            if parameter.structural:
                continue
            owners = known.variables.get(name)
            if not owners or parameter.kind == "choice":
                raise ParameterError(
                    f"{name}: no object of the network has a variable of this name; write it into the equations "
                    "(shared, constant), give the experiment `values`, or make the parameter structural"
                )
            for owner, dim in owners:
                if parameter.kind == "quantity" and Quantity(value).dim is not dim:
                    raise ParameterError(f"{name}: {owner}.{name} has another unit, {_unit(dim)}")
                found[f"{owner}.{name}"] = np.asarray(value, dtype=float) if parameter.several else float(value)
        return found


@dataclass(frozen=True)
class Analyse:
    """Every output is kept; the summary has the number of spikes and the mean of what was recorded in time."""

    build: Callable[[Any], Model]

    def __call__(self, config: Any, raw: Mapping[str, np.ndarray], seed: int) -> Analysis:
        """Arrays in SI units, with their dimensions."""
        arrays: dict[str, Array] = {}
        summary: dict[str, float] = {}
        for name, kept in _described(self.build, config).outputs.items():
            values = raw[name].T if kept.turned else raw[name]
            arrays[name] = Array(values, kept.units, kept.dims)
            if kept.dims == ("spike",) and name.endswith("/cell"):
                summary[f"{name.removesuffix('/cell')}_count"] = len(values)
            elif kept.dims[-1] == "sample" and not name.endswith("/time") and values.size:
                unit = "" if kept.units == "1" else f"_{kept.units}"
                summary[f"{name.replace('/', '_')}_mean{unit}"] = float(values.mean())
        bounds = {
            name: (values, -np.inf, np.inf, units)
            for name, (values, units, _) in arrays.items()
            if np.issubdtype(values.dtype, np.floating)
        }
        return Analysis(arrays=arrays, summary=summary, bounds=bounds)


@dataclass(frozen=True)
class Populations:
    """Every group is a population that can be recorded, with all its variables that can change."""

    build: Callable[[Any], Model]

    def __call__(self, config: Any) -> Mapping[str, Population]:
        """By the names of the groups."""
        return _described(self.build, config).populations


def plot(result: Any) -> Any:
    """One panel for every array of a run but those of --record, which `burstlab inspect` shows."""
    recorded = tuple(f"/{name}/" for name in result.config.get("recording", {}).get("cells", ()))
    arrays = {name: values for name, values in result.arrays.items() if not any(each in name for each in recorded)}
    return figures.figure(arrays, result.layout)


_BUILT: dict[tuple[Any, ...], _Network] = {}


def _described(build: Callable[[Any], Model], config: Any) -> _Network:
    """What there is in a network; it is built once for each structure."""
    structural = structure(config)
    key = (build, type(config), str(settings(structural)))
    if key not in _BUILT:
        _BUILT[key] = _read(build, structural)
    return _BUILT[key]


def _read(build: Callable[[Any], Model], structural: Any) -> _Network:
    # What Brian2 has to say of the network it says when that is run; of one that never is, that it never is.
    with isolated(), catch_logs():
        found = _network(build(structural))
        gc.collect()
        return found


def _network(model: Model) -> _Network:
    variables: dict[str, list[tuple[str, Any]]] = {}
    populations = {}
    for owner in sorted(model.network.objects, key=lambda object_: object_.name):
        own = {name: each for name, each in getattr(owner, "variables", {}).items() if _is_own(each, owner)}
        for name, variable in own.items():
            if not variable.read_only and not getattr(variable, "dynamic", False):
                variables.setdefault(name, []).append((owner.name, variable.dim))
        traced = {name: _unit(variable.dim) for name, variable in own.items() if _changes(variable)}
        if isinstance(owner, NeuronGroup) and traced:
            populations[owner.name] = Population(
                group=owner.name, start=0, stop=len(owner), variables=traced, events=tuple(owner.events)
            )
    outputs = {
        name: _kept(output.owner, output.variable)
        for name, output in model.outputs.items()
        if not name.startswith(f"{LAST}|")
    }
    return _Network(variables, outputs, populations)


def _changes(variable: Any) -> bool:
    fixed = variable.read_only or variable.constant or variable.scalar
    return not fixed and np.issubdtype(variable.dtype, np.floating)


def _is_own(variable: Any, owner: Any) -> bool:
    return (
        isinstance(variable, ArrayVariable)
        and variable.owner is not None
        and variable.owner.name == owner.name
        and not variable.name.startswith("_")
    )


def _kept(owner: Any, name: str) -> _Kept:
    variable = owner.variables[name]
    units = _unit(variable.dim)
    if isinstance(owner, StateMonitor) and name != "t":
        return _Kept(units, ("cell", "sample"), True)
    kinds = (
        (StateMonitor, "sample"), (PopulationRateMonitor, "sample"), (EventMonitor, "spike"), (Synapses, "synapse"),
        (NeuronGroup, "cell"),
    )  # fmt: skip
    return _Kept(units, (next((dim for kind, dim in kinds if isinstance(owner, kind)), "row"),), False)


def _unit(dim: Any) -> str:
    return "1" if dim is DIMENSIONLESS else str(get_unit(dim))
