"""What is known of a learning network that is still taught: the epochs that are over, and the examples since then.

They are analysed by the functions of a run that is done, as a run of so many epochs whose last test is missing: its
record ends with the last whole epoch. No number that needs the test, or the end of learning, is given.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from burstlab.analysis import learning as measures
from burstlab.models.tables import Tables

from ..experiment import Analysis, Array
from . import results
from .network import learners
from .schedule import presented
from .settings import Taught

# What a summary says of the first test and of epochs; all else is of the last test, or of all of a run.
KNOWN = (
    "decision_threshold_Hz", "targets", "patterns", "taught", "tested", "event_rate_before_Hz", "accuracy_before",
    "burst_probability_before", "epoch_cost", "epoch_accuracy", "final_epoch_cost", "final_accuracy",
)  # fmt: skip
# The last examples that are told one by one; and up to how many populations are.
_LAST, _FEW_POPULATIONS = 4, 5


def so_far(
    tables_of: Callable[[Any], Tables], analyse: Callable[..., Analysis], config: Taught, raw: dict[str, np.ndarray],
    seed: int,
) -> Analysis | None:  # fmt: skip
    """What is known of a run under way; see `Experiment.so_far`. None before the first example is over.

    `final_epoch_cost` and `final_accuracy` are means over the last ten of the epochs that are over; arrays are those of
    these epochs. `part_so_far` is of the epoch, or the test, that is under way.
    """
    n_bins = len(raw["events"]) - 1
    examples = int(min(config.n_examples, _whole(config, n_bins)))
    if examples < 1:
        return None
    epochs = whole_epochs(config, n_bins)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of what is missing there is nothing to take a mean of
        now = _examples(tables_of, config, raw, seed, min(epochs + 1, config.epochs), examples)
        summary = {"examples_done": examples, "examples": config.n_examples, **now}
        if config.learns:
            summary |= {"epochs_done": epochs, "epochs": config.epochs}
        if not epochs:
            return Analysis(arrays={}, summary=summary, bounds={})
        short = replace(config, epochs=epochs)
        over = len(config.learned_task.tested) + epochs * config.learned_task.n_taught
        found = analyse(short, _as_long_as(short, raw, _bins(config, over)), seed)
    lengths = {"bin": _bins(config, over), "example": over}
    arrays = {name: _cut(array, lengths) for name, array in found.arrays.items()}
    known = {name: value for name, value in found.summary.items() if name in KNOWN}
    return Analysis(arrays=arrays, summary=known | summary | _means_of(tables_of(short), short, arrays), bounds={})


def whole_epochs(config: Taught, n_bins: int) -> int:
    """How many epochs are in a record of so many bins."""
    if not config.learns:
        return 0
    tested, taught = len(config.learned_task.tested), config.learned_task.n_taught
    first, epoch = _bins(config, tested), _bins(config, tested + taught) - _bins(config, tested)
    return int(min(config.epochs, max(0, n_bins - first) // epoch))


def _bins(config: Taught, examples: int) -> int:
    """How many bins there are until an example is over; a tick, and thus an example, has a whole number of them."""
    width = config.bin_steps * float(config.dt)
    return round((float(config.settling) + examples * float(config.example_duration)) / width)


def _as_long_as(config: Taught, raw: Mapping[str, np.ndarray], bins: int) -> dict[str, np.ndarray]:
    """The raw arrays of a run of these settings: the bins that are there, then counts of nothing and NaN."""
    rows, recorded = round(float(config.duration / (config.bin_steps * config.dt))), len(raw["events"])

    def long(name: str, values: np.ndarray) -> np.ndarray:
        if values.ndim != 2 or len(values) != recorded or name == "incoming":
            return values
        # The row behind the last bin holds the sums before it, and rates at the end of the last example.
        there = values[: bins + 1]
        counts = np.issubdtype(values.dtype, np.integer) or name in ("events", "bursts")
        missing = there[-1] if counts else np.full_like(there[-1], np.nan)
        return np.concatenate([there, np.tile(missing, (rows - len(there), 1))])

    return {name: long(name, values) for name, values in raw.items()}


def _cut(array: Array, lengths: Mapping[str, int]) -> Array:
    inside = tuple(slice(lengths.get(dim)) for dim in array.dims)
    return array._replace(values=array.values[inside])


def _whole(config: Taught, n_bins: int) -> int:
    """How many examples are in a record of so many bins."""
    return max(0, n_bins - _bins(config, 0)) // (_bins(config, 1) - _bins(config, 0))


def _examples(
    tables_of: Callable[[Any], Tables], config: Taught, raw: Mapping[str, np.ndarray], seed: int, epochs: int, n: int
) -> dict[str, Any]:
    """The last examples, and how many of the part of the run that is under way were answered right."""
    config = replace(config, epochs=epochs) if config.learns else config
    tables = tables_of(config)
    long = _as_long_as(config, raw, _bins(config, n))
    arrays = results.analyse(tables_of, config, long, seed, summarise=lambda found: {}).arrays
    rate = arrays["example/event_rate"].values[tables.rows(tables.layers["output"]), :n].T
    shown = presented(config, seed)[:n]
    target, threshold = config.wanted[shown], float(config.decision_threshold)
    called, first, count = _part(config, n)
    right = measures.right(rate, target, threshold, by_class=measures.is_one_hot(config.wanted))[first:]
    return {
        "last_examples": [
            {
                "pattern": config.learned_task.names[shown[k]],
                "target": target[k].tolist(),
                "event_rate_Hz": rate[k].tolist(),
            }
            for k in range(n)[-_LAST:]
        ],
        "part_so_far": {
            "name": called,
            "examples_done": n - first,
            "examples": count,
            "accuracy": float(np.mean(right)),
            "cost_per_example": float(np.mean(arrays["example/cost"].values[first:n])),
        },
    }


def _part(config: Taught, n: int) -> tuple[str, int, int]:
    """The part of a run that its last example is in: what it is called, its first example and how many it has."""
    if not config.learns:
        return "inputs", 0, config.n_examples
    tested, taught = len(config.learned_task.tested), config.learned_task.n_taught
    if n <= tested:
        return "test before learning", 0, tested
    epoch = (n - tested - 1) // taught
    first = tested + epoch * taught
    return (f"epoch {epoch + 1}", first, taught) if epoch < config.epochs else ("test after learning", first, tested)


def _means_of(tables: Tables, config: Taught, arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Rates in the last epoch, and mean weights at its end."""
    rate, names = arrays["example/event_rate"].values, tables.names(group="cells")
    weights = arrays["weight_mean/value"].values[min(len(arrays["weight_mean/value"].values) - 1, _epochs_at(config))]
    taught, learning = config.learned_task.n_taught, learners(tables)
    return {
        "event_rate_Hz": _means(rate[:, -taught:].mean(axis=1), names, [tables[name].layer for name in names]),
        "mean_weight": _means(weights, learning, [tables[name].layer for name in learning]),
    }


def _epochs_at(config: Taught) -> int:
    """The last sample of the weights, one each epoch from time 0 on, that is taken before the last epoch is over."""
    first, epoch = results.tests(config)[0].stop, config.learned_task.n_taught
    end = float(config.settling) + (first + config.epochs * epoch) * float(config.example_duration)
    return int(end / float(config.epoch_duration) + 1e-9)


def _means(values: np.ndarray, names: Sequence[str], layer: Sequence[str]) -> dict[str, float]:
    """Of few populations each, of many the mean of each layer."""
    if len(names) <= _FEW_POPULATIONS:
        return dict(zip(names, values.tolist(), strict=True))
    of = np.array(layer)
    return {name: float(values[of == name].mean()) for name in dict.fromkeys(layer)}
