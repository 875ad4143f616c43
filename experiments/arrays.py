"""The arrays of a run in results.h5: written with units and dimension scales, and checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from .errors import RunError
from .experiment import Array
from .record import publish

RESULTS = "results.h5"


def write_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """results.h5: datasets with `units`, and HDF5 dimension scales where an array names a dimension."""

    def write(path: Path) -> None:
        with h5py.File(path, "w", track_order=True) as file:
            for name, (values, units, dims) in arrays.items():
                large = np.asarray(values).size > 1000
                data = file.create_dataset(name, data=values, compression="gzip" if large else None)
                data.attrs["units"] = units
                for k, dim in enumerate(dims):
                    data.dims[k].label = dim
            for name, (_, _, dims) in arrays.items():
                if len(dims) == 1 and _is_scale(name, dims[0]):
                    file[name].make_scale(dims[0])
            for name, (_, _, dims) in arrays.items():
                group = name.rpartition("/")[0]
                for k, dim in enumerate(dims):
                    for scale in (f"{group}/time", f"{group}/begin", f"{group}/{dim}"):
                        if scale in arrays and scale != name and arrays[scale].dims == (dim,):
                            file[name].dims[k].attach_scale(file[scale])

    publish(folder / RESULTS, write)


def _is_scale(name: str, dim: str) -> bool:
    # Times along their dimension, or what has the name of its dimension: numbers of cells along "cell".
    return name.endswith(("/time", "/begin", f"/{dim}"))


class Layout(NamedTuple):
    """Unit (SI) of an array, and for each dimension its name and the array that scales it, "" if there is none."""

    units: str
    dims: tuple[str, ...]
    scales: tuple[str, ...]


def read_layout(folder: Path) -> dict[str, Layout]:
    """Units and dimensions of all arrays of results.h5 by name."""
    layout: dict[str, Layout] = {}

    def look(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            # A scale has no scale attached: along its own dimension it is it.
            own = name if item.is_scale else ""
            scales = tuple((dim[0].name or "").lstrip("/") if len(dim) else own for dim in item.dims)
            labels = tuple(dim.label for dim in item.dims)
            layout[name] = Layout(str(item.attrs.get("units", "1")), labels, scales)

    _visit(folder, look)
    return layout


def read_arrays(folder: Path) -> dict[str, np.ndarray]:
    """All arrays of results.h5 by name."""
    arrays: dict[str, np.ndarray] = {}
    _visit(folder, lambda name, item: arrays.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return arrays


def _visit(folder: Path, look: Any) -> None:
    try:
        with h5py.File(folder / RESULTS, "r") as file:
            file.visititems(look)
    except FileNotFoundError:
        raise RunError(f"{folder} is not a run directory: it has no {RESULTS}") from None
    except OSError as error:
        raise RunError(f"{folder / RESULTS} cannot be read: {error}") from None
