"""The reduced cell: burst probability, second spike, refractoriness."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import EventMonitor, StateMonitor, mV, nA, nS, pA
from brian2 import ms as millisecond

from burstlab.models import ReducedPyramidal, reduced_pyramidal

DT = 0.1e-3
# Without dendritic adaptation a current clamps the dendrite: v_d = E_L + I_d tau_d/C_d.
CLAMPED = ReducedPyramidal(a=0 * nS)


def clamp(cells, v_d):
    cells.v_d = v_d
    cells.I_d = (v_d - CLAMPED.E_L) * CLAMPED.C_d / CLAMPED.tau_d


def sigmoid(v_d):
    return 1 / (1 + np.exp(-np.asarray((v_d - CLAMPED.E_d) / CLAMPED.D_d, dtype=float)))


@pytest.fixture(scope="module")
def clamped_run():
    """900 cells at nine dendritic voltages that fire for 2 s; (v_d of each cell, events, bursts)."""
    import brian2
    from brian2 import Network, prefs

    prefs.codegen.target = "numpy"
    brian2.seed(1)
    v_d = np.repeat(np.linspace(-75, -39, 9), 100) * mV
    cells = reduced_pyramidal(900, CLAMPED)
    clamp(cells, v_d)
    cells.I_s = 1 * nA
    events, bursts = EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    network = Network(cells, events, bursts)
    network.run(2000 * millisecond, namespace={})
    # No event without its second spike: nothing begins in the last 40 ms.
    cells.I_s = -5 * nA
    network.run(40 * millisecond, namespace={})
    return (
        v_d,
        (np.array(events.i), np.asarray(events.t)),
        (np.array(bursts.i), np.asarray(bursts.t)),
    )


def test_burst_probability_is_the_dendritic_sigmoid(clamped_run):
    v_d, (event_cell, _), (burst_cell, _) = clamped_run
    probability = sigmoid(v_d)
    levels = np.arange(900) // 100
    n = np.bincount(levels[event_cell], minlength=9)
    k = np.bincount(levels[burst_cell], minlength=9)
    assert np.all(np.bincount(event_cell, minlength=900) >= 5)
    p = probability[::100]
    assert p[0] < 0.06
    assert p[-1] > 0.94
    # Bursts are binomial given the events: 5 sigma.
    assert np.all(np.abs(k - n * p) < 5 * np.sqrt(n * p * (1 - p)))


def test_second_spike_follows_after_5_to_15_ms(clamped_run):
    _, (event_cell, event_time), (burst_cell, burst_time) = clamped_run
    delays = []
    for cell in np.unique(burst_cell):
        own = event_time[event_cell == cell]
        spikes = burst_time[burst_cell == cell]
        delays.append(spikes - own[np.searchsorted(own, spikes) - 1])
    delays = np.concatenate(delays)
    assert len(delays) == len(burst_cell) > 1000
    # Times are multiples of a step: rounding adds at most one.
    assert delays.min() > 5e-3 - 1e-9
    assert delays.max() < 15e-3 + DT + 1e-9
    # Uniform over 10 ms (rounded to steps): mean and spread within 5 sigma; sd of the variance of a uniform
    # distribution of width L is L^2 sqrt(1/180/n).
    n = len(delays)
    assert abs(delays.mean() - 10e-3) < 5 * 10e-3 / np.sqrt(12 * n)
    # Rounding to a step adds dt^2/12 to the variance at most, one part in 10^4.
    assert abs(delays.var() - 1e-4 / 12) < 5 * 1e-4 * np.sqrt(1 / 180 / n) + DT**2 / 12


def test_no_event_within_20_ms_of_either_spike(clamped_run):
    _, (event_cell, event_time), (burst_cell, burst_time) = clamped_run
    cell = np.concatenate([event_cell, burst_cell])
    time = np.concatenate([event_time, burst_time])
    is_event = np.arange(len(cell)) < len(event_cell)
    order = np.lexsort((time, cell))
    cell, time, is_event = cell[order], time[order], is_event[order]
    to_event = (np.diff(cell) == 0) & is_event[1:]
    after_event, after_burst = to_event & is_event[:-1], to_event & ~is_event[:-1]
    intervals = np.diff(time)
    assert min(after_event.sum(), after_burst.sum()) > 1000
    assert intervals[to_event].min() > 20e-3 - 1e-9


@pytest.mark.parametrize("v_d", [-170, 60])
def test_strongly_driven_cell_fires_as_soon_as_refractoriness_ends(run, v_d):
    cells = reduced_pyramidal(20, CLAMPED)
    clamp(cells, v_d * mV)
    cells.I_s = 20 * nA  # crosses the threshold within the refractory time
    events, bursts = EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    run(cells, events, bursts, duration=200 * millisecond)
    always = v_d > 0  # a second spike after every event, or never
    assert (bursts.num_events >= events.num_events - 20) if always else (bursts.num_events == 0)
    for cell in range(20):
        begin = np.asarray(events.t)[np.array(events.i) == cell]
        second = np.asarray(bursts.t)[np.array(bursts.i) == cell]
        assert len(begin) >= 4
        last = second[: len(begin) - 1] if always else begin[:-1]
        np.testing.assert_allclose(begin[1:] - last, 20e-3, rtol=0, atol=1e-9)


def test_second_spike_leaves_soma_threshold_and_adaptation_alone(run):
    cells = reduced_pyramidal(40, CLAMPED)
    v_d = np.where(np.arange(40) < 20, -170, 60) * mV  # never, always a second spike
    clamp(cells, v_d)
    cells.v_s = -40 * mV  # one event in the first step, none after it
    states = StateMonitor(cells, ["v_s", "theta", "w_s"], record=True)
    events, bursts = EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    run(cells, states, events, bursts, duration=60 * millisecond)
    assert list(np.bincount(events.i, minlength=40)) == [1] * 40
    assert list(np.bincount(bursts.i, minlength=40)) == [0] * 20 + [1] * 20
    for variable in ("v_s", "theta", "w_s"):
        trace = np.asarray(getattr(states, variable))
        assert np.ptp(trace[0]) > 0
        assert np.all(trace == trace[0])


def test_event_resets_raises_the_threshold_and_adapts(run):
    cells = reduced_pyramidal(1)
    cells.v_s = -40 * mV
    run(cells, duration=0.1 * millisecond)
    assert cells.v_s[0] == CLAMPED.E_L
    assert cells.w_s[0] == 1
    np.testing.assert_allclose(float((cells.theta[0] - CLAMPED.V_T) / CLAMPED.delta_theta), 1, rtol=1e-9)


def test_soma_integrates_while_refractory(run):
    cells = reduced_pyramidal(1)
    cells.v_s, cells.I_s = -40 * mV, 300 * pA
    states = StateMonitor(cells, "v_s", record=0)
    run(cells, states, duration=15 * millisecond)
    assert np.all(np.diff(np.asarray(states.v_s[0])[1:60]) > 0)


def test_dendrite_does_not_reach_the_soma(run):
    cells = reduced_pyramidal(2)
    cells.I_d = [0, 500] * pA
    run(cells, duration=100 * millisecond)
    assert cells.v_d[1] - cells.v_d[0] > 5 * mV
    assert cells.v_s[0] == cells.v_s[1]
