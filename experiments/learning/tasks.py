"""Tasks by name: those that burstlab brings along, and the files of a user.

A name is one of these:

- `xor`, `and`, `or`, `nand` of two inputs; `parityN`, whether an odd number of N inputs is on;
- `randomN`: N random patterns, for as many inputs and classes as the network has, the same ones in every run;
- `digits`, a folder of idx files or of CIFAR-10's, or an .npz file with x_train: images, one output a class (data.py);
- a .csv file, or an .npz file with `patterns` (task_files.py).
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np

from burstlab.equations.errors import ParameterError, nearest

from . import data
from .task import Task, one_hot
from .task_files import from_csv, from_npz, is_images

_OF_TWO = {"xor": (0, 1, 1, 0), "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0)}
_MOST_BITS, _MOST_RANDOM = 8, 10_000
ALLOWED = (
    "xor, and, or, nand, parity2 to parity8, random1 to random10000, digits, a .csv or .npz file, or a folder of idx "
    "files"
)
# The shape of a task in the place of one: inputs, outputs, patterns that are taught, patterns of the test part.
_BLANK = re.compile(r"blank_(\d+)_(\d+)_(\d+)_(\d+)")


def read(name: str, inputs: int, outputs: int, most_train: int, most_test: int, pool: int = 1) -> Task:
    """The task of a name; files are read once.

    Parameters
    ----------
    name : str
    inputs, outputs : int
        How many the network has.
    most_train, most_test : int
        Of a task with a test part: how many patterns of each part are used at most, the first ones.
    pool : int
        Of images: an input is the mean of a square of so many pixels each way.

    Raises
    ------
    ParameterError
        Naming the file, line or array, what is wrong with it, and what is allowed; or if it has other inputs or outputs
        than the network.
    """
    task = _of_name(name, inputs, outputs)
    if task is None:
        task = _of_place(name, most_train, most_test, pool)
    elif pool > 1:
        raise _no_images(name, pool)
    for what, wanted, there in (("input", task.n_inputs, inputs), ("output", task.n_outputs, outputs)):
        if wanted != there:
            raise ParameterError(
                f"task = {name}: it has {wanted} {what}{'s' * (wanted > 1)}, the network {there}; take layers = "
                f"{task.n_inputs}, ..., {task.n_outputs}"
            )
    return task


def blank(task: Task) -> str:
    """What stands for all tasks with as many inputs, outputs and patterns."""
    tested = len(task.tested) if task.n_train else 0
    return f"blank_{task.n_inputs}_{task.n_outputs}_{task.n_taught}_{tested}"


@lru_cache(maxsize=8)
def _of_name(name: str, inputs: int, outputs: int) -> Task | None:
    if name in _OF_TWO:
        return Task(patterns=_bits(2), targets=_OF_TWO[name])
    if (shape := _BLANK.fullmatch(name)) is not None:
        return _blank(*map(int, shape.groups()))
    word, number = re.fullmatch(r"(.*?)(\d*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # matches all
    if word == "parity" and number:
        if not 2 <= int(number) <= _MOST_BITS:
            raise ParameterError(f"task = {name}: parity of 2 to {_MOST_BITS} inputs is possible")
        patterns = _bits(int(number))
        return Task(patterns=patterns, targets=patterns.sum(axis=1) % 2)
    if word == "random" and number:
        return _random(name, int(number), inputs, outputs)
    return None


def _bits(n: int) -> np.ndarray:
    """All patterns of `n` inputs, of which the first one changes fastest."""
    return np.array([row[::-1] for row in product((0, 1), repeat=n)])


def _random(name: str, n: int, inputs: int, outputs: int) -> Task:
    classes = max(outputs, 2)
    if not classes <= n <= _MOST_RANDOM:
        raise ParameterError(
            f"task = {name}: {classes} to {_MOST_RANDOM} random patterns are possible for {classes} classes"
        )
    # The same for every seed of a run: what differs between runs is the network.
    patterns = np.random.default_rng([n, inputs, outputs]).random((n, inputs), dtype=np.float32)
    labels = np.arange(n) % classes
    return Task(patterns=patterns, targets=labels if outputs == 1 else one_hot(labels, outputs))


def _blank(inputs: int, outputs: int, train: int, test: int) -> Task:
    n = train + test
    names = tuple(f"p{k + 1}" for k in range(n))
    return Task(
        patterns=np.zeros((n, inputs)), targets=np.zeros((n, outputs)), n_train=train if test else 0, names=names
    )


def _no_images(name: str, pool: int) -> ParameterError:
    return ParameterError(f"pool = {pool}: {name} has no images, whose pixels could be pooled; take pool = 1")


def _of_place(name: str, most_train: int, most_test: int, pool: int) -> Task:
    try:
        place = Path(name).expanduser().absolute()
        if name == data.DIGITS or place.is_dir() or (place.suffix == ".npz" and is_images(place)):
            return _images(data.read(name), most_train, most_test, pool)
        if place.suffix in (".csv", ".npz"):
            if pool > 1:
                raise _no_images(name, pool)
            about = os.stat(place)
            return _first(_from_file(place, about.st_size, about.st_mtime_ns), most_train, most_test)
    except OSError as error:
        raise ParameterError(f"task = {name}: cannot read it: {error.strerror or error}") from None
    except RuntimeError as error:  # of a home folder that there is not
        raise ParameterError(f"task = {name}: {error}") from None
    known = [*_OF_TWO, "parity3", data.DIGITS]
    raise ParameterError(f"task = {name}: no such task{nearest(name, known)}; allowed: {ALLOWED}")


@lru_cache(maxsize=1)
def _from_file(place: Path, size: int, changed: int) -> Task:
    return from_csv(place) if place.suffix == ".csv" else from_npz(place)


@lru_cache(maxsize=1)
def _images(images: data.Dataset, most_train: int, most_test: int, pool: int) -> Task:
    """Images pixel by pixel, or square by square, and an output for each class."""
    train, test = min(most_train, images.n_train), min(most_test, images.n_test)
    parts = images.part(0, train), images.part(images.n_train, images.n_train + test)
    return Task(
        patterns=np.concatenate([_pooled(part, pool) for part, _ in parts]),
        targets=one_hot(np.concatenate([labels for _, labels in parts]), images.classes),
        n_train=train,
        names=tuple(f"image{k + 1}" for k in range(train + test)),
    )


def _pooled(images: np.ndarray, pool: int) -> np.ndarray:
    """Means of squares of pixels, shape (n_images, inputs); channels stay apart."""
    n, height, width, *channels = images.shape
    if height % pool or width % pool:
        raise ParameterError(f"pool = {pool}: images of {height} x {width} pixels have no whole squares of this size")
    squares = images.reshape(n, height // pool, pool, width // pool, pool, *channels)
    return squares.mean(axis=(2, 4)).reshape(n, -1)


@lru_cache(maxsize=1)
def _first(task: Task, most_train: int, most_test: int) -> Task:
    """A task with a test part, without what is beyond the first patterns of each part."""
    if not task.n_train:
        return task
    train, test = min(most_train, task.n_train), min(most_test, len(task.tested))
    if (train, test) == (task.n_train, len(task.tested)):
        return task
    kept = np.r_[:train, task.n_train : task.n_train + test]
    return Task(
        patterns=task.patterns[kept], targets=task.targets[kept], n_train=train,
        order=tuple(k for k in task.order if k < train), names=[task.names[k] for k in kept],
        inputs=task.inputs, outputs=task.outputs,
    )  # fmt: skip
