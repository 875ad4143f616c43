"""On-line detection of events and bursts against the off-line definition."""

from __future__ import annotations

import brian2
import numpy as np
from brian2 import EventMonitor, NeuronGroup, SpikeMonitor, TimedArray, ms, nA, pA

from burstlab.analysis.bursts import find_bursts
from burstlab.equations.burst_detection import BURST_DETECTION, IS_BURST, IS_EVENT, ON_SPIKE
from burstlab.models import pyramidal

DT = 0.1e-3
INTERVAL = 160  # steps; 16 ms


def detect(run, forced, train, dt=DT):
    """(spikes, events, bursts) as (cell, time), found on-line."""
    cells, namespace = forced(
        BURST_DETECTION,
        {"spike": train},
        reset=ON_SPIKE,
        detect={"event": IS_EVENT, "burst": IS_BURST},
        dtype={"t_spike": np.float64},
    )
    cells.t_spike, cells.burst_interval = -1e6 * brian2.second, 16 * ms
    monitors = [EventMonitor(cells, event) for event in ("spike", "event", "burst")]
    run(cells, *monitors, duration=len(train) * dt * brian2.second, namespace=namespace)
    return [(np.array(m.i), np.asarray(m.t)) for m in monitors]


def same(found, cell, time):
    """Equal (cell, time) pairs, in any order."""
    order, other = np.lexsort((found[1], found[0])), np.lexsort((time, cell))
    np.testing.assert_array_equal(found[0][order], cell[other])
    np.testing.assert_array_equal(found[1][order], time[other])


def assert_forms_agree(spikes, events, bursts):
    off_line = find_bursts(*spikes)
    same(events, off_line.event_cell, off_line.event_time)
    same(bursts, off_line.burst_cell, off_line.burst_time)


def random_trains(rng, n_cells=1000, steps=6000):
    """Trains with intervals of every kind: Poisson at 5 to 120 Hz, and steps around the burst interval."""
    train = rng.random((steps, n_cells)) < np.linspace(5, 120, n_cells) * DT
    for cell in range(0, n_cells, 2):
        intervals = rng.choice([1, 50, INTERVAL - 1, INTERVAL, INTERVAL + 1, 400], size=60)
        at = rng.integers(0, 300) + np.cumsum(intervals)
        train[:, cell] = False
        train[at[at < steps], cell] = True
    return train


def test_on_line_and_off_line_agree_on_random_trains(run, forced, rng):
    train = random_trains(rng)
    spikes, events, bursts = detect(run, forced, train)
    assert len(spikes[0]) == train.sum()
    intervals = np.concatenate([np.diff(np.flatnonzero(column)) for column in train.T])
    for special in (INTERVAL - 1, INTERVAL, INTERVAL + 1):
        assert np.sum(intervals == special) > 500
    assert len(np.unique(spikes[0])) > 950
    assert min(len(events[0]), len(bursts[0])) > 2000
    assert_forms_agree(spikes, events, bursts)


def test_interval_of_exactly_16_ms_is_no_burst_at_any_time(run, forced):
    # Cell k begins at step k, so that times and their rounding differ.
    train = np.zeros((INTERVAL * 40, 400), dtype=bool)
    for cell in range(400):
        train[cell::INTERVAL, cell] = True
    spikes, events, bursts = detect(run, forced, train)
    assert len(bursts[0]) == 0
    assert len(events[0]) == len(spikes[0]) == train.sum() > 400 * 30


def test_interval_of_a_step_less_is_a_single_burst(run, forced):
    train = np.zeros(((INTERVAL - 1) * 20, 200), dtype=bool)
    for cell in range(200):
        train[cell % (INTERVAL - 1) :: INTERVAL - 1, cell] = True
    _, events, bursts = detect(run, forced, train)
    assert list(np.bincount(events[0], minlength=200)) == [1] * 200
    assert list(np.bincount(bursts[0], minlength=200)) == [1] * 200


def test_forms_agree_at_a_step_that_does_not_divide_the_interval(run, forced, rng):
    brian2.defaultclock.dt = 0.15 * ms
    train = rng.random((4000, 100)) < 0.01
    found = detect(run, forced, train, dt=0.15e-3)
    assert len(found[2][0]) > 100
    assert_forms_agree(*found)


def test_pyramidal_cells_emit_events_and_bursts_of_their_spikes(run, rng):
    cells = pyramidal(100)
    soma = TimedArray(rng.normal(0.7, 0.8, (100, 100)) * nA, dt=8 * ms)
    dendrite = TimedArray(rng.normal(300, 400, (100, 100)) * pA, dt=8 * ms)
    cells.run_regularly("I_s = soma(t, i); I_d = dendrite(t, i)", dt=8 * ms)
    monitors = [SpikeMonitor(cells), EventMonitor(cells, "event"), EventMonitor(cells, "burst")]
    run(cells, *monitors, duration=800 * ms, namespace={"soma": soma, "dendrite": dendrite})
    spikes, events, bursts = ((np.array(m.i), np.asarray(m.t)) for m in monitors)
    assert len(np.unique(spikes[0])) > 50
    assert len(np.unique(bursts[0])) > 50
    assert len(spikes[0]) > len(events[0]) + len(bursts[0])  # some bursts have a third spike
    assert_forms_agree(spikes, events, bursts)


def test_first_spike_of_a_run_is_an_event(run):
    cells = pyramidal(1)
    cells.v_s = 0 * brian2.mV
    events, bursts = EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    run(cells, events, bursts, duration=1 * ms)
    assert (events.num_events, bursts.num_events) == (1, 0)


def test_statements_on_an_event_run_in_its_step(run):
    cells = pyramidal(1, extra=brian2.Equations("seen : second"))
    cells.run_on_event("event", "seen = t", when="after_thresholds")
    other = NeuronGroup(1, "seen : second")
    read = brian2.Synapses(cells, other, on_pre="seen_post = seen_pre", on_event="event")
    read.connect()
    cells.I_s = 1 * nA
    events = EventMonitor(cells, "event")
    run(cells, other, read, events, duration=60 * ms)
    assert events.num_events >= 1
    assert cells.seen[0] == other.seen[0] == events.t[-1]
