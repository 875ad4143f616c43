"""Figures of learning networks, of any number of inputs, outputs and patterns.

They know populations by name: `layers` are those of each layer, in the order of the arrays' rows, {"input": (...),
"hidden": (...), "output": (...)}; `patterns` are the names of what is shown. Targets and rates of several outputs are
listed pattern by pattern.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .figures import (
    BLACK,
    GREY,
    ORANGE,
    TARGETS,
    Figure,
    canvas,
    colours,
    guide,
    heading,
    key,
    legend,
    named,
    names,
    note,
    panel,
    progress,
    small,
    threshold,
    under_way,
)  # fmt: skip

Layers = Mapping[str, Sequence[str]]
# Epochs of a running mean.
_EPOCHS = 10
_TITLES = {"input": "Inputs", "hidden": "Hidden layer", "output": "Output"}
# More than these beside each other need a line more.
_FEW = 4


def every(layers: Layers) -> list[str]:
    """The populations in the order of the arrays' rows."""
    return [name for names in layers.values() for name in names]


def rows(layers: Layers, *chosen: str) -> list[int]:
    """The rows of some layers."""
    return [every(layers).index(name) for layer in chosen for name in layers[layer]]


def wanted(targets: Sequence[int], layers: Layers) -> np.ndarray:
    """Targets, or rates of outputs, by pattern and output."""
    return np.reshape(targets, (-1, len(layers["output"])))


def labels(patterns: Sequence[str], targets: Sequence[np.ndarray] | np.ndarray) -> list[str]:
    """Patterns and what the outputs are to say to them, such as "(0,1) → 1"; `targets` by pattern and output."""
    between = " → " if len(patterns) <= _FEW else "\n→ "
    return [f"{pattern}{between}{''.join(map(str, target))}" for pattern, target in zip(patterns, targets, strict=True)]


def learned(
    arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers, patterns: Sequence[str]
) -> Figure:
    """Learning in the manner of Fig 4 of Payeur et al. (2021).

    Left to right: rates before, during and after learning; then cost and weights. See each panel's title. Of a run that
    is under way, the last epoch stands where the last test would. Targets are written at the patterns of the tests.
    """
    figure = canvas(11, 9)
    grid = figure.add_gridspec(4, 6, height_ratios=[1, 1.1, 1.2, 1.5])
    targets = wanted(summary["targets"], layers)
    begins, n, taught = arrays["example/begin"], len(targets), _taught(patterns, targets)
    length = begins[1] - begins[0]
    last, called = (taught, "last epoch") if under_way(summary) else (n, "after learning")
    parts = {"before learning": slice(n), called: slice(-last, None)}
    tested = dict(zip(arrays["example/shown"][:n].tolist(), targets, strict=True))
    for row, layer in enumerate(_TITLES):
        left = None
        for column, (title, part) in enumerate(parts.items()):
            window, shown = (begins[part][0], begins[part][-1] + length), arrays["example/shown"][part]
            place = grid[row, slice(3 * column, 3 * column + 3)]
            axes = _rates(figure, place, arrays, window, layers, layer, f"{_TITLES[layer]}, {title}", len(shown), left)
            if layer == "output":
                threshold(axes, summary["decision_threshold_Hz"])
                known = [labels([patterns[k]], [tested[k]])[0] if k in tested else "" for k in shown]
                _write_patterns(axes, known, length)
                axes.set_xlabel(f"time in {'epoch' if title == 'last epoch' else 'test'} (s)")
            left = axes
    _cost(figure, grid[3, 0:2], arrays["epoch/cost"][np.newaxis], layers, taught)
    _teaching(figure, grid[3, 2:4], arrays, begins[n] + length * np.arange(taught + 1), layers)
    _weights(figure, grid[3, 4:6], arrays, layers)
    if under_way(summary):
        heading(figure, f"{named(summary)}: {progress(summary)}")
        return figure
    verdict = "solved" if summary["solved"] else "not solved"
    rates = ", ".join(f"{rate:.1f}" for rate in summary["event_rate_after_Hz"])
    inputs = " ".join(patterns[k] for k in tested)
    heading(figure, f"{named(summary)}: {verdict}; output after learning {rates} Hz for inputs {inputs}")
    return figure


def _taught(patterns: Sequence[str], targets: np.ndarray) -> int:
    """How many patterns an epoch has: all, or those that are in no test."""
    return len(patterns) - len(targets) or len(patterns)


def answered(
    arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers, patterns: Sequence[str]
) -> Figure:
    """Event rates of all populations while a trained network is shown a sequence of inputs."""
    begins, shown = arrays["example/begin"], arrays["example/shown"]
    # There is one tick more than the last example.
    length = begins[1] - begins[0] if len(begins) > 1 else arrays["bin/time"][-1] - begins[0]
    window = (begins[0], begins[-1] + length)
    figure = canvas(max(6, min(14, 1.2 * len(begins))), 6)
    grid = figure.add_gridspec(3, 1)
    for row, (layer, title) in enumerate(_TITLES.items()):
        axes = _rates(figure, grid[row], arrays, window, layers, layer, title, len(begins))
    threshold(axes, summary["decision_threshold_Hz"])
    targets = wanted(summary["targets"], layers)
    if len(begins) <= 16:
        _write_patterns(axes, labels([patterns[k] for k in shown], targets), length)
    axes.set_xlabel("time since the first input (s)")
    high = summary["decision_threshold_Hz"] < arrays["example/event_rate"][rows(layers, "output")].T
    right = int(np.sum(np.all(high == targets, axis=1)))
    heading(figure, f"{named(summary)}, without learning: {right} of {len(begins)} inputs answered right")
    return figure


def over_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int, layers: Layers, patterns: Sequence[str]) -> Figure:
    """Learning over seeds: the cost of each and their median; the output's rates before and after learning.

    The summaries are those of the seeds that are done, of `n_seeds` that were run.
    """
    figure = canvas(10, 4)
    grid = figure.add_gridspec(1, 2)
    targets, at = wanted(summaries[0]["targets"], layers), summaries[0]["decision_threshold_Hz"]
    costs = np.array([each["epoch_cost"] for each in summaries])
    _cost(figure, grid[0], costs, layers, _taught(patterns, targets))
    title = "Output, before (open) and after learning (filled)"
    axes = panel(figure, grid[1], title, "input → target", "event rate (Hz)")
    before, after = (
        np.array([wanted(each[f"event_rate_{when}_Hz"], layers) for each in summaries]) for when in ("before", "after")
    )
    outputs = targets.shape[1]
    for k, output in np.ndindex(targets.shape):
        middle = k + (output + 0.5) / outputs - 0.5
        places = np.array([middle - 0.17 / outputs, middle + 0.17 / outputs])
        colour = TARGETS[targets[k, output]]
        axes.plot(places, np.stack([before[:, k, output], after[:, k, output]]), color=GREY, lw=0.7)
        axes.plot(np.full(len(before), places[0]), before[:, k, output], "o", ms=5, mfc="white", mec=colour)
        axes.plot(np.full(len(after), places[1]), after[:, k, output], "o", ms=5, color=colour)
    threshold(axes, at)
    names(axes.xaxis, range(len(targets)), labels(patterns[-len(targets) :], targets))
    axes.set_ylim(bottom=0)
    legend(axes, [key(axes, f"target {k}", color=colour, marker="o", ls="") for k, colour in enumerate(TARGETS)])
    solved, missing = sum(bool(each["solved"]) for each in summaries), n_seeds - len(summaries)
    absent = f" ({missing} not done)" if missing else ""
    heading(
        figure,
        f"{named({**summaries[0], 'seed': None})}: {solved} of {n_seeds} seeds solved{absent}; threshold {at:g} Hz, "
        f"smallest margin {min(each['margin_Hz'] for each in summaries):.2f} Hz",
    )
    return figure


def _write_patterns(axes: Any, texts: Sequence[str], length: float) -> None:
    for k, text in enumerate(texts):
        turned = len(texts) > _FEW
        note(
            axes, (k + 0.5) * length, 0.99, text.replace("\n", " ") if turned else text, ha="center", va="top",
            color=BLACK, rotation=90 if turned else 0, transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    low, high = axes.get_ylim()
    longest = max(map(len, texts)) if len(texts) > _FEW else 2
    # Room for what is written, in a panel of some 1.6 inches.
    axes.set_ylim(low, high / (1 - min(0.5, small() / 72 * (0.55 * longest + 0.6) / 1.6)))


def _rates(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], window: tuple[float, float], layers: Layers,
    layer: str, title: str, n_examples: int, beside: Any = None,
) -> Any:  # fmt: skip
    """Rates of a layer's populations in a window; `beside` is a panel whose scale is the same."""
    axes = panel(figure, position, title, ylabel="event rate (Hz)", sharey=beside)
    time, colour = arrays["bin/time"], colours(every(layers))
    inside = (time >= window[0] - 1e-9) & (time < window[1] - 1e-9)
    width = time[1] - time[0]
    smooth = max(1, round((window[1] - window[0]) / n_examples / 20 / width))
    kernel = np.ones(smooth) / smooth
    highest = 0.0
    for name, row in zip(layers[layer], rows(layers, layer), strict=True):
        rate = arrays["bin/event_rate"][row, inside]
        # The ends are averaged over the part of the window that there is.
        shown = np.convolve(rate, kernel, "same") / np.convolve(np.ones_like(rate), kernel, "same")
        axes.plot(time[inside] - window[0] + width / 2, shown, color=colour[name], lw=1.2, label=name)
        highest = max(highest, float(shown.max()))
    axes.set_xlim(0, window[1] - window[0])
    axes.set_ylim(0, max(10.0, 1.05 * highest, beside.get_ylim()[1] if beside else 0))
    guide(axes, [k * (window[1] - window[0]) / n_examples for k in range(1, n_examples)])
    if len(layers[layer]) > 1:
        legend(axes)
    return axes


def _cost(figure: Figure, position: Any, costs: np.ndarray, layers: Layers, taught: int) -> None:
    """Costs of epochs of `taught` examples, shape (runs, epochs); of several runs, their median above them."""
    several = len(costs) > 1
    title = "Cost, each seed and median" if several else "Cost, and running mean"
    axes = panel(figure, position, title, "epoch", "cross-entropy of an epoch")
    epochs = np.arange(1, costs.shape[1] + 1)
    axes.plot(epochs, costs.T, color=GREY, lw=0.6)
    if several:
        axes.plot(epochs, np.median(costs, axis=0), color=BLACK, lw=1.5)
    elif costs.shape[1] > 4 * _EPOCHS:
        smooth = np.ones(_EPOCHS) / _EPOCHS
        middle = slice((_EPOCHS - 1) // 2, -(_EPOCHS // 2))
        axes.plot(epochs[middle], np.convolve(costs[0], smooth, "valid"), color=BLACK, lw=1.5)
    chance = taught * len(layers["output"]) * np.log(2)
    threshold(axes, chance)
    above = max(chance, costs[:, -costs.shape[1] // 4 :].max())
    note(axes, epochs[-1], 1.02 * above, "chance", ha="right", va="bottom")
    axes.set_ylim(0, max(1.3 * chance, 1.15 * costs.max()))


def _teaching(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], edges: np.ndarray, layers: Layers
) -> None:
    """Teacher and burst probabilities in an epoch; `edges` are where its examples begin, and where the last ends."""
    above, below = position.subgridspec(2, 1, height_ratios=[1, 2.4], hspace=0.06)
    current = panel(figure, above, "First epoch of learning", ylabel="teacher\n(pA)")
    axes = panel(figure, below, "", "time in epoch (s)", "bursts per\nevent (%)", sharex=current)
    current.tick_params(labelbottom=False)
    begin, colour = edges[0], colours(every(layers))
    time = arrays["bin/time"]
    inside = (time >= begin - 1e-9) & (time < edges[-1] - 1e-9)
    width = time[1] - time[0]
    kernel = np.ones(max(1, round(0.05 * (edges[1] - edges[0]) / width)))
    for k in rows(layers, "hidden", "output"):
        events = np.convolve(arrays["bin/event_rate"][k, inside], kernel, "same")
        bursts = np.convolve(arrays["bin/burst_rate"][k, inside], kernel, "same")
        shown = 100 * np.divide(bursts, events, out=np.full_like(events, np.nan), where=events > 0)
        name = every(layers)[k]
        axes.plot(time[inside] - begin + width / 2, shown, color=colour[name], lw=1.1, label=name)
    axes.set_ylim(0, 100)
    current.plot(time[inside] - begin, 1e12 * arrays["bin/teaching_current"][inside], color=ORANGE, lw=1.1)
    legend(current, axes.lines)


def _weights(figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], layers: Layers) -> None:
    axes = panel(figure, position, "Mean weights", "time (1000 s)", "weight (× leak conductance)")
    colour = colours(every(layers))
    for k, name in enumerate((*layers["hidden"], *layers["output"])):
        axes.plot(
            arrays["weight_mean/time"] / 1e3, arrays["weight_mean/value"][:, k], color=colour[name], lw=1.2,
            label=f"onto {name}",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    legend(axes)
