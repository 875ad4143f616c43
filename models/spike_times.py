"""Cells that fire at given times (equations/spike_times.py): one train for several kinds of synapse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from brian2 import Equations, NeuronGroup, ms
from numpy import float64

from ..equations import burst_detection
from ..equations import spike_times as equations
from .begin import begin
from .integration import LAST_STEP, LONG_AGO


def scripted_cells(
    n: int,
    extra: Equations | None = None,
    on_spike: str = "",
    dtype: dict[str, type] | None = None,
    name: str = "cells*",
) -> NeuronGroup:
    """Cells that fire when they are told to.

    Parameters
    ----------
    n : int
        Number of cells.
    extra : Equations, optional
        Further variables, used by `on_spike`.
    on_spike : str
        Statements for every spike, beside burst detection.
    dtype : dict, optional
        Data types of further variables.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `spike`, `event` and `burst`. A run needs the function `spike_steps`, a TimedArray with a step
        of 1 s and the values of `spike_table`, and `next_step` set to its first row.
    """
    model = equations.SPIKE_TIMES
    cells = NeuronGroup(
        n,
        model if extra is None else model + extra,
        threshold=equations.THRESHOLD,
        reset=equations.ON_SPIKE + on_spike,
        events={
            "event": f"{equations.THRESHOLD} and {burst_detection.IS_EVENT}",
            "burst": f"{equations.THRESHOLD} and {burst_detection.IS_BURST}",
        },
        dtype={"t_spike": float64, **(dtype or {})},
        namespace={},
        name=name,
    )
    for event in ("event", "burst"):
        cells.set_event_schedule(event, when="thresholds")
    cells.burst_interval = 16 * ms
    cells.t_spike = LONG_AGO
    cells.next_step = LAST_STEP
    begin(cells)
    return cells


def spike_table(trains: Sequence[np.ndarray], rows: int, dt: float) -> np.ndarray:
    """Spike times as `spike_steps` wants them: row k holds the step of the k-th spike of every cell.

    Parameters
    ----------
    trains : sequence of array
        Spike times (s) of each cell, sorted.
    rows : int
        More than any cell has spikes.
    dt : float
        Time step (s).

    Returns
    -------
    array, shape (rows, cells)
        In steps; one after every simulation where a cell has no more spikes.

    Raises
    ------
    ValueError
        If there are too few rows.
    """
    most = max(len(train) for train in trains)
    if most >= rows:
        raise ValueError(f"{most} spikes of a cell do not fit into {rows} rows with one to spare")
    table = np.full((rows, len(trains)), float(LAST_STEP))
    for cell, train in enumerate(trains):
        table[: len(train), cell] = np.rint(np.asarray(train) / dt)
    return table
