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
from burstlab.models import PYRAMIDAL, Cell, Part, network
from burstlab.models.given_synapses import GivenSynapses
from burstlab.models.network import Built
from burstlab.models.parameters import ParameterError, assign, assignments
from burstlab.models.population_counts import COUNTING, PopulationCounts, population_counts
from burstlab.models.rule import INCOMING, Rule, sum_incoming
from burstlab.models.tables import Kind, Tables

from ..contract.population import populations_of
from ..contract.randomness import experiment_generator
from ..experiment import Model, Output, Population
from .schedule import channels, schedule, stimuli
from .task import Task
from .wiring import given_synapses, random_synapses

# What every learning cell has beside its biophysics and the rule.
_TAUGHT = equations.SCHEDULED_CELL + INCOMING + Equations("v_spread : volt (constant, shared)")
LAYERS = ("input", "hidden", "output")
_WIRING = 4  # a stream of random numbers


def _burst_rule(config: Any) -> Rule:
    return config.plasticity_rule()


def _nothing(config: Any) -> dict[str, Any]:
    return {}


def _cell(config: Any) -> Any:
    return config.cell


@dataclass(frozen=True, kw_only=True)
class LearningNetwork:
    """A network that learns any task (task.py) from its teacher.

    Attributes
    ----------
    settings : type
        Its parameter set, made of `Taught`.
    tables : callable
        tables(config): the network as `Tables`.
    groups : callable
        groups(config, parts): {group: make(n, equations)}; "cells" with these parts.
    kinds : callable
        kinds(config, rule): the kinds of projections, in the order in which they are connected; "plastic" among them,
        whose synapses follow the rule.
    rule : callable or Rule
        rule(config), or the same for all settings: what the plastic synapses follow; the rule of the paper by default.
    values : callable, optional
        values(config): values of a run beside those of tables, task and teacher; none by default.
    cells : mapping of str to Cell
        What the cells of each group are, `PYRAMIDAL` by default; interneurons have spikes and nothing else to count.
    biophysics : callable
        biophysics(config): the parameter set of "cells", `config.cell` by default.
    kept : tuple of str
        Kinds whose connectivity is kept.
    """

    settings: type[Any]
    tables: Callable[[Any], Tables]
    groups: Callable[[Any, Sequence[Part]], Mapping[str, Callable[[int, Equations], Any]]]
    kinds: Callable[[Any, Rule], Sequence[Kind]]
    rule: Callable[[Any], Rule] | Rule = _burst_rule
    values: Callable[[Any], dict[str, Any]] = _nothing
    cells: Mapping[str, Cell] = field(default_factory=lambda: {"cells": PYRAMIDAL})
    biophysics: Callable[[Any], Any] = _cell
    kept: tuple[str, ...] = ("plastic",)

    def rule_of(self, config: Any) -> Rule:
        """What the plastic synapses follow with these settings."""
        return self.rule if isinstance(self.rule, Rule) else self.rule(config)

    def takes_lists(self, config: Any) -> bool:
        """Whether every run has its synapses as data, drawn from its seed (wiring.py), because they have weights each.

        Others connect at random when they begin, unless weights are given.
        """
        return _have_weights(self.kinds(config, self.rule_of(config)))

    def build(self, config: Any, given: bool = False) -> Model:
        """Describe the network.

        Its synapses are lists, values of a run, where they have weights each (`takes_lists`) or are `given` with the
        weights (weights.py); otherwise Brian2 connects them at random.
        """
        defaultclock.dt = config.dt
        tick, tables, rule = config.tick_steps * config.dt, self.tables(config), self.rule_of(config)
        of_unit = config.teacher_reads == "unit"
        parts = _parts(rule, equations.UNIT_RATE if of_unit else equations.OWN_RATE)
        built = network.build(tables, self.groups(config, parts), self.kinds(config, rule))
        cells, plastic = built.groups["cells"], built.projections["plastic"]
        for group in built.groups.values():
            assign(group, config.synapse)
        # After the rates of units have been told, at the end of the same step.
        when = {"when": "end", "order": 2} if of_unit else {}
        cells.run_regularly(equations.SCHEDULES[config.teacher], dt=tick, name="schedule", **when)
        sum_incoming(plastic, cells, config.epoch_duration)
        # Population sums and their record share one slow clock: their work is done at the ends of bins only.
        bins = Clock(config.bin_steps * config.dt, name="bins_clock")
        populations = len(tables.names(group="cells"))
        also = equations.POPULATION + (equations.REFERENCE if config.measures else Equations(""))
        counts = population_counts(cells, populations, bins, also, equations.POPULATION_SUMS)
        if config.measures and "P_b" in cells.variables:
            counts.populations.run_regularly(equations.MEASURE, clock=bins, when="end", name="measure")
            counts.sums.run_regularly(equations.TELL, clock=bins, when="end", order=1, name="tell")
        if of_unit:
            counts.sums.run_regularly(equations.TELL_RATE, clock=bins, when="end", order=1, name="tell_rate")
        weights, spikes = self._recorders(config, tables, built)
        lists = given_synapses(tables, built.kinds) if given or _have_weights(built.kinds) else []
        functions = {**stimuli(config, tick), **built.functions}
        for one in lists:
            functions |= one.functions()

        def connect_all() -> None:
            _connect(built, lists, functions)
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

    def _recorders(self, config: Any, tables: Tables, built: Built) -> tuple[StateMonitor, list[SpikeMonitor]]:
        """Plastic weights onto the cells that learn, once in an epoch; spike counts of cells without events."""
        weights = StateMonitor(
            built.groups["cells"], "incoming", record=range(*tables.span(learners(tables))), dt=config.epoch_duration,
            when="end", name="weights",
        )  # fmt: skip
        spikes = [
            SpikeMonitor(group, record=False, name=f"{name}_counts")
            for name, group in built.groups.items()
            if "event" not in self.cells[name].events
        ]
        return weights, spikes

    def _outputs(self, config: Any, built: Built, counts: PopulationCounts, weights: StateMonitor) -> dict[str, Output]:
        """Sums of populations, weights and connectivity; results.py reads it."""
        rows = round(float(config.duration / (config.bin_steps * config.dt)))
        recorded, cells = counts.recorded, built.groups["cells"]
        return {
            **{name: Output(owner=recorded, variable=name, rows=rows) for name in recorded.record_variables},
            "incoming": Output(owner=weights, variable="incoming"),
            **{
                f"{name}_{end}": Output(owner=built.projections[name], variable=variable)
                for name in self.kept
                for end, variable in (("source", "_synaptic_pre"), ("target", "_synaptic_post"))
            },
            "w": Output(owner=built.projections["plastic"], variable="w"),
            **{
                f"{name}_w": Output(owner=built.projections[name], variable="w")
                for name in self.kept
                if name != "plastic" and built.has_own_weights(name)
            },
        } | {
            name: Output(owner=cells, variable=name, rows=len(cells)) for name in ("E_bar",) if name in cells.variables
        }

    def run_values(self, config: Any, seed: int) -> dict[str, Any]:
        """Every parameter and stimulus of a run, in SI units."""
        tables, rule = self.tables(config), self.rule_of(config)
        kinds, random = self.kinds(config, rule), experiment_generator(seed, _WIRING)
        return {
            **self.cells["cells"].values("cells", self.biophysics(config), config.synapse, config.rule),
            **(assignments("cells", config.slow) if "tau_rate" in rule.cells.names else {}),
            "cells.c_teach": float(config.c_teach),
            "cells.margin": float(config.margin),
            "cells.e_off": float(config.rule.e_min),
            "cells.e_on": float(config.rule.e_max),
            "cells.v_spread": float(5 * mV),
            **({"cells.part_of_unit": _parts_of_units(tables)} if config.teacher_reads == "unit" else {}),
            **_reference(config, tables, rule),
            **self.values(config),
            **tables.values(kinds),
            **(random_synapses(tables, kinds, random) if _have_weights(kinds) else {}),
            **roles(tables, config.learned_task),
            **schedule(config, seed),
        }

    def takes_weights(self, config: Any) -> bool:
        """Whether a run keeps all that another needs to begin with its weights."""
        return set(self.kept) == {kind.name for kind in self.kinds(config, self.rule_of(config))}

    def populations(self, config: Any) -> dict[str, Population]:
        """All populations, whose cells can be recorded."""
        return populations_of(self.tables(config), self.cells)


def _have_weights(kinds: Sequence[Kind]) -> bool:
    return any(kind.own_weight for kind in kinds)


def _connect(built: Built, lists: Sequence[GivenSynapses], functions: Mapping[str, Any]) -> None:
    """Random connectivity, or, where there are `lists`, the synapses of these."""
    if not lists:
        built.connect()
        return
    for one in lists:
        one.connect(built.projections[one.name], functions)
    for one in lists:
        one.weigh(built.projections[one.name], functions)
    built.set_eta()


def _parts_of_units(tables: Tables) -> np.ndarray:
    """What a cell is of its population, as a part of 1."""
    return tables.per_cell("cells", {name: 1 / tables[name].size for name in tables.names(group="cells")})


def _reference(config: Any, tables: Tables, rule: Rule) -> dict[str, Any]:
    """P_b of all cells; where it is measured, what it is until then."""
    if not config.constant or "P_b" not in rule.cells.names:
        return {}
    mine = tables.names(group="cells")
    known = {"output": float(config.P_b_output)}
    values = {name: known.get(tables[name].layer, float(config.P_b_hidden)) for name in mine}
    own = {"populations.P_b": np.array([*values.values()])} if config.measures else {}
    return own | {"cells.P_b": tables.per_cell("cells", values)}


def _parts(rule: Rule, reads: Equations) -> list[Part]:
    """What the cells of a learning network are made with; of the rule's variables that are read here, what it lacks."""
    read = {"G": "G : Hz", "e_min": "e_min : Hz (constant)", "e_max": "e_max : Hz (constant)"}
    if not rule.event_rate:
        raise ParameterError(f"rule {rule.name}: no event_rate, which the teacher reads")
    if rule.event_rate != "event_rate":
        read["event_rate"] = f"event_rate = {rule.event_rate} : Hz"
    lacking = (text for name, text in read.items() if name not in rule.cells.names)
    return [rule.part, COUNTING, Part(equations=sum(map(Equations, lacking), _TAUGHT + reads))]


def learners(tables: Tables) -> tuple[str, ...]:
    """The populations that plastic projections lead to."""
    targets = {name for block in tables.blocks("plastic") for name in block.targets}
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
