"""Two runs of an experiment in one figure: the curves of one over those of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from . import figures
from .learning_figures import Layers, every, rows, wanted

# The first run and the second.
_COLOURS, _DASHES = (figures.BLACK, figures.GREY), ("-", "--")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is drawn of a run: its label, arrays and summary."""

    label: str
    arrays: Mapping[str, np.ndarray]
    summary: Mapping[str, Any]


def block_means(values: np.ndarray, size: int) -> np.ndarray:
    """Means of blocks of `size` values that follow each other; what is left at the end is a block too."""
    starts = np.arange(0, len(values), size)
    return np.add.reduceat(np.asarray(values, dtype=float), starts) / np.diff(np.append(starts, len(values)))


def laid_over(first: Any, second: Any, labels: Sequence[str]) -> Any:
    """The first of two figures of an experiment with the lines of the second in it, dashed; both have the same panels.

    Of maps of one shape the difference is shown; others are those of the first. Titles of both are above.

    Raises
    ------
    ValueError
        If they have not.
    """
    if len(first.axes) != len(second.axes):
        raise ValueError(f"{len(first.axes)} and {len(second.axes)} panels")
    bars = [image.colorbar.ax for axes in first.axes for image in axes.images if image.colorbar]
    for below, above in zip(first.axes, second.axes, strict=True):
        if below in bars:
            continue
        limits = [(axes.get_xlim(), axes.get_ylim()) for axes in (below, above)]
        for line in above.lines:
            # Straight lines across a panel, such as thresholds, are in units of the panel.
            if line.get_transform() == above.transData:
                below.plot(
                    line.get_xdata(), line.get_ydata(), marker=line.get_marker(), ms=line.get_markersize(), mfc="none",
                    color=line.get_color(), mec=line.get_markeredgecolor(), drawstyle=line.get_drawstyle(),
                    ls="--" if line.get_linestyle() != "None" else "None", lw=line.get_linewidth(),
                )  # fmt: skip
        for place, reach in zip((below.set_xlim, below.set_ylim), zip(*limits, strict=True), strict=True):
            place(min(edge[0] for edge in reach), max(edge[1] for edge in reach))
        _differences(below, above)
    handles = [first.axes[0].plot([], [], color=figures.BLACK, ls=dash)[0] for dash in _DASHES]
    first.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    said = [drawn.get_suptitle() for drawn in (first, second)]
    if said[0] != said[1]:
        figures.heading(first, "\n".join(f"{label}: {text}" for label, text in zip(labels, said, strict=True)))
    return first


def _differences(below: Any, above: Any) -> None:
    """Maps of a panel, such as answers by class, as what the second has more."""
    said = []
    for first, second in zip(below.images, above.images, strict=False):
        # What either has no value for has no difference.
        values = [np.ma.masked_invalid(np.ma.asarray(image.get_array()).astype(float)) for image in (first, second)]
        if values[0].shape == values[1].shape:
            change = values[1] - values[0]
            most = float(np.abs(change.compressed()).max(initial=1e-12))
            first.set(data=change, cmap="RdBu_r", clim=(-most, most))
            said.append("second minus first")
        else:
            said.append("the first alone")
    for words in dict.fromkeys(said):
        figures.add_to_title(below, words)


def learned(runs: Sequence[Run], layers: Layers, patterns: Sequence[str]) -> Any:
    """Cost of the epochs, output and hidden rates that answer the inputs, and mean weights; learning_figures.py."""
    figure = figures.canvas(10, 6)
    grid = figure.add_gridspec(2, 2)
    cost = figures.panel(figure, grid[0, 0], "Cost, means of 10 epochs", "epoch", "cross-entropy of an epoch")
    for run, colour in zip(runs, _COLOURS, strict=False):
        if "epoch/cost" in run.arrays:
            epochs = 1 + np.arange(len(run.arrays["epoch/cost"]))
            middle, means = (block_means(values, 10) for values in (epochs, run.arrays["epoch/cost"]))
            cost.plot(middle, means, ".-", color=colour, lw=1.2, ms=4, label=run.label)
    cost.set_ylim(bottom=0)
    output = figures.panel(figure, grid[0, 1], "Output, last test", "input", "event rate (Hz)")
    _answers(output, runs, layers, "output", patterns)
    hidden = figures.panel(figure, grid[1, 0], "Hidden layer, last test", "input", "event rate (Hz)")
    _answers(hidden, runs, layers, "hidden", patterns)
    weights = figures.panel(figure, grid[1, 1], "Mean weights", "time (s)", "weight (× leak conductance)")
    colours = figures.colours(every(layers))
    for run, dash in zip(runs, _DASHES, strict=False):
        for k, name in enumerate((*layers["hidden"], *layers["output"])):
            time, values = run.arrays["weight_mean/time"], run.arrays["weight_mean/value"][:, k]
            weights.plot(time, values, color=colours[name], ls=dash, lw=1.2, label=f"onto {name}, {run.label}")
    weights.set_ylim(0, 1.1 * max(run.arrays["weight_mean/value"].max() for run in runs))
    figures.legend(weights)
    # Cost and rates have the colours of the runs, whichever of them a run has.
    lines = output.get_legend_handles_labels()
    figure.legend(*lines, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _answers(axes: Any, runs: Sequence[Run], layers: Layers, layer: str, patterns: Sequence[str]) -> None:
    several, answered = len(layers[layer]) > 1, set()
    for run, colour, shift in zip(runs, _COLOURS, (-0.08, 0.08), strict=False):
        n = len(wanted(run.summary["targets"], layers))
        shown = run.arrays["example/shown"][-n:]
        answered.update(shown.tolist())
        for name, row, marker in zip(layers[layer], rows(layers, layer), cycle("osv^D"), strict=False):
            rates = run.arrays["example/event_rate"][row, -n:]
            label = f"{name}, {run.label}" if several else run.label
            axes.plot(shown + shift, rates, marker, color=colour, ms=5, label=label)
        if layer == "output":
            figures.threshold(axes, run.summary["decision_threshold_Hz"])
    ticks = sorted(answered)
    figures.names(axes.xaxis, ticks, [patterns[k] for k in ticks])
    axes.set_ylim(bottom=0)
    if several:
        figures.legend(axes)


def current_steps(runs: Sequence[Run]) -> Any:
    """Somatic and dendritic voltage of the cells that both runs have."""
    n = min(len(run.arrays["trace/v_s"]) for run in runs)
    figure = figures.canvas(11, 1 + 1.7 * n)
    every = figure.subplots(n, 2, sharex=True, sharey="col", squeeze=False)
    for k, row in enumerate(every):
        for axes, name, words in zip(row, ("v_s", "v_d"), ("soma", "dendrite"), strict=True):
            figures.plain(axes, f"cell {k}, {words}", ylabel="voltage (mV)")
            for run, colour, dash in zip(runs, _COLOURS, _DASHES, strict=False):
                time, voltage = run.arrays["trace/time"], run.arrays[f"trace/{name}"][k]
                axes.plot(1e3 * time, 1e3 * voltage, color=colour, ls=dash, lw=0.9, label=run.label)
    for axes in every[-1]:
        axes.set_xlabel("time (ms)")
    figure.legend(*every[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure
