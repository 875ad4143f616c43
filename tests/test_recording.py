"""Recording: the window and nothing else, the numbers of Brian2's monitors and of the run, and no effect on it."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from brian2 import EventMonitor, StateMonitor, ms, mV, nA, pA, prefs, second
from brian2.units.fundamentalunits import DIMENSIONLESS

from burstlab.experiments import RunError, xor
from burstlab.experiments import run as run_experiment
from burstlab.experiments.catalogue import EXPERIMENTS, configure, find
from burstlab.experiments.engine import traces
from burstlab.experiments.runs.plans import plan
from burstlab.models import INTERNEURON, PYRAMIDAL, pyramidal
from burstlab.models.parameters import ParameterError
from burstlab.models.recorders import EventRecorder, TraceRecorder

from .experiment_runs import (
    RECORDED_CELLS,
    RECORDED_WINDOW,
    SHORT_XOR,
    cache,
    here,
    left_in,
    recorded_xor,
    refused,
    short_xor,
    steps_result,
)

__all__ = ["cache", "here"]

CELLS, WINDOW = RECORDED_CELLS, RECORDED_WINDOW


# ---- the recorders ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["numpy", pytest.param("cython", marks=pytest.mark.slow)])
def test_recorders_keep_what_monitors_keep_in_the_window(run, backend):
    prefs.codegen.target = backend
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
    cells = pyramidal(4, name="cells")
    cells.I_s = [0.3, 0.6, 0.9, 1.2] * nA
    cells.I_d = 500 * pA
    variables, which = ["v_s", "w_d"], [3, 1]
    whole = StateMonitor(cells, variables, record=which, name="whole")
    traces = TraceRecorder(cells, variables, [0, 0], name="traces")
    traces.variables["_indices"].set_value(np.array(which))
    all_events = EventMonitor(cells, "spike", name="all_events")
    events = EventRecorder(cells[1:3], "spike", name="events")
    first, last = 333, 1111
    for recorder in (traces, events):
        recorder.variables["window_first"].set_value(first)
        recorder.variables["window_last"].set_value(last)
    run(cells, whole, traces, all_events, events, duration=200 * ms)
    assert traces.variables["t"].get_value() == pytest.approx(np.arange(first, last) * 1e-4, abs=1e-12)
    for name in variables:
        expected = whole.variables[name].get_value()[first:last]
        assert np.ptp(expected) > 0
        assert np.array_equal(traces.variables[name].get_value(), expected)
    cell, step = np.array(all_events.i), np.rint(np.array(all_events.t / (0.1 * ms)))
    inside = (cell >= 1) & (cell < 3) & (step >= first) & (step < last)
    assert 5 < inside.sum() < len(cell) - 5
    assert np.array_equal(np.array(events.i), cell[inside] - 1)
    assert np.array_equal(np.rint(np.array(events.t / (0.1 * ms))), step[inside])


# ---- a recorded run --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_recording_leaves_the_run_as_it_is():
    with_, without = recorded_xor().arrays, short_xor().arrays
    assert len(without) >= 12
    for name, values in without.items():
        assert np.array_equal(with_[name], values), name


def test_traces_have_shapes_times_and_units():
    result, steps = recorded_xor(), 3000
    with h5py.File(result.folder / "results.h5") as file:
        for name, cells in CELLS.items():
            traces = file["trace"][name]
            assert set(traces) == {"time", "cell", *PYRAMIDAL.traces, *PYRAMIDAL.receptors}
            assert traces["time"][()] == pytest.approx(WINDOW[0] + np.arange(steps) * 2e-4, abs=1e-9)
            assert tuple(traces["cell"]) == cells
            for variable, units in (PYRAMIDAL.traces | PYRAMIDAL.receptors).items():
                assert traces[variable].shape == (len(cells), steps)
                assert traces[variable].attrs["units"] == units
                assert [dim.label for dim in traces[variable].dims] == ["cell", "sample"]
                assert [dim[0].name for dim in traces[variable].dims] == [f"/trace/{name}/cell", f"/trace/{name}/time"]
    assert result.config["recording"] == {
        "cells": {name: list(cells) for name, cells in CELLS.items()},
        "sizes": {"output": 125, "hidden1": 125},
        "window": ["0.6 s", "1.2 s"],
    }


def test_the_unit_of_every_trace_is_that_of_the_model():
    config = configure(xor.EXPERIMENT, "quick", SHORT_XOR)
    cells = {obj.name: obj for obj in xor.EXPERIMENT.build(config).network.objects}["cells"]
    dimensions = {"V": mV.dim, "A": pA.dim, "1": DIMENSIONLESS}
    for population in xor.EXPERIMENT.populations(config).values():
        for name, units in population.variables.items():
            assert cells.variables[name].dim is dimensions[units], name


def test_traces_obey_the_dendrite_s_equation():
    config = configure(xor.EXPERIMENT, "quick", SHORT_XOR)
    cell, synapse, dt = config.cell, config.synapse, float(config.dt)
    for name in CELLS:
        of = {key: recorded_xor().arrays[f"trace/{name}/{key}"].astype(float) for key in PYRAMIDAL.traces}
        g = {key: recorded_xor().arrays[f"trace/{name}/{key}"].astype(float) for key in PYRAMIDAL.receptors}
        # Dendritic synapses see the soma here (driving_force = somatic).
        drive = g["g_exc_d"] * (float(synapse.E_exc) - of["v_s"]) + g["g_inh_d"] * (float(synapse.E_inh) - of["v_s"])
        leak = (float(cell.E_L) - of["v_d"] + drive) / float(cell.tau_d)
        slope = leak + (of["I_d"] - float(cell.a) * of["w_d"]) / float(cell.C_d)
        change = np.diff(of["v_d"], axis=1)
        assert np.std(change) > 1e-5
        # float32 has steps of 7e-9 V at -70 mV
        assert change == pytest.approx(dt * slope[:, :-1], abs=5e-8)


def test_events_are_where_the_traces_jump():
    arrays = recorded_xor().arrays
    jumps = 0
    for name, cells in CELLS.items():
        for row, cell in enumerate(cells):
            jump = np.flatnonzero(np.diff(arrays[f"trace/{name}/w_s"][row]) > 0.5)
            events = arrays[f"events/{name}/time"][arrays[f"events/{name}/cell"] == cell]
            # The last step's jump would be in the sample after the window.
            events = events[events < WINDOW[1] - 3e-4]
            assert arrays[f"trace/{name}/time"][jump] == pytest.approx(events, abs=1e-9)
            jumps += len(jump)
    assert jumps >= 5


def test_counts_are_those_of_the_run():
    arrays = recorded_xor().arrays
    time, n = arrays["bin/time"], int(SHORT_XOR["n"])
    inside = (time > WINDOW[0] - 1e-6) & (time < WINDOW[1] - 1e-6)
    width = time[1] - time[0]
    for name in CELLS:
        row = list(xor.EXPERIMENT.populations(xor.Config())).index(name)
        for kind in ("event", "burst"):
            counted = arrays[f"bin/{kind}_rate"][row, inside].sum() * n * width
            assert len(arrays[f"{kind}s/{name}/time"]) == pytest.approx(counted, abs=1e-6)
            assert len(arrays[f"{kind}s/{name}/time"]) > 10
        assert len(arrays[f"spikes/{name}/time"]) == sum(
            len(arrays[f"{kind}/{name}/time"]) for kind in ("events", "bursts")
        )
        assert np.all(np.diff(arrays[f"spikes/{name}/time"]) >= 0)


def test_other_cells_and_another_window_need_no_compiler():
    first = recorded_xor()
    other = short_xor(record=(("output", (0, 7)), ("hidden1", (1,))), window=(1.0, 1.3))
    assert other.summary["compile_s"] == 0
    assert other.arrays["trace/output/time"][[0, -1]] == pytest.approx([1.0, 1.2998], abs=1e-9)
    assert np.array_equal(other.arrays["trace/output/v_s"][0, :1000], first.arrays["trace/output/v_s"][1, 2000:])


def test_the_step_at_the_begin_counts_and_the_one_at_the_end_does_not():
    """A window from one event to another holds every event and spike from the first on, and not the last one."""
    first, dt = recorded_xor(), 2e-4
    step = {kind: np.rint(first.arrays[f"{kind}/output/time"] / dt).astype(int) for kind in ("events", "spikes")}
    distinct = np.unique(step["events"])
    begin, end = int(distinct[5]), int(distinct[-5])
    other = short_xor(record=(("output", (3, 0)), ("hidden1", (5,))), window=(begin * dt, end * dt))
    assert other.summary["compile_s"] == 0
    assert other.arrays["trace/output/time"][[0, -1]] == pytest.approx([begin * dt, (end - 1) * dt], abs=1e-9)
    for kind, steps in step.items():
        inside = (steps >= begin) & (steps < end)
        assert 10 < np.count_nonzero(inside) < len(steps)
        for part in ("cell", "time"):
            expected = first.arrays[f"{kind}/output/{part}"][inside]
            np.testing.assert_array_equal(other.arrays[f"{kind}/output/{part}"], expected)
    assert np.rint(other.arrays["events/output/time"][0] / dt) == begin


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--record", "outptu:0"), ("outptu", "did you mean output")),
        (("--record", "output:500"), ("output:500", "0 to 249")),
        (("--record", "output"), ("POPULATION:CELL",)),
        (("--record", "output:-1"), ("POPULATION:CELL",)),
        (("--record", "output:0", "--window", "48:40"), ("48:40", "before it ends")),
        (("--record", "output:0", "--window", "8000:9001"), ("9001", "of the run")),
        (("--record", "output:0", "--window", "40"), ("--window 40:", "BEGIN:END")),
        (("--record", "output:0", "--window", "1 mV:2 mV"), ("two times",)),
        (("--window", "40:48"), ("--record",)),
        (("--record", "output:0,1,2", "--memory-limit", "lots"), ("lots", "2 GB")),
        # 8000 s in steps of 0.2 ms, three cells with 11 variables of four bytes: over 5 GB as raw data.
        (("--record", "output:0,1,2"), ("3 cells", "GB of memory", "--memory-limit")),
    ],
)
def test_refused_in_one_line_before_anything_happens(here, tmp_path, arguments, said):
    line = refused(here("run", "xor", *arguments))
    assert all(part in line for part in said), line
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("name", [name for name, each in EXPERIMENTS.items() if each.compute is None])
def test_every_experiment_with_voltages_offers_its_cells(name):
    module, config = find(name), find(name).presets["quick"]
    groups = {obj.name: obj for obj in module.build(config).network.objects}
    if not any("v_s" in getattr(group, "variables", {}) for group in groups.values()):
        with pytest.raises(ParameterError, match=f"{name} has no cells with a voltage"):
            plan(name, record={"cells": [0]})
        return
    known = module.populations(config)
    assert known
    for population in known.values():
        group = groups[population.group]
        assert 0 <= population.start < population.stop <= len(group)
        assert set(population.variables) <= set(group.variables)
        assert set(population.events) <= set(group.events)
        # What a cell has of these is offered.
        every = PYRAMIDAL.traces | PYRAMIDAL.receptors | INTERNEURON.traces | INTERNEURON.receptors
        assert set(population.variables) == set(every) & set(group.variables)


def test_current_steps_keeps_a_window_of_some_cells(tmp_path):
    whole = steps_result()
    result = run_experiment(
        "current_steps", "paper", record={"cells": [5, 4]}, window=(0.2, 0.45), out=tmp_path / "run", backend="numpy",
        float_bits=64,
    )  # fmt: skip
    kept = result.recorded["cells"]
    assert kept.cells == (5, 4)
    assert (kept.begin, kept.end) == pytest.approx((0.2, 0.4499))
    assert set(kept.variables) == set(PYRAMIDAL.traces)
    assert np.array_equal(result.arrays["trace/cells/v_d"], result.arrays["trace/v_d"][[5, 4], 2000:4500])
    assert np.ptp(np.asarray(result.trace("theta", cell=5).values / mV)) > 1
    inside = (whole.arrays["bursts/time"] >= 0.2) & (whole.arrays["bursts/time"] < 0.45)
    assert result.bursts().cell.tolist() == whole.arrays["bursts/cell"][inside].tolist()


def test_memory_is_counted_before_the_run():
    config = configure(find("xor"), "paper", {})
    known = xor.EXPERIMENT.populations(config)

    def needed(n, seconds, bits=32):
        cells = {"output": tuple(range(n))}
        asked = traces.Recording(cells=cells, sizes={"output": 500}, begin=10, end=10 + seconds)
        return traces.memory(asked, known, config, bits)

    # Traces of the 11 variables alone; time, and spikes of the population, are the same for all.
    one = needed(2, 8) - needed(1, 8)
    assert one >= 80_000 * 11 * 4
    assert needed(11, 8) - needed(1, 8) == pytest.approx(10 * one)
    assert needed(2, 8, 64) - needed(1, 8, 64) == pytest.approx(2 * one)
    assert needed(5, 16) == pytest.approx(2 * needed(5, 8))
    size = needed(3, 8)
    assert plan("xor", "paper", record={"output": [0, 1, 2]}, window=(10, 18), memory_limit=size).recording
    with pytest.raises(RunError, match=traces.size_text(size)):
        plan("xor", "paper", record={"output": [0, 1, 2]}, window=(10, 18), memory_limit=0.99 * size)


def test_windows_and_sizes_are_read_with_and_without_units():
    assert traces.read_window("0.04:1.5") == (0.04, 1.5)
    assert traces.read_window("40 ms:1.5 s") == (40 * ms, 1.5 * second)
    planned = plan("xor", record={"output": [0]}, window=traces.read_window("40 ms:1.5"))
    assert (planned.recording.begin, planned.recording.end) == pytest.approx((0.04, 1.5))
    assert traces.read_size("1.5 MB") == 1.5e6
    assert traces.size_text(2.344e9) == "2.34 GB"
    assert traces.read_cells(["output:0, 1", "hidden1:3", "output:7"]) == {"output": [0, 1, 7], "hidden1": [3]}
