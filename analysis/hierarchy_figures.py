"""Figures of hierarchies that learn: of any number of layers, units, patterns and outputs.

`layers` are the names of the units of each layer, from the inputs to the outputs, in the order of the arrays' rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from . import credit_figures
from .bursts import burst_probability
from .figures import (
    BLACK,
    BLUE,
    GREY,
    TARGETS,
    Figure,
    bar,
    canvas,
    heading,
    key,
    legend,
    named,
    names,
    note,
    panel,
    progress,
    shade,
    threshold,
    under_way,
)  # fmt: skip
from .learning import is_one_hot

Layers = Sequence[Sequence[str]]
# More patterns and outputs than these are a table of classes, or a bar for each output.
_FEW_PATTERNS, _FEW_OUTPUTS = 16, 4
# Names at ticks, labels in two lines, and letters of a list of names behind another word.
_FEW_NAMES, _FEW_LABELS, _SHORT = 20, 8, 24


def titles(layers: Layers) -> list[str]:
    """The layers for people."""
    hidden = ["hidden"] if len(layers) == 3 else [f"hidden {k + 1}" for k in range(len(layers) - 2)]
    return ["inputs", *hidden, "outputs"]


def _is_off(name: str) -> bool:
    """Whether a unit is the one of a pair that is on without its input."""
    return name.endswith("_off")


def _colours(layers: Layers) -> list[Any]:
    """Those of the layers after the inputs: by depth, and outputs black."""
    hidden = len(layers) - 2
    return [shade((k + 1) / hidden) for k in range(hidden)] + [BLACK]


def spans(layers: Layers) -> list[slice]:
    """The rows of each layer."""
    ends = np.cumsum([0, *map(len, layers)])
    return [slice(int(begin), int(end)) for begin, end in pairwise(ends)]


def learned(
    arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers, task: str,
    inputs: Sequence[str] = (), outputs: Sequence[str] = (),
) -> Figure:  # fmt: skip
    """What a hierarchy has learned: cost, accuracy, answers, rates of all units, burst probability, weights.

    Without learning, answers and rates only. Of a run that is under way, the last epoch stands where the last test
    would. `task` is its name; `inputs` and `outputs` are what the task calls them, where it does.
    """
    has_learned = "epoch/cost" in arrays
    has_credit = "step/time" in arrays
    figure = canvas(12, 10 if has_credit else 6.8) if has_learned else canvas(9, 4)
    grid = figure.add_gridspec(2 + has_credit, 3) if has_learned else figure.add_gridspec(1, 2)
    answers, rates = (grid[0, 2], grid[1, 0]) if has_learned else (grid[0, 0], grid[0, 1])
    if has_learned:
        epochs = np.arange(1, 1 + len(arrays["epoch/cost"]))
        chance = summary["taught"] * arrays["task/target"].shape[1] * np.log(2)
        _cost(figure, grid[0, 0], epochs, arrays["epoch/cost"][np.newaxis], chance)
        axes = _accuracy(figure, grid[0, 1], epochs, arrays["epoch/accuracy"][np.newaxis])
        ends = [summary["accuracy_before"], summary.get("accuracy_after", np.nan)]
        tests = "test before" if under_way(summary) else "tests before and after"
        axes.plot([0.5, epochs[-1] + 0.5], ends, "o", color=BLACK, ms=5, label=tests)
        legend(axes)
        _bursts(figure, grid[1, 1], arrays, summary, layers)
        _weights(figure, grid[1, 2], arrays, layers)
        if has_credit:
            credit_figures.agreement(figure, grid[2, 0], epochs, arrays)
            credit_figures.course(figure, grid[2, 1], arrays)
            credit_figures.fields(figure, grid[2, 2], arrays["field/weight"], pairs=any(map(_is_off, layers[0])))
    _answers(figure, answers, arrays, summary, layers, inputs, outputs)
    _rates(figure, rates, arrays, summary, layers)
    # The two of a pair are one input.
    sizes = "-".join(str(sum(not _is_off(name) for name in layer)) for layer in layers)
    if under_way(summary):
        heading(figure, f"{named(summary)}: {task}, {sizes} units: {progress(summary)}")
        return figure
    heading(figure, f"{named(summary)}: {task}, {sizes} units: {_outcome(arrays, summary)}")
    return figure


def _outcome(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any]) -> str:
    """How well a run has learned: of many patterns in classes, of which nobody expects all, the accuracy alone."""
    right = f"{100 * summary['accuracy_after']:.0f} %"
    if summary["tested"] > _FEW_PATTERNS and is_one_hot(arrays["task/target"]):
        return f"test accuracy {right} of {summary['tested']} patterns"
    verdict, each = "solved" if summary["solved"] else "not solved", summary.get("right_outputs", {})
    parts = ", ".join(f"{name} {100 * part:.0f} %" for name, part in each.items())
    listed = f" ({parts})" if 1 < len(each) <= _FEW_OUTPUTS else ""
    return f"{verdict}; {right} of {summary['tested']} patterns answered right{listed}"


def over_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int) -> Figure:
    """Cost and accuracy of each seed that is done, of `n_seeds`, and their medians."""
    figure = canvas(9, 3.8)
    grid = figure.add_gridspec(1, 2)
    costs, accuracies = (np.array([each[name] for each in summaries]) for name in ("epoch_cost", "epoch_accuracy"))
    epochs = np.arange(1, 1 + costs.shape[1])
    _cost(figure, grid[0], epochs, costs, None)
    _accuracy(figure, grid[1], epochs, accuracies)
    solved, missing = sum(bool(each["solved"]) for each in summaries), n_seeds - len(summaries)
    absent = f" ({missing} not done)" if missing else ""
    heading(
        figure,
        f"{named({**summaries[0], 'seed': None, 'preset': None})}: {solved} of {n_seeds} seeds solved{absent}; "
        f"smallest margin {min(each['margin_Hz'] for each in summaries):.2f} Hz",
    )
    return figure


def _lines(axes: Any, epochs: np.ndarray, values: np.ndarray, colour: str) -> None:
    """One run or more, shape (runs, epochs); of several, their median above them."""
    several = len(values) > 1
    dot = "o" if values.shape[1] == 1 else None
    axes.plot(epochs, values.T, marker=dot, **({"lw": 0.5, "color": GREY} if several else {"lw": 0.9, "color": colour}))
    if several:
        axes.plot(epochs, np.median(values, axis=0), color=colour, lw=1.4)


def _cost(figure: Figure, place: Any, epochs: np.ndarray, costs: np.ndarray, chance: float | None) -> None:
    axes = panel(figure, place, "Cost", "epoch", "cross-entropy of an epoch")
    _lines(axes, epochs, costs, BLACK)
    if chance is not None:
        threshold(axes, chance)
        note(axes, epochs[-1], 1.03 * max(chance, costs[:, -costs.shape[1] // 3 :].max()), "chance", ha="right")
    axes.set_ylim(bottom=0)


def _accuracy(figure: Figure, place: Any, epochs: np.ndarray, accuracies: np.ndarray) -> Any:
    axes = panel(figure, place, "Answered right", "epoch", "part of the patterns of an epoch")
    _lines(axes, epochs, accuracies, BLACK)
    axes.set_ylim(0, 1.05)
    return axes


def _answers(
    figure: Figure, place: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers,
    inputs: Sequence[str], called: Sequence[str],
) -> None:  # fmt: skip
    """Outputs in the last test: each rate by itself, a table of classes, or how many of each output are right."""
    tested, outputs, when = arrays["example/shown"][-_many(summary) :], spans(layers)[-1], _when(summary)
    order = np.argsort(tested)  # that of a test
    rates = arrays["example/event_rate"][outputs, -len(tested) :].T[order]
    target, least = arrays["task/target"][tested[order]], summary["decision_threshold_Hz"]
    # Another part of the patterns than that of the tests has no rates before, and no names.
    same = np.array_equal(tested[order], arrays["example/shown"][: summary["tested"]]) or not under_way(summary)
    if same and len(tested) <= _FEW_PATTERNS and target.shape[1] <= _FEW_OUTPUTS:
        axes = _each_answer(figure, place, arrays, summary, rates, target, outputs)
        axes.set_xlabel(f"pattern{_listed(inputs)} → targets{_listed(called)}")
    elif is_one_hot(arrays["task/target"]) and target.shape[1] > 1:
        classes = target.shape[1]
        axes = panel(figure, place, f"Answers, {when}", "class of the highest output", "class")
        counts = np.zeros((classes, classes))
        np.add.at(counts, (target.argmax(axis=1), rates.argmax(axis=1)), 1)
        parts = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        image = axes.imshow(parts, cmap="viridis", vmin=0, vmax=1)
        bar(figure, image, axes, "part of the class")
        axes.locator_params(integer=True)
        if 0 < len(called) <= _FEW_NAMES:
            for axis in (axes.xaxis, axes.yaxis):
                names(axis, range(classes), called)
    else:
        axes = panel(figure, place, f"Answers, {when}", "output", "part of the patterns that are right")
        axes.bar(range(target.shape[1]), np.mean((rates > least) == (target == 1), axis=0), color=BLUE)
        axes.set_ylim(0, 1.05)
        if 0 < len(called) <= _FEW_NAMES:
            names(axes.xaxis, range(len(called)), called)


def _listed(words: Sequence[str]) -> str:
    """Names behind what they are of, where they are so few that there is room."""
    said = f" ({', '.join(words)})"
    return said if words and len(said) <= _SHORT else ""


def _each_answer(
    figure: Figure, place: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], rates: np.ndarray,
    target: np.ndarray, outputs: slice,
) -> Any:  # fmt: skip
    after = "in the last epoch" if under_way(summary) else "after"
    title = f"Outputs, before (open) and {after}" if "epoch/cost" in arrays else "Outputs"
    axes = panel(figure, place, title, ylabel="event rate (Hz)")
    n, count = target.shape
    before = arrays["example/event_rate"][outputs, :n].T if "epoch/cost" in arrays else None
    for k, output in np.ndindex(target.shape):
        middle, colour = k + (output + 0.5) / count - 0.5, TARGETS[target[k, output]]
        if before is not None:
            axes.plot([middle, middle], [before[k, output], rates[k, output]], color=GREY, lw=0.7)
            axes.plot(middle, before[k, output], "o", ms=4, mfc="white", mec=colour)
        axes.plot(middle, rates[k, output], "o", ms=5, color=colour)
    threshold(axes, summary["decision_threshold_Hz"])
    between = "\n→ " if n <= _FEW_LABELS else " → "  # on their side, two lines of many labels meet
    texts = [f"{name}{between}{''.join(map(str, row))}" for name, row in zip(summary["patterns"], target, strict=True)]
    names(axes.xaxis, range(n), texts)
    axes.set_ylim(bottom=0)
    legend(axes, [key(axes, f"target {k}", color=colour, marker="o", ls="") for k, colour in enumerate(TARGETS)])
    return axes


def _rates(
    figure: Figure, place: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers
) -> None:
    """Event rates of all units in the last test, layer by layer."""
    axes = panel(figure, place, f"Event rates, {_when(summary)}", "pattern", "population")
    shown = arrays["example/shown"][-_many(summary) :]
    rates = arrays["example/event_rate"][:, -len(shown) :][:, np.argsort(shown)]
    image = axes.imshow(rates, aspect="auto", interpolation="nearest", cmap="viridis", vmin=0)
    for where in spans(layers)[1:]:
        axes.axhline(where.start - 0.5, color="white", lw=1.5)
    middles = [(where.start + where.stop - 1) / 2 for where in spans(layers)]
    axes.set_yticks(middles, titles(layers))
    axes.set_ylabel("")
    if summary["tested"] <= _FEW_LABELS and "patterns" in summary and len(shown) == summary["tested"]:
        names(axes.xaxis, range(summary["tested"]), summary["patterns"])
    bar(figure, image, axes, "event rate (Hz)")


def _many(summary: Mapping[str, Any]) -> int:
    """How many examples the last test has; of a run that is under way, the last epoch."""
    return int(summary["taught" if under_way(summary) else "tested"])


def _when(summary: Mapping[str, Any]) -> str:
    return "last epoch" if under_way(summary) else "last test"


def _bursts(
    figure: Figure, place: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers
) -> None:
    """Burst probability of each layer in the examples of an epoch, and in the tests; of outputs, by their target."""
    axes = panel(figure, place, "Burst probability", "epoch", "bursts per event (%)")
    tested, epochs = summary["tested"], len(arrays["epoch/cost"])
    shown = arrays["example/shown"]
    taught_part = slice(tested, tested + epochs * summary["taught"])
    last_test = slice(taught_part.stop, None)
    # Older runs have kept no rates of the time with the teacher alone.
    while_taught = [
        arrays.get(f"taught/{kind}_rate", arrays[f"example/{kind}_rate"][:, taught_part]) for kind in ("burst", "event")
    ]
    for layer, where, name, colour in zip(
        layers[1:], spans(layers)[1:], titles(layers)[1:], _colours(layers), strict=True
    ):
        events, bursts = (arrays[f"example/{kind}_rate"][where] for kind in ("event", "burst"))
        sets = [(name, np.ones((len(layer), len(shown))), colour)]
        if name == "outputs":
            target = arrays["task/target"][shown].T
            sets = [(f"outputs, target {k}", target == k, colour) for k, colour in enumerate(TARGETS)]
        for label, chosen, colour_ in sets:
            ends = [100 * _pooled(bursts, events, chosen, part) for part in (slice(tested), last_test)]
            taught = [rates[where] * chosen[:, taught_part] for rates in while_taught]
            sums = (each.reshape(len(layer), epochs, -1).sum(axis=(0, 2)) for each in taught)
            course = 100 * burst_probability(*sums)
            taught_, dot = np.arange(1, epochs + 1), "_" if epochs == 1 else None
            axes.plot(taught_, course, color=colour_, lw=0.9, marker=dot, label=label)
            axes.plot([0, epochs + 1], ends, "o", color=colour_, ms=4)
    key(axes, "test before" if under_way(summary) else "tests", color=BLACK, marker="o", ms=4, ls="")
    axes.set_ylim(0, 100)
    legend(axes)


def _pooled(bursts: np.ndarray, events: np.ndarray, chosen: np.ndarray, part: slice) -> float:
    sums = ((rates * chosen)[:, part].sum() for rates in (bursts, events))
    return float(burst_probability(*(np.array([each]) for each in sums))[0])


def _weights(figure: Figure, place: Any, arrays: Mapping[str, np.ndarray], layers: Layers) -> None:
    """Mean weight onto the units of each layer, and its range over them."""
    axes = panel(figure, place, "Mean weights and their range", "time (s)", "weight (× leak conductance)")
    time, values = arrays["weight_mean/time"], arrays["weight_mean/value"]
    learning = spans(layers[1:])
    for where, name, colour in zip(learning, titles(layers)[1:], _colours(layers), strict=True):
        mine = values[:, where]
        axes.fill_between(time, mine.min(axis=1), mine.max(axis=1), color=colour, alpha=0.2, lw=0)
        axes.plot(time, mine.mean(axis=1), color=colour, lw=1.2, label=name)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", nbins=5)
    legend(axes)
