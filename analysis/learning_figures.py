"""Figures of learning networks, of any number of inputs, outputs and patterns.

They know populations by name: `layers` are those of each layer, in the order of the arrays' rows, {"input": (...),
"hidden": (...), "output": (...)}; `patterns` are the names of what is shown. Targets and rates of several outputs are
listed pattern by pattern.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .figures import BLUE, GREY, RED, STYLE, Figure, canvas, colours, panel

Layers = Mapping[str, Sequence[str]]
_TITLES = {"input": "Inputs", "hidden": "Hidden layer", "output": "Output"}
# More than these beside each other need smaller letters, and a line more.
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


def labels(patterns: Sequence[str], targets: np.ndarray) -> list[str]:
    """Patterns and what the outputs are to say to them, such as "(0,1) → 1"; `targets` by pattern and output."""
    between = " → " if len(patterns) <= _FEW else "\n→ "
    return [f"{pattern}{between}{''.join(map(str, target))}" for pattern, target in zip(patterns, targets, strict=True)]


def learned(
    arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], layers: Layers, patterns: Sequence[str]
) -> Figure:
    """Learning in the manner of Fig 4 of Payeur et al. (2021).

    Left to right: rates before, during and after learning; then cost and weights. See each panel's title.
    """
    figure = canvas(11, 8.5)
    grid = figure.add_gridspec(4, 6, height_ratios=[1, 1.25, 1.25, 1.25])
    begins, n = arrays["example/begin"], len(patterns)
    length = begins[1] - begins[0]
    windows = {
        "before learning": (begins[0], begins[n - 1] + length),
        "after learning": (begins[-n], begins[-1] + length),
    }
    for column, (title, window) in enumerate(windows.items()):
        for row, layer in enumerate(_TITLES):
            place = grid[row, slice(3 * column, 3 * column + 3)]
            axes = _rates(figure, place, arrays, window, layers, layer, f"{_TITLES[layer]}, {title}", n)
        axes.axhline(summary["decision_threshold_Hz"], color=GREY, ls="--", lw=0.8)
        _write_patterns(axes, labels(patterns, wanted(summary["targets"], layers)), length)
        axes.set_xlabel("time in test (s)", **STYLE)
    _cost(figure, grid[3, 0:2], arrays["epoch/cost"][np.newaxis], layers, patterns)
    _teaching(figure, grid[3, 2:4], arrays, length, layers, n)
    _weights(figure, grid[3, 4:6], arrays, layers)
    verdict = "solved" if summary["solved"] else "not solved"
    rates = ", ".join(f"{rate:.1f}" for rate in summary["event_rate_after_Hz"])
    figure.suptitle(
        f"{summary['experiment']}: {verdict}; output after learning {rates} Hz for inputs {' '.join(patterns)}",
        fontsize=10, wrap=True,
    )  # fmt: skip
    return figure


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
    axes.axhline(summary["decision_threshold_Hz"], color=GREY, ls="--", lw=0.8)
    targets = wanted(summary["targets"], layers)
    if len(begins) <= 16:
        _write_patterns(axes, labels([patterns[k] for k in shown], targets), length)
    axes.set_xlabel("time since the first input (s)", **STYLE)
    high = summary["decision_threshold_Hz"] < arrays["example/event_rate"][rows(layers, "output")].T
    right = int(np.sum(np.all(high == targets, axis=1)))
    figure.suptitle(
        f"{summary['experiment']} without learning: {right} of {len(begins)} inputs answered right", fontsize=10
    )
    return figure


def over_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int, layers: Layers, patterns: Sequence[str]) -> Figure:
    """Learning over seeds: the cost of each and their median; the output's rates before and after learning.

    The summaries are those of the seeds that are done, of `n_seeds` that were run.
    """
    figure = canvas(10, 3.8)
    grid = figure.add_gridspec(1, 2)
    _cost(figure, grid[0], np.array([each["epoch_cost"] for each in summaries]), layers, patterns)
    title = "Output, before (open) and after learning (filled)"
    axes = panel(figure, grid[1], title, "input → target", "event rate (Hz)")
    targets, threshold = wanted(summaries[0]["targets"], layers), summaries[0]["decision_threshold_Hz"]
    before, after = (
        np.array([wanted(each[f"event_rate_{when}_Hz"], layers) for each in summaries]) for when in ("before", "after")
    )
    outputs = targets.shape[1]
    for k, output in np.ndindex(targets.shape):
        middle = k + (output + 0.5) / outputs - 0.5
        places = np.array([middle - 0.17 / outputs, middle + 0.17 / outputs])
        colour = RED if targets[k, output] else BLUE
        axes.plot(places, np.stack([before[:, k, output], after[:, k, output]]), color=GREY, lw=0.7)
        axes.plot(np.full(len(before), places[0]), before[:, k, output], "o", ms=5, mfc="white", mec=colour)
        axes.plot(np.full(len(after), places[1]), after[:, k, output], "o", ms=5, color=colour)
    axes.axhline(threshold, color=GREY, ls="--", lw=0.8)
    axes.set_xticks(range(len(patterns)), labels(patterns, targets))
    axes.set_ylim(bottom=0)
    solved, missing = sum(bool(each["solved"]) for each in summaries), n_seeds - len(summaries)
    absent = f" ({missing} not done)" if missing else ""
    figure.suptitle(
        f"{summaries[0]['experiment']}: {solved} of {n_seeds} seeds solved{absent}; "
        f"threshold {threshold:g} Hz, "
        f"smallest margin {min(each['margin_Hz'] for each in summaries):.2f} Hz",
        fontsize=10,
    )
    return figure


def _write_patterns(axes: Any, texts: Sequence[str], length: float) -> None:
    for k, text in enumerate(texts):
        axes.text(
            (k + 0.5) * length, 0.93, text, ha="center", fontsize=8 if len(texts) <= _FEW else 6,
            va="baseline" if len(texts) <= _FEW else "center", transform=axes.get_xaxis_transform(),
        )  # fmt: skip


def _rates(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], window: tuple[float, float], layers: Layers,
    layer: str, title: str, n_examples: int,
) -> Any:  # fmt: skip
    axes = panel(figure, position, title, ylabel="event rate (Hz)")
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
    # Room above for what is written there.
    axes.set_ylim(0, max(13, 1.2 * highest))
    for k in range(1, n_examples):
        axes.axvline(k * (window[1] - window[0]) / n_examples, color="0.85", lw=0.8, zorder=0)
    if len(layers[layer]) > 1:
        axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper right")
    return axes


def _cost(figure: Figure, position: Any, costs: np.ndarray, layers: Layers, patterns: Sequence[str]) -> None:
    """The costs of one run or more, shape (runs, epochs); of several, their median above them."""
    several = len(costs) > 1
    title = "Cost, each seed and median" if several else "Cost"
    axes = panel(figure, position, title, "epoch", "cross-entropy of an epoch")
    epochs = np.arange(1, costs.shape[1] + 1)
    axes.plot(epochs, costs.T, color=RED, **({"lw": 0.6, "alpha": 0.3} if several else {"lw": 0.9}))
    if several:
        axes.plot(epochs, np.median(costs, axis=0), color=RED, lw=1.4)
    chance = len(patterns) * len(layers["output"]) * np.log(2)
    axes.axhline(chance, color=GREY, ls="--", lw=0.8)
    axes.text(epochs[-1], chance, "chance", ha="right", va="bottom", fontsize=7, color=GREY)
    axes.set_ylim(0, max(1.26 * chance, 1.05 * costs.max()))


def _teaching(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], length: float, layers: Layers, n_patterns: int
) -> None:
    axes = panel(figure, position, "First epoch of learning", "time in epoch (s)", "burst probability (%)")
    begin, colour = arrays["example/begin"][n_patterns], colours(every(layers))
    time = arrays["bin/time"]
    inside = (time >= begin - 1e-9) & (time < begin + n_patterns * length - 1e-9)
    width = time[1] - time[0]
    kernel = np.ones(max(1, round(0.05 * length / width)))
    for k in rows(layers, "hidden", "output"):
        events = np.convolve(arrays["bin/event_rate"][k, inside], kernel, "same")
        bursts = np.convolve(arrays["bin/burst_rate"][k, inside], kernel, "same")
        shown = 100 * np.divide(bursts, events, out=np.full_like(events, np.nan), where=events > 0)
        name = every(layers)[k]
        axes.plot(time[inside] - begin + width / 2, shown, color=colour[name], lw=1.1, label=name)
    axes.set_ylim(0, 100)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="upper left")
    current = axes.twinx()
    current.plot(time[inside] - begin, 1e12 * arrays["bin/teaching_current"][inside], color=GREY, lw=0.8)
    current.set_ylabel("teaching current (pA)", color=GREY, **STYLE)
    current.tick_params(labelsize=8, colors=GREY)
    current.spines["top"].set_visible(False)


def _weights(figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], layers: Layers) -> None:
    axes = panel(figure, position, "Mean weights", "time (s)", "weight (leak)")
    colour = colours(every(layers))
    for k, name in enumerate((*layers["hidden"], *layers["output"])):
        axes.plot(
            arrays["weight_mean/time"], arrays["weight_mean/value"][:, k], color=colour[name], lw=1.2,
            label=f"onto {name}",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7, frameon=False)
