"""Figure of a study of sensitivity: bars with intervals, and outputs against what moves them most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .figures import GREY, RED, canvas, edged, guide, heading, legend, names, panel, shade

SEED = "(seed)"
_FIRST, _SECOND = shade(1.0), shade(0.35)
MOST_OUTPUTS, MOST_BARS, SCATTERS = 6, 16, 2
# What ranks parameters, and what stands on the axis.
MAIN = {"sobol": "total", "morris": "mu_star", "local": "largest"}
LABELS = {
    "sobol": "share of the variance",
    "morris": "mean effect of the whole range, absolute",
    "local": "change of the output",
}


def main_of(indices: Mapping[str, np.ndarray], method: str) -> np.ndarray:
    """The number by which parameters are ranked, for each row of a table of indices."""
    if method == "local":
        return np.fmax(np.abs(indices["at_low"]), np.abs(indices["at_high"]))
    return indices[MAIN[method]]


def ranked(indices: Mapping[str, np.ndarray], method: str, output: str) -> list[int]:
    """The rows of an output's parameters, without the seed: the most important first, what has no number last."""
    main = main_of(indices, method)
    rows = [k for k in np.flatnonzero(indices["output"] == output) if indices["parameter"][k] != SEED]
    return sorted(rows, key=lambda k: (np.isnan(main[k]), -main[k], k))


def figure(
    indices: Mapping[str, np.ndarray],
    table: Mapping[str, np.ndarray],
    units: Mapping[str, str],
    method: str,
    experiment: str,
) -> Any:
    """A row of panels for each output.

    Parameters
    ----------
    indices : mapping of str to array
        Columns: output, parameter, and the indices of the method (experiments/runs/indices.py).
    table : mapping of str to array, shape (runs,)
        All runs.
    units : mapping of str to str
        Of the parameters.
    method : {"sobol", "morris", "local"}
    experiment : str
        For the title.
    """
    outputs = list(dict.fromkeys(indices["output"].tolist()))[:MOST_OUTPUTS]
    bars = min(MOST_BARS, len(indices["parameter"]) // len(outputs))
    drawn = canvas(11, 0.5 + len(outputs) * max(2.4, 0.6 + 0.2 * bars))
    grid = drawn.add_gridspec(len(outputs), 1 + SCATTERS, width_ratios=[1.5] + [1] * SCATTERS)
    for row, output in enumerate(outputs):
        order = ranked(indices, method, output)
        values = table.get(output, np.full(len(table["run"]), np.nan))
        _bars(panel(drawn, grid[row, 0], output, LABELS[method]), indices, method, output, order)
        for k, which in enumerate(order[:SCATTERS]):
            name = str(indices["parameter"][which])
            axes = panel(drawn, grid[row, 1 + k], "", f"{name} ({units[name]})" if units[name] else name, output)
            axes.plot(table[name], values, ".", color=_SECOND, ms=2)
            missing = ~np.isfinite(values)
            if missing.any():
                axes.plot(table[name][missing], np.full(missing.sum(), -0.03), "x", color=RED, ms=3, clip_on=False,
                          transform=axes.get_xaxis_transform())  # fmt: skip
                # Between the axis and its numbers.
                axes.tick_params(axis="x", pad=8)
    states = table["state"]
    done = int(np.count_nonzero(states == "done"))
    lost = ", ".join(
        f"{np.count_nonzero(states == state)} {state}" for state in ("failed", "diverged") if state in states
    )
    heading(drawn, f"{experiment}, {method}: {done} of {len(states)} runs done{', ' + lost if lost else ''}")
    return drawn


def _bars(axes: Any, indices: Mapping[str, np.ndarray], method: str, output: str, order: list[int]) -> None:
    (seed,) = np.flatnonzero((indices["output"] == output) & (indices["parameter"] == SEED))
    shown = [*order[: MOST_BARS - 1], int(seed)]
    places = np.arange(len(shown))
    colours = [GREY if k == seed else _SECOND for k in shown]
    if method == "sobol":
        _bar(axes, places - 0.2, indices, "first", shown, [_FIRST] * len(shown), "first order")
        _bar(axes, places + 0.2, indices, "total", shown, colours, "total")
        legend(axes)
    elif method == "morris":
        _bar(axes, places, indices, "mu_star", shown, colours, "")
    else:
        for name, colour, shift in (("at_low", _FIRST, -0.2), ("at_high", _SECOND, 0.2)):
            error = np.nan_to_num(indices[f"{name}_error"][shown])
            bars = axes.barh(
                places + shift, indices[name][shown], 0.38, xerr=error, color=colour, error_kw={"lw": 0.8},
                label=name.replace("_", " "),
            )  # fmt: skip
            edged(bars.errorbar.lines[2])
        legend(axes)
    guide(axes, [0])
    names(axes.yaxis, places, [str(indices["parameter"][k]) for k in shown])
    axes.invert_yaxis()


def _bar(
    axes: Any, places: np.ndarray, indices: Mapping[str, np.ndarray], name: str, rows: list[int], colours: list[str],
    label: str,
) -> None:  # fmt: skip
    value = indices[name][rows]
    interval = np.abs(np.stack([value - indices[f"{name}_low"][rows], indices[f"{name}_high"][rows] - value]))
    height = 0.38 if label else 0.7
    bars = axes.barh(
        places, value, height, xerr=np.nan_to_num(interval), color=colours, error_kw={"lw": 0.8}, label=label
    )
    edged(bars.errorbar.lines[2])
