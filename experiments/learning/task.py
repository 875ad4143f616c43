"""Tasks as arrays: the patterns that a learning network (network.py) is shown, and what its outputs are to say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """Patterns to be told apart. Two tasks with the same content are equal.

    Attributes
    ----------
    patterns : array of numbers from 0 to 1, shape (n_patterns, n_inputs)
        How strongly each input is on; kept as whole numbers where all are 0 or 1. No array can be written to.
    targets : array of 0 and 1, shape (n_patterns, n_outputs) or (n_patterns,)
        What the outputs are to say; of classes, `one_hot` makes it.
    n_train : int
        The first patterns, as many as this, are taught; the others are the test part. With 0, the default, all are
        taught and all are tested.
    order : sequence of int
        The order of the patterns that are taught in an epoch, each once; as they are numbered by default.
    names : sequence of str
        What each pattern is called on the command line; by default its digits, such as "01", or its number, such as
        "p1", where some are not 0 or 1.
    inputs, outputs : sequence of str
        What they are called in figures, config.json and summary.json; by default nothing but their numbers.
    """

    patterns: Any
    targets: Any
    n_train: int = 0
    order: Any = ()
    names: Sequence[str] = ()
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()

    def __post_init__(self) -> None:
        patterns, targets = _numbers(self.patterns), _bits(self.targets)
        n = len(patterns)
        if len(targets) != n:
            raise ParameterError(f"targets: {len(targets)} rows, {n} are needed, one for each pattern")
        if not 0 <= self.n_train < n:
            raise ParameterError(f"n_train = {self.n_train}: 0 to {n - 1} of {n} patterns are possible, 0 for all")
        taught = self.n_train or n
        order = tuple(int(k) for k in self.order) or tuple(range(taught))
        if sorted(order) != list(range(taught)):
            raise ParameterError(f"order = {_shown(order)}: each pattern from 0 to {taught - 1} is needed once")
        names = tuple(map(str, self.names)) or tuple(_named(patterns))
        if len(names) != n or len(set(names)) != n or not all(_is_name(name) for name in names):
            raise ParameterError(
                f"names = {_shown(names)}: {n} different words of letters, digits and _ are needed"
            )  # fmt: skip
        called = {
            "inputs": _called("inputs", self.inputs, patterns),
            "outputs": _called("outputs", self.outputs, targets),
        }
        for array in (patterns, targets):
            array.setflags(write=False)
        found = {"patterns": patterns, "targets": targets, "order": order, "names": names, **called}
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and (self.sha256, self._called) == (other.sha256, other._called)

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def _called(self) -> tuple[Sequence[str], Sequence[str]]:
        return self.inputs, self.outputs

    @property
    def n_patterns(self) -> int:
        """How many patterns there are."""
        return len(self.patterns)

    @property
    def n_inputs(self) -> int:
        """How many inputs the network has."""
        return int(self.patterns.shape[1])

    @property
    def n_outputs(self) -> int:
        """How many outputs the network has."""
        return int(self.targets.shape[1])

    @property
    def n_taught(self) -> int:
        """How many patterns an epoch has."""
        return self.n_train or self.n_patterns

    @property
    def tested(self) -> np.ndarray:
        """The patterns of a test, as they are numbered: the test part, or all."""
        return np.arange(self.n_train, self.n_patterns)

    @property
    def labels(self) -> tuple[str, ...]:
        """The patterns for people, such as "(0,1)"; those with names of their own by these."""
        return tuple(
            f"({','.join(map(str, row))})" if name == "".join(map(str, row)) else name
            for row, name in zip(self.patterns, self.names, strict=True)
        )

    @cached_property
    def sha256(self) -> str:
        """The hash of all that it holds, but for the names of inputs and outputs, on which no number depends."""
        shape = [*self.patterns.shape, self.n_outputs, self.n_train, self.order, self.names]
        digest = hashlib.sha256(json.dumps(shape).encode())
        for array in (self.patterns, self.targets):
            digest.update(np.ascontiguousarray(array, "<f4").data)
        return digest.hexdigest()

    def describe(self) -> dict[str, Any]:
        """For config.json: its hash, inputs and outputs, how many patterns are taught and tested, and names."""
        return {
            "sha256": self.sha256,
            "shape": [self.n_inputs, self.n_outputs],
            "train": self.n_taught,
            "test": len(self.tested),
            **{name: list(words) for name, words in zip(("inputs", "outputs"), self._called, strict=True) if words},
        }

    @cached_property
    def paired(self) -> Task:
        """The same with two inputs for each: one that is on with it, and one that is on when it is not."""
        both = np.stack([self.patterns, 1 - self.patterns], axis=2).reshape(self.n_patterns, -1)
        inputs = tuple(each for name in self.inputs for each in (name, f"{name}_off"))
        return replace(self, patterns=both, inputs=inputs)


def one_hot(classes: Any, n: int = 0) -> np.ndarray:
    """Targets of classes: one output for each, which is to say 1 to its own.

    Parameters
    ----------
    classes : array of int, shape (n_patterns,)
        From 0 on.
    n : int
        How many classes there are; by default, as many as the highest one says.
    """
    classes = np.asarray(classes)
    return (classes[:, np.newaxis] == np.arange(n or int(classes.max()) + 1)).astype(int)


def _is_name(name: str) -> bool:
    return name.replace("_", "").isalnum() and name != "epochs"


def _called(name: str, words: Sequence[str], columns: np.ndarray) -> tuple[str, ...]:
    found, n = tuple(map(str, words)), columns.shape[1]
    if found and (len(found) != n or len(set(found)) != n or not all(map(str.strip, found))):
        raise ParameterError(f"{name} = {_shown(found)}: {n} different names are needed, one for each, or none")
    return found


def _named(patterns: np.ndarray) -> list[str]:
    if patterns.dtype.kind == "i":
        return ["".join(map(str, row)) for row in patterns]
    return [f"p{k + 1}" for k in range(len(patterns))]


def _shown(items: Sequence[Any]) -> str:
    return ", ".join(map(str, items[:8])) + (", ..." if len(items) > 8 else "")


def _numbers(values: Any) -> np.ndarray:
    array = _rows("patterns", values, "numbers from 0 to 1")
    if not ((array >= 0) & (array <= 1)).all():  # not a number is neither
        raise ParameterError("patterns: rows of numbers from 0 to 1 are needed, one for each pattern")
    return array.astype(int) if np.isin(array, (0, 1)).all() else array.astype(np.float32)


def _bits(values: Any) -> np.ndarray:
    array = _rows("targets", values, "0 and 1")
    if not np.isin(array, (0, 1)).all():
        raise ParameterError("targets: rows of 0 and 1 are needed, one for each pattern")
    return array.astype(int)


def _rows(name: str, values: Any, of: str) -> np.ndarray:
    try:
        array = np.asarray(values)
        array = array if array.dtype == np.float32 else array.astype(float)
    except (TypeError, ValueError):
        raise ParameterError(f"{name}: rows of equal length of {of} are needed") from None
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or not array.size:
        raise ParameterError(
            f"{name}: rows of {of} are needed, one for each pattern, not an array of shape {array.shape}"
        )  # fmt: skip
    return array


XOR = Task(patterns=((0, 0), (1, 0), (0, 1), (1, 1)), targets=(0, 1, 1, 0))
