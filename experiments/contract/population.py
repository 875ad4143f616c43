"""Cells that can be recorded: what an experiment says of them in `populations`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from burstlab.models import Cell
from burstlab.models.tables import Tables

# The population of an experiment that has only one.
ONLY = "cells"


@dataclass(frozen=True, kw_only=True)
class Population:
    """Cells that belong together: `start` to `stop` - 1 of a group.

    Attributes
    ----------
    group : str
        Name of the NeuronGroup.
    start, stop : int
        Its part of the group.
    variables : mapping of str to str
        What can be traced, and the SI unit of each.
    events : tuple of str
        The events of the group; without `spike`, every spike is an event or a burst.
    meanings : mapping of str to str
        What variables are, in words.
    """

    group: str
    start: int
    stop: int
    variables: Mapping[str, str]
    events: tuple[str, ...]
    meanings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cell: Cell, group: str, start: int, stop: int, synapses: bool = True) -> Population:
        """Cells of a kind, with all that can be seen of it; `synapses` where they are made with conductances."""
        variables = {**cell.traces, **(cell.receptors if synapses else {})}
        return cls(group=group, start=start, stop=stop, variables=variables, events=cell.events, meanings=cell.meanings)


def populations_of(tables: Tables, cells: Mapping[str, Cell]) -> dict[str, Population]:
    """The populations of a network.

    Parameters
    ----------
    tables : Tables
        The network.
    cells : mapping of str to Cell
        What the cells of each group are; what is in other groups cannot be recorded.
    """
    return {
        name: Population.of(cells[tables[name].group], tables[name].group, *tables.span([name]))
        for name in tables.names()
        if tables[name].group in cells
    }
