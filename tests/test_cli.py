"""The command line as users meet it: what it prints, and one clear line for everything that is wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import metadata

import numpy as np
import pytest

from burstlab.experiments import load
from burstlab.experiments.catalogue import EXPERIMENTS

from .experiment_runs import (
    BURSTLAB,
    SHORT_XOR,
    cache,
    command,
    here,
    here_compiled,
    left_in,
    refused,
    script_program,
    short_xor,
    steps_result,
)
from .patience import PATIENCE, long
from .pictures import same_picture
from .stopping import start, wait_until

__all__ = ["cache", "here", "here_compiled"]


# ---- what it prints --------------------------------------------------------------------------------------------------


def test_list_names_every_preset(here):
    done = here("list")
    assert done.returncode == 0, done.stderr
    rows = [line.split()[:2] for line in done.stdout.splitlines()[1:]]
    assert rows == [[name, preset] for name, module in EXPERIMENTS.items() for preset in module.presets]
    assert "about" in done.stdout


@pytest.mark.parametrize(
    ("experiment", "row"),
    [
        ("current_steps", ("tau_d", "7 ms", "1 to 100 ms", "dendritic membrane time constant", "Payeur")),
        ("xor", ("order", "fixed", "fixed | random", "order of the examples", "Payeur")),
        ("xor", ("background_rate_dendrite", "500 Hz", "0 to 5000 Hz", "dendritic background", "program")),
    ],
)
def test_params_shows_value_range_meaning_source(here, experiment, row):
    done = here("params", experiment)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.split()[:1] == [row[0]]]
    places = [line.find(part) for part in row]
    assert -1 not in places
    assert places == sorted(places)


def test_params_marks_what_needs_another_program(here):
    names = [line.split()[0] for line in here("params", "xor").stdout.splitlines() if line.strip()]
    assert {"n*", "dt*", "epochs*", "homeostasis*"} <= set(names)
    assert {"tau_d", "eta_hidden", "targets", "tau_avg"} <= set(names)


def test_version(tmp_path):
    done = command("--version", cwd=tmp_path)
    assert done.returncode == 0
    assert metadata.version("burstlab") in done.stdout


@pytest.mark.long
def test_doctor_compiles_a_tiny_model(tmp_path):
    done = command("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BAD" not in done.stdout
    assert done.stderr == "compiling and running a tiny model (half a minute or so) ...\n"
    assert "spikes" in done.stdout
    assert left_in(tmp_path) == []


def test_doctor_without_a_compiler_says_so(here, tmp_path):
    done = here("doctor", PATH=tmp_path)
    assert done.returncode == 1
    assert any(line.startswith("BAD") and "g++" in line for line in done.stdout.splitlines())
    assert "Traceback" not in done.stderr


def test_doctor_clear_empties_the_cache(here, tmp_path):
    script_program(tmp_path / "cache", "exit 0")
    done = here("doctor", "--clear")
    assert done.returncode == 0
    assert "removed 1 programs" in done.stdout
    assert left_in(tmp_path) == []


# ---- run and figure --------------------------------------------------------------------------------------------------


def test_run_and_figure(here_compiled, tmp_path):
    steps_result()  # compiled once for all of these
    done = command("run", "current_steps", "--preset", "paper", "--set", "tau_d=9*ms", "--seed", 4, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "results" / "current_steps" / "paper-seed4"
    assert left_in(folder.parent) == ["paper-seed4"]
    assert left_in(folder) == ["config.json", "figure.pdf", "figure.png", "results.h5", "summary.json"]
    result = load(folder)
    assert (result.status, result.config["seed"], result.config["parameters"]["tau_d"]) == ("done", 4, "9 ms")
    common = {"experiment", "preset", "seed", "simulated_s", "compile_s", "run_s", "speed", "status"}
    assert common <= set(result.summary)
    shutil.move(folder / "figure.png", tmp_path / "before.png")
    drawn = here_compiled("figure", folder)
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout.split() == [str(folder / "figure.png"), str(folder / "figure.pdf")]
    same_picture(tmp_path / "before.png", folder / "figure.png")


def test_a_diverged_run_says_so_and_has_no_figure(here_compiled, tmp_path):
    steps_result()
    # 10 nA into a small dendrite: its voltage leaves every range.
    changes = ("--set", "C_d=10 pF", "--set", f"dendritic_current={', '.join(['10000 pA'] * 6)}")
    done = here_compiled("run", "current_steps", "--preset", "paper", *changes, "--out", "out")
    assert done.returncode == 1
    assert "diverged" in done.stdout
    assert "v_d" in done.stdout
    assert left_in(tmp_path / "out") == ["config.json", "summary.json"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["status"] == "diverged"
    assert "v_d went from" in summary["diverged"]
    assert "diverged" in refused(here_compiled("figure", "out"))


def test_the_line_that_repeats_a_run_repeats_it(here_compiled, tmp_path):
    steps_result()
    (tmp_path / "b").mkdir()
    changes = ("--set", "tau_d=9 ms", "--set", f"somatic_current={', '.join(['500 pA'] * 6)}")
    done = here_compiled("run", "current_steps", "--preset", "paper", *changes, "--seed", 3)
    (again,) = [line for line in done.stdout.splitlines() if line.split()[:1] == ["again"]]
    repeat = again.replace("again", "", 1).strip().replace("burstlab", str(BURSTLAB), 1)
    second = subprocess.run(["sh", "-c", repeat], cwd=tmp_path / "b", capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    files = [tmp_path / run / "results" / "current_steps" / "paper-seed3" / "results.h5" for run in (".", "b")]
    assert files[0].read_bytes() == files[1].read_bytes()


# ---- bad input -------------------------------------------------------------------------------------------------------

STEPS = ("run", "current_steps", "--out", "out")
BAD = {
    "unknown experiment": (("run", "current_step", "--out", "out"), "did you mean current_steps?"),
    "unknown experiment, params": (("params", "xorr"), "did you mean xor?"),
    "unknown preset": ((*STEPS, "--preset", "papers"), "did you mean paper?"),
    "unknown preset, params": (("params", "xor", "--preset", "papr"), "did you mean paper?"),
    "unknown parameter": ((*STEPS, "--set", "tau_dd=9 ms"), "did you mean tau_d?"),
    "parameter of another experiment": ((*STEPS, "--set", "eta_hidden=1"), "unknown parameter 'eta_hidden'"),
    "unknown option": ((*STEPS, "--sed", "1"), "--sed"),
    "unknown command": (("rum",), "rum"),
    "wrong unit": ((*STEPS, "--set", "tau_d=9 mV"), "wrong unit"),
    "no unit": ((*STEPS, "--set", "tau_d=9"), "no unit, a value with a unit like ms is needed"),
    "seed as a parameter": ((*STEPS, "--set", "seed=3"), "seed is no parameter of current_steps: --seed is an option"),
    "unknown unit": ((*STEPS, "--set", "tau_d=9 parsec"), "ms"),
    "nan": ((*STEPS, "--set", "tau_d=nan ms"), "not a finite value"),
    "inf": ((*STEPS, "--set", "tau_d=inf ms"), "not a finite value"),
    "minus inf": ((*STEPS, "--set", "somatic_current=1 pA,-inf pA"), "not a finite value"),
    "overflow": ((*STEPS, "--set", "tau_d=1e999 ms"), "outside the allowed range"),
    "below the range": ((*STEPS, "--set", "tau_d=0 ms"), "1 to 100 ms"),
    "above the range": ((*STEPS, "--set", "tau_d=101 ms"), "1 to 100 ms"),
    "not in a choice": (("run", "xor", "--out", "out", "--set", "feedback=cutt"), "did you mean cut?"),
    "not whole": (("run", "xor", "--out", "out", "--set", "n=500.5"), "whole number"),
    "too few targets": (("run", "xor", "--out", "out", "--set", "targets=0,1,1"), "4 needed"),
    "target not 0 or 1": (("run", "xor", "--out", "out", "--set", "targets=0,1,2,0"), "0 to 1"),
    "lengths": (
        (*STEPS, "--set", "somatic_current=1 pA,2 pA", "--set", "dendritic_current=1 pA,2 pA,3 pA"),
        "3 values",
    ),
    "empty list": ((*STEPS, "--set", "somatic_current="), "somatic_current"),
    "set twice": ((*STEPS, "--set", "tau_d=9 ms", "--set", "tau_d=8 ms"), "--set tau_d: given twice"),
    "seed as a parameter of a sweep": (("sweep", "current_steps", "--vary", "seed=1:5:5"), "--seeds 5 runs every set"),
    "only an experiment that is not there": (("reproduce", "--only", "xro"), "did you mean xor?"),
    "no equals sign": ((*STEPS, "--set", "tau_d"), "NAME=VALUE"),
    "code": ((*STEPS, "--set", "tau_d=__import__('os').mkdir('hacked')"), "not a number with a unit"),
    "code behind a number": ((*STEPS, "--set", "tau_d=9*ms*__import__('os').mkdir('hacked')"), "not a number"),
    "arithmetic": ((*STEPS, "--set", "tau_d=(9+1)*ms"), "not a number with a unit"),
    "seed with a fraction": ((*STEPS, "--seed", "1.5"), "1.5"),
    "seed a word": ((*STEPS, "--seed", "one"), "one"),
    "negative seed": ((*STEPS, "--seed", "-1"), "-1"),
    "no seeds": ((*STEPS, "--seeds", "0"), "0"),
    "no jobs": ((*STEPS, "--seeds", "2", "--jobs", "0"), "0"),
    "backend": ((*STEPS, "--backend", "fortran"), "cpp | cython | numpy"),
    "jobs of numpy": ((*STEPS, "--backend", "numpy", "--seeds", "2", "--jobs", "2"), "--jobs 2"),
    "float": ((*STEPS, "--float", "16"), "--float 16: not one of 32 | 64"),
    "another cell than the only one": ((*STEPS, "--record", "cells:99"), "cells:99: there is only cell 0"),
    "resume and force": (
        ("sweep", "current_steps", "--vary", "tau_d=5 ms:9 ms:3", "--resume", "--force"),
        "--resume and --force: one",
    ),
    "port beyond the last": (("explore", "--port", "65536"), "'--port'"),
    "port that is a word": (("explore", "--port", "http"), "'--port'"),
    "figure of nothing": (("figure", "nothing"), "not a run directory"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(here, tmp_path, arguments, said):
    assert said in refused(here(*arguments))
    assert left_in(tmp_path) == []


def test_bad_input_through_the_entry_point(tmp_path):
    done = command(*BAD["unknown parameter"][0], cwd=tmp_path)
    assert "did you mean tau_d?" in refused(done)
    assert done.stdout == ""
    assert left_in(tmp_path) == []


def test_an_output_folder_that_exists(here, tmp_path):
    script_program(tmp_path / "cache", "exit 1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("thesis")
    for more in ((), ("--force",), ("--seeds", 2), ("--seeds", 2, "--force")):
        said = refused(here(*STEPS, *more))
        assert "out" in said
        assert left_in(tmp_path) == ["cache", "out"]
        assert left_in(tmp_path / "out") == ["thesis.txt"]


def test_an_output_folder_that_cannot_be_written(here, tmp_path):
    script_program(tmp_path / "cache", "exit 1")
    (tmp_path / "file").write_text("")
    for more in ((), ("--seeds", 2)):
        said = refused(here("run", "current_steps", "--out", "file/run", *more))
        assert "cannot write" in said
        assert left_in(tmp_path) == ["cache", "file"]


def test_a_cache_folder_that_cannot_be_written(here, tmp_path):
    (tmp_path / "file").write_text("")
    said = refused(here(*STEPS, BURSTLAB_CACHE=tmp_path / "file" / "cache"))
    assert "cache" in said
    assert "BURSTLAB_CACHE" in said
    assert left_in(tmp_path) == ["file"]


def test_no_compiler(here, tmp_path):
    (tmp_path / "tools").mkdir()
    said = refused(here(*STEPS, PATH=tmp_path / "tools"))
    assert "no g++ found" in said
    assert "--backend numpy" in said
    assert left_in(tmp_path) == ["cache", "tools"]


def test_a_program_that_is_killed(here, tmp_path):
    script_program(tmp_path / "cache", "kill -KILL $$")
    said = refused(here(*STEPS))
    assert "SIGKILL" in said
    assert left_in(tmp_path) == ["cache"]


def _damaged_figure_run(folder, name):
    shutil.copytree(steps_result().folder, folder)
    (folder / name).write_bytes((folder / name).read_bytes()[:100])


@pytest.mark.parametrize("name", ["config.json", "summary.json", "results.h5"])
def test_figure_of_a_damaged_run(here, tmp_path, name):
    _damaged_figure_run(tmp_path / "run", name)
    assert name in refused(here("figure", "run"))


def test_a_figure_that_cannot_be_written(here, tmp_path):
    shutil.copytree(steps_result().folder, tmp_path / "run")
    (tmp_path / "run" / ".figure.png.unfinished").mkdir()  # in the way, also of a user who may write everywhere
    assert "Is a directory" in refused(here("figure", "run"))


# ---- interrupted -----------------------------------------------------------------------------------------------------


def _running(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def _wait(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.05)


def _interrupted(arguments, cwd, ready, number, **environment):
    """Start a command, send a signal when `ready()` says so, and wait for its end."""
    process = start(*arguments, cwd=cwd, **environment)
    try:
        wait_until(ready, process)
        process.send_signal(number)
        out, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (signal.SIGINT, ()),
        long(signal.SIGTERM, ()),
        long(signal.SIGINT, ("--seeds", 3, "--jobs", 2)),
        (signal.SIGTERM, ("--seeds", 3, "--jobs", 2)),
    ],
    ids=["one-INT", "one-TERM", "seeds-INT", "seeds-TERM"],
)
def test_interrupted_while_the_program_runs(tmp_path, number, more):
    # A program that reports for longer than anyone waits; with several seeds, its end is seen at a report.
    script = (
        f'echo $$ >> "$PIDS"; for k in $(seq {20 * PATIENCE:.0f}); do echo "burstlab-progress 0.1 0.8"; sleep 0.1; done'
    )
    script_program(tmp_path / "cache", script)
    pids = tmp_path / "cache" / "pids"
    environment = {"BURSTLAB_CACHE": str(tmp_path / "cache"), "PIDS": str(pids)}
    wanted = 2 if more else 1

    def ready():
        return pids.exists() and len(pids.read_text().split()) >= wanted

    said = refused(_interrupted((*STEPS, *more), tmp_path, ready, number, **environment))
    assert "interrupted" in said
    assert left_in(tmp_path) == ["cache"]
    _wait(lambda: not any(_running(int(pid)) for pid in pids.read_text().split()))


def test_interrupted_while_it_compiles(tmp_path):
    folder = tmp_path / "cache"

    def ready():
        return any(folder.glob(".building-*/source/main.cpp"))

    done = _interrupted(STEPS, tmp_path, ready, signal.SIGINT, BURSTLAB_CACHE=str(folder))
    assert "interrupted" in refused(done)
    assert left_in(tmp_path) == ["cache"]
    # Nothing looks like a program, and nothing goes on compiling.
    time.sleep(1)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


_LOST = """
import signal, time
from burstlab.experiments.cli import main as cli

class Lost:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

@cli.cli.command()
def lose():
    Lost()
    time.sleep(60)

cli.main()
"""


def test_an_interrupt_that_python_ignores_comes_again():
    """An exception in the midst of cleaning up, or of an import, goes no further."""
    done = subprocess.run(
        [sys.executable, "-c", _LOST, "lose"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 130
    assert "interrupted" in refused(done)


# ---- several seeds ---------------------------------------------------------------------------------------------------


FIGURE = ("figure.pdf", "figure.png")
OVER_SEEDS = {"experiment": "xor", "preset": "quick", "status": "incomplete"}


def test_seeds_and_jobs(cache, tmp_path):
    short_xor()  # compiled once for all of these
    changes = [part for name, value in SHORT_XOR.items() for part in ("--set", f"{name}={value}")]
    done = command("run", "xor", *changes, "--seeds", 2, "--jobs", 2, "--out", "jobs2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert left_in(tmp_path / "jobs2") == ["config.json", *FIGURE, "seed-1", "seed-2", "summary.json"]
    summary = json.loads((tmp_path / "jobs2" / "summary.json").read_text())
    assert summary["status"] == "done"
    assert [entry["seed"] for entry in summary["runs"]] == [1, 2]
    assert summary["solved_count"] == sum(entry["solved"] for entry in summary["runs"])
    each = [entry["event_rate_after_Hz"] for entry in summary["runs"]]
    assert summary["event_rate_after_Hz_mean"] == pytest.approx([sum(pair) / 2 for pair in zip(*each, strict=True)])
    wanted = [abs(a - b) / 2**0.5 for a, b in zip(*each, strict=True)]
    assert summary["event_rate_after_Hz_sd"] == pytest.approx(wanted)
    # A label alone repeats its run, whatever ran beside it.
    found = [(tmp_path / "jobs2" / f"seed-{seed}" / "results.h5").read_bytes() for seed in (1, 2)]
    assert found == [(short_xor(seed).folder / "results.h5").read_bytes() for seed in (1, 2)]
    assert found[0] != found[1]


def test_figure_over_seeds(here, tmp_path):
    """Of two runs, drawn from their records: costs of both, and the output's rates before and after learning."""
    runs = [short_xor(seed) for seed in (1, 2)]
    for each in runs:
        shutil.copytree(each.folder, tmp_path / "all" / f"seed-{each.summary['seed']}")
    entries = [each.summary | {"folder": f"seed-{each.summary['seed']}"} for each in runs]
    failed = {"seed": 3, "status": "failed", "reason": "no luck", "folder": "seed-3"}
    summary = OVER_SEEDS | {"seeds": [1, 2, 3], "done_count": 2, "runs": [failed, *entries]}
    (tmp_path / "all" / "summary.json").write_text(json.dumps(summary))
    shutil.copy(runs[0].folder / "config.json", tmp_path / "all")
    done = here("figure", "all")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 6)
    assert done.stderr.strip() == "seed 3 has no figure: its status is failed"
    assert set(FIGURE) < set(left_in(tmp_path / "all"))
    figure = load(tmp_path / "all").figure()
    assert "of 3 seeds" in figure.get_suptitle()
    assert "1 not done" in figure.get_suptitle()
    costs, rates = figure.axes
    drawn = [line.get_ydata() for line in costs.lines[:2]]
    np.testing.assert_array_equal(drawn, [each.arrays["epoch/cost"] for each in runs])
    # Those in the legend have no data.
    circles = [line for line in rates.lines if line.get_marker() == "o" and len(line.get_xdata())]
    for when, colour_is_white in (("before", True), ("after", False)):
        drawn = [line.get_ydata() for line in circles if (line.get_markerfacecolor() == "white") == colour_is_white]
        np.testing.assert_array_equal(np.transpose(drawn), [each.summary[f"event_rate_{when}_Hz"] for each in runs])


def test_no_figure_where_no_seed_is_done(here, tmp_path):
    failed = {"seed": 1, "status": "failed", "reason": "no luck", "folder": "seed-1"}
    summary = OVER_SEEDS | {"seeds": [1], "done_count": 0, "runs": [failed]}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    shutil.copy(short_xor().folder / "config.json", tmp_path)
    done = here("figure", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("has no figure: no seed is done")


def test_no_figure_over_seeds_where_nothing_is_learned(here_compiled, tmp_path):
    steps_result()
    done = here_compiled("run", "current_steps", "--preset", "paper", "--seeds", 2, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert left_in(tmp_path / "out") == ["config.json", "seed-1", "seed-2", "summary.json"]


def test_a_failed_run_stops_no_other(here, tmp_path, monkeypatch):
    # The program of the first seed is killed, that of the second fails in another way.
    script = 'mkdir "$LOCK" 2>/dev/null && kill -KILL $$; echo "no luck" >&2; exit 1'
    script_program(tmp_path / "cache", script)
    monkeypatch.setenv("LOCK", str(tmp_path / "cache" / "first"))
    done = here(*STEPS, "--seeds", 2)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "seed 1 failed" in done.stdout
    assert "SIGKILL" in done.stdout
    assert "seed 2 failed" in done.stdout
    assert "no luck" in done.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["status"] != "done"
    assert [entry["status"] for entry in summary["runs"]] == ["failed", "failed"]
    assert left_in(tmp_path / "out") == ["config.json", "summary.json"]
