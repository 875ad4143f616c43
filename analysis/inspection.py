"""What burstlab inspect shows of a cell and its population in a window: measures, and the figure of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import bursts, figures


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """A recorded cell in a window of time, and the spikes of its population; SI units.

    Attributes
    ----------
    name : str
        Of the cell: "output:3".
    n_cells : int
        Cells of the population.
    window : (float, float)
        Begin and end.
    time : array, shape (samples,)
    traces : dict of str to array, shape (samples,)
        By variable: voltages v_s, v_d or v; currents I_s, I_d or I; conductances g_..., in units of the leak.
    trains : dict of str to (array of int, array of float)
        Cells and times of "spikes", "events" and "bursts" of the whole population in the window.
    cell : int
        The cell's number in them.
    burst_interval : float
        Spikes closer than this belong to one burst.
    """

    name: str
    n_cells: int
    window: tuple[float, float]
    time: np.ndarray
    traces: Mapping[str, np.ndarray]
    trains: Mapping[str, tuple[np.ndarray, np.ndarray]]
    cell: int
    burst_interval: float

    def own(self, kind: str) -> np.ndarray:
        """Times of the cell's own spikes, events or bursts."""
        cell, time = self.trains[kind]
        return time[cell == self.cell]

    def chosen(self, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        """The traces among `names` that there are."""
        return {name: self.traces[name] for name in names if name in self.traces}


VOLTAGES, CURRENTS = ("v_d", "v_s", "v"), ("I_d", "I_s", "I")
CONDUCTANCES = ("g_exc_s", "g_inh_s", "g_exc_d", "g_inh_d", "g_exc", "g_inh")
# Colour and name of each trace; soma blue, dendrite orange, inhibition of either paler.
LOOK = {
    "v_s": (figures.BLUE, "soma"),
    "v_d": (figures.ORANGE, "dendrite"),
    "v": (figures.BLUE, "cell"),
    "I_s": (figures.BLUE, "into soma"),
    "I_d": (figures.ORANGE, "into dendrite"),
    "I": (figures.BLUE, "into cell"),
    "g_exc_s": (figures.BLUE, "soma, exc."),
    "g_inh_s": (figures.GREEN, "soma, inh."),
    "g_exc_d": (figures.ORANGE, "dendrite, exc."),
    "g_inh_d": (figures.PURPLE, "dendrite, inh."),
    "g_exc": (figures.BLUE, "exc."),
    "g_inh": (figures.GREEN, "inh."),
}
# Around a burst, in s.
BEFORE, AFTER = 0.05, 0.1
INTERVAL_EDGES = np.geomspace(1e-3, 10, 61)


# ---- measures --------------------------------------------------------------------------------------------------------


def triggered_average(
    time: np.ndarray, values: np.ndarray, triggers: np.ndarray, before: float = BEFORE, after: float = AFTER
) -> tuple[np.ndarray, np.ndarray, int]:
    """Mean of a trace around moments.

    Parameters
    ----------
    time, values : array, shape (samples,)
        Evenly sampled.
    triggers : array
        Moments; those whose surroundings are not all in the trace are left out.
    before, after : float
        How far to look, in the unit of `time`.

    Returns
    -------
    lag, mean : array
        Time since the trigger, and the mean at that time (NaN without a trigger).
    count : int
        How many triggers are in it.
    """
    step = (time[-1] - time[0]) / (len(time) - 1)
    first, last = round(before / step), round(after / step)
    at = np.rint((np.asarray(triggers) - time[0]) / step).astype(int)
    at = at[(at >= first) & (at < len(time) - last)]
    lag = np.arange(-first, last + 1)
    if not len(at):
        return lag * step, np.full(len(lag), np.nan), 0
    return lag * step, np.mean(np.asarray(values, dtype=float)[at[:, None] + lag], axis=0), len(at)


def intervals(cell: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Intervals between spikes of the same cell that follow each other, in the unit of `time`."""
    order = np.lexsort((time, cell))
    return np.diff(np.asarray(time)[order])[np.diff(np.asarray(cell)[order]) == 0]


def bin_edges(begin: float, end: float, about: int = 40) -> np.ndarray:
    """Edges of some `about` equal bins, whose width is 1, 2 or 5 times a power of ten; the last one is whole."""
    raw = (end - begin) / about
    power = 10.0 ** np.floor(np.log10(raw))
    width = power * next(step for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    return begin + width * np.arange(int(np.floor((end - begin) / width + 1e-6)) + 1)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def time_unit(window: tuple[float, float]) -> tuple[float, str]:
    """Factor and name of the unit that suits a window."""
    return (1e3, "ms") if window[1] - window[0] <= 2 else (1.0, "s")


def rows_of(seen: Inspected) -> list[tuple[str, float, dict[str, np.ndarray]]]:
    """The panels of traces that there are: label of the axis, factor from SI to it, traces."""
    rows = [
        ("voltage (mV)", 1e3, seen.chosen(VOLTAGES)),
        ("current (pA)", 1e12, seen.chosen(CURRENTS)),
        ("conductance (leak)", 1.0, seen.chosen(CONDUCTANCES)),
    ]
    return [row for row in rows if row[2]]


def marks(seen: Inspected) -> dict[str, tuple[np.ndarray, str, str, float]]:
    """Events and bursts of the cell: times, marker, colour and height (mV)."""
    look = {"events": ("o", figures.GREY, 47.0), "bursts": ("v", figures.RED, 60.0)}
    if "events" not in seen.trains:
        look = {"spikes": ("o", figures.GREY, 47.0)}
    return {kind: (seen.own(kind), *how) for kind, how in look.items()}


def figure(seen: Inspected) -> Any:
    """Voltages over inputs, and below them burst-triggered average, intervals and rates."""
    rows = rows_of(seen)
    drawn = figures.canvas(10, 2.4 + 1.6 * (len(rows) + 1))
    grid = drawn.add_gridspec(len(rows) + 1, 3, height_ratios=[1.5, *[0.9] * (len(rows) - 1), 1.4])
    _traces(drawn, grid, seen, rows)
    _triggered(drawn, grid[len(rows), 0], seen)
    _intervals(drawn, grid[len(rows), 1], seen)
    _rates(drawn, grid[len(rows), 2], seen)
    drawn.suptitle(title(seen), fontsize=10)
    return drawn


def title(seen: Inspected) -> str:
    """The cell, the window, and what it did in it."""
    counts = ", ".join(f"{len(seen.own(kind))} {kind}" for kind in seen.trains)
    return f"{seen.name}, {seen.window[0]:g} to {seen.window[1]:g} s · {counts}"


def _traces(drawn: Any, grid: Any, seen: Inspected, rows: list[tuple[str, float, dict[str, np.ndarray]]]) -> None:
    factor, unit = time_unit(seen.window)
    above = None
    for k, (label, scale, traces) in enumerate(rows):
        axes = figures.plain(drawn.add_subplot(grid[k, :], sharex=above), ylabel=label)
        for name, values in traces.items():
            axes.plot(factor * seen.time, scale * values, color=LOOK[name][0], lw=0.8, label=LOOK[name][1])
        if above is None:
            for kind, (times, marker, colour, height) in marks(seen).items():
                axes.plot(factor * times, np.full(len(times), height), marker, color=colour, ms=4, label=kind)
            axes.set_ylim(min(-85, axes.get_ylim()[0]), 70)
        axes.legend(fontsize=7, frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 0.98), borderpad=0)
        axes.tick_params(labelbottom=k == len(rows) - 1)
        above = above or axes
    axes.set_xlabel(f"time ({unit})", **figures.STYLE)
    axes.set_xlim(*(factor * edge for edge in seen.window))


def _triggered(drawn: Any, place: Any, seen: Inspected) -> None:
    axes = figures.panel(drawn, place, "Burst-triggered average", "time since burst (ms)", "voltage (mV)")
    triggers, count = seen.own("bursts") if "bursts" in seen.trains else np.empty(0), 0
    for name, values in seen.chosen(VOLTAGES).items():
        lag, mean, count = triggered_average(seen.time, values, triggers)
        if count:
            axes.plot(1e3 * lag, 1e3 * mean, color=LOOK[name][0], lw=1.1, label=LOOK[name][1])
    axes.axvline(0, color="0.7", lw=0.8, zorder=0)
    axes.set_xlim(-1e3 * BEFORE, 1e3 * AFTER)
    if count:
        axes.set_title(f"{count} of {len(triggers)} bursts", loc="right", fontsize=8)
        axes.legend(fontsize=7, frameon=False)
    else:
        _empty(axes, "no burst with 50 ms before\nand 100 ms after it")


def _intervals(drawn: Any, place: Any, seen: Inspected) -> None:
    axes = figures.panel(drawn, place, "Intervals between spikes", "interval (ms)", "count")
    found = intervals(*seen.trains["spikes"])
    axes.set_xscale("log")
    axes.set_xlim(1, 1e3)
    if len(found):
        axes.hist(1e3 * found, bins=1e3 * INTERVAL_EDGES, color=figures.BLUE, alpha=0.75)
        axes.axvline(1e3 * seen.burst_interval, color=figures.RED, lw=1, ls="--")
        label = f" {1e3 * seen.burst_interval:g} ms"
        axes.text(1e3 * seen.burst_interval, axes.get_ylim()[1], label, fontsize=8, color=figures.RED, va="top")
        axes.set_title(_cells(seen), loc="right", fontsize=8)
    else:
        _empty(axes, "no two spikes of a cell")


def _rates(drawn: Any, place: Any, seen: Inspected) -> None:
    factor, unit = time_unit(seen.window)
    edges = bin_edges(*seen.window)
    middle = factor * (edges[:-1] + edges[1:]) / 2
    first = "events" if "events" in seen.trains else "spikes"
    axes = figures.panel(drawn, place, "Rates", f"time ({unit})", f"{first[:-1]} rate (Hz)")
    events = bursts.rate_in_bins(seen.trains[first][1], edges, seen.n_cells)
    axes.step(middle, events, where="mid", color=figures.BLUE, lw=1.1)
    axes.set_xlim(*(factor * edge for edge in seen.window))
    axes.set_ylim(bottom=0)
    axes.set_title(_cells(seen), loc="right", fontsize=8)
    if "bursts" in seen.trains:
        rate = bursts.rate_in_bins(seen.trains["bursts"][1], edges, seen.n_cells)
        other = axes.twinx()
        other.plot(middle, 100 * bursts.burst_probability(rate, events), ".-", color=figures.RED, lw=0.9, ms=3)
        other.set_ylim(0, 105)
        other.set_ylabel("burst probability (%)", color=figures.RED, **figures.STYLE)
        other.tick_params(labelsize=8, colors=figures.RED)
        other.spines["top"].set_visible(False)


def _cells(seen: Inspected) -> str:
    return "1 cell" if seen.n_cells == 1 else f"all {seen.n_cells} cells"


def _empty(axes: Any, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=8, color=figures.GREY)
