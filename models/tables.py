"""Networks as tables: populations, projections and their background as data; network.py makes Brian2 objects of them.

What differs between populations, or between projections, is a column of its table and becomes a value of each cell.
Names, sizes and which projections there are decide what is built; all other columns are values of a run, so that a
network with other weights, currents or learning rates is no other program.

A cell finds the cells that it may lead to in the range `KIND_begin` to `KIND_end` of its own, one for every kind of
projection (an empty one where the tables have none).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import Quantity, Synapses

from .background import Source, source_values
from .parameters import ParameterError, nearest


@dataclass(frozen=True, kw_only=True)
class Population:
    """Cells that belong together: a range of a group.

    Attributes
    ----------
    name : str
        Its own name in the network.
    size : int
        Number of cells.
    group : str
        The NeuronGroup that its cells are part of; populations of a group follow each other as in the table.
    layer : str
        What it is for, such as "hidden"; several populations may have the same.
    values : mapping of str to number or Quantity
        Its columns: what its cells have in variables of the group. Other populations of the group have 0 where they
        name none.
    """

    name: str
    size: int
    group: str = "cells"
    layer: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ParameterError(f"population {self.name!r}: a name of letters, digits and _ is needed")
        if isinstance(self.size, bool) or not isinstance(self.size, int | np.integer) or self.size < 1:
            raise ParameterError(f"population {self.name}: size = {self.size}; a whole number from 1 on is needed")


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Synapses from one population to another.

    Attributes
    ----------
    kind : str
        The `Kind` whose Synapses object they are part of.
    source, target : str
        Names of populations.
    inputs : float
        How many synapses a cell of the target has from it, on average: each pair of cells is connected with the
        probability `inputs` / size of the source. The same for all projections of a kind.
    weight, eta : number or Quantity
        Weight, or weight at the start of a plastic one; and its learning rate. `Kind` says where they go.
    """

    kind: str
    source: str
    target: str
    inputs: float
    weight: Any = 0.0
    eta: Any = 0.0


@dataclass(frozen=True, kw_only=True)
class Drive:
    """Poisson background of some populations, independent for each cell: a row of the third table.

    Attributes
    ----------
    receptor : str
        The conductance that every arrival raises by `weight`.
    onto : sequence of str
        Populations that follow each other in one group.
    rate : Quantity
        Arrivals at a cell.
    weight : number
        In units of the leak.
    """

    receptor: str
    onto: Sequence[str]
    rate: Quantity
    weight: Any


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What the projections of a kind have in common: their Synapses object, and where its columns go.

    Attributes
    ----------
    name : str
        Of the kind and of the object.
    make : callable
        make(source, target): the object, named so, not yet connected.
    weight, eta : str
        Where the columns of these names go: "X_post", a variable X of the target's cells; "w" or another name, a
        variable of the synapses, one value for all of them; "" for a column that is not used.
    starts : bool
        Whether the weight is that of each synapse at the start, its `w`.
    own_eta : bool
        Whether synapses have a learning rate each, the variable `own_eta`: projections onto the same cells may then
        differ. The `eta` of the target's cells is 1.
    """

    name: str
    make: Callable[[Any, Any], Synapses]
    weight: str = "w"
    eta: str = ""
    starts: bool = False
    own_eta: bool = False


@dataclass(frozen=True, kw_only=True)
class Tables:
    """A network as data; checked where it is made.

    Attributes
    ----------
    populations, projections, background : sequence
        The three tables.
    """

    populations: Sequence[Population]
    projections: Sequence[Projection] = ()
    background: Sequence[Drive] = ()

    def __post_init__(self) -> None:
        names = [population.name for population in self.populations]
        for name in names:
            if names.count(name) > 1:
                raise ParameterError(f"two populations are called {name!r}; each needs a name of its own")
        for row in self.projections:
            what = f"projection {row.kind} from {row.source} to {row.target}"
            for name in (row.source, row.target):
                self._known(name, what)
            size = self[row.source].size
            if not 0 < row.inputs <= size:
                raise ParameterError(f"{what}: inputs = {row.inputs:g}; more than 0 and at most {size} are possible")
        for kind in dict.fromkeys(row.kind for row in self.projections):
            self._check_kind(kind)
        for drive in self.background:
            for name in drive.onto:
                self._known(name, f"background of {drive.receptor}")
            self.span(drive.onto)

    def __getitem__(self, name: str) -> Population:
        return next(population for population in self.populations if population.name == name)

    def _known(self, name: str, what: str) -> None:
        names = [population.name for population in self.populations]
        if name not in names:
            raise ParameterError(f"{what}: no population {name!r}{nearest(name, names)} (there are {', '.join(names)})")

    def _check_kind(self, kind: str) -> None:
        rows = self.of_kind(kind)
        routes = [(row.source, row.target) for row in rows]
        for route in routes:
            if routes.count(route) > 1:
                raise ParameterError(f"two projections {kind} lead from {route[0]} to {route[1]}; one is possible")
        for end in ("source", "target"):
            if len(groups := {self[getattr(row, end)].group for row in rows}) > 1:
                there = ", ".join(sorted(groups))
                raise ParameterError(
                    f"projections {kind} have {end}s in several groups ({there}); take a kind for each"
                )
        if len({row.inputs / self[row.source].size for row in rows}) > 1:
            raise ParameterError(f"projections {kind} are not equally dense; take a kind for each density")
        for source in dict.fromkeys(row.source for row in rows):
            self.span([row.target for row in rows if row.source == source], f"projections {kind} from {source}")

    # ---- where things are ----------------------------------------------------------------------------------------

    def names(self, *layers: str, group: str | None = None) -> tuple[str, ...]:
        """Populations of some layers, or all; of a group, or all."""
        return tuple(
            one.name
            for one in self.populations
            if (not layers or one.layer in layers) and (group is None or one.group == group)
        )

    @property
    def layers(self) -> dict[str, tuple[str, ...]]:
        """Populations by layer, in the order of the table; those without one are not among them."""
        layers = dict.fromkeys(one.layer for one in self.populations if one.layer)
        return {layer: self.names(layer) for layer in layers}

    @property
    def groups(self) -> dict[str, int]:
        """How many cells each group has."""
        sizes: dict[str, int] = {}
        for one in self.populations:
            sizes[one.group] = sizes.get(one.group, 0) + one.size
        return sizes

    def of_kind(self, kind: str) -> list[Projection]:
        """The projections of a kind."""
        return [row for row in self.projections if row.kind == kind]

    def rows(self, names: Iterable[str]) -> list[int]:
        """The place of populations among those of their group."""
        return [self.names(group=self[name].group).index(name) for name in names]

    def span(self, names: Sequence[str], what: str = "populations") -> tuple[int, int]:
        """The range of cells of populations that follow each other in one group.

        Raises
        ------
        ParameterError
            If they do not.
        """
        rows = sorted(self.rows(names))
        if len({self[name].group for name in names}) != 1 or rows != list(range(rows[0], rows[0] + len(rows))):
            raise ParameterError(
                f"{what} {', '.join(names)}: they do not follow each other in one group; put them in order, or take "
                "another kind for one of them"
            )
        sizes = [one.size for one in self.populations if one.group == self[names[0]].group]
        begin = sum(sizes[: rows[0]])
        return begin, begin + sum(sizes[row] for row in rows)

    def ends(self, kind: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """The ranges from the first to the last source and target of a kind, whatever lies between."""
        ranges = []
        for end in ("source", "target"):
            spans = [self.span([getattr(row, end)]) for row in self.of_kind(kind)]
            ranges.append((min(first for first, _ in spans), max(last for _, last in spans)))
        return ranges[0], ranges[1]

    # ---- values of a run -----------------------------------------------------------------------------------------

    def per_cell(self, group: str, values: Mapping[str, Any]) -> np.ndarray:
        """A number for each population as one for each cell of the group; 0 for populations that are not named."""
        mine = [one for one in self.populations if one.group == group]
        return np.repeat([float(values.get(one.name, 0)) for one in mine], [one.size for one in mine])

    def values(self, kinds: Sequence[Kind]) -> dict[str, np.ndarray | float]:
        """All columns and the wiring, {"object.variable": value}, in SI units."""
        found: dict[str, np.ndarray | float] = {}
        for group in self.groups:
            mine = [one for one in self.populations if one.group == group]
            for column in dict.fromkeys(name for one in mine for name in one.values):
                given = {one.name: one.values.get(column, 0) for one in mine}
                found[f"{group}.{column}"] = self.per_cell(group, given)
        for kind in kinds:
            found |= self._wiring(kind.name) | self._column(kind, "weight") | self._column(kind, "eta")
        for group in self.groups:
            if sources := self.sources(group):
                found |= source_values(background_name(group), sources)
        return found

    def _wiring(self, kind: str) -> dict[str, np.ndarray]:
        group = self[self.of_kind(kind)[0].source].group
        spans = {
            name: self.span([row.target for row in self.of_kind(kind) if row.source == name])
            for name in {row.source for row in self.of_kind(kind)}
        }
        return {
            f"{group}.{kind}_{edge}": self.per_cell(group, {name: span[k] for name, span in spans.items()})
            for k, edge in enumerate(("begin", "end"))
        }

    def _column(self, kind: Kind, column: str) -> dict[str, np.ndarray | float]:
        rows, where = self.of_kind(kind.name), getattr(kind, column)
        if column == "eta" and kind.own_eta:
            return {f"{kind.name}_eta.values": self.pairs(kind.name), f"{self[rows[0].target].group}.eta": 1.0}
        if not where:
            return {}
        onto_cells = where.endswith("_post")
        given: dict[str, Any] = {}
        for row in rows:
            place, value = row.target if onto_cells else "", getattr(row, column)
            if float(given.setdefault(place, value)) != float(value):
                raise ParameterError(
                    f"{column} of projections {kind.name}{f' onto {place}' if place else ''}: "
                    f"{float(given[place]):g} and {float(value):g}; one value is possible, or take another kind"
                )
        if not onto_cells:
            return {f"{kind.name}.{where}": float(given[""])}
        group = self[rows[0].target].group
        return {f"{group}.{where.removesuffix('_post')}": self.per_cell(group, given)}

    def pairs(self, kind: str) -> np.ndarray:
        """Learning rates of a kind by source and target, among the populations of their groups."""
        rows = self.of_kind(kind)
        pairs = np.zeros([len(self.names(group=self[name].group)) for name in (rows[0].source, rows[0].target)])
        for row in rows:
            pairs[tuple(self.rows([row.source, row.target]))] = float(row.eta)
        return pairs

    def sources(self, group: str) -> list[Source]:
        """The background of a group, in the order of the table."""
        return [
            Source(receptor=drive.receptor, start=start, stop=stop, rate=drive.rate, weight=float(drive.weight))
            for drive in self.background
            if self[drive.onto[0]].group == group
            for start, stop in [self.span(drive.onto)]
        ]


def background_name(group: str) -> str:
    """What the background of a group is called."""
    return f"{group}_background"
