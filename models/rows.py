"""Rows of the tables of a network (tables.py): a population, a projection, a background, and a kind of projection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import Quantity, Synapses

from .parameters import ParameterError


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


# Its columns may be arrays, which have no truth of being equal.
@dataclass(frozen=True, eq=False)
class Block:
    """Projections from each of some populations to each of others, in one row: layers may have a thousand of them.

    Attributes
    ----------
    kind, inputs
        As of `Projection`.
    sources, targets : sequence of str
        Names of populations.
    weight, eta : number, Quantity, array or mapping of str to number
        As of `Projection`: for all; of any shape that numpy takes for (sources, targets); or by target.
    """

    kind: str
    sources: Sequence[str]
    targets: Sequence[str]
    inputs: float
    weight: Any = 0.0
    eta: Any = 0.0

    def __post_init__(self) -> None:
        for end, names in (("sources", self.sources), ("targets", self.targets)):
            if isinstance(names, str):
                raise ParameterError(f"projections {self.kind}: {end} = {names!r}; a list of names is needed")
        if not (len(self.sources) and len(self.targets)):
            raise ParameterError(f"projections {self.kind}: sources and targets are needed, at least one each")
        for name in ("weight", "eta"):
            # A number is one for all, which need not be tried for each of many rows.
            if not isinstance(getattr(self, name), int | float):
                self.column(name)

    @classmethod
    def of(cls, row: Projection | Block) -> Block:
        """A row as a block."""
        if isinstance(row, Block):
            return row
        return cls(
            kind=row.kind, sources=(row.source,), targets=(row.target,), inputs=row.inputs, weight=row.weight,
            eta=row.eta,
        )  # fmt: skip

    def column(self, name: str) -> np.ndarray:
        """`weight` or `eta` in SI units, shape (sources, targets).

        Raises
        ------
        ParameterError
            If it has another shape, or is no number.
        """
        shape, column = (len(self.sources), len(self.targets)), getattr(self, name)
        if isinstance(column, Mapping):
            if without := [target for target in self.targets if target not in column]:
                raise ParameterError(f"projections {self.kind}: {name} has nothing for {without[0]}")
            column = [column[target] for target in self.targets]
        try:
            given = np.asarray(column, dtype=float)
        except (TypeError, ValueError):
            raise ParameterError(f"projections {self.kind}: {name} is no number and no array of numbers") from None
        try:
            return np.broadcast_to(given, shape)
        except ValueError:
            raise ParameterError(
                f"projections {self.kind}: {name} has shape {given.shape}; {shape} are sources and targets"
            ) from None

    @property
    def rows(self) -> list[Projection]:
        """Its projections one by one."""
        weight, eta = self.column("weight"), self.column("eta")
        return [
            Projection(
                kind=self.kind, source=source, target=target, inputs=self.inputs, weight=float(weight[i, j]),
                eta=float(eta[i, j]),
            )
            for i, source in enumerate(self.sources)
            for j, target in enumerate(self.targets)
        ]  # fmt: skip


def projections(
    kind: str, sources: Sequence[str], targets: Sequence[str], inputs: float, weight: Any = 0.0, eta: Any = 0.0
) -> list[Projection]:
    """A row for each pair of populations, of which there may be none: those of a `Block`."""
    return Block(kind, sources, targets, inputs, weight, eta).rows if sources and targets else []


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
    own_weight : bool
        Whether each synapse has a weight, its `w`: projections onto the same cells may differ. Their synapses are given
        (given_synapses.py).
    """

    name: str
    make: Callable[[Any, Any], Synapses]
    weight: str = "w"
    eta: str = ""
    starts: bool = False
    own_eta: bool = False
    own_weight: bool = False
