"""What burstlab inspect shows of a cell and its population; inspection_figure and inspection_html draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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
        By variable: voltages v_s, v_d or v; currents I_s, I_d or I; conductances `g_...`, in units of the leak.
    trains : dict of str to (array of int, array of float)
        Cells and times of "spikes", "events" and "bursts" of the whole population in the window.
    cell : int
        The cell's number in them.
    burst_interval : float
        Spikes closer than this belong to one burst.
    run : str
        Experiment, preset and seed, for the title.
    """

    name: str
    n_cells: int
    window: tuple[float, float]
    time: np.ndarray
    traces: Mapping[str, np.ndarray]
    trains: Mapping[str, tuple[np.ndarray, np.ndarray]]
    cell: int
    burst_interval: float
    run: str = ""

    def own(self, kind: str) -> np.ndarray:
        """Times of the cell's own spikes, events or bursts; none of what was not recorded."""
        cell, time = self.trains.get(kind, (np.empty(0, int), np.empty(0)))
        return time[cell == self.cell]

    def chosen(self, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        """The traces among `names` that there are."""
        return {name: self.traces[name] for name in names if name in self.traces}

    @property
    def title(self) -> str:
        """The run, the cell, the window, and what it did in it."""
        counts = ", ".join(counted(len(self.own(kind)), kind[:-1]) for kind in self.trains)
        run = f"{self.run}: " if self.run else ""
        return f"{run}{self.name}, {self.window[0]:g} to {self.window[1]:g} s: {counts}"

    @property
    def population(self) -> str:
        """Whose intervals and rates are shown."""
        return "this cell" if self.n_cells == 1 else f"all {self.n_cells} cells"


class Look(NamedTuple):
    """How a trace or a mark is drawn: its colour, and its label in the legend."""

    colour: str
    label: str


VOLTAGES, CURRENTS = ("v_d", "v_s", "v"), ("I_d", "I_s", "I")
CONDUCTANCES = ("g_exc_d", "g_inh_d", "g_exc_s", "g_inh_s", "g_exc", "g_inh")
# Soma blue and dendrite orange, as everywhere; inhibition has dark ones of them, since noise cannot be dashed.
_DARK_BLUE, _DARK_ORANGE = "#001E33", "#4A2000"
LOOK = {
    "v_s": Look(figures.BLUE, "soma"),
    "v_d": Look(figures.ORANGE, "dendrite"),
    "v": Look(figures.BLUE, "cell"),
    "I_s": Look(figures.BLUE, "into soma"),
    "I_d": Look(figures.ORANGE, "into dendrite"),
    "I": Look(figures.BLUE, "into cell"),
    "g_exc_s": Look(figures.BLUE, "soma, exc."),
    "g_inh_s": Look(_DARK_BLUE, "soma, inh."),
    "g_exc_d": Look(figures.ORANGE, "dendrite, exc."),
    "g_inh_d": Look(_DARK_ORANGE, "dendrite, inh."),
    "g_exc": Look(figures.BLUE, "exc."),
    "g_inh": Look(_DARK_BLUE, "inh."),
}
# Around a burst, in s.
BEFORE, AFTER = 0.05, 0.1
# Of fewer, a burst probability has a standard error of more than 15 %.
LEAST_EVENTS = 10


def counted(number: int, word: str) -> str:
    """A number of things in words."""
    return f"{number} {word}" + "s" * (number != 1)


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


def interval_edges(burst_interval: float) -> np.ndarray:
    """Edges of the histogram of intervals (s), 15 a decade from below 1 ms to above 1 s; the burst interval is one."""
    return burst_interval * 10 ** (np.arange(-20, 31) / 15)


def burst_spans(time: np.ndarray, burst_interval: float) -> np.ndarray:
    """First and last spike of each burst in the spikes of one cell, sorted by time; shape (bursts, 2)."""
    time = np.asarray(time, dtype=float)
    if not len(time):
        return np.empty((0, 2))
    apart = np.flatnonzero(np.diff(time) >= burst_interval - bursts.TOLERANCE)
    spans = np.stack([time[np.append(0, apart + 1)], time[np.append(apart, len(time) - 1)]], axis=1)
    return spans[spans[:, 1] > spans[:, 0]]


def bin_edges(begin: float, end: float, about: int = 40) -> np.ndarray:
    """Edges of some `about` equal bins, whose width is 1, 2 or 5 times a power of ten; the last one is whole."""
    width = figures.round_step((end - begin) / about)
    return begin + width * np.arange(int(np.floor((end - begin) / width + 1e-6)) + 1)


# ---- what the panels hold --------------------------------------------------------------------------------------------


class Panel(NamedTuple):
    """Traces over each other: the label of their axis, the factor from SI to it, and the traces."""

    label: str
    factor: float
    traces: dict[str, np.ndarray]


def panels(seen: Inspected) -> list[Panel]:
    """Voltages, and the inputs that there are."""
    every = (
        Panel("voltage (mV)", 1e3, seen.chosen(VOLTAGES)),
        Panel("current (pA)", 1e12, seen.chosen(CURRENTS)),
        Panel("conductance (× leak)", 1.0, seen.chosen(CONDUCTANCES)),
    )
    return [panel for panel in every if panel.traces]


def below(seen: Inspected) -> list[str]:
    """Which panels below the traces have something to show, of "averages", "intervals" and "rates"."""
    there = {
        "averages": burst_averages(seen).n_bursts,
        "intervals": len(intervals(*seen.trains["spikes"])),
        "rates": len(seen.trains["spikes"][1]),
    }
    return [name for name, number in there.items() if number]


class TimeAxis(NamedTuple):
    """Factor, origin and label of the axis that suits a window."""

    factor: float
    origin: float
    label: str

    def __call__(self, time: Any) -> Any:
        """Times in s as places on the axis."""
        return self.factor * (time - self.origin)


def time_axis(window: tuple[float, float]) -> TimeAxis:
    """Milliseconds for up to 2 s, counted from the begin of a window that is late."""
    begin, end = window
    factor, unit = (1e3, "ms") if end - begin <= 2 else (1.0, "s")
    return (
        TimeAxis(factor, begin, f"time after {begin:g} s ({unit})")
        if begin >= 2
        else TimeAxis(factor, 0.0, f"time ({unit})")
    )


class Mark(NamedTuple):
    """Moments above the voltages: times (s), marker, look, and height (mV)."""

    times: np.ndarray
    marker: str
    look: Look
    height: float


def marks(seen: Inspected) -> dict[str, Mark]:
    """Events and bursts of the cell, or its spikes if it has no events, above its voltages."""
    voltages = np.concatenate([1e3 * values for values in seen.chosen(VOLTAGES).values()])
    top, height = float(voltages.max()), max(10.0, float(np.ptp(voltages)))
    if "events" not in seen.trains:
        return {"spikes": Mark(seen.own("spikes"), "o", Look(figures.GREY, "spike"), top + 0.08 * height)}
    return {
        "events": Mark(seen.own("events"), "o", Look(figures.BLUE, "event"), top + 0.08 * height),
        "bursts": Mark(seen.own("bursts"), "v", Look(figures.RED, "burst"), top + 0.18 * height),
    }


class Averages(NamedTuple):
    """Burst-triggered averages: lags (s), means by panel and variable (SI), and how many bursts are in them."""

    lag: np.ndarray
    panels: list[Panel]
    n_bursts: int


def burst_averages(seen: Inspected) -> Averages:
    """Averages around the cell's bursts: of its voltages, and of its conductances or else its currents."""
    shown = panels(seen)
    chosen = [shown[0], shown[-1]] if len(shown) > 1 else shown
    lag, count, found = np.empty(0), 0, []
    for panel in chosen:
        means = {}
        for name, values in panel.traces.items():
            lag, means[name], count = triggered_average(seen.time, values, seen.own("bursts"))
        found.append(Panel(panel.label, panel.factor, means))
    return Averages(lag, found, count)


def population_rates(seen: Inspected) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Edges of bins (s), event rate (Hz; spike rate where there are no events), and burst probability in them.

    Where a bin has fewer than `LEAST_EVENTS` events, its burst probability is not a number; where every bin has, or
    there are no bursts, there is None.
    """
    first = "events" if "events" in seen.trains else "spikes"
    # A probability takes many events: with some 60 in a bin its standard error is 6 % or less.
    edges = bin_edges(*seen.window, about=int(np.clip(len(seen.trains[first][1]) / 60, 5, 40)))
    events = bursts.rate_in_bins(seen.trains[first][1], edges, seen.n_cells)
    if "bursts" not in seen.trains:
        return edges, events, None
    rate = bursts.rate_in_bins(seen.trains["bursts"][1], edges, seen.n_cells)
    enough = events * np.diff(edges) * seen.n_cells >= LEAST_EVENTS - 0.5
    probability = np.where(enough, bursts.burst_probability(rate, events), np.nan)
    return edges, events, probability if enough.any() else None
