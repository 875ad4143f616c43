"""Runs that were stopped and went on end with the same bytes as runs that were not."""

from __future__ import annotations

import json
import random
import signal
import time

import numpy as np
import pytest

from burstlab.experiments import RunError, current_steps, load, resume, run, xor
from burstlab.experiments.engine.cache import compiled
from burstlab.experiments.engine.process import Checkpoint, run_program
from burstlab.experiments.runs.checkpoint import examples_between
from burstlab.experiments.runs.plans import plan
from burstlab.models.parameters import ParameterError, with_changes

from .experiment_runs import (
    RECORDED_CELLS,
    RECORDED_WINDOW,
    SHORT_XOR,
    answered,
    cache,
    command,
    here_compiled,
    left_in,
    recorded_xor,
    short_xor,
)
from .patience import PATIENCE, long
from .stopping import same_files, start, stop_when

__all__ = ["cache", "here_compiled"]
OPTIONS = [part for name, value in SHORT_XOR.items() for part in ("--set", f"{name}={value}")]
RUN = ("run", "xor", *OPTIONS, "--checkpoint", 1, "--out", "out")
WALL_TIMES = ("compile_s", "run_s", "speed")
FIGURES = ("figure.png", "figure.pdf")


def same_run(one, other):
    """Assert that two run directories differ in wall times only."""
    same_files(one, other, "config.json", "results.h5", *FIGURES)
    assert left_in(one) == left_in(other)
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in (one, other)]
    assert {name for name in summaries[0] if summaries[0][name] != summaries[1][name]} <= set(WALL_TIMES)


# ---- the program -----------------------------------------------------------------------------------------------------


def _planned(**more):
    planned = plan("xor", **more)
    return planned.experiment, planned.config


CASES = {
    "xor": lambda: (xor.EXPERIMENT, with_changes(xor.PRESETS["quick"], dict(SHORT_XOR))),
    "current_steps": lambda: (current_steps.EXPERIMENT, current_steps.PRESETS["paper"]),
    # A window that begins before the checkpoint and ends after it.
    "recorded": lambda: _planned(changes=dict(SHORT_XOR), record=RECORDED_CELLS, window=(4.8, 5.2)),
    "weights": lambda: _planned(weights=short_xor().folder, changes={"plasticity": "off"}),
}


@pytest.mark.parametrize(
    ("case", "every"),
    # From early and late checkpoints, at moments that are no multiples of any clock but the fastest.
    [
        ("xor", 0.4),
        ("xor", 2.6002),
        ("xor", 5.0),
        ("current_steps", 0.0333),
        ("current_steps", 0.6001),
        ("recorded", 5.0),
        pytest.param("weights", 1.1, marks=pytest.mark.long),
    ],
)
def test_a_program_goes_on_from_its_state(cache, tmp_path, case, every):
    experiment, config = CASES[case]()
    built, values = compiled(experiment, config, 32), experiment.values(config, 5)
    place = Checkpoint(file=tmp_path / "checkpoint", every=every, identity="test")
    moments = {"written": [], "resumed": []}
    whole = run_program(built, values, 5, tmp_path)
    written = run_program(built, values, 5, tmp_path, lambda done, _: moments["written"].append(done), place)
    assert place.file.exists()
    resumed = run_program(built, values, 5, tmp_path, lambda done, _: moments["resumed"].append(done), place)
    assert moments["written"][0] == 0
    duration = float(config.duration)
    expected = (np.ceil(duration / every - 1e-9) - 1) * every  # the last one before the end
    assert moments["resumed"][0] == pytest.approx(expected, abs=1e-9)
    assert set(whole.raw) == set(resumed.raw)
    assert sum(array.size for array in whole.raw.values()) > 10_000
    for name, array in whole.raw.items():
        assert written.raw[name].tobytes() == array.tobytes(), name
        assert resumed.raw[name].tobytes() == array.tobytes(), name
    assert resumed.run_s > place.earlier() > 0


@pytest.mark.parametrize(
    ("values", "seed", "identity", "said"),
    [
        ({"cells.E_L": -0.069}, 5, "test", "began with other values"),
        ({}, 6, "test", "began with other values"),
        ({}, 5, "another", "of another run"),
    ],
)
def test_no_other_run_goes_on_from_it(cache, tmp_path, values, seed, identity, said):
    experiment, config = CASES["xor"]()
    built = compiled(experiment, config, 32)
    place = Checkpoint(file=tmp_path / "checkpoint", every=2.0, identity="test")
    run_program(built, experiment.values(config, 5), 5, tmp_path, None, place)
    other = Checkpoint(file=place.file, every=2.0, identity=identity)
    with pytest.raises(RunError, match=said):
        run_program(built, experiment.values(config, seed) | values, seed, tmp_path, None, other)


def _cut(data):
    return data[:-100]


def _flipped(data):
    return data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]


def _longer(data):
    return data + b"0"


def _other_header(data):
    return data.replace(b" 1 ", b" 2 ", 1)


def _empty(data):
    return b""


@pytest.mark.parametrize("damage", [_cut, _flipped, _longer, _other_header, _empty])
def test_a_damaged_checkpoint_is_refused(cache, tmp_path, damage):
    experiment, config = CASES["current_steps"]()
    built, values = compiled(experiment, config, 32), experiment.values(config, 1)
    place = Checkpoint(file=tmp_path / "checkpoint", every=0.3, identity="test")
    run_program(built, values, 1, tmp_path, None, place)
    place.file.write_bytes(damage(place.file.read_bytes()))
    with pytest.raises(RunError, match=r"checkpoint .* is damaged"):
        run_program(built, values, 1, tmp_path, None, place)


def test_where_checkpoints_can_be():
    assert examples_between(xor.EXPERIMENT, "cpp", None) == 40
    assert examples_between(xor.EXPERIMENT, "cpp", 0) == 0
    assert examples_between(xor.EXPERIMENT, "numpy", None) == 0
    assert examples_between(current_steps.EXPERIMENT, "cpp", None) == 0
    for experiment, backend, asked, said in (
        (current_steps.EXPERIMENT, "cpp", 3, "has no examples"),
        (xor.EXPERIMENT, "numpy", 3, "writes none"),
        (xor.EXPERIMENT, "cpp", -1, "from 0 on"),
        (xor.EXPERIMENT, "cpp", True, "whole number"),
    ):
        with pytest.raises(ParameterError, match=said):
            examples_between(experiment, backend, asked)


# ---- the command -----------------------------------------------------------------------------------------------------


def test_killed_and_resumed(here_compiled, tmp_path):
    out = tmp_path / "out"
    short_xor()
    stop_when((out / "unfinished" / "checkpoint").exists, *RUN, cwd=tmp_path)
    assert left_in(out) == ["unfinished"]
    with pytest.raises(RunError, match=r"out is unfinished; go on with: burstlab\.resume\('.*out'\)$"):
        load(out)
    refused = here_compiled(*RUN)
    assert refused.stderr.strip().endswith("burstlab: the output folder out holds something unfinished; go on with: "
                                           "burstlab resume out; or use --force")  # fmt: skip
    done = command("resume", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    same_run(short_xor().folder, out)
    again = here_compiled("resume", "out")
    assert (again.returncode, again.stderr.strip()) == (
        1,
        "burstlab: out is finished: there is nothing to go on with",
    )


@pytest.mark.long
def test_killed_twice_and_resumed(cache, tmp_path):
    """The second time while it goes on, after a checkpoint of its own."""
    short_xor()
    file = tmp_path / "out" / "unfinished" / "checkpoint"
    stop_when(file.exists, *RUN, cwd=tmp_path)
    first = file.read_bytes()
    stop_when(lambda: file.read_bytes() != first, "resume", "out", cwd=tmp_path)
    assert left_in(tmp_path / "out") == ["unfinished"]
    assert resume(tmp_path / "out").status == "done"
    same_run(short_xor().folder, tmp_path / "out")


def _recorded_run():
    cells = [part for name, which in RECORDED_CELLS.items() for part in ("--record", f"{name}:{which[0]}")]
    cells[1] = "output:3,0"
    return recorded_xor(), (*RUN, *cells, "--window", ":".join(map(str, RECORDED_WINDOW)))


def _run_with_weights():
    trained = ("--weights", short_xor().folder, "--set", "plasticity=off", "--seed", 2)
    return answered(), ("run", "xor", *trained, "--checkpoint", 1, "--out", "out")


@pytest.mark.long
@pytest.mark.parametrize("case", [_recorded_run, _run_with_weights])
def test_what_was_asked_for_is_resumed_with_the_run(cache, tmp_path, case):
    whole, arguments = case()
    out = tmp_path / "out"
    stop_when((out / "unfinished" / "checkpoint").exists, *arguments, cwd=tmp_path)
    assert left_in(out) == ["unfinished"]
    done = command("resume", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    same_run(whole.folder, out)


def test_killed_before_the_first_checkpoint(cache, tmp_path):
    short_xor()
    out = tmp_path / "out"
    arguments = [part if part != 1 else 1000 for part in RUN]
    stop_when((out / "unfinished" / "lock").exists, *arguments, cwd=tmp_path)
    assert not (out / "unfinished" / "checkpoint").exists()
    assert resume(out).status == "done"
    same_run(short_xor().folder, out)


@pytest.mark.parametrize("number", [signal.SIGINT, long(signal.SIGTERM)])
def test_interrupted_says_how_to_go_on(cache, tmp_path, number):
    short_xor()
    out = tmp_path / "out"
    done = stop_when((out / "unfinished" / "checkpoint").exists, *RUN, cwd=tmp_path, number=number)
    assert done.returncode == 130
    assert done.stderr.strip().splitlines()[-1] == "burstlab: interrupted; go on with: burstlab resume out"
    assert "Traceback" not in done.stderr
    assert resume(out).status == "done"
    same_run(short_xor().folder, out)


def test_force_keeps_a_finished_run_until_the_next_is_whole(cache, tmp_path):
    out = tmp_path / "out"
    before = run("xor", seed=2, out=out, checkpoint=1, **SHORT_XOR).summary
    stop_when((out / "unfinished" / "checkpoint").exists, *RUN, "--force", cwd=tmp_path)
    assert load(out).summary == before
    resume(out)
    same_run(short_xor().folder, out)


@pytest.mark.long
def test_checkpoints_change_nothing(cache, tmp_path):
    for name, examples in (("none", 0), ("many", 1)):
        run("xor", out=tmp_path / name, checkpoint=examples, **SHORT_XOR)
        same_run(short_xor().folder, tmp_path / name)


@pytest.mark.long
def test_several_seeds_are_resumed(cache, tmp_path):
    out = tmp_path / "out"
    short_xor()
    arguments = (*RUN, "--seeds", 3)
    stop_when((out / "seed-2" / "unfinished" / "checkpoint").exists, *arguments, cwd=tmp_path)
    assert load(out / "seed-1").status == "done"
    stamp = (out / "seed-1" / "results.h5").stat().st_mtime_ns
    with pytest.raises(RunError, match="unfinished; go on with"):
        load(out)
    done = command("resume", "out", "--jobs", 2, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (out / "seed-1" / "results.h5").stat().st_mtime_ns == stamp
    assert left_in(out) == ["config.json", "figure.pdf", "figure.png", "seed-1", "seed-2", "seed-3", "summary.json"]
    for seed in (1, 2, 3):
        same_run((short_xor() if seed == 1 else short_xor(seed)).folder, out / f"seed-{seed}")
    assert load(out).summary["status"] == "done"


# ---- at length -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_five_kills_at_random_moments_of_the_quick_preset(cache, tmp_path):
    began = time.monotonic()
    assert command("run", "xor", "--out", "whole", cwd=tmp_path, timeout=10 * PATIENCE).returncode == 0
    took = time.monotonic() - began
    chance = random.Random(20210513)
    out, arguments = tmp_path / "out", ("run", "xor", "--out", "out")
    for _ in range(5):
        moment = time.monotonic() + chance.uniform(5, took / 8)
        stop_when(lambda: time.monotonic() > moment, *arguments, cwd=tmp_path)  # noqa: B023
        with open(out / "unfinished" / "checkpoint", "rb") as file:
            print("killed after the checkpoint", *file.readline().split()[3:5])
        arguments = ("resume", "out")
    process = start(*arguments, cwd=tmp_path)
    assert process.wait(10 * PATIENCE) == 0
    same_run(tmp_path / "whole", out)
    costs = {}
    for examples in (0, 40, 0, 40):
        done = run("xor", out=tmp_path / "cost", checkpoint=examples, force=True, epochs="100")
        costs.setdefault(examples, []).append(done.summary["run_s"])
    print("run_s without and with checkpoints:", costs)
