"""Figures from saved arrays and numbers. The only module that knows matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

# Okabe and Ito: told apart with every kind of colour vision.
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#777777"
LAYER_COLOURS = {"input1": "#56B4E9", "input2": BLUE, "hidden1": ORANGE, "hidden2": GREEN, "output": RED}
POPULATIONS = tuple(LAYER_COLOURS)
INPUT_NAMES = ("(0,0)", "(1,0)", "(0,1)", "(1,1)")

STYLE = {"fontsize": 9}


def canvas(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def shade(part: float) -> Any:
    """The colour of the rank `part`, from 0 to 1, among things in an order."""
    return colormaps["viridis"](0.9 * part)


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below a number: a step for people."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(power * next(digit for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9)))


def panel(figure: Figure, position: Any, title: str = "", xlabel: str = "", ylabel: str = "") -> Any:
    """New axes in the style of all figures at a place of a grid (`figure.add_gridspec`)."""
    return plain(figure.add_subplot(position), title, xlabel, ylabel)


def plain(axes: Any, title: str = "", xlabel: str = "", ylabel: str = "") -> Any:
    """The style of all figures for axes that are there."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    # At its place: to look for one takes a fifth of the time that a figure takes.
    axes.set_title(title, loc="left", fontsize=9, fontweight="bold", y=1.0)
    axes.set_xlabel(xlabel, **STYLE)
    axes.set_ylabel(ylabel, **STYLE)
    return axes


def current_steps(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Figure:
    """Somatic and dendritic voltage of each cell; events as dots, bursts as triangles."""
    n = len(arrays["trace/v_s"])
    figure = canvas(8, 1 + 1.7 * n)
    every = figure.subplots(n, 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    time = 1e3 * arrays["trace/time"]
    for k, axes in enumerate(every):
        plain(axes, _step_title(k, summary), ylabel="voltage (mV)")
        axes.plot(time, 1e3 * arrays["trace/v_d"][k], color=ORANGE, lw=0.9, label="dendrite $v_d$")
        axes.plot(time, 1e3 * arrays["trace/v_s"][k], color=BLUE, lw=0.9, label="soma $v_s$")
        for name, marker, colour, height in (("events", "o", GREY, 47), ("bursts", "v", RED, 60)):
            times = 1e3 * arrays[f"{name}/time"][arrays[f"{name}/cell"] == k]
            axes.plot(times, np.full(len(times), height), marker, color=colour, ms=4.5, label=name[:-1])
    every[0].set_xlim(time[0], time[-1])
    every[0].set_ylim(-105, 70)
    every[-1].set_xlabel("time (ms)", **STYLE)
    figure.legend(*every[0].get_legend_handles_labels(), loc="outside upper right", ncols=4, fontsize=8, frameon=False)
    return figure


def _step_title(k: int, summary: Mapping[str, Any]) -> str:
    currents = f"soma {summary['somatic_current_pA'][k]:g} pA, dendrite {summary['dendritic_current_pA'][k]:g} pA"
    counts = ", ".join(f"{summary[f'{name}_count'][k]} {name}s" for name in ("spike", "event", "burst"))
    return f"cell {k}: {currents} · {counts}"


def xor(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Figure:
    """XOR learning in the manner of Fig 4 of Payeur et al. (2021).

    Left to right: rates before, during and after learning; then cost and weights. See each panel's title.
    """
    figure = canvas(11, 8.5)
    grid = figure.add_gridspec(4, 6, height_ratios=[1, 1.25, 1.25, 1.25])
    begins = arrays["example/begin"]
    length = begins[1] - begins[0]
    windows = {
        "before learning": (begins[0], begins[3] + length),
        "after learning": (begins[-4], begins[-1] + length),
    }
    for column, (title, window) in enumerate(windows.items()):
        place = slice(3 * column, 3 * column + 3)
        _rates(figure, grid[0, place], arrays, window, ("input1", "input2"), f"Inputs, {title}", config)
        _rates(figure, grid[1, place], arrays, window, ("hidden1", "hidden2"), f"Hidden layer, {title}", config)
        axes = _rates(figure, grid[2, place], arrays, window, ("output",), f"Output, {title}", config)
        axes.axhline(summary["decision_threshold_Hz"], color=GREY, ls="--", lw=0.8)
        for k, target in enumerate(summary["targets"]):
            axes.text((k + 0.5) * length, 12.1, f"{INPUT_NAMES[k]} → {target}", ha="center", fontsize=8)
        axes.set_xlabel("time in test (s)", **STYLE)
    _cost(figure, grid[3, 0:2], arrays["epoch/cost"][np.newaxis])
    _teaching(figure, grid[3, 2:4], arrays, length, config)
    _weights(figure, grid[3, 4:6], arrays)
    verdict = "solved" if summary["solved"] else "not solved"
    rates = ", ".join(f"{rate:.1f}" for rate in summary["event_rate_after_Hz"])
    figure.suptitle(
        f"XOR network: {verdict}; output after learning {rates} Hz for inputs {' '.join(INPUT_NAMES)}", fontsize=10
    )
    return figure


def xor_answers(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Figure:
    """Event rates of all populations while a trained network is shown a sequence of inputs."""
    begins, shown = arrays["example/begin"], arrays["example/shown"]
    # There is one tick more than the last example.
    length = begins[1] - begins[0] if len(begins) > 1 else arrays["bin/time"][-1] - begins[0]
    window = (begins[0], begins[-1] + length)
    figure = canvas(max(6, min(14, 1.2 * len(begins))), 6)
    grid = figure.add_gridspec(3, 1)
    for row, (title, names) in enumerate(_LAYERS.items()):
        axes = _rates(figure, grid[row], arrays, window, names, title, config, len(begins))
    axes.axhline(summary["decision_threshold_Hz"], color=GREY, ls="--", lw=0.8)
    if len(begins) <= 16:
        for k, target in enumerate(summary["targets"]):
            axes.text((k + 0.5) * length, 12.1, f"{INPUT_NAMES[shown[k]]} → {target}", ha="center", fontsize=8)
    axes.set_xlabel("time since the first input (s)", **STYLE)
    high = arrays["example/event_rate"][4] > summary["decision_threshold_Hz"]
    right = int(np.sum(high == np.array(summary["targets"])))
    figure.suptitle(f"XOR network without learning: {right} of {len(begins)} inputs answered right", fontsize=10)
    return figure


def xor_seeds(summaries: Sequence[Mapping[str, Any]], n_seeds: int) -> Figure:
    """XOR learning over seeds: the cost of each and their median; the output's rates before and after learning.

    The summaries are those of the seeds that are done, of `n_seeds` that were run.
    """
    figure = canvas(10, 3.8)
    grid = figure.add_gridspec(1, 2)
    _cost(figure, grid[0], np.array([each["epoch_cost"] for each in summaries]))
    title = "Output, before (open) and after learning (filled)"
    axes = panel(figure, grid[1], title, "input → target", "event rate (Hz)")
    targets, threshold = summaries[0]["targets"], summaries[0]["decision_threshold_Hz"]
    before, after = (np.array([each[f"event_rate_{when}_Hz"] for each in summaries]) for when in ("before", "after"))
    for k, target in enumerate(targets):
        places = np.array([k - 0.17, k + 0.17])
        colour = RED if target else BLUE
        axes.plot(places, np.stack([before[:, k], after[:, k]]), color=GREY, lw=0.7)
        axes.plot(np.full(len(before), places[0]), before[:, k], "o", ms=5, mfc="white", mec=colour)
        axes.plot(np.full(len(after), places[1]), after[:, k], "o", ms=5, color=colour)
    axes.axhline(threshold, color=GREY, ls="--", lw=0.8)
    axes.set_xticks(range(4), [f"{name} → {target}" for name, target in zip(INPUT_NAMES, targets, strict=True)])
    axes.set_ylim(bottom=0)
    solved, missing = sum(bool(each["solved"]) for each in summaries), n_seeds - len(summaries)
    figure.suptitle(
        f"XOR network: {solved} of {n_seeds} seeds solved{f' ({missing} not done)' if missing else ''}; "
        f"threshold {threshold:g} Hz, "
        f"smallest margin {min(each['margin_Hz'] for each in summaries):.2f} Hz",
        fontsize=10,
    )
    return figure


_LAYERS = {"Inputs": ("input1", "input2"), "Hidden layer": ("hidden1", "hidden2"), "Output": ("output",)}


def _rates(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], window: tuple[float, float],
    names: tuple[str, ...], title: str, config: Mapping[str, Any], n_examples: int = 4,
) -> Any:  # fmt: skip
    axes = panel(figure, position, title, ylabel="event rate (Hz)")
    time = arrays["bin/time"]
    inside = (time >= window[0] - 1e-9) & (time < window[1] - 1e-9)
    width = time[1] - time[0]
    smooth = max(1, round((window[1] - window[0]) / n_examples / 20 / width))
    kernel = np.ones(smooth) / smooth
    for name in names:
        rate = arrays["bin/event_rate"][POPULATIONS.index(name), inside]
        # The ends are averaged over the part of the window that there is.
        shown = np.convolve(rate, kernel, "same") / np.convolve(np.ones_like(rate), kernel, "same")
        axes.plot(time[inside] - window[0] + width / 2, shown, color=LAYER_COLOURS[name], lw=1.2, label=name)
    axes.set_xlim(0, window[1] - window[0])
    axes.set_ylim(0, 13)
    for k in range(1, n_examples):
        axes.axvline(k * (window[1] - window[0]) / n_examples, color="0.85", lw=0.8, zorder=0)
    if len(names) > 1:
        axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper right")
    return axes


def _cost(figure: Figure, position: Any, costs: np.ndarray) -> None:
    """The costs of one run or more, shape (runs, epochs); of several, their median above them."""
    several = len(costs) > 1
    title = "Cost, each seed and median" if several else "Cost"
    axes = panel(figure, position, title, "epoch", "cross-entropy of four examples")
    epochs = np.arange(1, costs.shape[1] + 1)
    axes.plot(epochs, costs.T, color=RED, **({"lw": 0.6, "alpha": 0.3} if several else {"lw": 0.9}))
    if several:
        axes.plot(epochs, np.median(costs, axis=0), color=RED, lw=1.4)
    axes.axhline(4 * np.log(2), color=GREY, ls="--", lw=0.8)
    axes.text(epochs[-1], 4 * np.log(2), "chance", ha="right", va="bottom", fontsize=7, color=GREY)
    axes.set_ylim(0, max(3.5, 1.05 * costs.max()))


def _teaching(
    figure: Figure, position: Any, arrays: Mapping[str, np.ndarray], length: float, config: Mapping[str, Any]
) -> None:
    axes = panel(figure, position, "First epoch of learning", "time in epoch (s)", "burst probability (%)")
    begin = arrays["example/begin"][4]
    time = arrays["bin/time"]
    inside = (time >= begin - 1e-9) & (time < begin + 4 * length - 1e-9)
    width = time[1] - time[0]
    kernel = np.ones(max(1, round(0.05 * length / width)))
    for name in ("hidden1", "hidden2", "output"):
        k = POPULATIONS.index(name)
        events = np.convolve(arrays["bin/event_rate"][k, inside], kernel, "same")
        bursts = np.convolve(arrays["bin/burst_rate"][k, inside], kernel, "same")
        shown = 100 * np.divide(bursts, events, out=np.full_like(events, np.nan), where=events > 0)
        axes.plot(time[inside] - begin + width / 2, shown, color=LAYER_COLOURS[name], lw=1.1, label=name)
    axes.set_ylim(0, 100)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="upper left")
    current = axes.twinx()
    current.plot(time[inside] - begin, 1e12 * arrays["bin/teaching_current"][inside], color=GREY, lw=0.8)
    current.set_ylabel("teaching current (pA)", color=GREY, **STYLE)
    current.tick_params(labelsize=8, colors=GREY)
    current.spines["top"].set_visible(False)


def _weights(figure: Figure, position: Any, arrays: Mapping[str, np.ndarray]) -> None:
    axes = panel(figure, position, "Mean weights", "time (s)", "weight (leak)")
    for k, name in enumerate(("hidden1", "hidden2", "output")):
        axes.plot(
            arrays["weight_mean/time"], arrays["weight_mean/value"][:, k], color=LAYER_COLOURS[name], lw=1.2,
            label=f"onto {name}",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7, frameon=False)
