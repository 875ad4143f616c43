"""Panels on credit (credit.py): burst signals beside gradients, and the fields of hidden units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .figures import BLACK, GREY, TARGETS, Figure, bar, legend, panel, shade

# Fields of hidden units, in rows of this many.
_FIELDS_ACROSS = 5


def agreement(figure: Figure, place: Any, epochs: np.ndarray, arrays: Mapping[str, np.ndarray]) -> None:
    """Of each epoch, the correlation of burst signals with the gradient, mean over units."""
    axes = panel(figure, place, "Burst signal and gradient", "epoch", "correlation, mean over units")
    for name, label, colour in (("output", "outputs", BLACK), ("hidden", "hidden", shade(1))):
        axes.plot(epochs, arrays[f"epoch/{name}_agreement"], color=colour, lw=1.2, label=label)
    axes.axhline(0, color=GREY, lw=0.7)
    legend(axes)


def course(figure: Figure, place: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """When in an example hidden units burst more than usual in the gradient's direction."""
    title, label = "Hidden bursts and gradient", "excess bursts (% of events)"
    axes = panel(figure, place, title, "time in an example (s)", label)
    time = arrays["step/time"]
    middle = time + (time[1] - time[0]) / 2 if len(time) > 1 else time
    for name, label, colour in (("wrong", "answered wrong", TARGETS[0]), ("right", "answered right", TARGETS[1])):
        axes.plot(middle, 100 * arrays[f"step/hidden_{name}"], "o-", ms=4, lw=1.2, color=colour, label=label)
    axes.axhline(0, color=GREY, lw=0.7)
    axes.set_xlim(left=0)
    legend(axes)


def fields(figure: Figure, place: Any, weights: np.ndarray, pairs: bool) -> None:
    """Weights of a cell of each hidden unit from inputs, or `pairs` of them; images where they are a square."""
    side = round(np.sqrt(weights.shape[1]))
    axes = panel(figure, place, "Weights from the inputs", "", "")
    most = float(np.abs(weights).max()) or 1.0
    if side**2 != weights.shape[1]:
        axes.set_xlabel("input")
        axes.set_ylabel("hidden unit")
        image = axes.imshow(weights, aspect="auto", interpolation="nearest", cmap="RdBu_r", vmin=-most, vmax=most)
    else:
        across = min(_FIELDS_ACROSS, len(weights))
        shown = weights[: across * min(_FIELDS_ACROSS, len(weights) // across)]
        tiles = np.full((len(shown) // across, across, side + 1, side + 1), np.nan)
        tiles[..., :side, :side] = shown.reshape(-1, across, side, side)
        mosaic = tiles.transpose(0, 2, 1, 3).reshape(-1, across * (side + 1))[:-1, :-1]
        image = axes.imshow(mosaic, interpolation="nearest", cmap="RdBu_r", vmin=-most, vmax=most)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel(f"{len(shown)} of {len(weights)} hidden units")
    bar(figure, image, axes, "weight of a cell from an input" + (", on less off" if pairs else ""))
