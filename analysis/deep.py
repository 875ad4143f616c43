"""Deep networks that learn by bursts: how their errors, angles and burst probabilities are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import figures

Arrays = Mapping[str, np.ndarray]
# Parameters of a run, and the arrays of each of its seeds.
Runs = Sequence[tuple[Mapping[str, Any], Sequence[Arrays]]]


def correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    """Of the logarithms of two variables over images, 1 for a power law; None where one does not vary."""
    logs = [np.log(np.maximum(np.asarray(each, dtype=float), 1e-30)) for each in (a, b)]
    return None if any(np.ptp(each) == 0 for each in logs) else float(np.corrcoef(*logs)[0, 1])


def rule_name(parameters: Mapping[str, Any]) -> str:
    """A rule in words: "burst, learned, no Z"."""
    rule, feedback = str(parameters["rule"]), str(parameters["feedback"])
    if rule in ("backprop", "node_perturbation"):
        return rule.replace("_", " ")
    without = ", no Z" if rule == "burst" and parameters["recurrent"] == "off" else ""
    return f"{rule.replace('_', ' ')}, {feedback}{without}"


def _layers(n: int, with_output: bool) -> list[tuple[str, Any]]:
    """Name and colour of each layer; the output is the last one, where it is among them."""
    hidden = n - with_output
    found = [(f"hidden {k + 1}", figures.shade(k / max(hidden - 1, 1))) for k in range(hidden)]
    return found + ([("output", figures.BLACK)] if with_output else [])


def figure(arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """One run: error and angles over epochs, and of rules with bursts their probabilities."""
    panels = [_errors, _signals]
    if "epoch/angle_feedback" in arrays:
        panels.append(_feedback)
    if "p/with" in arrays:
        panels += [_distribution, _slopes, _variances]
    columns = 3 if len(panels) > 2 else len(panels)
    rows = -(-len(panels) // columns)
    canvas = figures.canvas(3.7 * columns, 3.2 * rows)
    grid = canvas.add_gridspec(rows, columns)
    for k, draw in enumerate(panels):
        draw(figures.panel(canvas, grid[k // columns, k % columns]), arrays, summary, parameters)
    figures.heading(canvas, f"{figures.named(summary)}: {rule_name(parameters)}; ensembles, not spikes")
    return canvas


def _over(axes: Any, title: str, ylabel: str) -> None:
    """A panel over epochs, which are whole."""
    figures.plain(axes, title, "epoch", ylabel)
    axes.xaxis.get_major_locator().set_params(integer=True)


def _errors(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    part = summary["part"]
    _over(axes, f"Error, last {summary['error_percent']:.2f} %", "error (%)")
    epoch = arrays["epoch/epoch"]
    for name, label, colour in (("error", part, figures.BLACK), ("probe_error", "500 training images", figures.GREY)):
        axes.plot(epoch, 100 * arrays[f"epoch/{name}"], color=colour, lw=1.4, label=label)
    axes.set_ylim(0)
    figures.legend(axes)


def _signals(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    _over(axes, "Teaching signals against backprop's", "angle (degrees)")
    _by_layer(axes, arrays["epoch/epoch"], arrays["epoch/angle_signal"], with_output=True)


def _feedback(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    _over(axes, "Weights down against weights up", "angle (degrees)")
    _by_layer(axes, arrays["epoch/epoch"], arrays["epoch/angle_feedback"], with_output=False)


def _by_layer(axes: Any, x: np.ndarray, values: np.ndarray, with_output: bool) -> None:
    for (name, colour), each in zip(_layers(values.shape[1], with_output), values.T, strict=True):
        axes.plot(x, each, color=colour, lw=1.3, label=name)
    _chance(axes, x[-1], ha="right")
    axes.set_ylim(-3, max(102, 1.05 * float(np.nanmax(values))))
    figures.legend(axes)


def _chance(axes: Any, x: float, **how: Any) -> None:
    figures.threshold(axes, 90)
    figures.note(axes, x, 91, "no better than chance", va="bottom", **how)


def _distribution(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Solid: as it is; dashed: what it would be without recurrent weights, where there are some."""
    with_, without = arrays["p/with"], arrays["p/without"]
    recurrent = not np.array_equal(with_, without)
    figures.plain(
        axes, "Burst probability" + ("; dashed: without Z" if recurrent else ""), "burst probability", "part of units"
    )
    edges = np.linspace(0, 1, with_.shape[1] + 1)
    for k, (name, colour) in enumerate(_layers(len(with_), False)):
        axes.stairs(with_[k], edges, color=colour, lw=1.3, label=name)
        if recurrent:
            axes.stairs(without[k], edges, color=colour, lw=0.9, ls="--")
    axes.set_xlim(0, 1)
    axes.set_yscale("log")
    figures.legend(axes)


def _slopes(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    figures.plain(axes, "Changes against the gradient", "slope of burst probability, beta", "angle (degrees)")
    angles = arrays["beta/angle_update"]
    for k, (name, colour) in enumerate(_layers(angles.shape[1], True)[:-1]):
        axes.semilogx(arrays["beta/value"], angles[:, k], "o-", ms=3, lw=1.2, color=colour, label=name)
    axes.set_ylim(0)
    axes.axvline(float(parameters["beta"]), color=figures.GREY, ls="--", lw=0.8, label="of this run")
    figures.legend(axes)


def _variances(axes: Any, arrays: Arrays, summary: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    figures.plain(axes, "What the teacher evokes", "cost of an image", "variance of p over units")
    for k, (name, colour) in enumerate(_layers(len(arrays["image/evoked_variance"]), False)):
        shown = np.maximum(arrays["image/evoked_variance"][k], 1e-16)
        axes.loglog(np.maximum(arrays["image/cost"], 1e-6), shown, ".", ms=1.5, color=colour, label=name)
    figures.legend(axes, markerscale=4)


# ---- many runs -------------------------------------------------------------------------------------------------------

_COLOURS = {
    "backprop": "#000000",
    "burst": figures.RED,
    "one_phase": figures.DARK_PURPLE,
    "feedback_alignment": figures.GREEN,
    "node_perturbation": figures.GREY,
}
_LINES = {"symmetric": "-", "learned": "--", "random": ":"}


def style(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How a rule's line looks: colour by rule, dashes by feedback, thin without recurrent weights."""
    rule = str(parameters["rule"])
    solid = rule in ("backprop", "node_perturbation")
    thin = rule == "burst" and parameters["recurrent"] == "off"
    line = "-" if solid else _LINES[str(parameters["feedback"])]
    return {"color": _COLOURS[rule], "ls": line, "lw": 0.9 if thin else 1.5}


def compared(runs: Runs, part: str = "test") -> Any:
    """Rules beside each other: errors at the end and over epochs, and angles of feedback and signals by layer.

    The lines of the first panel, with a rule's name beside each, are the key to all.

    Parameters
    ----------
    runs : sequence of (parameters, arrays of each seed)
    part : str
        Whose errors these are.
    """
    canvas = figures.canvas(9.2, 6.2)
    grid = canvas.add_gridspec(2, 2)
    _last_errors(figures.panel(canvas, grid[0, 0], "Error at the end, each seed", f"{part} error (%)"), runs)
    errors = figures.panel(canvas, grid[0, 1], "Error over epochs, mean and range", "epoch", f"{part} error (%)")
    for parameters, seeds in runs:
        _over_epochs(errors, parameters, seeds)
    errors.set_ylim(0)
    with_angles = [(parameters, seeds) for parameters, seeds in runs if parameters["rule"] != "backprop"]
    for column, (name, title) in enumerate(
        (("angle_feedback", "Weights down against weights up"), ("angle_signal", "Signals against backprop's"))
    ):
        axes = figures.panel(canvas, grid[1, column], f"{title}, at the end", "hidden layer", "angle (degrees)")
        _angles(axes, [run for run in with_angles if f"epoch/{name}" in run[1][0]], name)
    return canvas


def _last_errors(axes: Any, runs: Runs) -> None:
    for row, (parameters, seeds) in enumerate(runs):
        last = [100 * float(arrays["epoch/error"][-1]) for arrays in seeds]
        look = style(parameters)
        axes.plot([0, max(last)], [row, row], zorder=1, **look)
        axes.plot(last, [row] * len(last), "o", ms=4, mfc="white", color=look["color"])
    figures.names(axes.yaxis, range(len(runs)), [rule_name(parameters) for parameters, _ in runs])
    axes.set_xlim(0)
    axes.set_ylim(len(runs) - 0.5, -0.5)


def _angles(axes: Any, runs: Runs, name: str) -> None:
    """Mean and SD over seeds; at each layer rules stand beside each other, for many have equal angles."""
    for place, (parameters, seeds) in enumerate(runs):
        last = np.stack([arrays[f"epoch/{name}"][-1] for arrays in seeds])
        last = last[:, :-1] if name == "angle_signal" else last
        layers = 1 + np.arange(last.shape[1])
        spread = last.std(axis=0, ddof=1) if len(last) > 1 else None
        x = layers + 0.4 * ((place + 0.5) / len(runs) - 0.5)
        axes.errorbar(x, last.mean(axis=0), spread, marker="o", ms=3.5, **style(parameters))
        axes.set_xticks(layers)
    _chance(axes, 1.25)
    axes.set_ylim(-3, 104)


def against_depth(runs: Runs, part: str = "test") -> Any:
    """Error at the end against the number of hidden layers, a line for each rule; of convolutions over epochs.

    Parameters
    ----------
    runs, part
        As of `compared`.
    """
    dense, convolutional = (
        [run for run in runs if run[0]["network"] == network] for network in ("dense", "convolutional")
    )
    panels = [(draw, some) for draw, some in ((_depths, dense), (_epochs, convolutional)) if some]
    canvas = figures.canvas(4.6 * len(panels), 3.4)
    grid = canvas.add_gridspec(1, len(panels))
    for place, (draw, some) in enumerate(panels):
        draw(canvas, grid[place], some, f"{part} error (%)")
    return canvas


def _depths(canvas: Any, place: Any, runs: Runs, ylabel: str) -> None:
    depths = sorted({len(parameters["hidden"]) for parameters, _ in runs})
    axes = figures.panel(canvas, place, "Dense layers", "hidden layers", ylabel)
    for name in dict.fromkeys(rule_name(parameters) for parameters, _ in runs):
        own = [(parameters, seeds) for parameters, seeds in runs if rule_name(parameters) == name]
        last = [np.array([100 * arrays["epoch/error"][-1] for arrays in seeds]) for _, seeds in own]
        x = [len(parameters["hidden"]) for parameters, _ in own]
        spread = [each.std(ddof=1) if len(each) > 1 else 0 for each in last]
        axes.errorbar(
            x, [each.mean() for each in last], spread, marker="o", ms=4, capsize=2, label=name, **style(own[0][0])
        )
    axes.set_ylim(0, 95)
    axes.set_xticks(depths)
    figures.legend(axes)


def _epochs(canvas: Any, place: Any, runs: Runs, ylabel: str) -> None:
    axes = figures.panel(canvas, place, "Convolutions", "epoch", ylabel)
    for parameters, seeds in runs:
        _over_epochs(axes, parameters, seeds)
    axes.set_ylim(0, 95)
    figures.legend(axes)


def _over_epochs(axes: Any, parameters: Mapping[str, Any], seeds: Sequence[Arrays]) -> None:
    """Mean error and the range over seeds, from the first epoch on."""
    every = 100 * np.stack([arrays["epoch/error"] for arrays in seeds])[:, 1:]
    known, epoch = style(parameters), 1 + np.arange(every.shape[1])
    axes.plot(epoch, every.mean(axis=0), label=rule_name(parameters), **known)
    axes.fill_between(epoch, every.min(axis=0), every.max(axis=0), color=known["color"], alpha=0.12, lw=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
