"""What every experiment must hold, ours or a user's: one function, for the tests of whoever makes one."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import start_scope

from burstlab.experiments.contract.isolation import isolated
from burstlab.experiments.contract.reference import Reference
from burstlab.experiments.contract.settings import settings, structure
from burstlab.experiments.engine.in_process import set_values
from burstlab.experiments.engine.traces import Population
from burstlab.experiments.experiment import Analysis, Experiment, Model
from burstlab.models.parameters import walk, with_changes


def check_conformance(experiment: Experiment, result: Any = None) -> None:
    """Assert that an experiment keeps the contract.

    Parameters
    ----------
    experiment : Experiment
    result : Result, optional
        A finished run of it, whose figures are drawn and whose summary is compared.
    """
    assert isinstance(experiment, Experiment)
    assert experiment.meaning.strip()
    assert "\n" not in experiment.meaning
    for preset, config in experiment.presets.items():
        _check_settings(experiment, preset, config)
        for reference in experiment.references_of(preset):
            assert isinstance(reference, Reference)
            assert reference.low <= reference.high, reference.name
    if experiment.compute is None:
        _check_network(experiment, next(iter(experiment.presets.values())))
    if result is not None:
        _check_result(experiment, result)


def _check_settings(experiment: Experiment, preset: str, config: Any) -> None:
    """Every parameter says what it is, and its value survives being written and read."""
    names = [name for name, _, _ in walk(config)]
    assert len(names) == len(set(names)), f"{experiment.name}: two parameters of one name"
    for name, known, _ in walk(config):
        assert known.meaning.strip(), name
    again = with_changes(next(iter(experiment.presets.values())), settings(config))
    assert settings(again) == settings(config), preset
    assert float(config.duration) > 0
    assert set(settings(structure(config))) == set(names)


def _check_network(experiment: Experiment, config: Any) -> None:
    """Names, values that the network takes, and a structure that biophysics does not change."""
    with isolated():
        start_scope()
        model = experiment.build(structure(config))
        assert isinstance(model, Model)
        objects = [obj.name for obj in model.network.objects]
        assert len(objects) == len(set(objects))
        assert float(model.duration) == float(config.duration)
        values = experiment.values(config, 1)
        assert all(np.all(np.isfinite(value)) for value in values.values())
        set_values(model, values)  # refuses what the network does not have
        groups = {obj.name: obj for obj in model.network.objects}
        for name, population in (experiment.populations(config) if experiment.populations else {}).items():
            assert isinstance(population, Population), name
            group = groups[population.group]
            assert 0 <= population.start < population.stop <= len(group), name
            assert set(population.variables) <= set(group.variables), name


def _check_result(experiment: Experiment, result: Any) -> None:
    """What a run leaves says what the experiment promises."""
    assert result.summary["experiment"] == experiment.name
    assert result.status == "done"
    for name in experiment.headlines or ():
        assert name in result.summary, name
    figure = experiment.plot(result)
    assert figure.axes
    assert isinstance(Analysis(arrays={}, summary={}, bounds={}).divergence, type(None))
