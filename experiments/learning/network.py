"""A learning network of any cells: tables, groups and kinds of projections become one model, values and outputs.

The tables have populations in the layers "input", "hidden" and "output"; all cells that learn are in the group "cells",
and the projections that do are of the kind "plastic".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import Clock, Equations, Network, SpikeMonitor, StateMonitor, defaultclock, mV

from burstlab.equations import teaching as equations
from burstlab.models import PYRAMIDAL, Cell, network
from burstlab.models.burst_plasticity import INCOMING, begin_averages, run_homeostasis, sum_incoming
from burstlab.models.network import Built
from burstlab.models.parameters import assign, assignments
from burstlab.models.population_counts import COUNTERS, PopulationCounts, population_counts
from burstlab.models.tables import Kind, Tables

from ..contract.population import populations_of
from ..experiment import Model, Output, Population
from .schedule import channels, schedule, stimuli
from .task import Task
from .weights import connect, matrices

# What every learning cell has beside its biophysics and the rule.
EXTRA = equations.SCHEDULED_CELL + COUNTERS + INCOMING + Equations("v_spread : volt (constant, shared)")
LAYERS = ("input", "hidden", "output")


def _nothing(config: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class LearningNetwork:
    """A network that learns any task (task.py) from its teacher.

    Attributes
    ----------
    settings : type
        Its parameter set, a subclass of `Learning`.
    tables : callable
        tables(config): the network as `Tables`.
    groups : callable
        groups(config): {group: make(n, equations)}; "cells" with `EXTRA` and the rule.
    kinds : callable
        kinds(config): the kinds of projections, in the order in which they are connected; "plastic" among them.
    values : callable, optional
        values(config): values of a run beside those of tables, task and teacher; none by default.
    cells : mapping of str to Cell
        What the cells of each group are, `PYRAMIDAL` by default; interneurons have spikes and nothing else to count.
    kept : tuple of str
        Kinds whose connectivity is kept.
    """

    settings: type[Any]
    tables: Callable[[Any], Tables]
    groups: Callable[[Any], Mapping[str, Callable[[int, Equations], Any]]]
    kinds: Callable[[Any], Sequence[Kind]]
    values: Callable[[Any], dict[str, Any]] = _nothing
    cells: Mapping[str, Cell] = field(default_factory=lambda: {"cells": PYRAMIDAL})
    kept: tuple[str, ...] = ("plastic",)

    def build(self, config: Any, given: bool = False) -> Model:
        """Describe the network; connectivity is random, or `given` at run time with the weights (weights.py)."""
        defaultclock.dt = config.dt
        tick, tables = config.tick_steps * config.dt, self.tables(config)
        built = network.build(tables, self.groups(config), self.kinds(config))
        cells, plastic = built.groups["cells"], built.projections["plastic"]
        for group in built.groups.values():
            assign(group, config.synapse)
        begin_averages(cells, config.rule)
        run_homeostasis(cells, config.homeostasis, config.slow)
        cells.run_regularly(equations.SCHEDULE, dt=tick, name="schedule")
        sum_incoming(plastic, cells, config.epoch_duration)
        # Population sums and their record share one slow clock: their work is done at the ends of bins only.
        bins = Clock(config.bin_steps * config.dt, name="bins_clock")
        populations = len(tables.names(group="cells"))
        counts = population_counts(cells, populations, bins, equations.POPULATION, equations.POPULATION_SUMS)
        weights = StateMonitor(
            cells, "incoming", record=range(*tables.span(learners(tables))), dt=config.epoch_duration, when="end",
            name="weights",
        )  # fmt: skip
        spikes = [
            SpikeMonitor(group, record=False, name=f"{name}_counts")
            for name, group in built.groups.items()
            if "event" not in self.cells[name].events
        ]
        functions = {**stimuli(config, tick), **built.functions, **(matrices(tables, self.kept) if given else {})}

        def connect_all() -> None:
            if given:
                connect(built, self.kept, functions)
            else:
                built.connect()
            counts.connect()
            cells.v_s = "E_L + v_spread*randn()"

        return Model(
            network=Network(*built.objects, *counts.objects, weights, *spikes),
            duration=config.duration,
            connect=connect_all,
            functions=functions,
            outputs=self._outputs(config, built, counts, weights)
            | {monitor.name: Output(owner=monitor, variable="count", rows=len(monitor.source)) for monitor in spikes},
        )

    def _outputs(self, config: Any, built: Built, counts: PopulationCounts, weights: StateMonitor) -> dict[str, Output]:
        """Sums of populations, weights and connectivity; results.py reads it."""
        rows = round(float(config.duration / (config.bin_steps * config.dt)))
        recorded = counts.recorded
        return {
            **{name: Output(owner=recorded, variable=name, rows=rows) for name in recorded.record_variables},
            "incoming": Output(owner=weights, variable="incoming"),
            **{
                f"{name}_{end}": Output(owner=built.projections[name], variable=variable)
                for name in self.kept
                for end, variable in (("source", "_synaptic_pre"), ("target", "_synaptic_post"))
            },
            "w": Output(owner=built.projections["plastic"], variable="w"),
            "E_bar": Output(owner=built.groups["cells"], variable="E_bar", rows=len(built.groups["cells"])),
        }

    def run_values(self, config: Any, seed: int) -> dict[str, Any]:
        """Every parameter and stimulus of a run, in SI units."""
        tables = self.tables(config)
        return {
            **self.cells["cells"].values("cells", config.cell, config.synapse, config.rule),
            **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
            "cells.c_teach": float(config.c_teach),
            "cells.margin": float(config.margin),
            "cells.v_spread": float(5 * mV),
            **self.values(config),
            **tables.values(self.kinds(config)),
            **roles(tables, config.task),
            **schedule(config, seed),
        }

    def takes_weights(self, config: Any) -> bool:
        """Whether a run keeps all that another needs to begin with its weights."""
        return set(self.kept) == {kind.name for kind in self.kinds(config)}

    def populations(self, config: Any) -> dict[str, Population]:
        """All populations, whose cells can be recorded."""
        return populations_of(self.tables(config), self.cells)


def learners(tables: Tables) -> tuple[str, ...]:
    """The populations that plastic projections lead to."""
    targets = {row.target for row in tables.of_kind("plastic")}
    return tuple(name for name in tables.names() if name in targets)


def names(task: Task) -> dict[str, tuple[str, ...]]:
    """What the populations of inputs and outputs of a task are called, by layer; a single output is "output"."""
    return {
        layer: tuple(f"{layer}{k + 1}" for k in range(count)) if count > 1 else (layer,)
        for layer, count in (("input", task.n_inputs), ("output", task.n_outputs))
    }


def roles(tables: Tables, task: Task) -> dict[str, np.ndarray]:
    """What tells the populations of "cells" apart: their number, what they are shown, and who is taught."""
    mine = tables.names(group="cells")
    of_layer = {layer: [name for name in mine if tables[name].layer == layer] for layer in LAYERS}
    column: dict[str, int] = {}
    for layer, numbers in channels(task).items():
        column |= dict(zip(of_layer[layer], numbers * (len(of_layer[layer]) if layer == "hidden" else 1), strict=True))
    return {
        "cells.population": tables.numbers("cells"),
        "cells.channel": tables.per_cell("cells", column),
        "cells.is_output": tables.per_cell("cells", dict.fromkeys(of_layer["output"], 1)),
    }
