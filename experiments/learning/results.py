"""What is kept of a run of a learning network: rates, costs, weights; and what was learned or answered.

Rates and targets of several outputs are listed pattern by pattern, and of each pattern output by output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from burstlab.analysis import learning as measures
from burstlab.analysis import learning_figures as figures
from burstlab.analysis import overlays
from burstlab.analysis.bursts import burst_probability
from burstlab.models.tables import Tables

from ..experiment import Analysis, Array
from .network import learners
from .schedule import presented, shown_targets
from .settings import Taught

# Where in a test example rates are measured, as fractions of its duration.
MEASURED = (0.25, 0.9)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a summary is made of.

    Attributes
    ----------
    tables, config, seed
        Of the run.
    rates : mapping of str to mapping of str to array
        "event" and "burst" rates of each population in each example, Hz.
    cost : array, shape (examples,)
    last_G, last_weights : mapping of str to float
        Of each population: G over the last ten epochs, Hz; and its mean plastic weight at the end. Without learning
        there are none.
    """

    tables: Tables
    config: Any
    seed: int
    rates: Mapping[str, Mapping[str, np.ndarray]]
    cost: np.ndarray
    last_G: Mapping[str, float] = field(default_factory=dict)
    last_weights: Mapping[str, float] = field(default_factory=dict)


def _measured(config: Taught) -> tuple[float, np.ndarray | float]:
    """Where in each example rates are measured, as fractions of it: in phases, before the teacher comes."""
    begin, end = MEASURED
    if config.learning == "one_phase" or not config.learns:
        return begin, end
    until = np.full(config.n_examples, max(min(end, float(config.prediction)), begin + 0.05))
    for test in tests(config):
        until[test] = end
    return begin, until


def learned_or_answered(found: Measured) -> dict[str, Any]:
    """The summary: what was learned; without learning, how the inputs were answered."""
    return _learned(found) if found.config.learns else _answered(found)


def analyse(
    tables_of: Callable[[Any], Tables], config: Taught, raw: dict[str, np.ndarray], seed: int,
    summarise: Callable[[Measured], dict[str, Any]] = learned_or_answered,
) -> Analysis:  # fmt: skip
    """Rates in bins and examples, costs, weights; and a summary of what was learned, or how inputs were answered."""
    tables, width = tables_of(config), config.bin_steps * float(config.dt)
    cells = tables.names(group="cells")
    size = np.array([[tables[name].size] for name in cells])
    outputs = tables.rows(tables.layers["output"])
    # Row k holds the sums before bin k.
    events, bursts = (np.diff(raw[name], axis=0).T for name in ("events", "bursts"))
    n_bins = events.shape[1]
    event_rate, burst_rate = events / (size * width), bursts / (size * width)
    # In the precision of the run.
    E_bar, G = (raw[name].T[:, :n_bins] / size.astype(raw[name].dtype) for name in ("E_bar_sum", "G_sum"))
    teacher = raw["I_teach_sum"].T[outputs, :n_bins].sum(axis=0) / int(size[outputs].sum())
    begins = float(config.settling) + np.arange(config.n_examples) * float(config.example_duration)
    example, prediction = float(config.example_duration), float(config.prediction)
    at_end = np.rint((begins + prediction * example) / width).astype(int)
    cost = measures.cross_entropy(
        E_bar[outputs][:, at_end], shown_targets(config, seed).T, float(config.rule.e_min), float(config.rule.e_max)
    ).sum(axis=0)
    measured = [begins + part * example for part in _measured(config)]
    rates = {
        name: dict(zip(cells, measures.mean_in_windows(values, width, *measured), strict=True))
        for name, values in (("event", event_rate), ("burst", burst_rate))
    }
    weights = mean_weights(tables, raw)
    arrays = {
        "bin/time": Array(np.arange(n_bins) * width, "s", ("bin",)),
        "bin/event_rate": Array(event_rate, "Hz", ("population", "bin")),
        "bin/burst_rate": Array(burst_rate, "Hz", ("population", "bin")),
        "bin/E_bar": Array(E_bar, "Hz", ("population", "bin")),
        "bin/G": Array(G, "Hz", ("population", "bin")),
        "bin/teaching_current": Array(teacher, "A", ("bin",)),
        "example/begin": Array(begins, "s", ("example",)),
        "example/shown": Array(presented(config, seed), "1", ("example",)),
        "example/cost": Array(cost, "1", ("example",)),
        **{
            f"example/{name}_rate": Array(np.array([*of.values()]), "Hz", ("population", "example"))
            for name, of in rates.items()
        },
        "weight_mean/time": Array(np.arange(len(weights)) * float(config.epoch_duration), "s", ("sample",)),
        "weight_mean/value": Array(weights, "1", ("sample", "layer")),
        **_connectivity(raw),
    }
    found = Measured(tables=tables, config=config, seed=seed, rates=rates, cost=cost)
    if config.learns:
        arrays["epoch/cost"] = Array(epoch_cost(config, cost), "1", ("epoch",))
        # The last ten epochs, or all there are.
        taught, (before, after) = config.learned_task.n_taught, tests(config)
        first = max(before.stop, config.n_examples + after.start - 10 * taught)
        last_epochs = slice(*np.rint(begins[[first, after.start]] / width).astype(int))
        last_G = {name: float(np.mean(mine[last_epochs])) for name, mine in zip(cells, G, strict=True)}
        last_weights = dict(zip(learners(tables), weights[-1].tolist(), strict=True))
        found = replace(found, last_G=last_G, last_weights=last_weights)
    summary = summarise(found)
    if "P_b" in raw:
        summary["reference_burst_probability"] = dict(zip(cells, raw["P_b"][-1].tolist(), strict=True))
    bounds = {
        **({"E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz")} if "E_bar" in raw else {}),
        "w": (raw["w"], float(config.rule.w_min), float(config.rule.w_max), "leak"),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def interneuron_rates(tables: Tables, config: Taught, raw: dict[str, np.ndarray]) -> dict[str, float]:
    """Mean rate of each population of interneurons over the whole run, Hz."""
    rates = {group: raw[f"{group}_counts"] / float(config.duration) for group in tables.groups if group != "cells"}
    return {
        name: float(rate[slice(*tables.span([name]))].mean())
        for group, rate in rates.items()
        for name in tables.names(group=group)
    }


def mean_weights(tables: Tables, raw: dict[str, np.ndarray]) -> np.ndarray:
    """Mean plastic weight onto each population that learns, shape (samples, populations)."""
    first = tables.span(learners(tables))[0]
    spans = [slice(*tables.span([name])) for name in learners(tables)]
    in_degree = np.bincount(raw["plastic_target"], minlength=tables.groups["cells"])
    per_cell = raw["incoming"]
    return np.stack(
        [per_cell[:, s.start - first : s.stop - first].sum(axis=1) / in_degree[s].sum(keepdims=True) for s in spans],
        axis=1,
    )


def plot(results: Any, layers: Mapping[str, Sequence[str]], patterns: Sequence[str]) -> Any:
    """Inputs, rates before and after, the teaching signal, cost and weights, in the manner of the paper's Fig 4.

    Of inputs without learning, the rates that answer them.
    """
    draw = figures.learned if "epoch/cost" in results.arrays else figures.answered
    return draw(results.arrays, results.summary, layers, patterns)


def plot_seeds(
    summaries: Sequence[Mapping[str, Any]], n_seeds: int, layers: Mapping[str, Sequence[str]], patterns: Sequence[str]
) -> Any:
    """Cost and rates of the output over those of `n_seeds` seeds that are done; None where nothing was learned."""
    return figures.over_seeds(summaries, n_seeds, layers, patterns) if "epoch_cost" in summaries[0] else None


def overlay(runs: Sequence[overlays.Run], layers: Mapping[str, Sequence[str]], patterns: Sequence[str]) -> Any:
    """Costs, answers and mean weights of two runs in one figure."""
    return overlays.learned(runs, layers, patterns)


def _connectivity(raw: dict[str, np.ndarray]) -> dict[str, Array]:
    arrays = {"weights/w": Array(raw["w"], "1", ("synapse",))}
    for name in (key.removesuffix("_source") for key in raw if key.endswith("_source")):
        group, dim = ("weights", "synapse") if name == "plastic" else (f"weights/{name}", f"{name}_synapse")
        for end in ("source", "target"):
            arrays[f"{group}/{end}"] = Array(raw[f"{name}_{end}"], "1", (dim,))
        if f"{name}_w" in raw:
            arrays[f"{group}/w"] = Array(raw[f"{name}_w"], "1", (dim,))
    return arrays


def by_pattern(tables: Tables, rates: Mapping[str, np.ndarray], examples: slice) -> list[float]:
    """Rates of the outputs in some examples: each example's, output by output."""
    return np.stack([rates[name][examples] for name in tables.layers["output"]], axis=1).ravel().tolist()


def _learned(found: Measured) -> dict[str, Any]:
    tables, config, rates, cost = found.tables, found.config, found.rates, found.cost
    threshold, (first, last) = float(config.decision_threshold), tests(config)
    targets = config.wanted[config.learned_task.tested].ravel().tolist()
    before, after = (by_pattern(tables, rates["event"], test) for test in (first, last))
    each_epoch = epoch_cost(config, cost)
    return {
        "solved": measures.solved(after, targets, threshold),
        "decision_threshold_Hz": threshold,
        "targets": targets,
        "event_rate_before_Hz": before,
        "event_rate_after_Hz": after,
        "margin_Hz": measures.margin(after, targets, threshold),
        "hidden_event_rate_after_Hz": {name: rates["event"][name][last].tolist() for name in tables.layers["hidden"]},
        "burst_probability_before": {
            name: float(np.mean(burst_probability(rates["burst"][name][first], rate[first])))
            for name, rate in rates["event"].items()
        },
        "final_G_Hz": {name: found.last_G[name] for name in learners(tables)},
        "final_mean_weight": dict(found.last_weights),
        "final_epoch_cost": float(np.mean(each_epoch[-10:])),
        "test_cost": float(np.sum(cost[last])),
        "epoch_cost": each_epoch.tolist(),
    }


def epoch_cost(config: Taught, cost: np.ndarray) -> np.ndarray:
    """The summed cost of the examples of each epoch."""
    before, after = tests(config)
    return cost[before.stop : after.start].reshape(-1, config.learned_task.n_taught).sum(axis=1)


def tests(config: Taught) -> tuple[slice, slice]:
    """The examples of the first and of the last test."""
    n = len(config.learned_task.tested)
    return slice(n), slice(-n, None)


def _answered(found: Measured) -> dict[str, Any]:
    tables, config, event_rate = found.tables, found.config, found.rates["event"]
    threshold, wanted = float(config.decision_threshold), shown_targets(config, found.seed).ravel().tolist()
    output = by_pattern(tables, event_rate, slice(None))
    return {
        "solved": measures.solved(output, wanted, threshold),
        "decision_threshold_Hz": threshold,
        "inputs": [config.learned_task.names[k] for k in config.shown],
        "targets": wanted,
        "output_event_rate_Hz": output,
        "margin_Hz": measures.margin(output, wanted, threshold),
        "hidden_event_rate_Hz": {name: event_rate[name].tolist() for name in tables.layers["hidden"]},
        "cost": found.cost.tolist(),
    }
