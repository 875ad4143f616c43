"""numpy, Cython and two C++ devices on replayed input: equal spikes and weights.

Cython compiles every code object for some seconds: it is compared on cells with input, the C++ devices on a network.
"""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pytest

pytestmark = pytest.mark.long
RUNS = {
    "cells": ["numpy", "cython"],
    "network": ["numpy", "cpp_standalone", "burstlab_standalone"],
}
PAIRS = [(size, other) for size, backends in RUNS.items() for other in backends[1:]]

# Nothing here is random but the input, which is drawn with numpy before.
SCRIPT = """
import sys
import numpy as np
import brian2
from brian2 import EventMonitor, Hz, Network, SpikeGeneratorGroup, SpikeMonitor, mV, ms, nA, pA, prefs, second
from brian2 import set_device
from burstlab.experiments.engine import device
from burstlab.models import Conductance, burst_rule, interneurons, plastic_projection, projection
from burstlab.models import pv_parameters, pyramidal, std_parameters
from burstlab.models import conductance, short_term_plasticity as stp
from burstlab.models.parameters import assign

size, backend, out = sys.argv[1:]
whole = size == "network"
prefs.core.default_float_dtype = np.float64
if backend.endswith("standalone"):
    if backend == device.DEVICE_NAME:
        prefs.codegen.cpp.extra_compile_args = device.COMPILE_FLAGS
    else:
        prefs.codegen.cpp.extra_compile_args = ["-w", "-O0"]  # compiling takes longer than running
    set_device(backend, directory="code", build_on_run=True)
else:
    prefs.codegen.target = backend
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
rng = np.random.default_rng(11)
n, n_inputs, steps = 40, 60, 6000

rule = burst_rule("slow")
cells = pyramidal(
    n, synapses=conductance.pyramidal_synapses("local"),
    parts=[stp.cell_part(), *([rule.part] if whole else [])], name="cells",
)
stp.rest(cells, std_parameters())
assign(cells, Conductance())
if whole:
    cells.eta = 1e-3
cells.v_s = rng.normal(-70, 5, n)*mV
cells.I_s = np.linspace(0.2, 0.9, n)*nA
cells.I_d = np.linspace(500, 100, n)*pA

step, source = np.nonzero(rng.random((steps, n_inputs)) < 30*1e-4)
inputs = SpikeGeneratorGroup(n_inputs, source, step*0.1*ms, name="inputs")
parts = [cells, inputs]
for receptor, weight in (("g_exc_s", 0.10), ("g_inh_d", 0.03)):
    drive = projection(inputs, cells, receptor, weight=weight, delay=0.8*ms, name="to_" + receptor)
    i, j = np.nonzero(rng.random((n_inputs, n)) < 0.2)
    drive.connect(i=i, j=j)
    parts.append(drive)
if whole:
    inhibitory = interneurons(10, pv_parameters(), synapses=conductance.interneuron_synapses(), name="inhibitory")
    assign(inhibitory, Conductance())
    inhibitory.I = np.linspace(150, 220, 10)*pA
    read = projection(cells, inhibitory, "g_exc", weight=0.2, amount="w*release_pre", delay=0.8*ms, name="read")
    back = projection(inhibitory, cells, "g_inh_s", weight=0.05, delay=0.8*ms, name="back")
    feedback = projection(cells, cells, "g_inh_d", on="burst", weight=0.05, name="feedback")
    plastic = plastic_projection(cells, cells, rule, name="plastic")
    for synapses in (read, back):
        synapses.connect()
    i, j = np.nonzero((rng.random((n, n)) < 0.2) & ~np.eye(n, dtype=bool))
    feedback.connect(i=j, j=i)
    plastic.connect(i=i, j=j)
    plastic.w = 0.02
    parts += [inhibitory, read, back, feedback, plastic]
monitors = {
    "spike": SpikeMonitor(cells, name="spikes"),
    "event": EventMonitor(cells, "event", name="events"),
    "burst": EventMonitor(cells, "burst", name="bursts"),
}
if whole:
    monitors["inhibitory"] = SpikeMonitor(inhibitory, name="inhibitory_spikes")
Network(*parts, *monitors.values()).run(steps*0.1*ms, namespace={})
found = {"v_s": np.asarray(cells.v_s), "v_d": np.asarray(cells.v_d)}
if whole:
    found |= {"w": np.array(plastic.w), "i": np.array(plastic.i), "j": np.array(plastic.j)}
for name, monitor in monitors.items():
    cell, time = np.array(monitor.i), np.rint(np.asarray(monitor.t)/1e-4).astype(int)
    order = np.lexsort((cell, time))
    found |= {name + "_cell": cell[order], name + "_step": time[order]}
np.savez(out, **found)
"""


@pytest.fixture(scope="module")
def replayed(python, tmp_path_factory):
    """replayed(size, backend): arrays of the run, made once."""
    made = {}

    def replayed_(size, backend):
        if (size, backend) not in made:
            folder = tmp_path_factory.mktemp(f"{size}_{backend}")
            python(SCRIPT, size, backend, folder / "found.npz", cwd=folder)
            with np.load(folder / "found.npz") as arrays:
                made[size, backend] = {name: arrays[name] for name in arrays}
            folders[size, backend] = folder
        return made[size, backend]

    replayed_.folders = folders = {}
    return replayed_


@pytest.mark.parametrize("size", RUNS)
def test_the_replay_is_busy(replayed, size):
    found = replayed(size, "numpy")
    assert len(np.unique(found["spike_cell"])) >= 20  # half of the cells
    assert min(len(found["event_cell"]), len(found["burst_cell"])) >= 40
    if size == "network":
        assert len(np.unique(found["inhibitory_cell"])) >= 5
        assert np.sum(found["w"] != 0.02) >= 100


@pytest.mark.parametrize(("size", "backend"), PAIRS)
def test_backends_emit_the_same(replayed, size, backend):
    expected, found = replayed(size, "numpy"), replayed(size, backend)
    names = {name for name in expected if name.endswith(("_cell", "_step"))}
    assert len(names) == (8 if size == "network" else 6)
    for name in names:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


@pytest.mark.parametrize(("size", "backend"), PAIRS)
def test_backends_end_in_the_same_state(replayed, size, backend):
    expected, found = replayed(size, "numpy"), replayed(size, backend)
    # Equal spikes, so states differ by the rounding of exp and of sums: some 1e-16 a step, in a contracting system.
    for name in ("v_s", "v_d"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9)


@pytest.mark.parametrize("backend", RUNS["network"][1:])
def test_backends_learn_the_same(replayed, backend):
    expected, found = replayed("network", "numpy"), replayed("network", backend)
    order, other = np.lexsort((expected["j"], expected["i"])), np.lexsort((found["j"], found["i"]))
    for name in ("i", "j"):
        np.testing.assert_array_equal(found[name][other], expected[name][order])
    # As above: rounding of some 10^3 changes.
    np.testing.assert_allclose(found["w"][other], expected["w"][order], rtol=1e-10)


@pytest.mark.parametrize("every", [0.07, 0.25, 0.3504])
def test_a_program_goes_on_with_what_is_under_way(replayed, tmp_path, every):
    """Delays of 0.8 ms: spikes wait for their delivery when the checkpoint is written. Every result is the same."""
    replayed("network", "burstlab_standalone")
    program = replayed.folders["network", "burstlab_standalone"] / "code"
    checkpoint = {
        "BURSTLAB_CHECKPOINT": str(tmp_path / "checkpoint"),
        "BURSTLAB_CHECKPOINT_EVERY": str(every),
        "BURSTLAB_CHECKPOINT_OF": "test",
    }
    results = {}
    for name, more in (("whole", {}), ("written", checkpoint), ("resumed", checkpoint | {"BURSTLAB_RESUME": "1"})):
        (tmp_path / name).mkdir()
        command = [str(program / "main"), "--results_dir", f"{tmp_path / name}/"]
        done = subprocess.run(command, cwd=program, env=os.environ | more, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        files = [
            path for path in (tmp_path / name).iterdir() if path.name.startswith("_dynamic") or "_array" in path.name
        ]
        results[name] = {path.name: path.read_bytes() for path in files}
    assert len(results["whole"]) > 50
    assert sum(map(len, results["whole"].values())) > 10_000
    assert results["written"] == results["whole"]
    assert results["resumed"] == results["whole"]
