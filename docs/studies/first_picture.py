"""The picture of the first page: what the cell does, what multiplexing is, and the rule. Three runs of some seconds.

It is drawn twice, wide for a screen and high for a phone.

python docs/studies/first_picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import pA
from matplotlib.patches import Polygon, Rectangle

from burstlab.analysis.figures import BLUE, GREY, ORANGE, RED, canvas, panel
from burstlab.analysis.multiplexing import signals
from burstlab.experiments import run

FIGURES = Path(__file__).parent.parent / "figures"


def cell(figure: Any, grid: Any, arrays: Any) -> None:
    """A sketch of the cell, and what it does without and with a current into its dendrite."""
    left, right = grid.subgridspec(1, 2, width_ratios=(1, 2.1))
    sketch(figure.add_subplot(left))
    rows = right.subgridspec(2, 1)
    for k, title in enumerate(("soma alone: single spikes", "soma and dendrite: bursts")):
        axes = panel(figure, rows[k], title)
        inside = (arrays["trace/time"] > 0.08) & (arrays["trace/time"] < 0.62)
        time = 1e3 * arrays["trace/time"][inside] - 100
        axes.plot(time, 1e3 * arrays["trace/v_d"][k][inside], color=ORANGE, lw=1)
        axes.plot(time, 1e3 * arrays["trace/v_s"][k][inside], color=BLUE, lw=1)
        for name, marker, colour, height in (("events", "o", BLUE, 45), ("bursts", "v", RED, 62)):
            moments = 1e3 * arrays[f"{name}/time"][arrays[f"{name}/cell"] == k] - 100
            axes.plot(moments, np.full(len(moments), height), marker, color=colour, ms=5)
            if k == 1:
                axes.text(moments[0] + 18, height, name[:-1], color=colour, fontsize=8, va="center")
        axes.set(ylim=(-95, 75), ylabel="mV")
        if k == 0:
            axes.tick_params(labelbottom=False)
        else:
            axes.set_xlabel("time (ms)", fontsize=9)


def sketch(axes: Any) -> None:
    """Soma and apical dendrite, what comes in and what goes out."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    axes.add_patch(Rectangle((0.46, 0.36), 0.08, 0.42, color=ORANGE))
    for side in (-1, 1):
        axes.plot([0.5, 0.5 + 0.28 * side], [0.77, 0.93], color=ORANGE, lw=4, solid_capstyle="round")
    axes.add_patch(Polygon([(0.3, 0.24), (0.7, 0.24), (0.5, 0.42)], color=BLUE))
    arrow = {"arrowstyle": "-|>", "lw": 1.6}
    text = {"fontsize": 9, "ha": "center", "va": "center"}
    axes.annotate("", (0.5, 0.22), (0.5, 0.08), arrowprops=arrow | {"color": BLUE})
    axes.text(0.5, 0.03, "prediction: events", color=BLUE, **text)
    axes.annotate("", (0.5, 0.84), (0.5, 0.98), arrowprops=arrow | {"color": ORANGE})
    axes.text(0.5, 1.03, "teaching: bursts", color=ORANGE, **text)
    axes.text(0.62, 0.58, "dendrite", color=ORANGE, fontsize=9, va="center")
    axes.text(0.72, 0.3, "soma", color=BLUE, fontsize=9, va="center")


def multiplexing(figure: Any, grid: Any, arrays: Any) -> None:
    """Two messages that the cells of the upper population carry at once, beside the currents that they come from."""
    found = signals(arrays)
    time = arrays["bin/time"]
    inside = time > 1
    rows = (
        ("their events: from below", "somatic_current", "upper_er", BLUE, "event rate (Hz)", 1),
        ("their bursts: from above", "dendritic_current", "upper_bp", RED, "burst probability (%)", 100),
    )
    for place, (title, current, read, colour, label, factor) in zip(grid.subgridspec(2, 1), rows, strict=True):
        axes = panel(figure, place, title, ylabel=label)
        values = factor * found[read][inside]
        given = found[current][inside]
        scaled = (given - given.mean()) / np.ptp(given) * 2 * np.sqrt(2) * np.nanstd(values) + np.nanmean(values)
        axes.plot(time[inside], scaled, color=GREY, lw=1, ls="--")
        axes.plot(time[inside], values, color=colour, lw=1.4)
        axes.set_ylim(0, None)
        axes.set_xticks(range(1, 5))
    axes.set_xlabel("time (s); dashed: the current that was sent", fontsize=9)


def rule(figure: Any, grid: Any, arrays: Any) -> None:
    """How a weight changes with the burst probability of the target, where the usual one is 0.2."""
    axes = panel(figure, grid, "bursts against the usual", ylabel="change of the weight")
    p = 100 * arrays["burst_poisson/probability"]
    change = arrays["burst_poisson/change"][1]
    mean, error = change.mean(1), change.std(1, ddof=1) / np.sqrt(change.shape[1])
    axes.axhline(0, color=GREY, lw=0.8)
    axes.axvline(20, color=GREY, lw=0.8, ls="--")
    axes.fill_between(p, 0, mean, where=mean >= 0, interpolate=True, color=RED, alpha=0.15, lw=0)
    axes.fill_between(p, 0, mean, where=mean <= 0, interpolate=True, color=BLUE, alpha=0.15, lw=0)
    axes.errorbar(p, mean, error, fmt="o-", color="black", ms=4, lw=1)
    for x, y, words, colour in (
        (49, 0.3, "stronger", RED),
        (1, -0.4, "weaker", BLUE),
        (21, -1.4, "the usual\nprobability", GREY),
    ):
        axes.text(x, y, words, fontsize=9, color=colour, ha="right" if x > 40 else "left", va="center")
    axes.set_xlabel("burst probability of the target (%)", fontsize=9)


def main() -> None:
    """Run what is needed and draw it."""
    with tempfile.TemporaryDirectory() as folder:
        steps = run(
            "current_steps",
            somatic_current=[500, 500] * pA,
            dendritic_current=[0, 400] * pA,
            out=f"{folder}/steps",
        )
        streams = run("multiplexing", preset="paper", out=f"{folder}/streams")
        pairing = run("pairing", out=f"{folder}/pairing")
        drawn = (
            ("The cell", cell, steps.arrays),
            ("Multiplexing: 4000 cells", multiplexing, streams.arrays),
            ("The rule", rule, pairing.arrays),
        )
        wide, high = canvas(11, 4.1), canvas(5, 11)
        for figure, parts, file in (
            (wide, wide.subfigures(1, 3, width_ratios=(1.4, 1, 0.9)), "first.png"),
            (high, high.subfigures(3, 1), "first_high.png"),
        ):
            for part, (title, draw, arrays) in zip(parts, drawn, strict=True):
                part.suptitle(title, fontsize=13, fontweight="bold")
                draw(part, part.add_gridspec(1, 1)[0], arrays)
            figure.savefig(FIGURES / file, dpi=150)


if __name__ == "__main__":
    main()
