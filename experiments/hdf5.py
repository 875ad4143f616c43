"""HDF5 files with a checksum: written whole, and verified before libhdf5 opens them, which a damaged file can crash.

The checksum is a line of text behind what HDF5 calls the end of the file, so that every HDF5 reader takes the file as
it is. Each array has a checksum of its own beside it (Fletcher's, a filter of HDF5), which such readers verify.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from .errors import RunError

_MARK = b"burstlab 1 sha256 "
_LENGTH = len(_MARK) + 64 + 1
# No array can be larger than this many times what deflate makes of it.
_MOST_EXPANSION = 1032
# netCDF's mark of a dimension that has no values; what follows is its length.
_NO_VALUES = "This is a netCDF dimension but not a netCDF variable."


# ---- writing ---------------------------------------------------------------------------------------------------------


def write(path: Path, fill: Callable[[h5py.File], None]) -> None:
    """A file with a checksum; `fill` puts the arrays into it."""
    # Made in memory: on a full disk h5py fails when it closes a file, with more than an OSError.
    image = io.BytesIO()
    with h5py.File(image, "w", track_order=True) as file:
        fill(file)
    with open(path, "wb") as out, image.getbuffer() as content:
        out.write(content)
        out.write(_MARK + hashlib.sha256(content).hexdigest().encode() + b"\n")


def add(file: h5py.File, name: str, values: np.ndarray) -> h5py.Dataset:
    """An array, with a checksum of its own where there is something in it."""
    array = np.asarray(values)
    text = array.dtype.kind == "U"
    return file.create_dataset(
        name,
        data=array.astype(object) if text else array,
        dtype=h5py.string_dtype() if text else None,
        compression="gzip" if array.size > 1000 else None,
        fletcher32=array.ndim > 0 and array.size > 0,
    )


def add_dimension(file: h5py.File, name: str, length: int) -> h5py.Dataset:
    """A dimension scale without values, which netCDF takes as a dimension and not as a variable."""
    scale = file.create_dataset(name, shape=(length,), dtype=">f4")
    scale.make_scale(f"{_NO_VALUES}{length:10d}")
    return scale


# ---- reading ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(path: Path, sealed: bool) -> Iterator[h5py.File]:
    """A file to read from.

    Parameters
    ----------
    path : Path
    sealed : bool
        Whether it must have a checksum; one that is there is verified in any case.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    RunError
        If it is not what was written, or something in it cannot be read.
    """
    try:
        _verify(path, sealed)
        with h5py.File(path, "r") as file:
            yield file
    except (FileNotFoundError, RunError):
        raise
    except Exception as error:  # h5py has many for a damaged file, from RuntimeError to UnicodeDecodeError
        raise RunError(f"{path} cannot be read: {' '.join(str(error).split())}") from None


def _verify(path: Path, sealed: bool) -> None:
    with open(path, "rb") as file:
        size = max(file.seek(0, os.SEEK_END) - _LENGTH, 0)
        file.seek(size)
        found = file.read()
        if not sealed and not found.startswith(_MARK):
            return
        file.seek(0)
        digest, left = hashlib.sha256(), size
        while left and (part := file.read(min(left, 1 << 20))):
            digest.update(part)
            left -= len(part)
    if found != _MARK + digest.hexdigest().encode() + b"\n":
        raise RunError(
            f"{path} cannot be read: it is damaged, or was changed after it was written (its checksum is of another "
            "content)"
        )


def datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    """All arrays, in the order in which they were written; dimensions without values are left out.

    Raises
    ------
    RunError
        For what leads out of the file, or to something that is in another place of it, too.
    """
    yield from _inside(file, {file["/"]})


def _inside(group: h5py.Group, seen: set[h5py.Group]) -> Iterator[h5py.Dataset]:
    for name in group:
        where = f"{group.file.filename}: {group.name.rstrip('/')}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise RunError(f"{where} is a link; what burstlab writes has none")
        item = group[name]
        if isinstance(item, h5py.Group):
            if item in seen:
                raise RunError(f"{where} is a group that is there twice; what burstlab writes has none")
            seen.add(item)
            yield from _inside(item, seen)
        elif isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise RunError(f"{where} has its values in another file; what burstlab writes has them in this one")
            if not has_no_values(item):
                yield item


def has_no_values(item: h5py.Dataset) -> bool:
    """Whether it stands for a dimension alone."""
    name = item.attrs.get("NAME", b"") if item.is_scale else b""
    return isinstance(name, bytes) and name.startswith(_NO_VALUES.encode())


def values_of(item: h5py.Dataset) -> np.ndarray:
    """The values of an array: numbers, or text as numpy's.

    Raises
    ------
    RunError
        If they are of another kind, or more than the file can hold.
    """
    where = f"{item.file.filename}: {item.name}"
    text: Any = h5py.check_string_dtype(item.dtype)
    if text is None and item.dtype.kind not in "biuf":
        raise RunError(f"{where} holds neither numbers nor text")
    stored = min(item.id.get_storage_size(), os.path.getsize(item.file.filename))
    wanted = max(item.nbytes, math.prod(item.chunks or ()) * item.dtype.itemsize)
    if wanted > stored * (_MOST_EXPANSION if item.chunks else 1) and item.size:
        raise RunError(f"{where} says that it has {item.size} values, which cannot be in the {stored} bytes there are")
    return item[()] if text is None else np.array(item.asstr()[()], dtype=np.str_)
