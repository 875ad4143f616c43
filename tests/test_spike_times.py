"""Cells that fire at given times: when they fire, what they call an event and a burst, and the table they read."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import EventMonitor, SpikeMonitor, TimedArray, ms, second

from burstlab.analysis.bursts import find_bursts
from burstlab.models.spike_times import scripted_cells, spike_table

DT = 1e-4


def fire(run, trains, duration):
    """Spikes, events and bursts of cells with given trains, as {name: (cell, step)}."""
    table = spike_table(trains, max(map(len, trains)) + 1, DT)
    cells = scripted_cells(len(trains))
    cells.next_step = table[0]
    monitors = {"spike": SpikeMonitor(cells)} | {name: EventMonitor(cells, name) for name in ("event", "burst")}
    namespace = {"spike_steps": TimedArray(table, dt=1 * second)}
    run(cells, *monitors.values(), duration=duration, namespace=namespace)
    return {name: (np.asarray(m.i), np.rint(np.asarray(m.t) / DT).astype(int)) for name, m in monitors.items()}


def test_cells_fire_in_the_given_steps(run, rng):
    steps = [np.sort(rng.choice(3000, size, replace=False)) for size in (60, 1, 0, 25)]
    found = fire(run, [train * DT for train in steps], 300 * ms)
    for cell, wanted in enumerate(steps):
        np.testing.assert_array_equal(found["spike"][1][found["spike"][0] == cell], wanted)


def test_events_and_bursts_are_those_of_the_offline_definition(run, rng):
    trains = [np.sort(rng.choice(5000, size, replace=False)) * DT for size in (10, 40, 80)]
    found = fire(run, trains, 500 * ms)
    cell = np.repeat(np.arange(3), [len(train) for train in trains])
    expected = find_bursts(cell, np.concatenate(trains))
    assert min(len(expected.event_cell), len(expected.burst_cell)) > 5
    for name in ("event", "burst"):
        order = np.lexsort((found[name][0], found[name][1]))
        mine = [values[order] for values in found[name]]
        times = np.rint(getattr(expected, f"{name}_time") / DT).astype(int)
        cells = getattr(expected, f"{name}_cell")
        order = np.lexsort((cells, times))
        np.testing.assert_array_equal(mine[0], cells[order])
        np.testing.assert_array_equal(mine[1], times[order])


def test_the_table_has_room_for_the_end_of_every_train():
    table = spike_table([np.array([0.1, 0.2]), np.array([])], 3, DT)
    np.testing.assert_array_equal(table[:2, 0], [1000, 2000])
    assert np.all(table[2, 0] == table[:, 1])
    assert table[2, 0] > 1e9
    with pytest.raises(ValueError, match="2 spikes of a cell do not fit into 2 rows"):
        spike_table([np.array([0.1, 0.2])], 2, DT)
