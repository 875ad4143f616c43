"""The one builder of networks: few Brian2 objects of tables (tables.py).

All cells of a kind are one NeuronGroup, in which every population is a range; all projections of a kind are one
Synapses object. That is what makes a network of many populations fast, to compile and to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Equations, Quantity, Synapses, TimedArray, ms, second

from .background import PoissonDrive
from .parameters import ParameterError
from .projection import projection
from .tables import Kind, Tables, background_name


@dataclass(frozen=True, kw_only=True)
class Built:
    """The objects of a network, not yet connected."""

    tables: Tables
    kinds: Sequence[Kind]
    groups: Mapping[str, Any]
    projections: Mapping[str, Synapses]
    background: Sequence[PoissonDrive]
    functions: Mapping[str, TimedArray]

    @property
    def objects(self) -> tuple[Any, ...]:
        """For the network."""
        return (*self.groups.values(), *self.projections.values(), *self.background)

    def part(self, name: str) -> Any:
        """The cells of a population, a part of their group."""
        begin, end = self.tables.span([name])
        return self.groups[self.tables[name].group][begin:end]

    def has_own_weights(self, name: str) -> bool:
        """Whether synapses of a kind have a weight each."""
        return any(kind.own_weight for kind in self.kinds if kind.name == name)

    def connect(self) -> None:
        """Make random synapses, kind by kind, when the cells know their ranges; and give them what they start with.

        Raises
        ------
        ParameterError
            If synapses have a weight each: those are given (given_synapses.py).
        """
        for kind in self.kinds:
            if kind.own_weight:
                raise ParameterError(f"kind {kind.name}: synapses with a weight each are given one by one")
            density, span = self.tables.one_density(kind.name), self.tables.one_span(kind.name)
            begin, end = span or (f"{kind.name}_begin_pre", f"{kind.name}_end_pre")
            p = "p" if density is not None else f"{kind.name}_density_pre"
            self.projections[kind.name].connect(
                j=f"k for k in sample({begin}, {end}, p={p})", namespace={"p": density} if p == "p" else {}
            )
        for kind in self.kinds:
            if kind.starts:
                self.projections[kind.name].w = kind.weight
        self.set_eta()

    def set_eta(self) -> None:
        """Give synapses with a learning rate of their own that of their projection."""
        for kind in self.kinds:
            if kind.own_eta:
                self.projections[kind.name].own_eta.set_item(
                    slice(None),
                    "of_pair(population_pre*second, population_post)",
                    namespace={"of_pair": self.functions[f"{kind.name}_eta"], "second": second},
                )


def build(tables: Tables, groups: Mapping[str, Callable[[int, Equations], Any]], kinds: Sequence[Kind]) -> Built:
    """Make a network of its tables: a group for every kind of cell, and an object for every kind of projection.

    Parameters
    ----------
    tables : Tables
    groups : mapping of str to callable
        make(n, equations): the NeuronGroup of this name with `n` cells and these further variables, those of the
        wiring; or a pool of `n` Poisson sources, if all of them lead to the same cells, for then there are none.
    kinds : sequence of Kind
        In the order in which they are connected. Those with `own_eta` need cells that know their `population`.

    Raises
    ------
    ParameterError
        If a group or a kind of the tables is not among them.
    """
    for what, wanted, there in (
        ("group", list(tables.groups), list(groups)),
        ("kind", list(dict.fromkeys(row.kind for row in tables.projections)), [kind.name for kind in kinds]),
    ):
        if set(wanted) != set(there):
            raise ParameterError(f"the tables have {what}s {', '.join(wanted)}; made are {', '.join(there)}")
    made, synapses, functions = {}, {}, {}
    for group, size in tables.groups.items():
        leading = [
            kind.name for kind in kinds if tables.ends(kind.name)[0] == group and tables.one_span(kind.name) is None
        ]
        dense = [name for name in leading if tables.one_density(name) is None]
        wiring = [*map(_range, leading), *map(_density, dense)]
        made[group] = groups[group](size, sum(wiring, Equations("")))
    for kind in kinds:
        synapses[kind.name] = kind.make(*(made[group] for group in tables.ends(kind.name)))
        if kind.own_eta:
            name, shape = f"{kind.name}_eta", tables.pairs(kind.name).shape
            functions[name] = TimedArray(np.zeros(shape), dt=1 * second, name=name)
    background = [
        PoissonDrive(made[group], sources, name=background_name(group))
        for group in made
        if (sources := tables.sources(group))
    ]
    return Built(
        tables=tables, kinds=kinds, groups=made, projections=synapses, background=background, functions=functions
    )


def _range(kind: str) -> Equations:
    return Equations("begin : integer (constant)\nend : integer (constant)", begin=f"{kind}_begin", end=f"{kind}_end")


def _density(kind: str) -> Equations:
    return Equations("density : 1 (constant)", density=f"{kind}_density")


def fixed(
    name: str,
    receptor: str,
    amount: str = "w",
    on: str = "spike",
    delay: Quantity = 0 * ms,
    weight: str = "w",
    also: Any = None,
    own_weight: bool = False,
) -> Kind:
    """A kind of projection with fixed weights.

    Parameters
    ----------
    name : str
        Of the kind and of its Synapses object.
    receptor, amount, on, delay, also, own_weight
        As of `projection`.
    weight : str
        Where its weights go, as of `Kind`.
    """

    def make(source: Any, target: Any) -> Synapses:
        return projection(
            source, target, receptor, on=on, amount=amount, delay=delay, name=name, also=also, own_weight=own_weight
        )

    return Kind(name=name, make=make, weight=weight, own_weight=own_weight)
