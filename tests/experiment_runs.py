"""What tests of experiments share: one cache of compiled programs for the session, and programs that are scripts."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from burstlab.experiments import load, run
from burstlab.experiments.catalogue import find
from burstlab.experiments.cli import main as cli
from burstlab.experiments.engine import key
from burstlab.experiments.engine.cache import MANIFEST, checksum, entry_name
from burstlab.experiments.runs import hdf5

from .patience import PATIENCE

BURSTLAB = Path(sys.executable).with_name("burstlab")


def shared_cache() -> Path:
    """The cache folder of this session and all its processes: no test depends on the user's, none compiles twice."""
    return Path(os.environ["BURSTLAB_TEST_CACHE"])


@pytest.fixture(scope="module", autouse=True)
def cache():
    """The session's cache folder, in the environment of every test of the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BURSTLAB_CACHE", str(shared_cache()))
        patch.setenv("MPLBACKEND", "agg")
        yield shared_cache()


def _once(experiment, seed=1, again=0, **more):
    """A run that is made once in a session, by the process that needs it first, with the session's programs."""
    key = json.dumps([experiment, seed, again, more], sort_keys=True, default=str)
    folder = Path(f"{shared_cache()}-runs") / hashlib.sha256(key.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, open(folder / "lock", "w") as lock:
        patch.setenv("BURSTLAB_CACHE", str(shared_cache()))
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "run" / "summary.json").exists():
            run(experiment, seed=seed, out=folder / "run", **more)
        return load(folder / "run")


@functools.cache
def steps_result(seed: int = 1):
    """One run of the six cells of current_steps."""
    return _once("current_steps", seed, preset="paper")


# XOR in seconds: the same equations, one hundredth of the time. It learns nothing.
SHORT_XOR = {
    "n": "125",
    "inputs_per_cell": "50",
    "dt": "0.2 ms",
    "example_duration": "0.4 s",
    "settling": "0.4 s",
    "epochs": "2",
    "tau_avg": "0.2 s",
}


@functools.cache
def short_xor(seed: int = 1, again: int = 0, record: tuple = (), window: tuple | None = None, **changes: str):
    """A short XOR run, made once for each `again`; all share one program, recorded ones another."""
    return _once("xor", seed=seed, again=again, record=dict(record), window=window, **(SHORT_XOR | changes))


def short_xor_full(**changes: str):
    """A short run of full cells; all share one program."""
    return run_once("xor_full", **(SHORT_XOR | {"prediction": "0.5"} | changes))


RECORDED_CELLS = {"output": (3, 0), "hidden1": (5,)}
RECORDED_WINDOW = (0.6, 1.2)


def recorded_xor():
    """The short XOR run with three recorded cells."""
    return short_xor(record=tuple(RECORDED_CELLS.items()), window=RECORDED_WINDOW)


@functools.cache
def answered(seed: int = 2, **changes: str):
    """The network of the short XOR run, shown inputs without plasticity."""
    return _once("xor", seed=seed, weights=short_xor().folder, plasticity="off", **changes)


@functools.cache
def run_once(experiment: str, seed: int = 1, **changes: str):
    """A run of the quick preset."""
    return _once(experiment, seed=seed, **changes)


# All three protocols with a third of the synapses or less.
SHORT_PAIRING = {
    "poisson_realisations": "60",
    "burst_realisations": "60",
    "rates": ", ".join(f"{rate} Hz" for rate in (5, 11, 17, 22, 27, 32, 38, 43, 48, 53)),
}


def short_pairing():
    """A run of the pairing protocols that takes seconds."""
    return run_once("pairing", **SHORT_PAIRING)


# Short steps of 100 pA, and few cells of those that only add up.
SHORT_TRANSFER = {
    "step": "0.3 s",
    "transient": "0.1 s",
    "I_d": ", ".join(f"{current} pA" for current in range(-50, 351, 100)),
    "recurrent_n": "400",
    "recurrent_p_within": "0.5",
    "recurrent_I_d": ", ".join(f"{current} pA" for current in range(-100, 351, 150)),
}


def short_transfer():
    """A run of the transfer curves that takes seconds."""
    return run_once("transfer", **SHORT_TRANSFER)


# Drawn like a longer one; to compile it would take as long again.
SHORT_LEARN = {
    "cells_per_unit": "10", "inputs_per_unit": "5", "dt": "1 ms", "settling": "1 s", "example_duration": "0.2 s",
    "prediction": "0.5", "epochs": "2", "driving_force": "somatic",
}  # fmt: skip

# A random walk that goes on from its last place; its steps take a while, so that it can be stopped in one.
WALK = """
import hashlib, pathlib, time
from dataclasses import dataclass
import numpy as np
from burstlab import Analysis, Array, Experiment
from burstlab.models.parameters import check, integer, quantity, text

@dataclass(frozen=True, kw_only=True)
class Config:
    steps: int = integer(30, 1, 1000000, "steps")
    pause: int = integer(0, 0, 1000, "milliseconds that a step takes")
    drift: object = quantity(0.1, None, -10, 10, "mean of a step")
    data: str = text("steps.txt", "where the walk begins")

    def __post_init__(self):
        check(self)

    @property
    def duration(self):
        return self.steps

def data(config):
    content = pathlib.Path(config.data).read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "length": len(content)}

def compute(config, seed, work):
    begin = float(pathlib.Path(config.data).read_text())
    state = work.load() or {"path": np.array([begin])}
    path = list(state["path"])
    for step in range(len(path) - 1, config.steps):
        time.sleep(config.pause/1000)
        path.append(path[-1] + float(config.drift) + np.random.default_rng([seed, step]).normal())
        if work.is_due(step + 1):
            work.save({"path": np.array(path)})
        work.progress(step + 1, config.steps)
    return {"path": np.array(path)}

def analyse(config, raw, seed):
    path = raw["path"]
    return Analysis(arrays={"path/place": Array(path, "1", ("step",))}, summary={"end": float(path[-1])},
                    bounds={"place": (path, -1e6, 1e6, "1")})

EXPERIMENT = Experiment(name="walk", meaning="a random walk", presets={"quick": Config()}, compute=compute,
                        analyse=analyse, counted="steps", data=data, packages=("h5py", "numpy", "nothing_of_this_name"))
"""

# A short run of every experiment.
RUNS = {
    "current_steps": steps_result,
    "deep": lambda: run_once("deep"),
    "learn": lambda: run_once("learn", backend="numpy", **SHORT_LEARN),
    "plasticity_network": lambda: run_once("plasticity_network"),
    "multiplexing": lambda: run_once("multiplexing"),
    "pairing": short_pairing,
    "response_curves": lambda: run_once("response_curves"),
    "transfer": short_transfer,
    "transmission": lambda: run_once("transmission"),
    "two_sites": lambda: run_once("two_sites"),
    "working_point": lambda: run_once("working_point"),
    "xor": short_xor,
    "xor_full": short_xor_full,
}
# Their programs are compiled by the long tests of these experiments, too.
LONG = (
    "multiplexing", "pairing", "plasticity_network", "response_curves", "transfer", "transmission", "two_sites",
    "working_point", "xor_full",
)  # fmt: skip


def command(
    *arguments: object, cwd: Path, timeout: float = PATIENCE, **environment: str
) -> subprocess.CompletedProcess:
    """Run the burstlab command in `cwd`, with further variables of the environment."""
    return subprocess.run(
        [str(BURSTLAB), *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def refused(done: subprocess.CompletedProcess) -> str:
    """The one line on stderr of a command that failed; a line that announces a compile does not count."""
    lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("compiling ")]
    assert done.returncode != 0, done.stdout
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("burstlab: "), lines[0]
    assert "Traceback" not in done.stderr + done.stdout
    return lines[0]


@pytest.fixture
def here(tmp_path, monkeypatch, capfd):
    """here(*arguments, ...): the command in this process, which saves the start of an interpreter and its imports.

    Further arguments are variables of the environment. Programs are those in the test's folder. What a process has of
    its own (signals, what it leaves, what it imports) is asked of `command`.
    """
    yield from _command_here(tmp_path, monkeypatch, capfd, tmp_path / "cache")


@pytest.fixture
def here_compiled(cache, tmp_path, monkeypatch, capfd):
    """The same, with the programs of the session."""
    yield from _command_here(tmp_path, monkeypatch, capfd, cache)


def _command_here(folder, monkeypatch, capfd, programs):
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BURSTLAB_CACHE", str(programs))

    def here_(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(sys, "argv", ["burstlab", *map(str, arguments)])
        capfd.readouterr()  # what was said before
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, errors = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, ended.value.code, out, errors)

    yield here_
    signal.signal(signal.SIGTERM, handler)


def script_program(
    cache: Path, script: str, experiment: str = "current_steps", preset: str = "quick", outputs=None
) -> Path:
    """Put a shell script where the compiled program of an experiment's preset is looked for; returns the entry."""
    module = find(experiment)
    config = module.presets[preset]
    name = key.cache_key(module, config, 32)
    entry = cache / entry_name(name, key.compiler())
    (entry / "static_arrays").mkdir(parents=True)
    (entry / "main").write_text(f"#!/bin/sh\n{script}\n")
    (entry / "main").chmod(0o755)
    inputs = {
        name: {"argument": name, "dtype": "<f8", "size": int(np.size(value))}
        for name, value in module.values(config, 1).items()
    }
    manifest = {"key": name, "compiler": key.compiler(), "inputs": inputs, "outputs": outputs or {}}
    (entry / MANIFEST).write_text(json.dumps(manifest | {"checksum": checksum(entry, manifest)}))
    return entry


@contextlib.contextmanager
def edited_arrays(folder: Path) -> Iterator[h5py.File]:
    """The arrays of a run directory, to be changed: the file has the checksum of what they then are."""
    file = folder / "results.h5"
    file.write_bytes(file.read_bytes()[: -hdf5.LENGTH])
    with h5py.File(file, "r+") as opened:
        yield opened
    file.write_bytes(hdf5.sealed(file.read_bytes()))


def left_in(folder: Path) -> list[str]:
    """Everything in a folder, hidden entries too."""
    return sorted(path.name for path in folder.iterdir())
