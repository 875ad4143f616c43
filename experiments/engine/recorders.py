"""An experiment with recorders in its network (traces.py says what they keep)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from burstlab.models.recorders import EventRecorder, TraceRecorder

from ..contract.population import Population
from ..errors import RunError
from ..experiment import Analysis, Array, Experiment, Model, Output
from .traces import Recording, populations_of, steps


def recorded(experiment: Experiment, recording: Recording) -> Experiment:
    """An experiment with recorders in its network, and their arrays among its results; all else is the experiment's."""
    with_them = _Recorded(experiment, recording)
    return replace(
        experiment,
        build=with_them.build,
        values=with_them.values,
        analyse=with_them.analyse,
        recorded={name: len(cells) for name, cells in recording.cells.items()},
    )


@dataclass(frozen=True)
class _Recorded:
    experiment: Experiment
    recording: Recording

    def build(self, config: Any) -> Model:
        """The experiment's model with recorders in it."""
        model = self.experiment.build(config)
        objects = {obj.name: obj for obj in model.network.objects}
        outputs = dict(model.outputs)
        for name, population, cells in self._chosen(config):
            group = objects[population.group]
            traces = TraceRecorder(group, list(population.variables), cells, name=f"record_{name}")
            part = group[population.start : population.stop]
            events = {event: EventRecorder(part, event, name=f"record_{name}_{event}") for event in population.events}
            model.network.add(traces, *events.values())
            for variable in ("t", *population.variables):
                outputs[f"record/{name}/{variable}"] = Output(owner=traces, variable=variable)
            for event, recorder in events.items():
                for variable in ("i", "t"):
                    outputs[f"record/{name}/{event}/{variable}"] = Output(owner=recorder, variable=variable)
        return replace(model, outputs=outputs)

    def values(self, config: Any, seed: int) -> dict[str, Any]:
        """The experiment's values, and cells and window of the recorders."""
        values = dict(self.experiment.values(config, seed))
        window = steps(self.recording.begin, self.recording.end, config)
        for name, population, cells in self._chosen(config):
            values[f"record_{name}._indices"] = np.array(cells)
            for recorder in (f"record_{name}", *(f"record_{name}_{event}" for event in population.events)):
                values |= {f"{recorder}.window_first": window.start, f"{recorder}.window_last": window.stop}
        return values

    def analyse(self, config: Any, raw: dict[str, np.ndarray], seed: int) -> Analysis:
        """The experiment's analysis, with traces, spikes, events and bursts among the arrays."""
        analysis = self.experiment.analyse(config, raw, seed)
        return replace(analysis, arrays={**analysis.arrays, **self._arrays(config, raw)})

    def _chosen(self, config: Any) -> Iterator[tuple[str, Population, list[int]]]:
        populations = populations_of(self.experiment, config)
        for name, cells in self.recording.cells.items():
            yield name, populations[name], [populations[name].start + cell for cell in cells]

    def _arrays(self, config: Any, raw: dict[str, np.ndarray]) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        expected = len(steps(self.recording.begin, self.recording.end, config))
        for name, population, cells in self._chosen(config):
            time = raw[f"record/{name}/t"]
            if len(time) != expected:
                raise RunError(f"{name}: {len(time)} samples recorded, {expected} expected")
            arrays[f"trace/{name}/time"] = Array(time, "s", ("sample",))
            arrays[f"trace/{name}/cell"] = Array(np.array(cells) - population.start, "1", ("cell",))
            for variable, units in population.variables.items():
                values = raw[f"record/{name}/{variable}"].T
                arrays[f"trace/{name}/{variable}"] = Array(values, units, ("cell", "sample"))
            for event, (cell, when) in _trains(name, population, raw).items():
                arrays[f"{event}s/{name}/cell"] = Array(cell, "1", (event,))
                arrays[f"{event}s/{name}/time"] = Array(when, "s", (event,))
        return arrays


def _trains(
    name: str, population: Population, raw: Mapping[str, np.ndarray]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    trains = {event: (raw[f"record/{name}/{event}/i"], raw[f"record/{name}/{event}/t"]) for event in population.events}
    if trains and "spike" not in trains:
        # Of a reduced cell every spike is an event or a burst.
        cell, time = (np.concatenate(part) for part in zip(*trains.values(), strict=True))
        order = np.argsort(time, kind="stable")
        trains["spike"] = (cell[order], time[order])
    return trains


def with_recorders(experiment: Experiment, counts: Mapping[str, int]) -> Experiment:
    """An experiment with recorders for so many cells of each population, to be compiled."""
    if not counts:
        return experiment
    cells = {name: tuple(range(count)) for name, count in counts.items()}
    return recorded(experiment, Recording(cells=cells, sizes=counts, begin=0.0, end=0.0))
