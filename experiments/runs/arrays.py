"""The arrays of a run in results.h5: written with units and dimension scales, and checked when they are read.

Each group is by itself what netCDF-4 calls one: every dimension of its arrays has a scale in it, with values where an
array gives them (times along "sample", numbers of cells along "cell") and without otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np

from ..errors import RunError
from ..experiment import Array
from . import hdf5
from .folders import publish

RESULTS = "results.h5"


class Layout(NamedTuple):
    """Unit (SI) of an array, and for each dimension its name and the array that scales it, "" if there is none."""

    units: str
    dims: tuple[str, ...]
    scales: tuple[str, ...]


# ---- writing ---------------------------------------------------------------------------------------------------------


def write_arrays(folder: Path, arrays: Mapping[str, Array]) -> None:
    """results.h5 of a run."""
    publish(folder / RESULTS, lambda path: write(path, arrays))


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """An HDF5 file of arrays by name: datasets with `units` and a dimension scale for every dimension."""

    def fill(file: h5py.File) -> None:
        for name, (values, units, dims) in arrays.items():
            data = hdf5.add(file, name, values)
            data.attrs["units"] = units
            for k, dim in enumerate(dims):
                data.dims[k].label = dim
        _scale(file, arrays)

    hdf5.write(path, fill)


def _scale(file: h5py.File, arrays: Mapping[str, Array]) -> None:
    scales: dict[str, h5py.Dataset] = {}
    for name, (_, _, dims) in arrays.items():
        for k, dim in enumerate(dims):
            scale, length = _scale_of(name, dim, arrays), file[name].shape[k]
            if scale not in scales:
                if scale in arrays:
                    file[scale].make_scale(dim)
                    scales[scale] = file[scale]
                else:
                    scales[scale] = hdf5.add_dimension(file, scale, length)
            if scales[scale].shape != (length,):
                raise ValueError(f"{name}: {length} values along {dim}, but {scale} has {scales[scale].shape[0]}")
            if scale != name:
                file[name].dims[k].attach_scale(scales[scale])


def _scale_of(name: str, dim: str, arrays: Mapping[str, Array]) -> str:
    """Times along their dimension, or what has the name of the dimension, in the group of the array."""
    group = name[: name.rfind("/") + 1]
    own = f"{group}{dim}"
    for scale in (f"{group}time", f"{group}begin", own):
        if scale in arrays and arrays[scale].dims == (dim,):
            return scale
    # What has the name may also be something else: curves along "curve", or a group.
    taken = any(other == own or other.startswith(f"{own}/") for other in arrays)
    return f"{own}_index" if taken else own


# ---- reading ---------------------------------------------------------------------------------------------------------


def read(path: Path, sealed: bool = True) -> tuple[dict[str, np.ndarray], dict[str, Layout]]:
    """All arrays of a file and their layouts by name, in the order in which they were written.

    Parameters
    ----------
    path : Path
    sealed : bool
        Whether the file must have a checksum.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    RunError
        If it is not what was written.
    """
    arrays: dict[str, np.ndarray] = {}
    layout: dict[str, Layout] = {}
    try:
        with hdf5.opened(path, sealed) as file:
            for item in hdf5.datasets(file):
                name = item.name.lstrip("/")
                arrays[name] = hdf5.values_of(item)
                # A scale has no scale attached: along its own dimension it is it.
                own = name if hdf5.is_scale(item) else ""
                scales = tuple(own if scale is None else _named(scale, name) for scale in hdf5.scales(item))
                layout[name] = Layout(str(item.attrs.get("units", "1")), hdf5.labels(item), scales)
    except FileNotFoundError:
        raise
    except Exception as error:  # h5py has many for a damaged file, from RuntimeError to UnicodeDecodeError
        raise RunError(f"{path} cannot be read: {' '.join(str(error).split())}") from None
    return arrays, layout


def _named(scale: h5py.Dataset, of: str) -> str:
    if scale.name is None:
        raise ValueError(f"the scale of {of} is not there")
    return "" if hdf5.has_no_values(scale) else scale.name.lstrip("/")


def read_run(folder: Path, sealed: bool = True) -> tuple[dict[str, np.ndarray], dict[str, Layout]]:
    """All arrays of results.h5 and their layouts, sorted by name."""
    try:
        found = read(folder / RESULTS, sealed)
    except FileNotFoundError:
        raise RunError(f"{folder} is not a run directory: it has no {RESULTS}") from None
    return dict(sorted(found[0].items())), dict(sorted(found[1].items()))


def read_arrays(folder: Path) -> dict[str, np.ndarray]:
    """All arrays of results.h5 of a run that has just been made."""
    return read_run(folder)[0]
