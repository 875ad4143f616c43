"""Events and bursts from spike times: cases with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from burstlab.analysis.bursts import burst_probability, count_per_cell, find_bursts, rate_in_bins


def one_cell(*times_ms):
    found = find_bursts(np.zeros(len(times_ms), dtype=int), np.array(times_ms) * 1e-3)
    return list(np.rint(found.event_time * 1e3)), list(np.rint(found.burst_time * 1e3))


@pytest.mark.parametrize(
    ("spikes", "events", "bursts"),
    [
        ([], [], []),
        ([7], [7], []),
        ([0, 20, 40], [0, 20, 40], []),
        ([10, 20], [10], [20]),
        ([10, 20, 30, 40], [10], [20]),  # later spikes count as nothing
        ([10, 20, 30, 100, 110], [10, 100], [20, 110]),
        ([10, 26], [10, 26], []),  # 16 ms is not below 16 ms
        ([10, 25, 41], [10, 41], [25]),  # the interval counts, not the distance from the first spike
        ([10, 25, 40, 55], [10], [25]),
    ],
)
def test_known_cases(spikes, events, bursts):
    assert one_cell(*spikes) == (events, bursts)


def test_cells_do_not_mix():
    found = find_bursts(np.array([0, 1, 0, 1]), np.array([0.010, 0.015, 0.050, 0.022]))
    assert list(found.event_cell) == [0, 1, 0]
    assert list(found.event_time) == [0.010, 0.015, 0.050]
    assert list(found.burst_cell) == [1]
    assert list(found.burst_time) == [0.022]


def test_order_of_the_input_does_not_matter(rng):
    cell, time = rng.integers(0, 20, 2000), rng.random(2000) * 3
    shuffled = rng.permutation(2000)
    straight, mixed = find_bursts(cell, time), find_bursts(cell[shuffled], time[shuffled])
    assert min(len(straight.event_time), len(straight.burst_time)) > 100
    for name in ("event_cell", "event_time", "burst_cell", "burst_time"):
        np.testing.assert_array_equal(getattr(straight, name), getattr(mixed, name))


def test_output_is_sorted_by_time(rng):
    found = find_bursts(rng.integers(0, 20, 2000), rng.random(2000) * 3)
    assert np.all(np.diff(found.event_time) >= 0)
    assert np.all(np.diff(found.burst_time) >= 0)


def test_agrees_with_a_walk_through_the_spikes(rng):
    time = np.sort(rng.random(3000) * 100)
    events, bursts, last, number = [], [], -np.inf, 0
    for t in time:
        number = number + 1 if t - last < 0.016 else 1
        if number == 1:
            events.append(t)
        if number == 2:
            bursts.append(t)
        last = t
    found = find_bursts(np.zeros(3000, dtype=int), time)
    assert min(len(events), len(bursts)) > 300
    np.testing.assert_array_equal(found.event_time, events)
    np.testing.assert_array_equal(found.burst_time, bursts)


def test_burst_interval_is_a_choice():
    cell, time = np.zeros(2, dtype=int), np.array([0.0, 0.012])
    assert len(find_bursts(cell, time, burst_interval=0.010).burst_time) == 0
    assert len(find_bursts(cell, time, burst_interval=0.013).burst_time) == 1


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="cells for"):
        find_bursts(np.zeros(3, dtype=int), np.zeros(2))


def test_counts_per_cell():
    assert list(count_per_cell(np.array([2, 0, 2]), 4)) == [1, 0, 2, 0]
    assert list(count_per_cell(np.array([], dtype=int), 2)) == [0, 0]


def test_rate_in_bins():
    rate = rate_in_bins(np.array([0.05, 0.15, 0.16, 0.35]), np.array([0.0, 0.1, 0.2, 0.4]), n_cells=2)
    np.testing.assert_allclose(rate, [5, 10, 2.5])


def test_rates_sum_to_the_number_of_events(rng):
    time, edges = rng.random(1000), np.sort(np.append(rng.random(9), [0, 1]))
    rate = rate_in_bins(time, edges, n_cells=7)
    np.testing.assert_allclose(np.sum(rate * np.diff(edges)) * 7, 1000)


def test_burst_probability_is_nan_without_events():
    np.testing.assert_array_equal(burst_probability([0, 1, 2], [0, 4, 4]), [np.nan, 0.25, 0.5])
