"""What is kept of a run of the XOR network (xor.py): rates, costs, weights; and what was learned or answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from burstlab.analysis import figures, learning
from burstlab.analysis.bursts import burst_probability

from .experiment import Analysis, Array
from .xor_schedule import presented
from .xor_task import POPULATIONS, Task
from .xor_trained import ROUTES

# Where in a test example rates are measured, as fractions of its duration.
MEASURED = (0.25, 0.9)


def analyse(config: Task, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in bins and examples, costs, weights; and what was learned, or how the inputs were answered."""
    n, width = config.n, config.bin_steps * float(config.dt)
    # Row k holds the sums before bin k.
    events, bursts = (np.diff(raw[name], axis=0).T for name in ("events", "bursts"))
    time = np.arange(events.shape[1]) * width
    event_rate, burst_rate = events / (n * width), bursts / (n * width)
    E_bar, G = (raw[name].T[:, : events.shape[1]] / n for name in ("E_bar_sum", "G_sum"))
    begins = float(config.settling) + np.arange(config.n_examples) * float(config.example_duration)
    example, prediction = float(config.example_duration), float(config.prediction)
    shown = presented(config, seed)
    at_end = np.rint((begins + prediction * example) / width).astype(int)
    cost = learning.cross_entropy(
        E_bar[4, at_end], np.array(config.targets)[shown], float(config.rule.e_min), float(config.rule.e_max)
    )
    measured = [begins + part * example for part in MEASURED]
    rates = {
        name: learning.mean_in_windows(values_, width, *measured)
        for name, values_ in (("e", event_rate), ("b", burst_rate))
    }
    per_cell = raw["incoming"].reshape(len(raw["incoming"]), 3, n)
    in_degree = np.bincount(raw["plastic_target"], minlength=5 * n)[2 * n :].reshape(3, n)
    weights = per_cell.sum(axis=2) / in_degree.sum(axis=1)
    arrays = {
        "bin/time": Array(time, "s", ("bin",)),
        "bin/event_rate": Array(event_rate, "Hz", ("population", "bin")),
        "bin/burst_rate": Array(burst_rate, "Hz", ("population", "bin")),
        "bin/E_bar": Array(E_bar, "Hz", ("population", "bin")),
        "bin/G": Array(G, "Hz", ("population", "bin")),
        "bin/teaching_current": Array(raw["I_teach_sum"].T[4, : events.shape[1]] / n, "A", ("bin",)),
        "example/begin": Array(begins, "s", ("example",)),
        "example/shown": Array(shown, "1", ("example",)),
        "example/cost": Array(cost, "1", ("example",)),
        "example/event_rate": Array(rates["e"], "Hz", ("population", "example")),
        "example/burst_rate": Array(rates["b"], "Hz", ("population", "example")),
        "weight_mean/time": Array(np.arange(len(weights)) * 4 * example, "s", ("sample",)),
        "weight_mean/value": Array(weights, "1", ("sample", "layer")),
        **_connectivity(raw),
    }
    if config.learns:
        epoch_cost = cost[4:-4].reshape(-1, 4).sum(axis=1)
        arrays["epoch/cost"] = Array(epoch_cost, "1", ("epoch",))
        last_epochs = slice(*np.rint(begins[[max(4, config.n_examples - 44), -4]] / width).astype(int))
        summary = _learned(config, rates, epoch_cost, G[:, last_epochs], weights[-1])
    else:
        summary = _answered(config, rates["e"], cost, shown)
    bounds = {
        "E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz"),
        "w": (raw["w"], float(config.rule.w_min), float(config.rule.w_max), "leak"),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def plot(results: Any) -> Any:
    """Inputs, rates before and after, the teaching signal, cost and weights, in the manner of the paper's Fig 4.

    Of inputs without learning, the rates that answer them.
    """
    draw = figures.xor if "epoch/cost" in results.arrays else figures.xor_answers
    return draw(results.arrays, results.summary, results.config)


def plot_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int) -> Any:
    """Cost and rates of the output over those of `n_seeds` seeds that are done; None where nothing was learned."""
    return figures.xor_seeds(summaries, n_seeds) if "epoch_cost" in summaries[0] else None


def _connectivity(raw: dict[str, np.ndarray]) -> dict[str, Array]:
    arrays = {"weights/w": Array(raw["w"], "1", ("synapse",))}
    for name in (route for route in ROUTES if f"{route}_source" in raw):
        group, dim = ("weights", "synapse") if name == "plastic" else (f"weights/{name}", f"{name}_synapse")
        for end in ("source", "target"):
            arrays[f"{group}/{end}"] = Array(raw[f"{name}_{end}"], "1", (dim,))
    return arrays


def _learned(
    config: Task, rates: dict[str, np.ndarray], epoch_cost: np.ndarray, last_G: np.ndarray, weights: np.ndarray
) -> dict[str, Any]:
    threshold = float(config.decision_threshold)
    before, after = rates["e"][:, :4], rates["e"][:, -4:]
    probability = burst_probability(rates["b"][:, :4], rates["e"][:, :4])
    return {
        "solved": learning.solved(after[4], config.targets, threshold),
        "decision_threshold_Hz": threshold,
        "targets": list(config.targets),
        "event_rate_before_Hz": before[4].tolist(),
        "event_rate_after_Hz": after[4].tolist(),
        "margin_Hz": learning.margin(after[4], config.targets, threshold),
        "hidden_event_rate_after_Hz": {"hidden1": after[2].tolist(), "hidden2": after[3].tolist()},
        "burst_probability_before": {name: float(np.mean(probability[k])) for k, name in enumerate(POPULATIONS)},
        "final_G_Hz": {name: float(np.mean(last_G[k])) for k, name in enumerate(POPULATIONS) if k >= 2},
        "final_mean_weight": dict(zip(POPULATIONS[2:], weights.tolist(), strict=True)),
        "final_epoch_cost": float(np.mean(epoch_cost[-10:])),
        "epoch_cost": epoch_cost.tolist(),
    }


def _answered(config: Task, event_rate: np.ndarray, cost: np.ndarray, shown: np.ndarray) -> dict[str, Any]:
    threshold, wanted = float(config.decision_threshold), np.array(config.targets)[shown]
    return {
        "solved": learning.solved(event_rate[4], wanted, threshold),
        "decision_threshold_Hz": threshold,
        "inputs": list(config.inputs),
        "targets": wanted.tolist(),
        "output_event_rate_Hz": event_rate[4].tolist(),
        "margin_Hz": learning.margin(event_rate[4], wanted, threshold),
        "hidden_event_rate_Hz": {"hidden1": event_rate[2].tolist(), "hidden2": event_rate[3].tolist()},
        "cost": cost.tolist(),
    }
