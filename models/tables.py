"""Networks as tables: populations, projections and their background as data; network.py makes Brian2 objects of them.

What differs between populations, or between projections, is a column of its table and becomes a value of each cell.
Names, sizes and which projections there are decide what is built; all other columns are values of a run, so that a
network with other weights, currents or learning rates is no other program.

A cell finds the cells that it may lead to in the range `KIND_begin` to `KIND_end` of its own, one for every kind of
projection (an empty one where the tables have none). Sources that all lead to the same cells need none: pools of
Poisson sources, which have no variables, can be populations too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .background import Source, source_values
from .parameters import ParameterError, nearest
from .rows import Block, Drive, Kind, Population, Projection, projections

__all__ = ["Block", "Drive", "Kind", "Population", "Projection", "Tables", "background_name", "projections"]


@dataclass(frozen=True, kw_only=True)
class Tables:
    """A network as data; checked where it is made.

    Attributes
    ----------
    populations, projections, background : sequence
        The three tables. Among the projections a `Block` stands for many.
    """

    populations: Sequence[Population]
    projections: Sequence[Projection | Block] = ()
    background: Sequence[Drive] = ()

    def __post_init__(self) -> None:
        if (name := _repeated(one.name for one in self.populations)) is not None:
            raise ParameterError(f"two populations are called {name!r}; each needs a name of its own")
        for blocks in self._kinds.values():
            for block in blocks:
                self._check_block(block)
        for kind in self._kinds:
            self._check_ends(kind)
        for kind in self._kinds:
            self.spans(kind)
            self.one_density(kind)
        for drive in self.background:
            for name in drive.onto:
                self._known(name, f"background of {drive.receptor}")
            self.span(drive.onto)

    def __getitem__(self, name: str) -> Population:
        return self._places[name][0]

    @cached_property
    def _places(self) -> dict[str, tuple[Population, int, int]]:
        """Each population, its place among those of its group, and its first cell; networks may have a thousand."""
        places, rows, begins = {}, dict.fromkeys(self.groups, 0), dict.fromkeys(self.groups, 0)
        for one in self.populations:
            places[one.name] = one, rows[one.group], begins[one.group]
            rows[one.group] += 1
            begins[one.group] += one.size
        return places

    @cached_property
    def _kinds(self) -> dict[str, list[Block]]:
        kinds: dict[str, list[Block]] = {}
        for row in self.projections:
            kinds.setdefault(row.kind, []).append(Block.of(row))
        return kinds

    @cached_property
    def _spans(self) -> dict[str, dict[str, tuple[int, int]]]:
        return {kind: self._spans_of(blocks) for kind, blocks in self._kinds.items()}

    def _known(self, name: str, what: str) -> None:
        if name not in self._places:
            names = list(self._places)
            raise ParameterError(f"{what}: no population {name!r}{nearest(name, names)} (there are {', '.join(names)})")

    def _check_block(self, block: Block) -> None:
        def what(source: str, target: str) -> str:
            return f"projection {block.kind} from {source} to {target}"

        first_source, first_target, places = block.sources[0], block.targets[0], self._places
        for source in block.sources:
            if source not in places:
                self._known(source, what(source, first_target))
        for target in block.targets:
            if target not in places:
                self._known(target, what(first_source, target))
        for source in block.sources:
            size = places[source][0].size
            if not 0 <= block.inputs <= size:
                raise ParameterError(
                    f"{what(source, first_target)}: inputs = {block.inputs:g}; 0 to {size} are possible"
                )

    def _check_ends(self, kind: str) -> None:
        for end in ("source", "target"):
            names = (name for block in self.blocks(kind) for name in getattr(block, f"{end}s"))
            if len(groups := {self[name].group for name in names}) > 1:
                there = ", ".join(sorted(groups))
                raise ParameterError(
                    f"projections {kind} have {end}s in several groups ({there}); take a kind for each"
                )

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

    def blocks(self, kind: str) -> list[Block]:
        """The projections of a kind as blocks."""
        return self._kinds.get(kind, [])

    def of_kind(self, kind: str) -> list[Projection]:
        """The projections of a kind one by one, of which there may be a million."""
        return [row for block in self.blocks(kind) for row in block.rows]

    def ends(self, kind: str) -> tuple[str, str]:
        """The groups that the sources and the targets of a kind are in.

        Raises
        ------
        ParameterError
            If there is no projection of the kind.
        """
        if kind not in self._kinds:
            there = ", ".join(self._kinds) or "none"
            raise ParameterError(f"no projections {kind!r}{nearest(kind, list(self._kinds))} (there are {there})")
        first = self._kinds[kind][0]
        return self[first.sources[0]].group, self[first.targets[0]].group

    def rows(self, names: Iterable[str]) -> list[int]:
        """The place of populations among those of their group."""
        return [self._places[name][1] for name in names]

    def span(self, names: Sequence[str], what: str = "populations") -> tuple[int, int]:
        """The range of cells of populations that follow each other in one group.

        Raises
        ------
        ParameterError
            If they do not.
        """
        places = sorted((self._places[name] for name in names), key=lambda place: place[1])
        (_, row, begin), (last, _, end) = places[0], places[-1]
        rows = [place[1] for place in places]
        if len({one.group for one, *_ in places}) != 1 or rows != list(range(row, row + len(rows))):
            raise ParameterError(
                f"{what} {', '.join(names)}: they do not follow each other in one group; put them in order, or take "
                "another kind for one of them"
            )
        return begin, end + last.size

    def spans(self, kind: str) -> dict[str, tuple[int, int]]:
        """The range of cells that each source of a kind leads to."""
        return self._spans.get(kind, {})

    def _spans_of(self, blocks: Sequence[Block]) -> dict[str, tuple[int, int]]:
        """Those of a kind; sources of the same blocks lead to the same cells."""
        lists: dict[str, list[int]] = {}
        for k, block in enumerate(blocks):
            for source in block.sources:
                lists.setdefault(source, []).append(k)
        leads = {source: tuple(which) for source, which in lists.items()}
        found: dict[tuple[int, ...], tuple[int, int]] = {}
        for source, which in leads.items():
            if which not in found:
                kind, names = blocks[0].kind, [name for k in which for name in blocks[k].targets]
                if (name := _repeated(names)) is not None:
                    raise ParameterError(f"two projections {kind} lead from {source} to {name}; one is possible")
                found[which] = self.span(names, f"projections {kind} from {source}")
        return {source: found[which] for source, which in leads.items()}

    def one_span(self, kind: str) -> tuple[int, int] | None:
        """The range of cells that all cells of the sources' group lead to, or None if there is not one for all."""
        spans = self.spans(kind)
        everywhere = set(spans) == set(self.names(group=self.ends(kind)[0]))
        return next(iter(spans.values())) if everywhere and len(set(spans.values())) == 1 else None

    def densities(self, kind: str) -> dict[str, float]:
        """The probability that a cell of each source is connected to a cell that it may lead to.

        Raises
        ------
        ParameterError
            If a source leads to its targets with several, or if those of sources differ that all lead to all targets.
        """
        found: dict[str, float] = {}
        for block in self.blocks(kind):
            for source in block.sources:
                density = block.inputs / self[source].size
                if found.setdefault(source, density) != density:
                    raise ParameterError(
                        f"projections {kind} from {source} are not equally dense; take a kind for each"
                    )
        if len({*found.values()}) > 1 and self.one_span(kind):
            raise ParameterError(f"projections {kind} are not equally dense; take a kind for each density")
        return found

    def one_density(self, kind: str) -> float | None:
        """The density of all sources of a kind, or None if there is not one for all."""
        found = {*self.densities(kind).values()}
        return found.pop() if len(found) == 1 else None

    def numbers(self, group: str) -> np.ndarray:
        """Of each cell of a group, the number of its population."""
        names = self.names(group=group)
        return self.per_cell(group, dict(zip(names, range(len(names)), strict=True)))

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
        if self.one_span(kind) is not None:
            return {}
        (group, _), spans = self.ends(kind), self.spans(kind)
        wiring = {
            f"{group}.{kind}_{edge}": self.per_cell(group, {name: span[k] for name, span in spans.items()})
            for k, edge in enumerate(("begin", "end"))
        }
        if self.one_density(kind) is None:
            wiring[f"{group}.{kind}_density"] = self.per_cell(group, self.densities(kind))
        return wiring

    def _column(self, kind: Kind, column: str) -> dict[str, np.ndarray | float]:
        group, where = self.ends(kind.name)[1], getattr(kind, column)
        if column == "eta" and kind.own_eta:
            return {f"{kind.name}_eta.values": self.pairs(kind.name), f"{group}.eta": 1.0}
        # Weights of their own are given with the synapses.
        if not where or (column == "weight" and kind.own_weight):
            return {}
        onto_cells = where.endswith("_post")
        given: dict[str, float] = {}
        for block in self.blocks(kind.name):
            values = block.column(column)
            for place, mine in zip(block.targets, values.T, strict=True) if onto_cells else [("", values)]:
                first = given.setdefault(place, float(mine.flat[0]))
                if (others := mine[mine != first]).size:
                    raise ParameterError(
                        f"{column} of projections {kind.name}{f' onto {place}' if place else ''}: "
                        f"{first:g} and {others[0]:g}; one value is possible, or take another kind"
                    )
        if not onto_cells:
            return {f"{kind.name}.{where}": given[""]}
        return {f"{group}.{where.removesuffix('_post')}": self.per_cell(group, given)}

    def pairs(self, kind: str, column: str = "eta") -> np.ndarray:
        """Learning rates or weights of a kind by source and target, among the populations of their groups."""
        pairs = np.zeros([len(self.names(group=group)) for group in self.ends(kind)])
        for block in self.blocks(kind):
            rows, columns = self.rows(block.sources), self.rows(block.targets)
            if len(rows) == len(columns) == 1:  # of which there may be many
                value = getattr(block, column)
                pairs[rows[0], columns[0]] = value if isinstance(value, int | float) else block.column(column)[0, 0]
            else:
                pairs[np.ix_(rows, columns)] = block.column(column)
        return pairs

    def sources(self, group: str) -> list[Source]:
        """The background of a group, in the order of the table."""
        return [
            Source(receptor=drive.receptor, start=start, stop=stop, rate=drive.rate, weight=float(drive.weight))
            for drive in self.background
            if self[drive.onto[0]].group == group
            for start, stop in [self.span(drive.onto)]
        ]


def _repeated(items: Iterable[Any]) -> Any:
    """The first of some items that was there before, or None."""
    seen = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    return None


def background_name(group: str) -> str:
    """What the background of a group is called."""
    return f"{group}_background"
