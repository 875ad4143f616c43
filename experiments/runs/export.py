"""Results as objects of other packages, which are extras and imported where they are used."""

from __future__ import annotations

import importlib
from typing import Any

from ..errors import not_installed


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
    about = {name: result.config[name] for name in ("experiment", "preset", "seed")}
    return xarray.Dataset(data, coordinates, attrs=about)


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
