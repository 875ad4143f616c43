"""HDF5 files with a checksum: written whole, and verified before libhdf5 opens them, which damage can crash or stop.

The checksum is a line of text behind what HDF5 calls the end of the file, so that every HDF5 reader takes the file as
it is. Arrays of numbers have a checksum of their own beside it (Fletcher's, a filter of HDF5), which such readers
verify. A file without the line, of burstlab's first format, is first read by another process, which is this file as a
script: it imports nothing of the package.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

_MARK = b"burstlab 1 sha256 "
LENGTH = len(_MARK) + 64 + 1
# No array can be larger than this many times what deflate makes of it.
_MOST_EXPANSION = 1032
# netCDF's mark of a dimension that has no values; what follows is its length.
_NO_VALUES = "This is a netCDF dimension but not a netCDF variable."
# Seconds of processor time for a first reading, and bytes in each further one: a hundred times what whole files need.
_PATIENCE, _SLOWEST = 10, 2_000_000


# ---- writing ---------------------------------------------------------------------------------------------------------


def write(path: Path, fill: Callable[[h5py.File], None]) -> None:
    """A file with a checksum; `fill` puts the arrays into it."""
    # Made in memory: on a full disk h5py fails when it closes a file, with more than an OSError.
    image = io.BytesIO()
    with h5py.File(image, "w", track_order=True) as file:
        fill(file)
    with open(path, "wb") as out, image.getbuffer() as content:
        out.write(content)
        out.write(_seal(content))


def _seal(content: bytes | memoryview) -> bytes:
    return _MARK + hashlib.sha256(content).hexdigest().encode() + b"\n"


def sealed(content: bytes) -> bytes:
    """The bytes of an HDF5 file with a checksum behind them."""
    return content + _seal(content)


def add(file: h5py.File, name: str, values: np.ndarray) -> h5py.Dataset:
    """An array; numbers get a checksum of their own, which HDF5 does not have for text of any length."""
    array = np.asarray(values)
    text = array.dtype.kind == "U"
    return file.create_dataset(
        name,
        data=array.astype(object) if text else array,
        dtype=h5py.string_dtype() if text else None,
        compression="gzip" if array.size > 1000 else None,
        fletcher32=array.ndim > 0 and array.size > 0 and not text,
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
    OSError, ValueError
        If it is not what was written; and whatever h5py makes of something in it that cannot be read.
    """
    if not _verified(path, sealed):
        _try(path)
    with h5py.File(path, "r") as file:
        yield file


def _verified(path: Path, sealed: bool) -> bool:
    with open(path, "rb") as file:
        size = max(file.seek(0, os.SEEK_END) - LENGTH, 0)
        file.seek(size)
        found = file.read()
        if not sealed and not found.startswith(_MARK):
            return False
        file.seek(0)
        digest, left = hashlib.sha256(), size
        while left and (part := file.read(min(left, 1 << 20))):
            digest.update(part)
            left -= len(part)
    if found != _MARK + digest.hexdigest().encode() + b"\n":
        raise ValueError("it is damaged, or was changed after it was written (its checksum is of another content)")
    return True


def _try(path: Path) -> None:
    # -P: modules beside this file have names of Python's own.
    words = [sys.executable, "-P", __file__, str(path)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode < 0:
        raise ValueError("it is damaged: HDF5 crashes on it or comes to no end")
    if done.returncode:
        raise ValueError((done.stderr.split("\n")[-2:-1] or ["it is damaged"])[0])


def datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    """All arrays, in the order in which they were written; dimensions without values are left out.

    Raises
    ------
    ValueError
        For what leads out of the file, or to something that is in another place of it, too.
    """
    yield from _inside(file, {file["/"]})


def _inside(group: h5py.Group, seen: set[h5py.Group]) -> Iterator[h5py.Dataset]:
    for name in group:
        where = f"{group.name.rstrip('/')}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{where} is a link; what burstlab writes has none")
        item = group[name]
        if isinstance(item, h5py.Group):
            if item in seen:
                raise ValueError(f"{where} is a group that is there twice; what burstlab writes has none")
            seen.add(item)
            yield from _inside(item, seen)
        elif isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual:
                raise ValueError(f"{where} has its values in another file; what burstlab writes has them in this one")
            if not has_no_values(item):
                yield item


def has_no_values(item: h5py.Dataset) -> bool:
    """Whether it stands for a dimension alone."""
    name = item.attrs.get("NAME", b"")
    return isinstance(name, bytes) and name.startswith(_NO_VALUES.encode())


def is_scale(item: h5py.Dataset) -> bool:
    """Whether it is a dimension scale."""
    return isinstance(kind := item.attrs.get("CLASS"), bytes) and kind == b"DIMENSION_SCALE"


# libhdf5's own functions for dimensions crash where these attributes are damaged; to read them is checked.


def labels(item: h5py.Dataset) -> tuple[str, ...]:
    """The name of each dimension, "" where it has none."""
    found = item.attrs.get("DIMENSION_LABELS", [""] * item.ndim)
    if len(found) != item.ndim or not all(isinstance(label, str) for label in found):
        raise ValueError(f"{item.name} has no labels of its dimensions")
    return tuple(found)


def scales(item: h5py.Dataset) -> tuple[h5py.Dataset | None, ...]:
    """The scale of each dimension, None where it has none."""
    found = item.attrs.get("DIMENSION_LIST", [()] * item.ndim)
    if len(found) != item.ndim:
        raise ValueError(f"{item.name} has no scales of its dimensions")
    return tuple(item.file[attached[0]] if len(attached) else None for attached in found)


def values_of(item: h5py.Dataset) -> np.ndarray:
    """The values of an array: numbers, or text as numpy's.

    Raises
    ------
    ValueError
        If they are of another kind, or more than the file can hold.
    """
    text: Any = h5py.check_string_dtype(item.dtype)
    if text is None and item.dtype.kind not in "biuf":
        raise ValueError(f"{item.name} holds neither numbers nor text")
    stored = min(item.id.get_storage_size(), os.path.getsize(item.file.filename))
    wanted = max(item.nbytes, math.prod(item.chunks or ()) * item.dtype.itemsize)
    if item.size and wanted > stored * (_MOST_EXPANSION if item.chunks else 1):
        raise ValueError(f"{item.name} says that it has {item.size} values, which cannot be in {stored} bytes")
    return item[()] if text is None else np.array(item.asstr()[()], dtype=np.str_)


def _read_all(path: str) -> None:
    seconds = _PATIENCE + os.path.getsize(path) // _SLOWEST
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds if most == resource.RLIM_INFINITY else min(seconds, most), most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with h5py.File(path, "r") as file:
        for item in datasets(file):
            values_of(item), labels(item), scales(item), dict(item.attrs)


if __name__ == "__main__":
    try:
        _read_all(sys.argv[1])
    except Exception as error:
        raise SystemExit(" ".join(str(error).split())) from None
