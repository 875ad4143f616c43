"""Images and their labels, from files: read here, checked, and never downloaded or unpickled.

A name is `digits`, which burstlab brings along, or the place of files of one of these kinds:

- a folder of four idx files, packed (.gz) or not, as MNIST and Debian's package dataset-fashion-mnist have them;
- a folder of CIFAR-10's binary files, data_batch_1.bin to data_batch_5.bin and test_batch.bin;
- an .npz file with x_train, y_train, x_test and y_test, as Keras keeps its sets.

The digits are the 1797 images of 8x8 pixels of "Optical Recognition of Handwritten Digits" (E. Alpaydin & C. Kaynak
1998, UCI Machine Learning Repository, doi 10.24432/C50P49, CC BY 4.0; the copy of scikit-learn), in a fixed random
order that keeps the classes in proportion: 1437 for training and 360 for testing.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import math
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..contract import npz

DIGITS = "digits"
ALLOWED = (
    "digits, a folder of idx files (MNIST; Debian's dataset-fashion-mnist is in /usr/share/datasets/fashion-mnist), a "
    "folder of CIFAR-10's binary files, or an .npz file with x_train, y_train, x_test and y_test"
)
_IDX = tuple(f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
_CIFAR = (tuple(f"data_batch_{k}.bin" for k in range(1, 6)), ("test_batch.bin",))
_CIFAR_SHAPE, _CIFAR_CLASSES = (3, 32, 32), 10
# What one byte of a packed file can become at most.
_MOST_EXPANSION = 1032
_NPZ = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Images with labels, in two parts.

    Attributes
    ----------
    images : array of uint8 or float32, shape (n, height, width) or (n, height, width, channels)
        The training part first; `part` gives them as numbers from 0 to 1.
    labels : array of int, shape (n,)
        0 to classes - 1.
    n_train : int
        How many of them are for training; the rest is the test part.
    sha256 : str
        Of images, labels and split, whatever kind of file they come from.
    """

    images: np.ndarray
    labels: np.ndarray
    n_train: int
    sha256: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width of an image, and its channels, if it has any."""
        return self.images.shape[1:]

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return int(self.labels.max()) + 1

    @property
    def n_test(self) -> int:
        """How many images are in the test part."""
        return len(self.images) - self.n_train

    @property
    def train(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (float32, 0 to 1) and labels of the training part."""
        return self.part(0, self.n_train)

    @property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (float32, 0 to 1) and labels of the test part."""
        return self.part(self.n_train, len(self.images))

    def part(self, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Images (float32, 0 to 1) and labels from one to before another."""
        chosen = self.images[begin:end]
        scale = np.float32(255) if chosen.dtype == np.uint8 else np.float32(1)
        return chosen.astype(np.float32) / scale, self.labels[begin:end]

    def describe(self) -> dict[str, Any]:
        """For config.json: what the images are, wherever they lie."""
        return {
            "sha256": self.sha256,
            "shape": list(self.shape),
            "classes": self.classes,
            "train": self.n_train,
            "test": self.n_test,
        }


def read(name: str) -> Dataset:
    """The images of a name or place; the last ones that were read stay in memory.

    Parameters
    ----------
    name : str
        "digits", a folder or an .npz file.

    Raises
    ------
    ParameterError
        Naming the file, what is wrong with it, and what is allowed.
    """
    if name == DIGITS:
        return _digits()
    place = Path(name).expanduser().absolute()
    try:
        known = ((file, os.stat(file)) for file in _files(name, place))
        return _read(place, tuple((file, about.st_size, about.st_mtime_ns) for file, about in known))
    except OSError as error:
        where = error.filename or place
        raise ParameterError(f"data = {name}: cannot read {where}: {error.strerror or error}") from None


def describe(name: str) -> dict[str, Any]:
    """What config.json says of the images of a name or place."""
    return read(name).describe()


def _files(name: str, place: Path) -> list[Path]:
    """The files that a place stands for."""
    if place.suffix == ".npz" and place.is_file():
        return [place]
    if not place.is_dir():
        raise ParameterError(f"data = {name}: there is no such folder or .npz file; allowed: {ALLOWED}")
    wanted = (*_CIFAR[0], *_CIFAR[1]) if any((place / file).exists() for part in _CIFAR for file in part) else _IDX
    found = [_first(place, file) for file in wanted]
    if not any(found):
        raise ParameterError(f"data = {name}: no file in it has a name that is known; allowed: {ALLOWED}")
    missing = [file for file, there in zip(wanted, found, strict=True) if there is None]
    if missing:
        raise ParameterError(f"data = {name}: {missing[0]} is missing; needed are {', '.join(wanted)}")
    return [file for file in found if file is not None]


def _first(place: Path, file: str) -> Path | None:
    """A file of this name, packed or not; some copies of MNIST have a dot before idx."""
    names = [file, file.replace("-idx", ".idx")]
    return next((place / name for name in [*names, *(f"{n}.gz" for n in names)] if (place / name).is_file()), None)


@functools.lru_cache(maxsize=1)
def _read(place: Path, files: tuple[tuple[Path, int, int], ...]) -> Dataset:
    paths = [file[0] for file in files]
    if place.suffix == ".npz":
        return _from_npz(place)
    return _from_cifar(paths) if len(paths) == len(_CIFAR[0]) + 1 else _from_idx(paths)


@functools.lru_cache(maxsize=1)
def _digits() -> Dataset:
    with resources.as_file(resources.files(__package__) / f"{DIGITS}.npz") as file:
        return _from_npz(file)


# ---- kinds of files --------------------------------------------------------------------------------------------------


def _from_idx(paths: list[Path]) -> Dataset:
    images, labels = [_idx(path, 3) for path in paths[::2]], [_idx(path, 1) for path in paths[1::2]]
    return _joined(paths[::2], images, paths[1::2], labels)


def _idx(path: Path, dims: int) -> np.ndarray:
    """The bytes of an idx file: two zeros, 8 for bytes, the number of dimensions, their sizes, and the values."""
    open_: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    try:
        with open_(path, "rb") as file:
            head = file.read(4 + 4 * dims)
            magic = bytes((0, 0, 8, dims))
            if head[:4] != magic or len(head) < 4 + 4 * dims:
                raise ParameterError(
                    f"data: {path} begins with {head[:4].hex() or 'nothing'}; an idx file of {dims} dimensions begins "
                    f"with {magic.hex()}"
                )
            shape = tuple(int(size) for size in np.frombuffer(head, ">u4", offset=4))
            count = math.prod(shape)
            # No more room is asked for than the file can fill, whatever it says.
            values = file.read(min(count, path.stat().st_size * _MOST_EXPANSION) + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ParameterError(f"data: {path} is damaged: {error}") from None
    if len(values) != count:
        there = "more" if len(values) > count else f"{len(values)}"
        raise ParameterError(f"data: {path} is not whole: it says that it has {count} values {shape}, and has {there}")
    return np.frombuffer(values, np.uint8).reshape(shape)


def _from_cifar(paths: list[Path]) -> Dataset:
    parts = [_cifar(path) for path in paths]
    joined = [np.concatenate(parts[:-1]), parts[-1]]
    labels = [part[:, 0] for part in joined]
    images = [part[:, 1:].reshape(-1, *_CIFAR_SHAPE).transpose(0, 2, 3, 1) for part in joined]
    named = [paths[0].with_name("data_batch_*.bin"), paths[-1]]
    return _joined(named, images, named, labels, _CIFAR_CLASSES)


def _cifar(path: Path) -> np.ndarray:
    """The rows of a file: a label, and an image channel by channel."""
    values, row = np.fromfile(path, np.uint8), 1 + math.prod(_CIFAR_SHAPE)
    if not values.size or values.size % row:
        raise ParameterError(f"data: {path} has {values.size} bytes; a whole number of rows of {row} is needed")
    return values.reshape(-1, row)


def _from_npz(path: Path) -> Dataset:
    with npz.reading(f"data: {path} cannot be read"), np.load(path, allow_pickle=False) as file:
        missing = [name for name in _NPZ if name not in file.files]
        if missing:
            raise ParameterError(f"data: {path} has no array {missing[0]}; needed are {', '.join(_NPZ)}")
        x_train, y_train, x_test, y_test = (file[name] for name in _NPZ)
    named = [path, path]
    return _joined(named, [x_train, x_test], named, [_column(y_train), _column(y_test)])


def _column(labels: np.ndarray) -> np.ndarray:
    """Keras keeps some labels as a column."""
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


# ---- what all of them must be ----------------------------------------------------------------------------------------


def _joined(
    where: list[Path], images: list[np.ndarray], where_labels: list[Path], labels: list[np.ndarray],
    classes: int | None = None,
) -> Dataset:  # fmt: skip
    """Training and test part in one, if they are images of one shape with labels of one set of classes."""
    for path, part in zip(where, images, strict=True):
        _check_images(path, part, images[0])
    for path, part, of in zip(where_labels, labels, images, strict=True):
        _check_labels(path, part, len(of))
    found = np.unique(labels[0]).astype(int).tolist()
    classes = len(found) if classes is None else classes
    if found != list(range(classes)) or classes < 2:
        raise ParameterError(
            f"data: {where_labels[0]}: training labels from 0 on, each at least once, are needed; "
            f"there are {_shown(found)}"
        )
    outside = labels[1][labels[1] >= classes]
    if outside.size:
        raise ParameterError(
            f"data: {where_labels[1]}: the label {outside[0]} is none of the classes 0 to {classes - 1}"
        )
    every, all_labels = np.concatenate(images), np.concatenate(labels).astype(np.int64)
    every = np.ascontiguousarray(every, np.uint8 if every.dtype == np.uint8 else np.float32)
    return Dataset(
        images=every, labels=all_labels, n_train=len(images[0]), sha256=_hash(every, all_labels, len(images[0]))
    )


def _shown(found: list[int]) -> str:
    return ", ".join(map(str, found[:12])) + (" ..." if len(found) > 12 else "")


def _check_images(path: Path, images: np.ndarray, first: np.ndarray) -> None:
    if images.ndim not in (3, 4) or not images.size:
        raise ParameterError(
            f"data: {path}: images of shape (n, height, width) or (n, height, width, channels) are "
            f"needed, not an array of shape {images.shape}"
        )
    if images.shape[1:] != first.shape[1:] or images.dtype != first.dtype:
        raise ParameterError(
            f"data: {path}: the images of the test part are {images.dtype} of shape {images.shape[1:]}, "
            f"those of the training part {first.dtype} of {first.shape[1:]}"
        )
    if images.dtype != np.uint8:
        low, high = (float(images.min()), float(images.max())) if images.dtype.kind == "f" else (math.nan, math.nan)
        if not (low >= 0 and high <= 1):
            raise ParameterError(
                f"data: {path}: images of bytes (uint8), or of numbers from 0 to 1, are needed, not "
                f"{images.dtype}" + (f" from {low:g} to {high:g}" if images.dtype.kind == "f" else "")
            )


def _check_labels(path: Path, labels: np.ndarray, n: int) -> None:
    if labels.shape != (n,):
        raise ParameterError(
            f"data: {path}: {n} labels are needed, one for each image, not an array of shape {labels.shape}"
        )
    if labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ParameterError(f"data: {path}: labels that are whole numbers from 0 on are needed")


def _hash(images: np.ndarray, labels: np.ndarray, n_train: int) -> str:
    digest = hashlib.sha256(f"{images.dtype.str} {images.shape} {n_train}".encode())
    digest.update(images.data)
    digest.update(labels.astype("<i8").data)
    return digest.hexdigest()
