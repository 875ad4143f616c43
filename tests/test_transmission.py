"""What synapses pass on: simulated conductances against closed forms, ratios, and gains."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Hz, ms

from burstlab.analysis import transmission as measures
from burstlab.experiments import run, transmission
from burstlab.experiments.contract.reference import compare
from burstlab.models import ParameterError
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, run_once
from .patience import LONG

__all__ = ["cache"]
PAPER = transmission.PRESETS["paper"]
KINDS = ("event", "std", "burst", "stf")


def ratio(U, f, tau_D, tau_F, interval=0.008):
    """Release at the second spike relative to the first, written out."""
    u = U + f * (1 - U) * np.exp(-interval / tau_F)
    x = 1 - U * np.exp(-interval / tau_D)
    return u * x / U


# ---- closed forms ----------------------------------------------------------------------------------------------------


@pytest.fixture
def synapses():
    return transmission._synapses(PAPER)


@pytest.mark.parametrize(
    ("kind", "expected"), [("stf", ratio(0.02, 0.1, 0.1, 0.1)), ("std", ratio(0.9, 0.1, 0.02, 1.0))]
)
def test_releases_of_two_spikes(synapses, kind, expected):
    first, second = measures.releases(np.array([0.3, 0.308]), **synapses.plasticity[kind])
    assert first == pytest.approx(PAPER.stf.U if kind == "stf" else PAPER.std.U)
    assert second / first == pytest.approx(expected, rel=1e-12)


def test_conductance_is_a_sum_of_decaying_steps(synapses):
    train = np.array([0.01, 0.014, 0.05])
    time = np.arange(1000) * 1e-4
    # Euler leaves 1 - dt/tau a step: summed over all steps an arrival has the area tau, whatever the step.
    for kind, arrivals in (("event", 2), ("burst", 1)):
        g = synapses.conductance(kind, train, time)
        np.testing.assert_allclose(g.sum() * 1e-4, arrivals * synapses.weight[kind] * 5e-3, rtol=1e-3)
    g = synapses.conductance("event", train, time)
    np.testing.assert_allclose(g[[100, 101, 102, 500]], [0, 0.18, 0.18 * 0.98, 0.18 * 0.98**399], rtol=1e-12)
    np.testing.assert_allclose(g[501], 0.18 * (1 + 0.98**400), rtol=1e-12)
    assert np.all(synapses.conductance("stf", np.array([]), time) == 0)


def test_reference_values_are_the_closed_forms():
    given = {reference.key: reference.value for reference in transmission.REFERENCES}
    assert given["burst_to_single_ratio_stf"] == pytest.approx(1 + ratio(0.02, 0.1, 0.1, 0.1), abs=5e-4)
    assert given["burst_to_single_ratio_std"] == pytest.approx(1 + ratio(0.9, 0.1, 0.02, 1.0), abs=5e-4)


# ---- trains ----------------------------------------------------------------------------------------------------------


def test_random_trains_have_their_rates_and_burst_probabilities():
    config = with_changes(PAPER, {"n": "60", "segment": "20 s"})
    trains = transmission.trains(config, 1)
    assert [len(train) for train in trains[:2]] == [1, 2]
    assert np.diff(trains[1]) == pytest.approx(0.008)
    for k, (rate, p) in enumerate(config.segments):
        events = bursts = 0
        for train in trains[2:]:
            inside = train[(train >= 20 * k) & (train < 20 * (k + 1))]
            isi = np.diff(inside)
            bursts += np.count_nonzero(isi < 0.0125)
            events += len(inside) - np.count_nonzero(isi < 0.0125)
            # An event follows nothing for the refractory time, so it is one for the detector too.
            assert np.all((isi < 0.0125) | (isi > 0.0199))
        # Refractoriness makes counts more regular than Poisson ones: five of their standard deviations.
        assert events == pytest.approx(rate * 60 * 20, abs=5 * np.sqrt(rate * 60 * 20))
        assert bursts == pytest.approx(p * events, abs=5 * np.sqrt(p * events))


def test_segments_change_one_thing_each():
    (rate, p), (same_rate, more_p), (more_rate, less_p) = PAPER.segments
    assert same_rate == rate
    assert more_p > p
    assert more_rate > rate
    assert more_rate * less_p == pytest.approx(rate * p)


def test_seeds_give_other_trains_and_the_same_probes():
    one, same, other = (transmission.trains(PAPER, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(one[:2], other[:2], strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(one[2:], other[2:], strict=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"delay": 0.2 * ms, "dt": 0.5 * ms}, "delay"),
        ({"probe_interval": 15 * ms, "burst_interval": 10 * ms}, "probe_interval"),
        ({"isi_min": 13 * ms}, "isi_max"),
        ({"event_rate_high": 15 * Hz, "refractory_time": 80 * ms}, "event rate 15 Hz"),
        ({"segment": 1000.05 * ms}, "segment"),
        ({"facilitation": "none"}, "facilitation"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


# ---- runs ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LONG)
def result(cache):
    """The quick preset."""
    return run_once("transmission")


def test_expected_numbers(result):
    found = compare(result.summary, transmission.REFERENCES)
    assert len(found) == 3
    assert all(one.agrees for one in found)


def test_ratios_are_the_closed_forms(result):
    summary = result.summary
    # Areas in float32: some 10^3 samples, each rounded to 6e-8.
    assert summary["burst_to_single_ratio_stf"] == pytest.approx(1 + ratio(0.02, 0.1, 0.1, 0.1), rel=1e-4)
    assert summary["burst_to_single_ratio_std"] == pytest.approx(1 + ratio(0.9, 0.1, 0.02, 1.0), rel=1e-4)
    assert summary["burst_to_single_ratio_event"] == 1
    assert summary["burst_to_single_ratio_burst"] is None  # a single spike passes nothing
    # The second spike of a burst stands on what is left of the first: 80 steps of 1 - dt/tau.
    peak = 0.98**80 + ratio(0.02, 0.1, 0.1, 0.1)
    assert summary["burst_to_single_peak_ratio_stf"] == pytest.approx(peak, rel=1e-4)
    assert summary["burst_to_single_peak_ratio_std"] == 1


def test_every_conductance_is_its_closed_form(result):
    assert set(result.summary["closed_form_deviation"]) == set(KINDS)
    assert result.summary["closed_form_deviation_max"] < 1e-5
    arrays = result.arrays
    for k in range(4):
        assert arrays["train/closed_form"][k].max() > 0.05
        np.testing.assert_allclose(arrays["train/conductance"][k], arrays["train/closed_form"][k], atol=1e-5)


def test_nothing_comes_before_its_time(result):
    time, g = result.arrays["probe/time"], result.arrays["probe/conductance"]
    first = {kind: time[np.argmax(g[k, 1] > 0)] for k, kind in enumerate(KINDS)}
    # Seen at the begin of the step after the arrival; only plastic synapses have a delay; a burst is its second spike.
    assert first == pytest.approx({"event": 0.0501, "std": 0.0509, "burst": 0.0581, "stf": 0.0509})
    assert np.all(g[2, 0] == 0)


def test_direct_transmission_is_selective(result):
    bursts, events = result.summary["gain_more_bursts"], result.summary["gain_more_events"]
    # 25 trains of 1.6 s with 5 events a second: 200 events and 40 bursts, twice three standard deviations of a ratio.
    assert bursts["event"] == pytest.approx(1, abs=0.35)
    assert events["event"] == pytest.approx(2, abs=0.6)
    assert bursts["burst"] == pytest.approx(3, abs=1.6)
    assert events["burst"] == pytest.approx(1, abs=0.7)


def test_depression_reads_events_and_facilitation_is_moved_by_bursts(result):
    bursts, events = result.summary["gain_more_bursts"], result.summary["gain_more_events"]
    assert bursts["std"] < 1.3 < bursts["stf"]
    assert events["std"] > 1.5


def test_targets_stay_below_threshold(result):
    assert result.summary["target_spike_count"] == 0
    voltage = result.arrays["probe/voltage"]
    # A single event moves the soma by some mV; a burst moves the dendrite more than a single spike does.
    assert 1e-3 < np.ptp(voltage[0, 0]) < 10e-3
    assert np.ptp(voltage[3, 1]) > 3 * np.ptp(voltage[3, 0]) > 0


@pytest.mark.long
def test_double_precision_with_the_facilitation_of_the_published_program(cache, tmp_path):
    found = run(
        "transmission", backend="numpy", float_bits=64, n=2, segment="0.1 s", event_rate="15 Hz",
        facilitation="program", out=tmp_path / "run",
    )  # fmt: skip
    assert found.summary["closed_form_deviation_max"] < 1e-12
    assert found.summary["burst_to_single_ratio_stf"] == pytest.approx(1 + ratio(0.02, 0.02, 0.1, 0.1), rel=1e-6)
    assert found.summary["burst_to_single_ratio_stf"] < 3
