"""Synapses that are given one by one in place of random ones: lists, which a program reads when it makes them.

A kind of projection has two lists or three: where in the others each cell of the source has its synapses; their
targets; and weights, where synapses have one each. A program is compiled for the longest lists that it may be given,
and takes any wiring up to that as an argument.

Brian2 makes synapses in the order of the lists, so that a synapse finds its weight by its own number. Indices are
doubles and integers, never states: they are exact with more cells than a float32 can count (2^24), too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Function, Synapses, TimedArray, second

# The number of a synapse, which Brian2 gives to random numbers alone.
_NUMBER = Function(
    pyfunc=lambda numbers: np.arange(len(numbers)), arg_units=[], return_unit=1, return_type="integer",
    auto_vectorise=True,
)  # fmt: skip
_NUMBER.implementations.add_implementation("numpy", lambda numbers: np.arange(len(numbers)))
_NUMBER.implementations.add_implementation(
    "cpp", "static inline int given_number(const int number) { return number; }", name="given_number"
)
_NUMBER.implementations.add_implementation(
    "cython", "cdef int given_number(const int number):\n    return number", name="given_number"
)


class SynapseList(TimedArray):
    """A list as a function that a network can be given: of one row, for a TimedArray has rows."""


@dataclass(frozen=True, kw_only=True)
class GivenSynapses:
    """What a program is given of the synapses of one kind.

    Attributes
    ----------
    name : str
        Of the Synapses object.
    n_sources : int
        Cells of the group that they lead from.
    most : int
        The synapses that there may be.
    weighted : bool
        Whether each has a weight `w` of its own.
    """

    name: str
    n_sources: int
    most: int
    weighted: bool

    @property
    def _lengths(self) -> dict[str, int]:
        w = {"w": self.most} if self.weighted else {}
        return {"begin": self.n_sources + 1, "target": self.most, **w}

    def functions(self) -> dict[str, SynapseList]:
        """The lists, by name."""
        names = {f"given_{self.name}_{what}": length for what, length in self._lengths.items()}
        return {name: SynapseList(np.zeros((1, length)), dt=1 * second, name=name) for name, length in names.items()}

    def connect(self, synapses: Synapses, functions: Mapping[str, Any]) -> None:
        """Make the synapses of the lists."""
        space = {f"given_{what}": functions[f"given_{self.name}_{what}"] for what in ("begin", "target")}
        first, last = (f"int(given_begin(0*second, {i}))" for i in ("i", "i + 1"))
        synapses.connect(j=f"int(given_target(0*second, k)) for k in range({first}, {last})", namespace=space)

    def weigh(self, synapses: Synapses, functions: Mapping[str, Any]) -> None:
        """Give the synapses that were made their weights, if they have one each."""
        if self.weighted:
            space = {"given_w": functions[f"given_{self.name}_w"], "given_number": _NUMBER}
            synapses.w.set_item(slice(None), "given_w(0*second, given_number())", namespace=space)

    def values(self, source: np.ndarray, target: np.ndarray, w: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """The lists of some synapses, {"name.values": array}.

        Parameters
        ----------
        source, target : array of int, shape (synapses,)
            Cells of both groups; sources in order, `most` of them or fewer.
        w : array, shape (synapses,)
            Weights, where they have them.
        """
        begin = np.searchsorted(source, np.arange(self.n_sources + 1))
        given = {"begin": begin, "target": target} | ({} if w is None else {"w": w})
        lists = {}
        for what, length in self._lengths.items():
            lists[f"given_{self.name}_{what}.values"] = padded = np.zeros(length)
            padded[: len(given[what])] = given[what]
        return lists
