"""What is kept of a run of `learn` (../learn.py) beside what all learning networks keep: what was answered right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from burstlab.analysis import hierarchy_figures as figures
from burstlab.analysis import learning as measures
from burstlab.models.tables import Tables

from ..experiment import Analysis, Array
from . import credit, results
from .results import Measured
from .schedule import presented

HEADLINES = ("solved", "accuracy_after", "margin_Hz", "final_epoch_cost")
# More rates than these are in results.h5 only.
_FEW = 200


def unit_names(layers: Sequence[int], coding: str) -> list[tuple[str, ...]]:
    """What the units of each layer are called; the inputs of a pair are "input1" and "input1_off"."""

    def numbered(name: str, count: int) -> tuple[str, ...]:
        return tuple(f"{name}{k + 1}" for k in range(count)) if count > 1 else (name,)

    inputs, *hidden, outputs = layers
    first = numbered("input", inputs)
    if coding == "pairs":
        first = tuple(name for on in first for name in (on, f"{on}_off"))
    within = ["hidden"] if len(hidden) == 1 else [f"hidden{k + 1}_" for k in range(len(hidden))]
    return [first, *map(numbered, within, hidden), numbered("output", outputs)]


def analyse(tables_of: Callable[[Any], Tables], config: Any, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates, costs and weights as of every learning network; the task, and how much of it was answered right."""
    tables, task = tables_of(config), config.learned_task
    found = results.analyse(lambda _: tables, config, raw, seed, summarise)
    more = {
        "task/pattern": Array(task.patterns.astype(np.float32), "1", ("pattern", "task_input")),
        "task/target": Array(task.targets, "1", ("pattern", "task_output")),
    }
    if config.learns:
        accuracy = np.array(found.summary["epoch_accuracy"])
        more |= {"epoch/accuracy": Array(accuracy, "1", ("epoch",)), **credit.while_taught(config, found.arrays)}
    arrays, summary = {**found.arrays, **more}, dict(found.summary)
    if rates := results.interneuron_rates(tables, config, raw):
        summary["interneuron_rate_Hz"] = rates
    if config.learns:
        known = credit.known(tables, config, arrays)
        summary |= credit.assigned(known, tables, config, arrays)
        if credit.enough(config):
            arrays |= credit.over_learning(known, config, arrays) | credit.fields(known, config, tables)
    return Analysis(arrays=arrays, summary=summary, bounds=found.bounds)


def summarise(found: Measured) -> dict[str, Any]:
    """What was learned: answers of both tests, and of the examples of each epoch; without learning, of the one test."""
    config, task = found.config, found.config.learned_task
    names, threshold = found.tables.layers["output"], float(config.decision_threshold)
    rate = np.stack([found.rates["event"][name] for name in names], axis=1)
    target = config.wanted[presented(config, found.seed)]
    first, last = results.tests(config)
    right = measures.right(rate, target, threshold, by_class=measures.is_one_hot(task.targets))
    said = {
        "solved": measures.solved(rate[last], target[last], threshold),
        "accuracy_after": float(np.mean(right[last])),
        "margin_Hz": measures.margin(rate[last], target[last], threshold),
        "right_outputs": {
            name: float(np.mean((rate[last, k] > threshold) == (target[last, k] == 1)))
            for k, name in enumerate(task.outputs or names)
        },
        "decision_threshold_Hz": threshold,
        "taught": task.n_taught,
        "tested": len(task.tested),
        "test_cost": float(np.sum(found.cost[last])),
    }
    if rate[last].size <= _FEW:
        said |= {"patterns": [config.plain_task.labels[k] for k in task.tested]}
        said |= {"targets": target[last].ravel().tolist(), "event_rate_after_Hz": rate[last].ravel().tolist()}
    if not config.learns:
        return said
    epochs = right[first.stop : last.start].reshape(config.epochs, task.n_taught)
    cost = results.epoch_cost(config, found.cost)
    return said | {
        **({"event_rate_before_Hz": rate[first].ravel().tolist()} if rate[first].size <= _FEW else {}),
        "accuracy_before": float(np.mean(right[first])),
        "final_epoch_cost": float(np.mean(cost[-10:])),
        "final_accuracy": float(np.mean(epochs[-10:])),
        "final_mean_weight": {
            layer: float(np.mean([found.last_weights[name] for name in found.tables.layers[layer]]))
            for layer in ("hidden", "output")
        },
        "epoch_cost": cost.tolist(),
        "epoch_accuracy": epochs.mean(axis=1).tolist(),
    }


def _layers(result: Any) -> list[tuple[str, ...]]:
    known = result.config["parameters"]
    return unit_names(known["layers"], known["coding"])


def plot(result: Any) -> Any:
    """Cost and accuracy, answers, rates of all units, burst probability and weights."""
    task, about = str(result.config["parameters"]["task"]), result.config.get("data") or {}
    called = (about.get("inputs", ()), about.get("outputs", ()))
    return figures.learned(result.arrays, result.summary, _layers(result), task, *called)


def plot_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int) -> Any:
    """Cost and accuracy over the seeds that are done, of `n_seeds`; None where nothing was learned."""
    return figures.over_seeds(summaries, n_seeds) if "epoch_cost" in summaries[0] else None
