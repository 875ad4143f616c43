"""Results as objects of other packages, which are extras and imported where they are used."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..catalogue import configure, of_run
from ..contract.population import ONLY, Population
from ..elsewhere import blamed
from ..engine.traces import populations_of
from ..errors import RunError, not_installed


def extra(module: str, name: str) -> Any:
    """An optional package, or an error that names the extra it comes with."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise not_installed("this", module, name) from None


def to_xarray(result: Any) -> Any:
    """An xarray.Dataset of all arrays (Result.to_xarray)."""
    xarray = extra("xarray", "xarray")
    lengths: dict[str, int] = {}
    data: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    for name, known in result.layout.items():
        values, dims = result.arrays[name], []
        for length, label, scale in zip(values.shape, known.dims, known.scales, strict=True):
            # Without a scale, dimensions of one name are the same one as long as they have one length.
            dim = scale or label
            if lengths.setdefault(dim, length) != length:
                dim = f"{name.rpartition('/')[0]}/{label}"
                dim = f"{dim}_index" if dim in result.layout else dim
                lengths.setdefault(dim, length)
            dims.append(_dotted(dim))
        target = coordinates if dims == [_dotted(name)] else data
        target[_dotted(name)] = (dims, values, {"units": known.units})
    known = populations(result)
    for name, values, meaning in _numbered(lengths, known):
        if name not in coordinates:
            coordinates[name] = ((name,), values, {"long_name": meaning})
    for name, (_, _, attributes) in (data | coordinates).items():
        if meaning := _meaning(name, known):
            attributes.setdefault("long_name", meaning)
    return xarray.Dataset(data, coordinates, attrs=_about(result))


def _numbered(lengths: Mapping[str, int], known: Mapping[str, Population]) -> Iterator[tuple[str, Any, str]]:
    """Coordinates of dimensions without values of their own: names of populations, numbers of cells."""
    for dim, length in lengths.items():
        label = dim.rpartition("/")[2]
        if label == "population":
            # Experiments count all populations of one group, the first, in their order.
            first = next((one.group for one in known.values()), "")
            names = [name for name, one in known.items() if one.group == first]
            if len(names) == length:
                yield _dotted(dim), names, "population of cells"
        elif label == "cell":
            yield _dotted(dim), np.arange(length), "number of the cell"


_TIMES = {
    "spikes": "times of spikes", "events": "times of events, spikes that follow none within the burst interval",
    "bursts": "times of bursts, at their second spikes", "trace": "time of the sample", "bin": "begin of the bin",
}  # fmt: skip


def _meaning(name: str, known: Mapping[str, Population]) -> str:
    """What an array is, where an experiment's cells or its name say it."""
    kind, *group, variable = name.split(".") if "." in name else (name, "")
    if variable == "time" and kind in _TIMES:
        return _TIMES[kind]
    if variable == "cell" and kind in _TIMES:
        return "number of the cell"
    if kind == "trace":
        of = known.get(group[0] if group else ONLY)
        return of.meanings.get(variable, "") if of is not None else ""
    return variable.replace("_", " ") if kind == "bin" and variable.endswith(("rate", "current")) else ""


def _about(result: Any) -> dict[str, Any]:
    config = result.config
    about = {name: config[name] for name in ("experiment", "preset", "seed")}
    version = config["versions"]["burstlab"]
    return about | {
        "title": f"{config['experiment']}, preset {config['preset']}, seed {config['seed']}",
        "source": f"simulation with burstlab {version} on Brian2 {config['versions']['brian2']}",
        "burstlab_version": version,
        "parameters": json.dumps(config["parameters"]),
    }


def populations(result: Any) -> Mapping[str, Population]:
    """What the experiment of a run says of its populations; nothing where it is not here, or is another one now."""
    config = result.config
    try:
        experiment = of_run(result.folder, config)
        with blamed(experiment):
            return populations_of(experiment, configure(experiment, config["preset"], dict(config["parameters"])))
    except (ParameterError, RunError):
        return {}


def _dotted(name: str) -> str:
    # netCDF has no slashes in names.
    return name.replace("/", ".")


def to_neo(result: Any) -> Any:
    """A neo.Block of all that was recorded (Result.to_neo)."""
    neo = extra("neo", "neo")
    about = {name: result.config[name] for name in ("experiment", "preset", "seed")}
    block, segment = neo.Block(name=about["experiment"], **about), neo.Segment(name="recorded window")
    block.segments.append(segment)
    for population, kept in result.recorded.items():
        time = result.arrays[f"{kept.group}/time"]
        step = (time[-1] - time[0]) / (len(time) - 1)
        for variable in kept.variables:
            units = result.layout[f"{kept.group}/{variable}"].units
            segment.analogsignals.append(
                neo.AnalogSignal(
                    result.arrays[f"{kept.group}/{variable}"].T,
                    units="dimensionless" if units == "1" else units,
                    sampling_period=_seconds(step),
                    t_start=_seconds(time[0]),
                    name=f"{population} {variable}",
                    array_annotations={"cell": list(kept.cells)},
                    population=population,
                )
            )
        window = {"t_start": time[0], "t_stop": time[-1] + step}
        spikes = result.spikes(population)
        when = result.arrays[f"{kept.train('spikes')}/time"]
        for cell in range(kept.n_cells):
            segment.spiketrains.append(
                neo.SpikeTrain(
                    when[spikes.cell == cell], units="s", name=f"{population} {cell}", population=population, cell=cell,
                    **window,
                )
            )  # fmt: skip
        for kind in ("events", "bursts"):
            group = kept.train(kind)
            if f"{group}/time" in result.arrays:
                cells = result.arrays[f"{group}/cell"]
                segment.events.append(
                    neo.Event(
                        times=_seconds(result.arrays[f"{group}/time"]),
                        labels=[f"{population} {cell}" for cell in cells],
                        name=f"{population} {kind}",
                        array_annotations={"cell": cells},
                        population=population,
                    )
                )
    return block


def _seconds(value: Any) -> Any:
    # neo speaks the units of `quantities`, which comes with it.
    return value * importlib.import_module("quantities").s
