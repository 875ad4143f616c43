"""Connectivity of tables as data of a run: lists of synapses (models/given_synapses.py), drawn with numpy.

They are the same on every backend, where Brian2's own random connectivity is not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from burstlab.models.given_synapses import GivenSynapses
from burstlab.models.tables import Kind, Tables


def given_synapses(tables: Tables, kinds: Sequence[Kind]) -> list[GivenSynapses]:
    """What a program is given of each kind of projection."""
    return [
        GivenSynapses(
            name=kind.name, n_sources=cells(tables, kind.name)[0], most=most_synapses(tables, kind.name),
            weighted=kind.name == "plastic" or kind.own_weight,
        )
        for kind in kinds
    ]  # fmt: skip


def most_synapses(tables: Tables, kind: str) -> int:
    """How many synapses of a kind random connectivity has at most.

    By Bernstein's inequality fewer than one network in 10^9 has more than 7 SD and 14 beyond the mean.
    """
    counts: Counter[tuple[float, int]] = Counter()
    for block in tables.blocks(kind):
        targets = sum(tables[name].size for name in block.targets)
        for sources in (tables[name].size for name in block.sources):
            counts[block.inputs, sources] += targets
    # Sums without error: projections one by one have as many as those of a block.
    pairs = sum(sources * targets for (_, sources), targets in counts.items())
    mean = math.fsum(inputs * targets for (inputs, _), targets in counts.items())
    variance = math.fsum(inputs * targets * (1 - inputs / sources) for (inputs, sources), targets in counts.items())
    return math.ceil(min(pairs, mean + 7 * math.sqrt(variance) + 14))


def cells(tables: Tables, kind: str) -> tuple[int, int]:
    """Cells of the groups of sources and targets."""
    source, target = tables.ends(kind)
    return tables.groups[source], tables.groups[target]


def random_synapses(tables: Tables, kinds: Sequence[Kind], random: np.random.Generator) -> dict[str, np.ndarray]:
    """Lists of random synapses, {"name.values": array}: each pair of cells of a projection is connected independently.

    Parameters
    ----------
    tables : Tables
        Where the probability is `inputs` / size of the source, and the weight of a synapse that of its projection.
    kinds : sequence of Kind
    random : Generator
    """
    lists: dict[str, np.ndarray] = {}
    for one in given_synapses(tables, kinds):
        source, target = _synapses(tables, one.name, random)
        while len(source) > one.most:  # in one network of 10^9
            source, target = _synapses(tables, one.name, random)
        lists |= one.values(source, target, _weights(tables, one.name, source, target) if one.weighted else None)
    return lists


def _synapses(tables: Tables, kind: str, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, in the order of both."""
    spans, densities = tables.spans(kind), tables.densities(kind)
    found = []
    for name in sorted(spans, key=lambda name: tables.span([name])):
        (first, last), (begin, end) = tables.span([name]), spans[name]
        source, target = np.divmod(_chosen((last - first) * (end - begin), densities[name], random), end - begin)
        found.append((first + source, begin + target))
    source, target = (np.concatenate(each) for each in zip(*found, strict=True))
    return source, target


def _chosen(n: int, p: float, random: np.random.Generator) -> np.ndarray:
    """Those of 0 to n - 1 that each are chosen with probability p, by the waits from one to the next."""
    if p == 0:
        return np.zeros(0, dtype=np.int64)
    size = math.ceil(n * p + 4 * math.sqrt(n * p) + 14)
    chosen = np.cumsum(random.geometric(p, size)) - 1
    while chosen[-1] < n - 1:
        chosen = np.append(chosen, chosen[-1] + np.cumsum(random.geometric(p, size)))
    return chosen[chosen < n]


def _weights(tables: Tables, kind: str, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    of_source, of_target = (tables.numbers(group).astype(int) for group in tables.ends(kind))
    return tables.pairs(kind, "weight")[of_source[source], of_target[target]]
