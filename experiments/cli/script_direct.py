"""Synapses that lead from one part of cells to one other: `connect(p=...)` between the two says all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Subgroup

# What the builder of networks gives to `connect` (models/network.py): each cell of the source has its own range.
_SAMPLED = re.compile(r"k for k in sample\((\w+), (\w+), p=(\w+)\)")


@dataclass(frozen=True)
class Direct:
    """First cell and end of both parts, and the probability of a synapse."""

    source: tuple[int, int]
    target: tuple[int, int]
    p: float


def direct(synapses: Any, j: Any, namespace: Mapping[str, Any], first: Mapping[tuple[str, str], Any]) -> Direct | None:
    """The parts that synapses lead from and to; None where there are several, or something else connects them.

    Parameters
    ----------
    synapses : Synapses
    j, namespace
        What `connect` was given.
    first : mapping of (str, str) to array
        Values of variables of cells by group and name.
    """
    words = _SAMPLED.fullmatch(j) if isinstance(j, str) else None
    if words is None or any(isinstance(end, Subgroup) for end in (synapses.source, synapses.target)):
        return None
    columns = []
    for word in words.groups():
        value = namespace.get(word, word if word.isdigit() else None)
        if value is None:
            value = first.get((synapses.source.name, word.removesuffix("_pre")))
        if value is None:
            return None
        columns.append(np.broadcast_to(np.asarray(value, dtype=float), len(synapses.source)))
    begin, end, p = columns
    cells = np.flatnonzero(end > begin)
    if not len(cells) or cells[-1] - cells[0] + 1 != len(cells):
        return None
    if any(np.ptp(column[cells]) for column in columns):
        return None
    k = cells[0]
    return Direct((int(k), int(cells[-1]) + 1), (int(begin[k]), int(end[k])), float(p[k]))


def needed_by(j: Any) -> Iterator[str]:
    """The variables of cells that such a `connect` reads; none where it is another one."""
    words = _SAMPLED.fullmatch(j) if isinstance(j, str) else None
    yield from (word.removesuffix("_pre") for word in (words.groups() if words else ()) if word.endswith("_pre"))
