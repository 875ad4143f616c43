"""The figure of arrays of which nothing is known but their units and dimensions: one panel for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .figures import BLACK, canvas, panel, shade

# More lines or panels than these are no figure.
MOST_ROWS, MOST_PANELS = 10, 12


def figure(arrays: Mapping[str, np.ndarray], layout: Mapping[str, Any]) -> Any:
    """Traces over time, spikes as dots, anything else as lines.

    Parameters
    ----------
    arrays : mapping of str to array
        By name, "group/name"; the times of a group are its "time".
    layout : mapping
        `units` and `dims` of each.
    """
    shown = [name for name in arrays if not _is_beside(name, arrays)][:MOST_PANELS]
    drawn = canvas(7, 1 + 1.6 * max(1, len(shown)))
    grid = drawn.add_gridspec(max(1, len(shown)), 1)
    for k, name in enumerate(shown):
        group, _, last = name.rpartition("/")
        time = arrays.get(f"{group}/time")
        units = f" ({layout[name].units})" if layout[name].units != "1" else ""
        axes = panel(drawn, grid[k], group, "time (s)" if time is not None else layout[name].dims[-1], last + units)
        if last == "cell" and time is not None:
            axes.plot(time, arrays[name], ".", color=BLACK, markersize=2)
            continue
        rows = np.atleast_2d(arrays[name])[:MOST_ROWS]
        x = time if time is not None and len(time) == rows.shape[1] else np.arange(rows.shape[1])
        for row, values in enumerate(rows):
            axes.plot(x, values, color=shade(row / max(1, len(rows) - 1)), linewidth=0.8)
    if not shown:
        panel(drawn, grid[0], "no arrays")
    return drawn


def _is_beside(name: str, arrays: Mapping[str, np.ndarray]) -> bool:
    """Times, and what has no numbers; numbers of cells are beside traces, and shown themselves of spikes."""
    group, _, last = name.rpartition("/")
    traces = any(other.startswith(f"{group}/") and np.ndim(arrays[other]) == 2 for other in arrays)
    return last == "time" or (last == "cell" and traces) or not 1 <= np.ndim(arrays[name]) <= 2
