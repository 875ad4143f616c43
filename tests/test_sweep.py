"""Sweeps: the table says what single runs say, whole, in pieces, and on a cluster."""

from __future__ import annotations

import csv
import json
import random
import shutil
import signal
import subprocess
import time

import h5py
import numpy as np
import pytest
from brian2 import ms

from burstlab.experiments import RunError, SweepResult, current_steps, load, resume, run, sweep
from burstlab.experiments.engine import workers
from burstlab.experiments.engine.cache import checksum, compiled
from burstlab.experiments.runs import sweep_table
from burstlab.experiments.runs.sweep_plan import plan
from burstlab.experiments.runs.sweeping import execute
from burstlab.models.parameters import ParameterError

from .experiment_runs import cache, command, here, here_compiled, left_in, script_program, steps_result
from .patience import PATIENCE
from .stopping import cluster, records, same_files, start, stop_when, wait_until

__all__ = ["cache", "here", "here_compiled"]
TABLES = ("table.csv", "table.h5", "figure.png", "figure.pdf", "summary.json")
VARY = {"g_d": "1000 pA:1400 pA:4", "tau_d": "[5 ms,7 ms,9 ms]"}
OPTIONS = [part for name, values in VARY.items() for part in ("--vary", f"{name}={values}")]
COMMAND = ("sweep", "current_steps", "--preset", "paper", *OPTIONS)


@pytest.fixture(scope="module")
def whole(cache, tmp_path_factory):
    """A sweep that nothing stopped."""
    steps_result()  # its program is that of all sweeps here
    return sweep("current_steps", "paper", vary=VARY, out=tmp_path_factory.mktemp("sweeps") / "whole")


# Long enough to be stopped while it runs: of few runs all may be done before the test sees the first.
MANY = {"g_d": "1000 pA:1400 pA:10", "tau_d": "5 ms:9 ms:3"}
MANY_COMMAND = (*COMMAND[:4], *(part for name, values in MANY.items() for part in ("--vary", f"{name}={values}")))


@pytest.fixture(scope="module")
def many(cache, tmp_path_factory):
    """A longer sweep that nothing stopped."""
    steps_result()
    return sweep("current_steps", "paper", vary=MANY, out=tmp_path_factory.mktemp("sweeps") / "many")


def _run_of(result, **wanted):
    (k,) = np.flatnonzero(np.all([np.isclose(result.table[name], value) for name, value in wanted.items()], axis=0))
    return {name: column[k] for name, column in result.table.items()}


# ---- what it says ----------------------------------------------------------------------------------------------------


def test_the_table_says_what_single_runs_say(whole, tmp_path):
    assert (whole.status, len(whole.table["run"])) == ("done", 12)
    assert set(whole.table["state"]) == {"done"}
    single = run("current_steps", "paper", tau_d=7 * ms, g_d="1400 pA", out=tmp_path / "run").summary
    found = _run_of(whole, tau_d=7, g_d=1400)
    for name in ("spike_count", "event_count", "burst_count"):
        assert [found[f"{name}[{k}]"] for k in range(6)] == single[name]
    # The first cell has no current, and no first spike.
    times = [found[f"first_spike_s[{k}]"] for k in range(6)]
    assert [None if np.isnan(time) else time for time in times] == single["first_spike_s"]
    assert len({tuple(whole.table[f"spike_count[{k}]"]) for k in range(6)}) > 2
    assert np.ptp(whole.table["spike_count[4]"]) > 0


def test_csv_and_hdf5_are_one_table(whole):
    with open(whole.folder / "table.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:5] == ["run", "state", "g_d (pA)", "tau_d (ms)", "seed"]
    assert len(rows) == 12
    assert whole.units["g_d"] == "pA"
    for name, cells in zip(whole.table, zip(*rows, strict=True), strict=True):
        column = whole.table[name]
        if column.dtype.kind == "U":
            assert list(cells) == column.tolist()
        else:
            # Digits that are left of arithmetic alone are not written.
            np.testing.assert_allclose(np.array([float(cell or "nan") for cell in cells]), column, rtol=1e-15)
    assert not {"run_s", "compile_s", "speed"} & set(header)


def test_one_program_serves_all_runs(whole, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))  # no compiler: a program of its own would end a run
    result = sweep("current_steps", "paper", vary={"tau_d": [6 * ms, 8 * ms]}, out=tmp_path / "again")
    assert (result.status, result.table["state"].tolist()) == ("done", ["done", "done"])


def test_the_figure_says_what_was_set_and_counts_in_whole_numbers(whole, tmp_path):
    result = sweep("current_steps", "paper", vary={"tau_d": [6 * ms, 8 * ms]}, g_d="1300 pA", out=tmp_path / "set")
    drawn = result.figure()
    drawn.draw_without_rendering()
    assert drawn.get_suptitle().startswith("current_steps with g_d = 1300 pA: 2 of 2 runs done")
    counts = [axes for axes in drawn.axes if "count" in axes.get_title(loc="left")]
    assert counts
    assert all(float(tick).is_integer() for axes in counts for tick in axes.get_yticks())


def test_seeds_are_runs_of_their_own(whole, tmp_path):
    result = sweep("current_steps", "paper", vary={"tau_d": [7 * ms]}, seed=3, seeds=2, out=tmp_path / "seeds")
    assert result.table["seed"].tolist() == [3, 4]
    # There is no noise in this experiment.
    assert result.table["spike_count[5]"].tolist() == [30, 30]


@pytest.mark.long
def test_figure_again(whole, tmp_path):
    folder = _copy(whole, tmp_path / "sweep")
    (folder / "figure.png").unlink()
    assert command("figure", folder, cwd=tmp_path).returncode == 0
    same_files(whole.folder, folder, *TABLES)


def test_structural_parameters_are_counted():
    vary = {"dt": "[0.1 ms,0.05 ms]", "duration": "[800 ms,900 ms]", "tau_d": "5 ms:9 ms:3"}
    assert len(plan("current_steps", vary=vary).structures) == 4
    assert len(plan("current_steps", vary={"tau_d": "5 ms:9 ms:3", "somatic_current": "[1 pA,2 pA]"}).structures) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"vary": {}}, "vary={'tau_d': '5 ms:9 ms:20'}"),
        ({"vary": {"tau_d": "5 ms:9 ms:3"}, "changes": {"tau_d": "7 ms"}}, "both set and varied"),
        ({"vary": {"tau_d": "5 ms:9 ms:9000", "g_d": "1 nA:2 nA:9000"}}, "at most"),
        ({"vary": {"duration": "[800 ms,300 ms]"}}, "the step ends after it"),
        ({"vary": {"tau_d": "5 ms:9 ms:3"}, "seeds": 0}, "seeds"),
    ],
)
def test_what_is_wrong_is_said_before_it_begins(arguments, said):
    with pytest.raises(ParameterError, match=said):
        plan("current_steps", **arguments)


# ---- divergence and failure ------------------------------------------------------------------------------------------


def test_a_run_that_diverges_stops_no_other(whole, here_compiled, tmp_path):
    # A dendrite of 10 pF leaves every range with 10 nA.
    current = ", ".join(["10000 pA"] * 6)
    options = ("--preset", "paper", "--vary", "C_d=[170 pF,10 pF,160 pF]", "--set", f"dendritic_current={current}")
    done = here_compiled("sweep", "current_steps", *options, "--out", "out")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "2 of 3 runs done" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "diverged" in line]
    assert "run 1 (C_d = 10 pF, seed 1)" in line
    assert "v_d" in line
    columns = sweep_table.load(tmp_path / "out")
    assert columns["state"].tolist() == ["done", "diverged", "done"]
    assert "v_d went from" in columns["reason"][1]
    assert np.isfinite(columns["spike_count[5]"]).tolist() == [True, False, True]
    # It is a result: going on does not make it again.
    record = tmp_path / "out" / "runs" / "000001" / "summary.json"
    before = record.stat().st_mtime_ns
    assert here_compiled("resume", "out").returncode == 1
    assert record.stat().st_mtime_ns == before


def test_a_run_that_fails_is_listed_and_made_again(whole, here, cache, tmp_path):
    """The program of one value is killed; with a program that is not, `resume` makes that run and no other."""
    program = compiled(current_steps.EXPERIMENT, current_steps.PRESETS["paper"], 32, cache=cache).folder
    box = tmp_path / "cache"
    # 9 ms, as a float32.
    script = f'case "$*" in *tau_d=0.0089*) kill -KILL $$;; esac\nexec {program}/main "$@"'
    entry = script_program(box, script, preset="paper")
    (entry / "static_arrays").rmdir()
    shutil.copytree(program / "static_arrays", entry / "static_arrays")
    manifest = json.loads((program / "manifest.json").read_text())
    (entry / "manifest.json").write_text(json.dumps(manifest | {"checksum": checksum(entry, manifest)}))
    options = ("--preset", "paper", "--vary", "tau_d=[7 ms,9 ms,8 ms]", "--out", "out")
    done = here("sweep", "current_steps", *options)
    assert done.returncode == 1
    assert "2 of 3 runs done" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "failed" in line]
    assert line.strip() == "run 1 (tau_d = 9 ms, seed 1) failed: the program was ended by SIGKILL"
    result = SweepResult(tmp_path / "out")
    assert result.table["state"].tolist() == ["done", "failed", "done"]
    assert [entry["status"] for entry in result.summary["not_done"]] == ["failed"]
    assert (result.summary["failed_count"], result.summary["status"]) == (1, "incomplete")
    shutil.copy(program / "main", entry / "main")
    (entry / "manifest.json").write_text(json.dumps(manifest))
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("runs/*/summary.json")}
    assert here("resume", "out").returncode == 0
    made = [path.parent.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp]
    assert made == ["000001"]
    assert SweepResult(tmp_path / "out").table["state"].tolist() == ["done"] * 3


# ---- going on --------------------------------------------------------------------------------------------------------


def _copy(whole, folder):
    subprocess.run(["cp", "-r", str(whole.folder), str(folder)], check=True)
    return folder


def _damaged(record):
    record.write_text(record.read_text().replace('"spike_count": [', '"spike_count": [7, '))


def _truncated(record):
    record.write_bytes(record.read_bytes()[:200])


def _of_another_run(record):
    record.write_bytes((record.parent.parent / "000000" / "summary.json").read_bytes())


def _missing(record):
    record.unlink()


@pytest.mark.parametrize("damage", [_damaged, _truncated, _of_another_run, _missing])
def test_only_verified_results_count(whole, tmp_path, damage):
    folder = _copy(whole, tmp_path / "sweep")
    record = folder / "runs" / "000004" / "summary.json"
    damage(record)
    planned = plan("current_steps", "paper", vary=VARY)
    found = [sweep_table.read(folder, run.index, planned.order(run)) is not None for run in planned.runs]
    assert found == [k != 4 for k in range(12)]
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/summary.json")}
    execute(planned, folder, resume=True)
    same_files(whole.folder, folder, *TABLES)
    made = [path for path in folder.glob("runs/*/summary.json") if stamps.get(path) != path.stat().st_mtime_ns]
    assert made == [record]


def test_killed_and_resumed(many, here_compiled, tmp_path):
    stop_when(lambda: records(tmp_path / "out") >= 3, *MANY_COMMAND, "--jobs", 2, "--out", "out", cwd=tmp_path)
    assert 3 <= records(tmp_path / "out") < 30
    with pytest.raises(RunError, match=r"unfinished; go on with: burstlab\.resume"):
        load(tmp_path / "out")
    done = here_compiled(*MANY_COMMAND, "--out", "out", "--resume")
    assert done.returncode == 0, done.stderr
    same_files(many.folder, tmp_path / "out", *TABLES)
    assert "unfinished" not in left_in(tmp_path / "out")


def test_interrupted_says_how_to_go_on(many, tmp_path):
    arguments = (*MANY_COMMAND, "--out", "out")
    done = stop_when(lambda: records(tmp_path / "out") >= 2, *arguments, cwd=tmp_path, number=signal.SIGINT)
    assert done.returncode == 130
    assert done.stderr.strip() == "burstlab: interrupted; go on with: burstlab resume out"
    states = set(sweep_table.load(tmp_path / "out")["state"])
    assert states == {"done", "pending"}
    resume(tmp_path / "out")
    same_files(many.folder, tmp_path / "out", *TABLES)


def test_two_processes_do_not_share_a_sweep(many, here_compiled, tmp_path):
    process = start(*MANY_COMMAND, "--out", "out", cwd=tmp_path)
    wait_until(lambda: records(tmp_path / "out") >= 1, process)
    process.send_signal(signal.SIGSTOP)
    try:
        second = here_compiled("resume", "out")
    finally:
        process.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert second.stderr.strip() == "burstlab: another process works on out"
    assert process.wait(PATIENCE) == 0
    same_files(many.folder, tmp_path / "out", *TABLES)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"vary": VARY | {"g_d": "1000 pA:1300 pA:4"}}, "other parameters"),
        ({"vary": VARY, "seeds": 2}, "other seeds"),
        ({"vary": VARY, "changes": {"C_d": "180 pF"}}, "another set of parameters"),
    ],
)
def test_another_sweep_is_not_gone_on_with(whole, arguments, said):
    with pytest.raises(RunError, match=said):
        execute(plan("current_steps", "paper", **arguments), whole.folder, resume=True)


def test_another_version_does_not_go_on(whole, here, tmp_path):
    folder = _copy(whole, tmp_path / "sweep")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"sources": "0"}))
    done = here("resume", folder)
    assert done.returncode == 1
    assert "another version" in done.stderr


# ---- a cluster -------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_cluster_gives_the_same_though_a_worker_is_lost(whole, tmp_path):
    with cluster(2, tmp_path) as (address, processes):
        process = start(*COMMAND, "--scheduler", address, "--out", "out", cwd=tmp_path)
        wait_until(lambda: records(tmp_path / "out") >= 3, process)
        processes[0].kill()
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    assert errors.strip() == ""
    same_files(whole.folder, tmp_path / "out", *TABLES)


def test_no_scheduler(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "CONNECT_TIMEOUT", 0.5)
    with pytest.raises(RunError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:1"):
        sweep("current_steps", "paper", vary=VARY, scheduler="tcp://127.0.0.1:1", out=tmp_path / "out")


# ---- at length -------------------------------------------------------------------------------------------------------

LONG = ("--vary", "g_d=1000 pA:1400 pA:20", "--vary", "tau_d=5 ms:9 ms:15", "--jobs", 2)


@pytest.mark.slow
def test_five_kills_at_random_moments(monkeypatch, tmp_path):
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    began = time.monotonic()
    assert command("sweep", "current_steps", *LONG, "--out", "whole", cwd=tmp_path, timeout=PATIENCE).returncode == 0
    print(f"whole sweep of 300 runs: {time.monotonic() - began:.1f} s")
    chance = random.Random(20210513)
    arguments = ["sweep", "current_steps", *LONG, "--out", "out"]
    for _ in range(5):
        before, more = records(tmp_path / "out"), chance.randint(1, 55)
        stop_when(lambda: records(tmp_path / "out") >= before + more, *arguments, cwd=tmp_path)  # noqa: B023
        print("killed at", records(tmp_path / "out"))
        arguments[-2:] = ["--out", "out", "--resume"] if "--resume" not in arguments else arguments[-2:]
    assert command(*arguments, cwd=tmp_path, timeout=PATIENCE).returncode == 0
    same_files(tmp_path / "whole", tmp_path / "out", *TABLES)
    with cluster(2, tmp_path) as (address, processes):
        process = start("sweep", "current_steps", *LONG, "--scheduler", address, "--out", "far", cwd=tmp_path)
        wait_until(lambda: records(tmp_path / "far") >= chance.randint(50, 250), process)
        processes[1].kill()
        print("worker lost at", records(tmp_path / "far"))
        assert process.wait(PATIENCE) == 0
    same_files(tmp_path / "whole", tmp_path / "far", *TABLES)
    with h5py.File(tmp_path / "far" / "table.h5") as file:
        assert len(file["run"]) == 300
    assert len([entry for entry in (tmp_path / "cache").iterdir() if entry.is_dir()]) == 1
