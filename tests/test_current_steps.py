"""Current steps into single cells against the original program, and the record that they leave."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from brian2 import ms, mV, pA

from burstlab.analysis.bursts import count_per_cell, find_bursts
from burstlab.experiments import current_steps, run
from burstlab.models import ParameterError, Pyramidal

from .experiment_runs import cache, steps_result
from .patience import LONG

__all__ = ["cache"]
REFERENCE = Path(__file__).with_name("reference") / "two_compartment_steps.npz"
N = 6


@pytest.fixture(scope="module")
def original():
    """Spikes of the original program, and the events and bursts among them."""
    with np.load(REFERENCE) as file:
        arrays = dict(file)
    found = find_bursts(arrays["spike_cell"], arrays["spike_t_s"])
    cells = {"spike": arrays["spike_cell"], "event": found.event_cell, "burst": found.burst_cell}
    return arrays | {f"{name}_count": count_per_cell(cell, N).tolist() for name, cell in cells.items()}


@pytest.fixture(scope="module")
def result(cache):
    """The preset's run."""
    return steps_result()


def test_the_preset_has_the_original_currents(original):
    config = current_steps.PRESETS["paper"]
    for mine, theirs in (("somatic_current", "soma_current_pA"), ("dendritic_current", "dendrite_current_pA")):
        assert [round(float(current / pA)) for current in getattr(config, mine)] == original[theirs].tolist()


def test_counts_are_those_of_the_original(result, original):
    assert original["spike_count"] == [0, 0, 3, 8, 12, 30]
    assert sum(original["burst_count"]) > 0
    for name in ("spike_count", "event_count", "burst_count"):
        assert result.summary[name] == original[name]


def test_first_spikes_within_a_millisecond_and_a_half(result, original):
    # The original adds the current after its threshold test, which moves its threshold by dt I/C (reference.md 3).
    compared = 0
    for cell in range(N):
        theirs = original["spike_t_s"][original["spike_cell"] == cell]
        mine = result.arrays["spikes/time"][result.arrays["spikes/cell"] == cell]
        if len(theirs):
            assert abs(mine.min() - theirs.min()) <= 1.5e-3
            assert result.summary["first_spike_s"][cell] == mine.min()
            compared += 1
        else:
            assert result.summary["first_spike_s"][cell] is None
    assert compared == 4


@pytest.mark.long
@pytest.mark.parametrize("dt", [0.05, 0.025])
def test_a_finer_step_changes_no_count(original, tmp_path, dt):
    finer = run("current_steps", "paper", dt=dt * ms, out=tmp_path / "run")
    assert finer.arrays["trace/v_s"].shape == (N, round(800 / dt))
    for name in ("spike_count", "event_count", "burst_count"):
        assert finer.summary[name] == original[name]


@pytest.fixture(scope="module", params=LONG)
def double(cache, tmp_path_factory):
    """The preset's run with float64 states."""
    return run("current_steps", "paper", float_bits=64, out=tmp_path_factory.mktemp("double") / "run")


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cython", marks=pytest.mark.slow)])
def test_backends_give_equal_spikes(double, tmp_path, backend):
    """Of float64 states: single precision rounds differently in each backend, by a time step for some spikes."""
    other = run("current_steps", "paper", backend=backend, float_bits=64, out=tmp_path / "run")
    assert len(other.arrays["spikes/time"]) == 53
    order = [np.lexsort((found.arrays["spikes/cell"], found.arrays["spikes/time"])) for found in (double, other)]
    for name in ("spikes/cell", "spikes/time"):
        np.testing.assert_array_equal(other.arrays[name][order[1]], double.arrays[name][order[0]])


@pytest.mark.parametrize("backend", ["cpp", "numpy"])
def test_precision_and_backend_change_no_count(original, double, tmp_path, backend):
    found = double if backend == "cpp" else run("current_steps", "paper", backend=backend, out=tmp_path / "run")
    for name in ("spike_count", "event_count", "burst_count"):
        assert found.summary[name] == original[name]


def test_backends_leave_brian_as_it_was(tmp_path):
    from brian2 import defaultclock, prefs

    before = prefs.codegen.target, prefs.core.default_float_dtype, float(defaultclock.dt)
    run(
        "current_steps",
        backend="numpy",
        duration="20 ms",
        onset="1 ms",
        step_duration="5 ms",
        dt="0.5 ms",
        out=tmp_path / "r",
    )
    assert (prefs.codegen.target, prefs.core.default_float_dtype, float(defaultclock.dt)) == before


# ---- the record ------------------------------------------------------------------------------------------------------


def test_datasets_units_and_shapes(result):
    wanted = {
        "spikes/cell": ("1", (53,)),
        "spikes/time": ("s", (53,)),
        "trace/time": ("s", (8000,)),
        "trace/v_s": ("V", (N, 8000)),
        "trace/v_d": ("V", (N, 8000)),
    }
    with h5py.File(result.folder / "results.h5") as file:
        for name, (units, shape) in wanted.items():
            assert file[name].attrs["units"] == units
            assert file[name].shape == shape
        assert [scale.name for scale in file["trace/v_s"].dims[1].values()] == ["/trace/time"]


def test_cells_begin_at_rest_exactly(result):
    for name in ("trace/v_s", "trace/v_d"):
        assert np.all(result.arrays[name][:, 0] == np.float32(-0.07))
    assert result.arrays["trace/time"][0] == 0
    np.testing.assert_allclose(np.diff(result.arrays["trace/time"]), 1e-4, rtol=1e-9)


def test_cells_rest_until_the_current_flows(result):
    # Cell 0 has no current at all: it stays what every cell is before the onset.
    v_s = result.arrays["trace/v_s"]
    before = result.arrays["trace/time"] <= 0.1
    np.testing.assert_array_equal(v_s[1:, before], np.broadcast_to(v_s[0, before], (N - 1, before.sum())))
    with_current = [cell for cell in range(N) if cell != 0]
    first_after = np.flatnonzero(~before)[0]
    assert np.all(v_s[with_current, first_after] > v_s[0, first_after])


def test_spikes_are_where_the_trace_is_reset(result):
    """Sample k is the state at the begin of step k; a spike in step k has reset it by the next sample."""
    steps = np.rint(result.arrays["spikes/time"] / 1e-4).astype(int)
    reset = result.arrays["trace/v_s"][result.arrays["spikes/cell"], steps + 1]
    np.testing.assert_allclose(reset, -0.07, rtol=1e-6)


def test_saved_events_are_those_of_the_saved_spikes(result):
    found = find_bursts(result.arrays["spikes/cell"], result.arrays["spikes/time"])
    for kind in ("event", "burst"):
        np.testing.assert_array_equal(result.arrays[f"{kind}s/cell"], getattr(found, f"{kind}_cell"))
        np.testing.assert_array_equal(result.arrays[f"{kind}s/time"], getattr(found, f"{kind}_time"))


# ---- settings --------------------------------------------------------------------------------------------------------


def test_a_strong_current_keeps_the_plateau_and_adaptation_stretches_intervals_beyond_a_burst(result):
    """What docs/tutorial.md says of 400 and 800 pA into the dendrite."""
    cell, when, time = result.arrays["spikes/cell"], result.arrays["spikes/time"], result.arrays["trace/time"]
    plateau = float(Pyramidal().E_d)
    assert plateau == pytest.approx(-0.038)
    for which, stays in ((4, False), (5, True)):
        spikes = when[cell == which]
        while_driven = (time > spikes[1]) & (time < 0.6)
        assert np.all(result.arrays["trace/v_d"][which, while_driven] > plateau) == stays
    intervals = 1e3 * np.diff(spikes)
    assert intervals[0] == pytest.approx(6, abs=0.5)
    assert intervals[-10:] == pytest.approx(19, abs=0.5)
    growing = intervals[: np.argmax(intervals > 16) + 1]
    assert 4 < len(growing) < len(intervals) / 2
    assert np.all(np.diff(growing) > 0)


def test_one_current_is_for_all_cells():
    config = current_steps.Config(somatic_current=tuple([100, 200, 300] * pA), dendritic_current=(50 * pA,))
    assert config.n_cells == 3
    given = current_steps.values(config, 1)["dendritic_step.values"]
    np.testing.assert_allclose(given.max(axis=0), 50e-12)
    assert current_steps.values(config, 1)["somatic_step.values"].max(axis=0) == pytest.approx([1e-10, 2e-10, 3e-10])


def test_a_single_cell_does_what_it_does_among_others(double, tmp_path):
    currents = {"somatic_current": "500 pA", "dendritic_current": "800 pA"}
    alone = run("current_steps", **currents, backend="numpy", float_bits=64, out=tmp_path / "run")
    mine = double.arrays["spikes/cell"] == 5
    assert mine.sum() == 30
    np.testing.assert_array_equal(alone.arrays["spikes/time"], double.arrays["spikes/time"][mine])


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ParameterError, match="dendritic_current: 3 values for 2"):
        current_steps.Config(somatic_current=tuple([1, 2] * pA), dendritic_current=tuple([1, 2, 3] * pA))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duration": 500 * ms}, "duration"),
        ({"dt": 1 * ms}, "dt"),
        ({"somatic_current": (1 * mV,)}, "wrong unit"),
        ({"somatic_current": ()}, "somatic_current"),
        ({"dendritic_current": (float("nan") * pA,)}, "dendritic_current"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        current_steps.Config(**changes)


@pytest.mark.parametrize("dt", [0.1, 0.05, 0.04])
def test_the_step_lasts_as_long_as_it_should(dt):
    config = current_steps.Config(dt=dt * ms)
    on = current_steps.values(config, 1)["somatic_step.values"][:, 0] > 0
    # Within a step of 500 ms, and one piece from the onset on.
    assert abs(on.sum() * dt - 500) <= dt
    assert np.count_nonzero(np.diff(on.astype(int))) == 2
    assert abs(np.flatnonzero(on)[0] * dt - 100) <= dt


def test_currents_share_no_memory():
    """On numpy and Cython values are written into these arrays: one array for both would be one current."""
    somatic, dendritic = current_steps.build(current_steps.PRESETS["paper"]).functions.values()
    assert not np.shares_memory(somatic.values, dendritic.values)
