"""Response curves against closed forms and current_steps, and what soma and dendrite must do to them."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Hz, ms, nS, pA

from burstlab.analysis.bursts import Bursts, find_bursts
from burstlab.analysis.response_curves import measure
from burstlab.experiments import response_curves, run
from burstlab.models.parameters import ParameterError

from .experiment_runs import cache, run_once

__all__ = ["cache"]

# No background: all cells of a group do the same.
SILENT = {"background_rate_s": "0 Hz", "background_rate_d": "0 Hz"}
# A leaky integrate-and-fire cell: no adaptation, a threshold that rests, no dendrite.
PASSIVE = {"b": "0 pA", "delta_theta": "0 mV", "g_s": "0 pA", "g_d": "0 pA", "c_d": "0 pA"}


# ---- measuring -------------------------------------------------------------------------------------------------------


def test_measure_counts_what_is_in_the_window():
    # Two groups of two cells; a burst of cell 0 counts once, cell 3 has two events, nothing counts before 1 s.
    cell = np.array([0, 0, 0, 1, 3, 3, 2])
    time = np.array([1.100, 1.105, 1.110, 0.500, 1.200, 1.900, 0.999])
    found = find_bursts(cell, time)
    response = measure(found, 2, 2, 1.0, 2.0)
    np.testing.assert_allclose(response.event_rate, [0.5, 1.0])
    np.testing.assert_allclose(response.burst_rate, [0.5, 0.0])
    np.testing.assert_allclose(response.burst_probability, [1.0, 0.0])
    # Counts (1, 0) and (0, 2): standard deviation over the root of two cells.
    np.testing.assert_allclose(response.event_rate_error, [0.5, 1.0])


def test_errors_are_those_of_many_repetitions(rng):
    """Standard errors against the spread of the estimates themselves, over 400 populations of 50 Poisson cells."""
    groups, cells, p = 400, 50, 0.3
    events = rng.poisson(6, size=groups * cells)
    event_cell = np.repeat(np.arange(groups * cells), events)
    event_time = rng.uniform(0, 1, size=len(event_cell))
    burst = rng.random(len(event_cell)) < p
    found = Bursts(
        event_cell=event_cell, event_time=event_time, burst_cell=event_cell[burst], burst_time=event_time[burst]
    )
    response = measure(found, groups, cells, 0.0, 1.0)
    # The spread of 400 estimates is known to 1/sqrt(800) = 3.5 %: four of these.
    for value, error in (
        (response.event_rate, response.event_rate_error),
        (response.burst_probability, response.burst_probability_error),
    ):
        assert error.mean() == pytest.approx(value.std(ddof=1), rel=0.14)
    assert response.burst_probability.mean() == pytest.approx(p, abs=0.01)


def test_no_events_no_probability():
    empty = np.array([], dtype=int)
    response = measure(find_bursts(empty, empty.astype(float)), 3, 5, 0.0, 1.0)
    assert np.all(response.event_rate == 0)
    assert np.all(np.isnan(response.burst_probability))


# ---- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_event_rates_have_their_closed_form():
    """Without noise, dendrite and adaptation: T = tau ln(R I/(R I - (V_T - E_L))), R = tau_s/C_s."""
    sweep = np.array([300, 470, 500, 600, 800, 1000, 400, 450, 550, 650, 700, 750, 900])
    result = run_once(
        "response_curves", **SILENT, **PASSIVE, burst_interval="1 ms", somatic_sweep=", ".join(f"{x} pA" for x in sweep)
    )
    measured = result.arrays["somatic_sweep/event_rate"][0]
    drive = 16e-3 / 370e-12 * sweep * 1e-12
    fires = drive > 20e-3
    assert 8 <= fires.sum() < len(sweep)
    interval = 16e-3 * np.log(drive[fires] / (drive[fires] - 20e-3))
    assert np.all(measured[~fires] == 0)
    # In one second a count is off by less than one; forward Euler and the spike's own step make an interval up to
    # two steps longer.
    assert np.all(measured[fires] <= 1 / interval + 1)
    assert np.all(measured[fires] >= 1 / (interval + 0.2e-3) - 1)
    assert np.all(result.arrays["somatic_sweep/event_rate_error"] == 0)


@pytest.mark.long
def test_without_noise_a_cell_is_that_of_current_steps():
    """Two experiments, one cell: spikes of a constant current are those of a step that lasts the whole time."""
    point = {"somatic_current": "500 pA", "dendritic_current": "400 pA"}
    ours = run_once("response_curves", **SILENT, **point)
    times = {"onset": "0 ms", "step_duration": "1300 ms", "duration": "1300 ms"}
    theirs = run_once("current_steps", **point, **times)
    assert theirs.summary["burst_count"][0] >= 4
    for kind in ("events", "bursts"):
        np.testing.assert_allclose(ours.arrays[f"{kind}/time"], theirs.arrays[f"{kind}/time"], atol=1e-4)
    # In 64 bits the traces are equal. In 32 bits the last digit can move a spike by a step, and what follows with it.
    trace, other = ours.arrays["trace/v_s"][0], theirs.arrays["trace/v_s"][0]
    beside = np.stack([trace[:-2], trace[1:-1], trace[2:]])
    assert np.all(other[1:-1] >= beside.min(axis=0) - 1e-4)
    assert np.all(other[1:-1] <= beside.max(axis=0) + 1e-4)


@pytest.mark.long
def test_soma_sets_events_and_dendrite_sets_bursts():
    """Along its own current each of the two more than doubles, along the other's it does not."""
    arrays = run_once("response_curves").arrays
    own = {"somatic_sweep": "event_rate", "dendritic_sweep": "burst_probability"}
    for sweep in own:
        # Up to the currents of the paper's networks; beyond them cells leave the regime of bursts.
        inside = arrays[f"{sweep}/current"] <= 401e-12
        assert inside.sum() == 7
        for name in own.values():
            values = arrays[f"{sweep}/{name}"][0, inside]
            assert (values.max() > 2 * values.min()) == (own[sweep] == name), (sweep, name)
        current, values = arrays[f"{sweep}/current"][inside], arrays[f"{sweep}/{own[sweep]}"][0, inside]
        assert np.corrcoef(current, values)[0, 1] > 0.9
    # Noise makes cells fire far below the rheobase of 463 pA.
    assert np.all(arrays["somatic_sweep/event_rate"] > 1)


@pytest.mark.long
def test_beyond_bursts_cells_fire_regularly():
    """As in current_steps, where 800 pA more into the dendrite makes 23 events and one burst: intervals above 16 ms."""
    arrays = run_once("response_curves").arrays
    at = {round(1e12 * current): k for k, current in enumerate(arrays["dendritic_sweep/current"])}
    rate, probability, error = (
        arrays[f"dendritic_sweep/{name}"][0] for name in ("event_rate", "burst_probability", "burst_probability_error")
    )
    assert rate[at[800]] > 2 * rate[at[400]]
    assert probability[at[400]] - probability[at[800]] > 4 * np.hypot(error[at[400]], error[at[800]])


@pytest.mark.long
def test_the_working_point_is_on_the_curves():
    """Other cells with the same currents: within four standard errors."""
    result = run_once("response_curves")
    for sweep, current in (("somatic_sweep", "somatic_current_pA"), ("dendritic_sweep", "dendritic_current_pA")):
        at = np.flatnonzero(np.isclose(1e12 * result.arrays[f"{sweep}/current"], result.summary[current][0]))
        assert len(at) == 1
        for name, key in (("event_rate", "event_rate_Hz"), ("burst_probability", "burst_probability")):
            value = result.arrays[f"{sweep}/{name}"][0, at[0]]
            error = result.arrays[f"{sweep}/{name}_error"][0, at[0]]
            assert abs(value - result.summary[key][0]) < 4 * np.sqrt(2) * error


def test_several_working_points_have_a_curve_each(tmp_path):
    """Without noise every number is exact; numpy, since two points are another program."""
    changes = SILENT | {
        "somatic_current": "500 pA, 900 pA",
        "dendritic_current": "100 pA",
        "somatic_sweep": "400 pA, 500 pA, 900 pA",
        "dendritic_sweep": "100 pA, 300 pA",
        "cells_per_current": "2",
        "settling": "0 ms",
        "duration": "300 ms",
    }
    result = run("response_curves", **changes, backend="numpy", out=tmp_path / "run")
    assert result.summary["somatic_current_pA"] == [500, 900]
    assert result.summary["dendritic_current_pA"] == [100, 100]
    assert result.arrays["trace/v_s"].shape == (2, 3000)
    # Both f-I curves are at 100 pA, so they are equal, and both points lie on them.
    f_I = result.arrays["somatic_sweep/event_rate"]
    assert f_I.shape == (2, 3)
    np.testing.assert_array_equal(f_I[0], f_I[1])
    assert f_I[0, 0] == 0 < f_I[0, 1] < f_I[0, 2]
    assert result.summary["event_rate_Hz"] == f_I[0, 1:].tolist()
    # The BP curves have different somatic currents, and each begins at its point.
    assert result.arrays["dendritic_sweep/event_rate"][:, 0].tolist() == f_I[0, 1:].tolist()


# ---- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"somatic_current": tuple([1, 2] * pA), "dendritic_current": tuple([1, 2, 3] * pA)}, "3 values for 2"),
        ({"settling": 2000 * ms}, "settling"),
        ({"somatic_sweep": (1 * nS,)}, "wrong unit"),
        ({"background": 1}, "background"),
    ],
)
def test_settings_are_checked(changes, said):
    if "background" in changes:
        with pytest.raises(ParameterError, match="rate_s"):
            response_curves.CurvesBackground(rate_s=-1 * Hz)
    else:
        with pytest.raises(ParameterError, match=said):
            response_curves.Config(**changes)


def test_groups_are_points_then_both_curves():
    config = response_curves.Config(
        somatic_current=tuple([10, 20] * pA), dendritic_current=(5 * pA,), somatic_sweep=tuple([1, 2] * pA),
        dendritic_sweep=(3 * pA,),
    )  # fmt: skip
    wanted = [(10, 5), (20, 5), (1, 5), (2, 5), (1, 5), (2, 5), (10, 3), (20, 3)]
    np.testing.assert_allclose(1e12 * config.groups, wanted)


@pytest.mark.long
def test_another_backend_gives_the_same_within_the_spread(tmp_path):
    small = {"somatic_sweep": "200 pA", "dendritic_sweep": "600 pA", "cells_per_current": "40"}
    numpy_ = run("response_curves", **small, backend="numpy", float_bits=64, out=tmp_path / "numpy")
    compiled = run_once("response_curves").arrays
    for sweep, name, at in (("somatic_sweep", "event_rate", 4), ("dendritic_sweep", "burst_probability", 8)):
        value, error = (numpy_.arrays[f"{sweep}/{name}{suffix}"][0, 0] for suffix in ("", "_error"))
        ours, our_error = (compiled[f"{sweep}/{name}{suffix}"][0, at] for suffix in ("", "_error"))
        assert abs(value - ours) < 4 * np.hypot(error, our_error)
