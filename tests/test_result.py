"""Results of recorded runs: with units, and the same numbers in xarray and neo."""

from __future__ import annotations

import builtins
import json

import numpy as np
import pytest
import xarray
from brian2 import Hz, ms, mV, pA, second

from burstlab.analysis import bursts
from burstlab.experiments import RunError, load

from .experiment_runs import RECORDED_CELLS, RECORDED_WINDOW, cache, recorded_xor, short_xor, steps_result

__all__ = ["cache"]


def test_traces_have_units_and_are_those_of_the_cell():
    result = load(recorded_xor().folder)
    for name, cells in RECORDED_CELLS.items():
        for row, cell in enumerate(cells):
            time, v_d = result.trace("v_d", name, cell)
            assert np.array_equal(np.asarray(v_d), result.arrays[f"trace/{name}/v_d"][row])
            assert v_d.dim is mV.dim
            assert -100 < np.mean(v_d / mV) < 0
            assert float(time[0] / second) == pytest.approx(RECORDED_WINDOW[0])
            assert result.trace("I_d", name, cell).values.dim is pA.dim
            assert result.trace("g_exc_s", name, cell).values.shape == time.shape
    a, b = (result.trace("v_s", "output", cell).values for cell in RECORDED_CELLS["output"])
    assert not np.array_equal(np.asarray(a), np.asarray(b))


def test_trains_are_those_of_the_population():
    result = recorded_xor()
    spikes, events, found = result.spikes("output"), result.events("output"), result.bursts("output")
    assert events.time.dim is ms.dim
    assert len(spikes.cell) == len(events.cell) + len(found.cell)
    assert len(found.cell) > 10
    # On-line and off-line definitions agree away from the begin of the window, where the latter knows no past.
    again = bursts.find_bursts(spikes.cell, np.asarray(spikes.time))
    for train, cell, time in (
        (events, again.event_cell, again.event_time), (found, again.burst_cell, again.burst_time)
    ):  # fmt: skip
        late, late_again = np.asarray(train.time) > RECORDED_WINDOW[0] + 0.1, time > RECORDED_WINDOW[0] + 0.1
        ours = sorted(zip(np.asarray(train.time)[late], train.cell[late], strict=True))
        assert ours == sorted(zip(time[late_again], cell[late_again], strict=True))
        assert len(ours) > 10


def test_an_experiment_with_one_population_calls_it_cells():
    result = steps_result()
    assert list(result.recorded) == ["cells"]
    assert result.recorded["cells"].cells == (0, 1, 2, 3, 4, 5)
    time, current = result.trace("I_d", cell=5)
    assert sorted(set(np.rint(np.asarray(current / pA)))) == [0, 800]
    on = np.asarray(time / ms)[np.asarray(current / pA) > 400]
    assert (on[0], on[-1]) == pytest.approx((100, 599.9))
    assert len(result.bursts().cell) == sum(result.summary["burst_count"])
    assert result.trace("w_s", cell=0).values.dim is (Hz / Hz).dim


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("v_d", "outptu", 3), "it has hidden1, output"),
        (("v_d", "output", 4), "there are 3, 0"),
        (("v_x", "output", 3), "there are I_d, I_s, g_exc_d"),
    ],
)
def test_what_was_not_recorded_is_an_error_that_says_what_was(asked, said):
    with pytest.raises(RunError) as error:
        recorded_xor().trace(*asked)
    assert said in " ".join(str(error.value).split()).replace("output, hidden1", "hidden1, output")


def test_a_run_without_recording_says_how_to_make_one():
    assert dict(short_xor().recorded) == {}
    with pytest.raises(RunError, match=r"record=\.\.\."):
        short_xor().events("output")


def test_xarray_has_dimensions_units_and_coordinates():
    result = recorded_xor()
    data = result.to_xarray()
    assert set(data.variables) == {"population", *(name.replace("/", ".") for name in result.arrays)}
    v_d = data["trace.output.v_d"]
    assert v_d.dims == ("trace.output.cell", "trace.output.time")
    assert v_d.attrs["units"] == "V"
    chosen = v_d.sel({"trace.output.cell": 0, "trace.output.time": slice(0.7, 0.8 - 1e-6)})
    time, values = result.trace("v_d", "output", 0)
    inside = (np.asarray(time) > 0.7 - 1e-6) & (np.asarray(time) < 0.8 - 1e-6)
    assert inside.sum() == 500
    assert np.array_equal(chosen.values, np.asarray(values)[inside])
    assert data["bin.event_rate"].dims == data["bin.burst_rate"].dims == ("population", "bin.time")
    # Of each population the events that were recorded of it: the row of its name is its own.
    for name in RECORDED_CELLS:
        rate = data["bin.event_rate"].sel({"population": name, "bin.time": slice(0.6 - 1e-6, 1.2 - 1e-6)})
        width = float(rate["bin.time"][1] - rate["bin.time"][0])
        assert rate.values.sum() * width * 125 == pytest.approx(len(result.events(name).cell), abs=2)
    assert data.attrs["experiment"] == "xor"
    assert json.loads(data.attrs["parameters"]) == result.config["parameters"]
    assert data.attrs["burstlab_version"] in data.attrs["source"]


def test_what_xarray_says_of_arrays():
    """Of cells that a run keeps by itself, too: their numbers are a coordinate."""
    data = steps_result().to_xarray()
    assert data["trace.v_d"].sel(cell=5).shape == data["trace.time"].shape
    said = {name: data[name].attrs["long_name"] for name in ("trace.v_d", "trace.w_d", "trace.time", "bursts.time")}
    assert said == {
        "trace.v_d": "dendritic membrane voltage",
        "trace.w_d": "dendritic adaptation, as the voltage that it follows",
        "trace.time": "time of the sample",
        "bursts.time": "times of bursts, at their second spikes",
    }


def test_the_file_itself_opens_in_xarray():
    with xarray.open_dataset(recorded_xor().folder / "results.h5", group="trace/output", engine="h5netcdf") as data:
        assert data["v_d"].dims == ("cell", "time") or data["v_d"].dims == ("cell", "sample")
        assert data["v_d"].attrs["units"] == "V"
        assert np.array_equal(data["v_d"].values, recorded_xor().arrays["trace/output/v_d"])


def test_neo_has_signals_spike_trains_and_events():
    result = recorded_xor()
    (segment,) = result.to_neo().segments
    signals = {signal.name: signal for signal in segment.analogsignals}
    assert len(signals) == 2 * 11
    signal = signals["output v_d"]
    assert signal.shape == (3000, 2)
    assert float(signal.sampling_rate.rescale("Hz")) == pytest.approx(5000)
    assert float(signal.t_start.rescale("s")) == pytest.approx(RECORDED_WINDOW[0])
    assert np.array_equal(signal.rescale("V").magnitude[:, 1], result.arrays["trace/output/v_d"][1])
    assert list(signal.array_annotations["cell"]) == [3, 0]
    trains = {train.name: train for train in segment.spiketrains}
    assert len(trains) == 2 * 125
    assert sum(len(train) for train in trains.values()) == sum(len(result.spikes(name).cell) for name in RECORDED_CELLS)
    (found,) = [event for event in segment.events if event.name == "output bursts"]
    assert np.array_equal(found.times.rescale("s").magnitude, result.arrays["bursts/output/time"])
    (cells,) = steps_result().to_neo().segments
    assert len(cells.spiketrains) == 6


@pytest.mark.parametrize(("method", "package"), [("to_xarray", "xarray"), ("to_neo", "neo")])
def test_a_missing_extra_is_named(monkeypatch, method, package):
    real = builtins.__import__

    def without(name, *arguments, **more):
        if name.split(".")[0] == package:
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr("importlib.import_module", lambda name: without(name))
    with pytest.raises(RunError, match=rf"burstlab\[{package}\]"):
        getattr(steps_result(), method)()
