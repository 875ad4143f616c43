"""Runs in a process whose Brian2 is in use: neither changes the other."""

from __future__ import annotations

import importlib
import threading
from dataclasses import replace

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, ms, prefs

from burstlab.experiments import current_steps, run
from burstlab.experiments.contract.isolation import _HARMLESS, default_preferences, isolated
from burstlab.experiments.errors import RunError

devices = importlib.import_module("brian2.devices.device")

# Runs with noise, in steps of another length than the user's.
SMALL = {
    "cells_per_current": 2, "somatic_sweep": "0 pA", "dendritic_sweep": "0 pA", "settling": "10 ms",
    "duration": "60 ms", "dt": "0.2 ms",
}  # fmt: skip


def results(folder, seed=1, **more):
    """The bytes of a run's results."""
    run("response_curves", backend="numpy", seed=seed, out=folder, **(SMALL | more))
    return (folder / "results.h5").read_bytes()


def state():
    """All that belongs to the user."""
    return {
        "device": devices.active_device,
        "options": dict(vars(devices.active_device).get("build_options", {})),
        "previous": list(devices.previous_devices),
        "dt": float(brian2.defaultclock.dt),
        "preferences": {name: repr(prefs[name]) for name in _preferences()},
        "random": np.random.get_state()[1].tolist(),
        "names": {ref().name for ref in brian2.core.names.Nameable.__instances__() if hasattr(ref(), "name")},
    }


def _preferences():
    return [f"{category}.{name}" for category, (known, _) in prefs.pref_register.items() for name in known]


# The whole of a session: a model that is compiled, and a run in the middle of its description.
STANDALONE = """
import sys
import numpy as np
import brian2
from brian2 import Network, NeuronGroup, SpikeMonitor, defaultclock, device, get_device, ms, prefs, set_device
from burstlab.experiments import run

set_device("cpp_standalone", build_on_run=False, directory="unused")
prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
defaultclock.dt = 0.5*ms
model = "dv/dt = 1/(10*ms) : 1\\nlimit : 1"
mine = NeuronGroup(3, model, threshold="v > limit", reset="v = 0", method="euler", name="cells")
mine.limit = [0.5, 1, 2]
before = get_device(), get_device().build_on_run, dict(get_device().build_options), float(defaultclock.dt)
result = run("response_curves", backend="numpy", out="run", cells_per_current=2, somatic_sweep="0 pA",
             dendritic_sweep="0 pA", settling="10 ms", duration="60 ms", dt="0.2 ms")
assert result.status == "done"
assert before == (get_device(), get_device().build_on_run, dict(get_device().build_options), float(defaultclock.dt))
spikes = SpikeMonitor(mine, name="spikes")
Network(mine, spikes).run(100*ms, namespace={})
device.build(directory="mine", with_output=False)
np.save("count.npy", np.array(spikes.count))
np.save("steps.npy", np.rint(np.array(spikes.t/ms)/0.5))
"""


@pytest.mark.long
def test_a_standalone_model_of_the_user_s_is_untouched(python, tmp_path):
    python(STANDALONE, cwd=tmp_path)
    # Voltages rise by 0.05 in a step of 0.5 ms and are reset in the step in which they are above the limit.
    steps = {0: 11, 1: 21, 2: 41}
    assert np.load(tmp_path / "count.npy").tolist() == pytest.approx([200 / n for n in steps.values()], abs=1)
    found = np.load(tmp_path / "steps.npy")
    assert found.min() in (9, 10)
    assert len(found) >= 30
    # The run inside of that session is the run of any other.
    assert (tmp_path / "run" / "results.h5").read_bytes() == results(tmp_path / "alone")


def _spiking(name):
    cells = NeuronGroup(
        20, "dv/dt = (1.2 - v)/(10*ms) + 0.5*xi*(10*ms)**-0.5 : 1", threshold="v > 1", reset="v = 0", method="euler",
        name=name,
    )  # fmt: skip
    spikes = SpikeMonitor(cells, name=f"{name}_spikes")
    return Network(cells, spikes), spikes


def test_a_network_of_the_user_s_goes_on(tmp_path):
    """At 10.1 ms, which is no step of the run's; with the random numbers that it would have had."""
    found = []
    for between in (False, True):
        brian2.defaultclock.dt = 0.1 * ms
        brian2.seed(3)
        network, spikes = _spiking("goes_on")
        network.run(10.1 * ms, namespace={})
        before = state()
        if between:
            results(tmp_path / "run")
        assert state() == before
        network.run(30 * ms, namespace={})
        found.append((np.array(spikes.i).tolist(), np.array(spikes.t).tolist()))
    assert found[0] == found[1]
    assert len(found[0][0]) > 20


@pytest.mark.long
def test_runs_in_threads_give_what_they_give_alone(tmp_path):
    alone = {seed: results(tmp_path / f"alone-{seed}", seed) for seed in (1, 2, 3)}
    assert len(set(alone.values())) == 3
    before, together = state(), {}

    def in_thread(seed):
        together[seed] = results(tmp_path / f"thread-{seed}", seed)

    threads = [threading.Thread(target=in_thread, args=(seed,)) for seed in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
    assert state() == before


AWKWARD = {
    "core.default_float_dtype": np.float32,
    "core.default_integer_dtype": np.int64,
    "core.network.default_schedule": ["start", "thresholds", "groups", "synapses", "resets", "end"],
    "codegen.target": "cython",
    "codegen.string_expression_target": "cython",
    "codegen.loop_invariant_optimisations": False,
    "legacy.refractory_timing": True,
    "codegen.runtime.numpy.discard_units": True,
}


def test_the_user_s_preferences_change_no_result(tmp_path, monkeypatch):
    expected = results(tmp_path / "default")
    for name, value in AWKWARD.items():
        monkeypatch.setitem(prefs, name, value)
    before = state()
    assert results(tmp_path / "awkward") == expected
    assert state() == before


def test_every_preference_is_default_or_harmless(monkeypatch):
    for name, value in AWKWARD.items():
        monkeypatch.setitem(prefs, name, value)
    monkeypatch.setitem(prefs, "devices.cpp_standalone.openmp_threads", 4)
    with default_preferences():
        for category, (known, _) in prefs.pref_register.items():
            for name, preference in known.items():
                full = f"{category}.{name}"
                if full not in _HARMLESS and category not in ("logging", "GSL"):
                    assert prefs[full] == preference.default, full
    assert prefs["devices.cpp_standalone.openmp_threads"] == 4
    assert prefs.codegen.target == "cython"


def test_objects_that_are_alive_change_no_result(tmp_path):
    """Names that are taken get numbers, and objects of a step act in the order of their names."""
    expected = results(tmp_path / "alone")
    alive = [NeuronGroup(1, "v : 1", name=name) for name in ("cells", "cells_stateupdater", "background")]
    alive += [Network(name="network")]
    assert results(tmp_path / "beside") == expected
    assert [each.name for each in alive] == ["cells", "cells_stateupdater", "background", "network"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_all_is_given_back_after_an_error(tmp_path, monkeypatch, error):
    def fail(config):
        brian2.defaultclock.dt = 7 * ms
        raise error("on purpose")

    before = state()
    monkeypatch.setattr(current_steps, "EXPERIMENT", replace(current_steps.EXPERIMENT, build=fail))
    with pytest.raises(error, match="on purpose"):
        run("current_steps", backend="numpy", out=tmp_path / "run")
    assert state() == before
    with isolated():  # and the lock
        assert devices.active_device is not before["device"]


def test_a_simulation_that_is_stopped_is_no_result(tmp_path):
    def stop(done, _):
        if done > 0:
            brian2.stop()

    with pytest.raises(RunError, match="stopped at"):
        run("response_curves", backend="numpy", out=tmp_path / "run", progress=stop, duration="20 s")
    assert not (tmp_path / "run").exists()
