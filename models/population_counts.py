"""Counts of a group's populations in bins (equations/population_counts.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2 import Clock, Equations, NeuronGroup, StateMonitor, Synapses
from numpy import float64

from ..equations import population_counts as equations
from .cell import Part

# What counted cells are made with; their `population` is to be set.
COUNTING = Part(equations=equations.COUNTERS, on_event=equations.COUNT_EVENT, on_burst=equations.COUNT_BURST)


@dataclass(frozen=True, kw_only=True)
class PopulationCounts:
    """What records populations: sums over their cells, and a monitor of the sums; see `population_counts`."""

    populations: NeuronGroup
    sums: Synapses
    recorded: StateMonitor

    @property
    def objects(self) -> tuple[NeuronGroup, Synapses, StateMonitor]:
        """For the network."""
        return self.populations, self.sums, self.recorded

    def connect(self) -> None:
        """Give every cell to its population; when the cells know their `population`."""
        self.sums.connect(j="k for k in range(population_pre, population_pre + 1)", namespace={})


def population_counts(
    cells: Any,
    n_populations: int,
    clock: Clock,
    also: Equations | None = None,
    also_sums: Equations | None = None,
    prefix: str = "",
) -> PopulationCounts:
    """Record the events and bursts of populations at the begin of every bin, not yet connected.

    Parameters
    ----------
    cells : NeuronGroup
        Made with the part `COUNTING`. Populations are
        numbered from 0 by the cells' `population`.
    n_populations : int
        How many there are.
    clock : Clock
        Of the bins, slower than the cells': all work is done at its ticks.
    also, also_sums : Equations, optional
        Further variables of a population and how they are summed, such as "x_sum : 1" and
        "x_sum_post = x_pre : 1 (summed)".
    prefix : str
        Begin of the names of the objects, where a network counts several groups.

    Returns
    -------
    PopulationCounts
        Its `recorded` has the variables `events` and `bursts`, sums since the start before each bin, and those of
        `also`; rows are bins and columns populations.
    """
    populations = NeuronGroup(
        n_populations,
        equations.POPULATION + (also or Equations("")),
        # Counts of minutes are beyond what float32 can tell apart.
        dtype={"events": float64, "bursts": float64},
        clock=clock,
        namespace={},
        name=f"{prefix}populations",
    )
    model = equations.POPULATION_SUMS + (also_sums or Equations(""))
    sums = Synapses(cells, populations, model=model, clock=clock, namespace={}, name=f"{prefix}sums")
    names = ["events", "bursts", *(also.names if also else ())]
    recorded = StateMonitor(populations, names, record=True, clock=clock, when="end", name=f"{prefix}bins")
    return PopulationCounts(populations=populations, sums=sums, recorded=recorded)
