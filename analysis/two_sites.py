"""How well networks with two sites of integration learn: errors in windows of steps, decisions, and the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import figures
from .learning import solved


def errors(response: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Distance of responses from their targets.

    Parameters
    ----------
    response : array, shape (..., runs)
        Activity of the output.
    target : array of 0 and 1, same shape

    Returns
    -------
    array, same shape
        0 to 1; 0.5 is chance.
    """
    return np.abs(np.asarray(target, dtype=float) - response)


def count_solved(response: np.ndarray, targets: Sequence[int]) -> int:
    """How many runs are right for every example, of `response` with shape (examples, runs)."""
    return sum(solved(each, targets, 0.5) for each in np.asarray(response).T)


def in_blocks(values: np.ndarray, width: int) -> np.ndarray:
    """Means over blocks of `width` steps, shape (..., steps // width); what is left at the end does not count."""
    blocks = values.shape[-1] // width
    return values[..., : blocks * width].reshape(*values.shape[:-1], blocks, width).mean(axis=-1)


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Error over steps, error after learning against the mixing, and responses with and without."""
    canvas = figures.canvas(11, 6)
    grid = canvas.add_gridspec(2, 4)
    mixing = arrays["network/mixing"]
    title = f"Learning: mean over {summary['n_runs']} runs, and their range from the best to the worst (bands)"
    _learning(figures.panel(canvas, grid[0, 0:3], title, "presentation", "error"), arrays, mixing, summary)
    title = "Each run, and mean"
    axes = figures.panel(canvas, grid[0, 3], title, "mixed (%)", "error after learning")
    _against_mixing(axes, arrays, mixing)
    chosen = dict.fromkeys((0, len(mixing) - 1))
    for place, (k, when) in enumerate((k, when) for k in chosen for when in ("before", "after")):
        title = f"{_name(mixing[k])}, {when}"
        axes = figures.panel(canvas, grid[1, place], title, "input", "response of each run" if place == 0 else "")
        shown = arrays[f"response/{when}"][k]
        for example, target in enumerate(summary["targets"]):
            axes.plot([example - 0.35, example + 0.35], [target, target], color=figures.GREY, lw=1.2, zorder=0)
        spread = np.linspace(-0.22, 0.22, shown.shape[1])
        axes.plot(np.arange(4)[:, None] + spread, shown, "o", ms=3.5, color=_colour(k, mixing))
        figures.names(axes.xaxis, range(4), _INPUTS)
        axes.set_ylim(-0.05, 1.05)
    return canvas


_INPUTS = ("(0,0)", "(1,0)", "(0,1)", "(1,1)")


# Of which the first lie on each other.
_DASHES = ("-", "--", ":", "-.")


def _colour(k: int, mixing: np.ndarray) -> Any:
    return figures.shade(k / max(1, len(mixing) - 1))


def _name(fraction: float) -> str:
    return "no mixing" if fraction == 0 else f"{100 * fraction:.3g} % mixed"


def _learning(axes: Any, arrays: Mapping[str, np.ndarray], mixing: np.ndarray, summary: Mapping[str, Any]) -> None:
    step, error = arrays["block/step"], arrays["block/error"]
    for k, fraction in enumerate(mixing):
        colour = _colour(k, mixing)
        axes.fill_between(step, error[k].min(axis=0), error[k].max(axis=0), color=colour, alpha=0.15, lw=0)
        label = f"{_name(fraction)}: {summary['runs_solved'][k]} of {summary['n_runs']} solved"
        axes.plot(step, error[k].mean(axis=0), color=colour, ls=_DASHES[k % len(_DASHES)], lw=1.4, label=label)
    figures.threshold(axes, 0.5)
    axes.set_ylim(0, 1.05 * max(0.6, float(error.max())))
    axes.set_xlim(0, step[-1])
    figures.legend(axes)


def _against_mixing(axes: Any, arrays: Mapping[str, np.ndarray], mixing: np.ndarray) -> None:
    places = np.arange(len(mixing))
    after = arrays["network/error_end"]
    axes.plot(places, after.mean(axis=1), "-", color=figures.GREY, lw=1)
    beside = np.linspace(-0.3, 0.3, after.shape[1])
    for k, each in enumerate(after):
        axes.plot(k + beside, each, "o", ms=3.5, mfc="none", color=_colour(k, mixing))
    figures.threshold(axes, 0.5)
    figures.note(axes, places[0] - 0.3, 0.505, "chance", va="bottom")
    figures.names(axes.xaxis, places, [f"{100 * fraction:.3g}" for fraction in mixing])
    axes.set_ylim(0, 1.05 * max(0.6, float(after.max())))
