"""Events and bursts from spike times: the off-line form of the definition in equations/burst_detection.py.

An event is a spike that does not follow another one of the same cell within the burst interval (16 ms); a burst is two
or more spikes with intervals below it, timed at its second spike; later spikes of the burst count as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Intervals are compared with this tolerance (s), far below any time step: 160 steps of 0.1 ms are 16 ms, whatever
# their sum is in floating point, and 16 ms is not below 16 ms.
TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Bursts:
    """Events and bursts: cells and times (s), each sorted by time."""

    event_cell: np.ndarray
    event_time: np.ndarray
    burst_cell: np.ndarray
    burst_time: np.ndarray


def find_bursts(cell: np.ndarray, time: np.ndarray, burst_interval: float = 0.016) -> Bursts:
    """Events and bursts of spikes.

    Parameters
    ----------
    cell : array of int, shape (n,)
        The cell of each spike.
    time : array of float, shape (n,)
        Its time in s, in any order.
    burst_interval : float
        Spikes of a cell closer than this (s) belong to one burst.

    Returns
    -------
    Bursts
    """
    cell, time = np.asarray(cell), np.asarray(time, dtype=float)
    if cell.shape != time.shape:
        raise ValueError(f"{cell.shape} cells for {time.shape} times")
    order = np.lexsort((time, cell))
    c, t = cell[order], time[order]
    follows = np.zeros(len(t), dtype=bool)
    follows[1:] = (np.diff(c) == 0) & (np.diff(t) < burst_interval - TOLERANCE)
    second = follows.copy()
    second[1:] &= ~follows[:-1]
    events, bursts = order[~follows], order[second]
    events, bursts = (chosen[np.argsort(time[chosen], kind="stable")] for chosen in (events, bursts))
    return Bursts(event_cell=cell[events], event_time=time[events], burst_cell=cell[bursts], burst_time=time[bursts])


def count_per_cell(cell: np.ndarray, n_cells: int) -> np.ndarray:
    """How often each of `n_cells` cells occurs, shape (n_cells,)."""
    return np.bincount(np.asarray(cell, dtype=int), minlength=n_cells)


def rate_in_bins(time: np.ndarray, edges: np.ndarray, n_cells: int) -> np.ndarray:
    """Population rate (Hz per cell) of events at `time` (s) between `edges` (s), shape (len(edges) - 1,)."""
    counts, _ = np.histogram(time, bins=edges)
    return counts / (np.diff(edges) * n_cells)


def burst_probability(burst_rate: np.ndarray, event_rate: np.ndarray) -> np.ndarray:
    """Bursts per event; NaN where there was no event."""
    burst_rate, event_rate = np.asarray(burst_rate, dtype=float), np.asarray(event_rate, dtype=float)
    return np.divide(burst_rate, event_rate, out=np.full(event_rate.shape, np.nan), where=event_rate > 0)
