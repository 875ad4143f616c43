"""What all tests share: numpy and float64 by default, fixed seeds, and cells that fire when they are told to."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import brian2
import hypothesis
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, TimedArray, ms, prefs

from .patience import PATIENCE

SEED = 20210513

# The same examples every time, on a machine as slow as it may be.
hypothesis.settings.register_profile(
    "same", deadline=None, database=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
)
hypothesis.settings.load_profile("same")


class _Root:
    """The root is the package burstlab, and no package of tests: pytest would import it by its folder's name."""

    def pytest_collect_directory(self, path, parent):
        if path == Path(__file__).parent.parent:
            return pytest.Dir.from_parent(parent, path=path)
        return None


def pytest_configure(config):
    """One cache of programs and of runs for the session: the processes of pytest-xdist are born with its name.

    What processes that a test kills leave among temporary files goes with it.
    """
    config.pluginmanager.register(_Root())
    os.environ.pop("CXX", None)  # what tests put in the path is the compiler
    if not hasattr(config, "workerinput"):
        given = os.environ.get("BURSTLAB_TEST_CACHE")  # one session's programs and runs are the next one's, too
        folder = given or tempfile.mkdtemp(prefix="burstlab-tests-")
        os.environ["BURSTLAB_TEST_CACHE"] = folder
        temporary = Path(tempfile.mkdtemp(prefix="burstlab-tests-", suffix="-temporary"))
        os.environ["TMPDIR"] = str(temporary)
        for kept in (temporary, *(() if given else (folder, f"{folder}-runs"))):  # experiment_runs.py
            config.add_cleanup(functools.partial(shutil.rmtree, kept, ignore_errors=True))


@pytest.fixture(scope="module", autouse=True)
def _what_stays():
    """Brian2 looks for garbage before every run: what was imported and kept until now it need not look at again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _brian():
    """Every test starts from the same preferences, time step and seed, and leaves them as they were."""
    before = prefs.codegen.target, prefs.core.default_float_dtype, brian2.defaultclock.dt
    prefs.codegen.target, prefs.core.default_float_dtype = "numpy", np.float64
    brian2.defaultclock.dt = 0.1 * ms
    brian2.seed(SEED)
    yield
    prefs.codegen.target, prefs.core.default_float_dtype, brian2.defaultclock.dt = before


@pytest.fixture
def rng():
    return np.random.default_rng(SEED)


@pytest.fixture
def run():
    """run(*objects, duration=...): the objects in a network of their own; returns it, to go on."""

    def run_(*objects, duration, dt=None, namespace=None):
        if dt is not None:
            brian2.defaultclock.dt = dt
        network = Network(*objects)
        network.run(duration, namespace=namespace or {})
        return network

    return run_


@pytest.fixture
def forced():
    """forced(model, trains, ...): cells that emit given events, and the namespace that a run of them needs.

    `trains` is {event: array of bool, shape (steps, cells)}; the event "spike" is a threshold crossing with `reset`,
    `detect` gives further events of a spike, {event: condition}, and `also` further ones of their own.
    """

    def forced_(model, trains, reset="", detect=None, also=None, name="forced", **more):
        n_cells = next(iter(trains.values())).shape[1]
        namespace = {
            f"{name}_{event}": TimedArray(train.astype(float), dt=brian2.defaultclock.dt)
            for event, train in trains.items()
        }
        events = {event: f"{name}_{event}(t, i) > 0.5" for event in trains}
        if "spike" in events:
            threshold = events.pop("spike")
            events |= {event: f"{threshold} and {condition}" for event, condition in (detect or {}).items()}
            more |= {"threshold": threshold, "reset": reset}
        events |= also or {}
        group = NeuronGroup(n_cells, model, events=events, name=name, **more)
        for event in events:
            group.set_event_schedule(event, when="thresholds")
        return group, namespace

    return forced_


@pytest.fixture(scope="session")
def python():
    """python(code, *arguments, cwd=...): run code in a fresh interpreter; C++ devices cannot be left again."""

    def python_(code: str, *arguments: object, cwd: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return python_
