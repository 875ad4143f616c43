"""How a population answers to currents: event rate and burst probability, and their curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .bursts import Bursts, burst_probability, count_per_cell
from .figures import BLUE, ORANGE, RED, canvas, legend, panel, tint

_MARKERS = ("o-", "s--", "^:")
_TRACE_S = 1.5  # of the end of a trace: more cannot be told apart


@dataclass(frozen=True, kw_only=True)
class Response:
    """Answers of groups of equal cells, and their standard errors over the cells; arrays of shape (groups,).

    Attributes
    ----------
    event_rate, burst_rate, event_rate_error : array
        In Hz per cell.
    burst_probability, burst_probability_error : array
        A fraction; NaN in a group without events.
    """

    event_rate: np.ndarray
    event_rate_error: np.ndarray
    burst_rate: np.ndarray
    burst_probability: np.ndarray
    burst_probability_error: np.ndarray


def measure(found: Bursts, n_groups: int, cells_per_group: int, begin: float, end: float) -> Response:
    """Answers of groups of cells that are counted one after the other.

    Parameters
    ----------
    found : Bursts
        Events and bursts; cell c belongs to group c // cells_per_group.
    n_groups, cells_per_group : int
    begin, end : float
        What happens in this window (s) counts.

    Returns
    -------
    Response
        The error of the burst probability is that of a ratio of means over independent cells.
    """
    events, bursts = (
        count_per_cell(cell[(time >= begin) & (time < end)], n_groups * cells_per_group).reshape(n_groups, -1)
        for cell, time in ((found.event_cell, found.event_time), (found.burst_cell, found.burst_time))
    )
    seconds = end - begin
    probability = burst_probability(bursts.sum(axis=1), events.sum(axis=1))
    residual = bursts - probability[:, np.newaxis] * events
    mean_events = events.mean(axis=1)
    return Response(
        event_rate=mean_events / seconds,
        event_rate_error=_error_of_mean(events) / seconds,
        burst_rate=bursts.mean(axis=1) / seconds,
        burst_probability=probability,
        burst_probability_error=np.divide(
            _error_of_mean(residual), mean_events, out=np.full(n_groups, np.nan), where=mean_events > 0
        ),
    )


def _error_of_mean(values: np.ndarray) -> np.ndarray:
    cells = values.shape[1]
    return values.std(axis=1, ddof=1) / np.sqrt(cells) if cells > 1 else np.full(len(values), np.nan)


# ---- figure ----------------------------------------------------------------------------------------------------------


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """A voltage trace at the first currents; below it event rate and burst probability against both currents."""
    drawn = canvas(9, 8)
    grid = drawn.add_gridspec(3, 2, height_ratios=[0.8, 1, 1])
    _trace(drawn, grid[0, :], arrays, summary)
    columns = (
        ("somatic", "dendritic", "I_d", ORANGE, "f-I: event rate", "Burst probability"),
        ("dendritic", "somatic", "I_s", BLUE, "Event rate", "BP: burst probability"),
    )
    for column, (swept, fixed, symbol, base, rate_title, probability_title) in enumerate(columns):
        along = f"{swept} current (pA)"
        rate = panel(drawn, grid[1, column], f"{rate_title} by {swept} current", along, "event rate (Hz)")
        probability = panel(
            drawn, grid[2, column], f"{probability_title} by {swept} current", along, "bursts per event (%)"
        )
        values = summary[f"{fixed}_current_pA"]
        for k, value in enumerate(values):
            fmt = _MARKERS[k % len(_MARKERS)]
            style = {"fmt": fmt, "color": tint(base, k / max(1, len(values) - 1)), "label": f"{symbol} = {value:g} pA"}
            _curve(rate, arrays, f"{swept}_sweep", "event_rate", k, 1, style)
            _curve(probability, arrays, f"{swept}_sweep", "burst_probability", k, 100, style)
        rate.set_ylim(0, 1.05 * max(arrays[f"{each[0]}_sweep/event_rate"].max() for each in columns))
        probability.set_ylim(0, 105)
        for axes in (rate, probability):
            legend(axes, title="mean and standard error over cells")
    return drawn


def _trace(drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any]) -> None:
    currents = [summary[f"{part}_current_pA"][0] for part in ("somatic", "dendritic")]
    title = f"A cell with currents of {currents[0]:g} pA into the soma, {currents[1]:g} pA into the dendrite"
    axes = panel(drawn, position, title, "time (s)", "voltage (mV)")
    for name, colour, label in (("v_d", ORANGE, "dendrite v_d"), ("v_s", BLUE, "soma v_s")):
        axes.plot(arrays["trace/time"], 1e3 * arrays[f"trace/{name}"][0], color=colour, lw=0.8, label=label)
    for name, marker, colour, height in (("events", "o", BLUE, 47), ("bursts", "v", RED, 62)):
        times = arrays[f"{name}/time"][arrays[f"{name}/cell"] == 0]
        axes.plot(times, np.full(len(times), height), marker, color=colour, ms=4, label=name)
    end = arrays["trace/time"][-1]
    axes.set_xlim(max(arrays["trace/time"][0], end - _TRACE_S), end)
    axes.set_ylim(-105, 74)
    legend(axes)


def _curve(
    axes: Any, arrays: Mapping[str, np.ndarray], sweep: str, what: str, k: int, scale: float, style: Mapping[str, Any]
) -> None:
    current = 1e12 * arrays[f"{sweep}/current"]
    order = np.argsort(current)
    value, error = (scale * arrays[f"{sweep}/{name}"][k, order] for name in (what, f"{what}_error"))
    axes.errorbar(current[order], value, error, lw=1, ms=3.5, elinewidth=1, capsize=1.5, **style)
