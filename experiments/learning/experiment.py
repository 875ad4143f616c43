"""Learning experiments: a task and a network make one, with settings, schedule, teacher, results and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import make_dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from brian2 import Quantity

from burstlab.models.parameters import ParameterError, component, with_changes
from burstlab.models.rule import Rule
from burstlab.models.tables import Tables

from ..experiment import Experiment, Given
from . import results as xor_results
from .network import LAYERS, LearningNetwork, learners
from .settings import Taught, inputs_of, targets_of
from .so_far import so_far
from .task import Task
from .weights import given_values

HEADLINES = ("solved", "margin_Hz", "event_rate_after_Hz", "final_epoch_cost")


def settings(task: Task, network: LearningNetwork) -> type[Any]:
    """The parameter set of a network that learns another task: its `targets` and `inputs` are those of the task,
    and the parameters of a rule of its own are those of the rule.
    """
    own = [("rule", Any, component(network.rule.parameters))] if isinstance(network.rule, Rule) else []
    fields = [("targets", tuple, targets_of(task)), ("inputs", tuple, inputs_of(task)), ("task", ClassVar[Task], task)]
    return make_dataclass(
        "Config",
        [*fields, *own],
        bases=(network.settings,),
        frozen=True,
        kw_only=True,
    )


def learning(
    task: Task, network: LearningNetwork, *, name: str, meaning: str, presets: Mapping[str, Any] | None = None,
    **members: Any,
) -> Experiment:  # fmt: skip
    """The experiment in which a network learns a task.

    Parameters
    ----------
    task : Task
    network : LearningNetwork
        Such as `xor.NETWORK` or `xor_full.NETWORK`, whose inputs and outputs are as many as the task has.
    name, meaning : str
        As of `Experiment`.
    presets : mapping of str to mapping or parameter set, optional
        Settings by name: what differs from the defaults of the network, {"epochs": 100, "tau_avg": "1 s"}. The
        defaults alone otherwise.
    **members
        Further ones of `Experiment`, or others in place of those made here.

    Raises
    ------
    ParameterError
        If the network has other inputs, outputs or layers than the task needs.

    Examples
    --------
    >>> from burstlab.experiments import xor
    >>> parity = Task(patterns=[(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)], targets=[0, 1, 1, 0] * 2)
    >>> learning(parity, xor.NETWORK, name="half", meaning="XOR of the last two of three inputs").name
    'half'
    """
    config = settings(task, network)
    made = {
        preset: with_changes(config(), dict(changes)) if isinstance(changes, Mapping) else changes
        for preset, changes in (presets or {"default": {}}).items()
    }
    layers = _layers(task, network.tables(next(iter(made.values()))))
    if lacking := [name for name in ("e_min", "e_max", "w_min", "w_max") if not hasattr(config().rule, name)]:
        raise ParameterError(f"rule: its parameters have no {', '.join(lacking)}, which a learning network needs")
    drawn: dict[str, Any] = {"layers": layers, "patterns": task.labels}
    offered: dict[str, Any] = {
        "headlines": HEADLINES,
        "build": network.build,
        "values": network.run_values,
        "analyse": partial(xor_results.analyse, network.tables),
        "plot": partial(xor_results.plot, **drawn),
        "plot_seeds": partial(xor_results.plot_seeds, **drawn),
        "overlay": partial(xor_results.overlay, **drawn),
        "populations": network.populations,
        "example_duration": example_duration,
        "so_far": partial(so_far, network.tables),
        "given": given(network, next(iter(made.values()))),
    }
    return Experiment(name=name, meaning=meaning, presets=made, **offered | members)


def _layers(task: Task, tables: Tables) -> dict[str, tuple[str, ...]]:
    """The populations by layer, if they are those that the task needs."""
    layers = tables.layers
    if tuple(layers) != LAYERS:
        raise ParameterError(f"the layers of the network are {', '.join(layers)}; {', '.join(LAYERS)} are needed")
    for layer, count in (("input", task.n_inputs), ("output", task.n_outputs)):
        if len(layers[layer]) != count:
            raise ParameterError(f"the network has {len(layers[layer])} {layer} populations, the task needs {count}")
    if learners(tables) != (*layers["hidden"], *layers["output"]):
        raise ParameterError("projections plastic: they must lead to all hidden and output populations, and no other")
    return layers


def example_duration(config: Taught) -> Quantity:
    """Simulated time of an example: checkpoints are counted in examples."""
    return config.example_duration


def given(network: LearningNetwork, config: Any) -> Given | None:
    """How a run begins with given weights, if one keeps all that another needs for that."""
    if not network.takes_weights(config):
        return None
    build = None if network.takes_lists(config) else partial(network.build, given=True)
    return Given(build=build, config=given_config, values=partial(given_lists, network))


def given_lists(network: LearningNetwork, config: Any, weights: Any) -> dict[str, np.ndarray]:
    """The synapses of given weights, as values of a run."""
    tables = network.tables(config)
    return given_values(weights, config, tables, network.kinds(config, network.rule_of(config)), learners(tables))


def given_config(config: Any) -> Any:
    """What a config becomes with given weights: without plasticity, all patterns are shown and nothing else."""
    return config.tested() if config.learns and config.plasticity == "off" else config
