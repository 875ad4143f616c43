"""Figures from saved arrays and numbers. The only module that knows matplotlib."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

# Okabe and Ito: told apart with every kind of colour vision.
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#777777"
LAYER_COLOURS = {"input1": "#56B4E9", "input2": BLUE, "hidden1": ORANGE, "hidden2": GREEN, "output": RED}

_MORE_COLOURS = (PURPLE, "#F0E442", *LAYER_COLOURS.values())

STYLE = {"fontsize": 9}


class _Shown(Figure):
    """A figure that a notebook shows, with or without pyplot."""

    def _repr_png_(self) -> bytes:
        with io.BytesIO() as file:
            self.savefig(file, format="png", dpi=100)
            return file.getvalue()


def canvas(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches."""
    return _Shown(figsize=(width, height), layout="constrained")


def colours(populations: Iterable[str]) -> dict[str, str]:
    """A colour for each population: those that are known, and others for the rest, in turn."""
    rest = cycle(_MORE_COLOURS)
    return {name: LAYER_COLOURS[name] if name in LAYER_COLOURS else next(rest) for name in populations}


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
