"""Whatever goes wrong: a clear state, one line that says so, and everything that was finished can be read."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys

import pytest

from burstlab.experiments import RunError, load, resume, run, sweep
from burstlab.experiments.engine import workers
from burstlab.experiments.runs import plans, sweep_table
from burstlab.experiments.runs.sweep_plan import plan

from .experiment_runs import SHORT_XOR, cache, here_compiled, left_in, short_xor, steps_result
from .patience import PATIENCE
from .stopping import cluster, records, same_files, start, stop_when, wait_until

__all__ = ["cache", "here_compiled"]
OPTIONS = [part for name, value in SHORT_XOR.items() for part in ("--set", f"{name}={value}")]
XOR = ("run", "xor", *OPTIONS, "--checkpoint", 1, "--out", "out")
VARY = {"tau_d": "5 ms:9 ms:6"}
SWEEP = ("sweep", "current_steps", "--preset", "paper", "--vary", "tau_d=5 ms:9 ms:6", "--out", "out")
TABLES = ("table.csv", "table.h5", "figure.png")

FULL_DISK = """
import functools, resource, signal, subprocess, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails, as it does on a full disk
subprocess.Popen = functools.partial(subprocess.Popen, restore_signals=False)  # in the program, too
from burstlab.experiments.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["burstlab", *sys.argv[2:]]
main()
"""


def with_full_disk(limit, *arguments, cwd):
    """The command, where no file can become larger than a number of bytes."""
    return subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(limit), *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def one_line(done):
    """The line on stderr of a command that failed."""
    assert done.returncode not in (0, None), done.stdout
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.strip()]
    assert line.startswith("burstlab: ")
    return line


@pytest.fixture(scope="module")
def whole(cache, tmp_path_factory):
    """A sweep without faults."""
    steps_result()
    return sweep("current_steps", "paper", vary=VARY, out=tmp_path_factory.mktemp("faults") / "whole").folder


@pytest.fixture(scope="module")
def killed(cache, tmp_path_factory):
    """A short xor run, killed when it had a checkpoint."""
    short_xor()
    folder = tmp_path_factory.mktemp("killed")
    stop_when((folder / "out" / "unfinished" / "checkpoint").exists, *XOR, cwd=folder)
    return folder / "out"


@pytest.fixture
def stopped(killed, tmp_path):
    """A copy of the killed run, for a test to go on with."""
    shutil.copytree(killed, tmp_path / "out")
    return tmp_path / "out"


def _readable(folder):
    """How many runs of a sweep are done and can be verified."""
    planned = plan("current_steps", "paper", vary=VARY)
    return sum(sweep_table.read(folder, run.index, planned.order(run)) is not None for run in planned.runs)


# ---- a full disk -----------------------------------------------------------------------------------------------------


def test_full_disk_while_a_checkpoint_is_written(stopped, tmp_path):
    before = (stopped / "unfinished" / "checkpoint").read_bytes()
    said = one_line(with_full_disk(len(before) // 2, "resume", "out", cwd=tmp_path))
    assert "File too large" in said
    assert said.endswith("; go on with: burstlab resume out")
    assert (stopped / "unfinished" / "checkpoint").read_bytes() == before
    resume(stopped)
    same_files(short_xor().folder, stopped, "results.h5", "figure.png")


def test_full_disk_before_there_is_a_checkpoint(cache, tmp_path):
    short_xor()
    said = one_line(with_full_disk(30_000, *XOR, cwd=tmp_path))
    assert "File too large" in said
    assert left_in(tmp_path) == []


def test_full_disk_in_a_sweep(whole, tmp_path):
    stop_when(lambda: records(tmp_path / "out") >= 2, *SWEEP, cwd=tmp_path)
    done = _readable(tmp_path / "out")
    assert done >= 2
    said = one_line(with_full_disk(1000, "resume", "out", cwd=tmp_path))
    assert "cannot write to out" in said
    assert _readable(tmp_path / "out") == done
    resume(tmp_path / "out")
    same_files(whole, tmp_path / "out", *TABLES)


# ---- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.0, 0.5, 0.999])
def test_a_damaged_checkpoint(stopped, part):
    file = stopped / "unfinished" / "checkpoint"
    data = file.read_bytes()
    file.write_bytes(data[: int(part * len(data))])
    with pytest.raises(RunError, match=r"checkpoint .* is damaged.*; begin again with force=True$"):
        resume(stopped)
    assert left_in(stopped) == ["unfinished"]  # nothing is thrown away unasked


def test_a_damaged_checkpoint_is_one_line_and_force_begins_again(stopped, here_compiled):
    file = stopped / "unfinished" / "checkpoint"
    file.write_bytes(file.read_bytes()[:5000])
    said = one_line(here_compiled("resume", "out"))
    assert "checkpoint is damaged" in said
    assert said.endswith("begin again with --force")
    assert left_in(stopped) == ["unfinished"]
    assert here_compiled(*XOR, "--force").returncode == 0
    same_files(short_xor().folder, stopped, "results.h5", "figure.png")


def test_a_checkpoint_of_another_version(stopped):
    file = stopped / "unfinished" / "checkpoint"
    words = file.read_bytes().split(b" ", 3)
    words[2] = b"0" * len(words[2])
    file.write_bytes(b" ".join(words))
    with pytest.raises(RunError, match="another version of burstlab"):
        resume(stopped)


@pytest.mark.parametrize("name", ["config.json", "state.json"])
@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"format": 99}', "\x00\xff"])
def test_damaged_notes_about_what_is_unfinished(stopped_copy, name, content):
    (stopped_copy / "unfinished" / name).write_text(content, encoding="latin-1")
    with pytest.raises(RunError) as raised:
        resume(stopped_copy)
    assert "\n" not in str(raised.value)
    assert left_in(stopped_copy) == ["unfinished"]


@pytest.fixture
def stopped_copy(cache, tmp_path):
    """What a stopped run leaves, made without running it."""
    from burstlab.experiments.runs import checkpoint

    planned = plans.plan("xor", changes=dict(SHORT_XOR))
    checkpoint.begin(tmp_path / "out", planned.describe(), 1, force=False)
    (tmp_path / "out" / "unfinished" / "checkpoint").write_text("of no use")
    return tmp_path / "out"


def test_damaged_results_of_a_seed_are_made_again(cache, tmp_path):
    short_xor()
    out = tmp_path / "out"
    stop_when((out / "seed-2" / "unfinished" / "checkpoint").exists, *XOR, "--seeds", 2, cwd=tmp_path)
    file = out / "seed-1" / "results.h5"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(RunError, match=r"results\.h5 cannot be read"):
        load(out / "seed-1").arrays  # noqa: B018
    resume(out)
    same_files(short_xor().folder, out / "seed-1", "results.h5", "figure.png")


# ---- signals and other processes -------------------------------------------------------------------------------------


def test_terminated(whole, tmp_path):
    done = stop_when(lambda: records(tmp_path / "out") >= 1, *SWEEP, cwd=tmp_path, number=signal.SIGTERM)
    assert one_line(done) == "burstlab: interrupted; go on with: burstlab resume out"
    assert _readable(tmp_path / "out") >= 1


def test_two_processes_resume_one_run(stopped, tmp_path):
    left = set((stopped / "unfinished").glob(".raw-*"))  # by the process that was killed
    first = start("resume", "out", cwd=tmp_path)
    wait_until(lambda: bool(set((stopped / "unfinished").glob(".raw-*")) - left), first)
    first.send_signal(signal.SIGSTOP)
    try:
        for again in (lambda: resume(stopped), lambda: run("xor", out=stopped, force=True, checkpoint=1, **SHORT_XOR)):
            with pytest.raises(RunError, match=r"^another process works on .*out$"):
                again()
    finally:
        first.send_signal(signal.SIGCONT)
    assert first.wait(PATIENCE) == 0
    same_files(short_xor().folder, stopped, "results.h5", "figure.png")


def test_a_run_that_diverges_is_no_unfinished_one(cache, tmp_path):
    short_xor()
    diverged = run("xor", out=tmp_path / "out", checkpoint=1, background_exc_dendrite="10", **SHORT_XOR)
    assert diverged.status == "diverged"
    # Seen when the first example after the settling was over, or before: nobody waits for its end.
    assert diverged.summary["simulated_s"] in (0.4, 0.8)
    assert diverged.summary["diverged"].endswith(f", seen at {diverged.summary['simulated_s']} s")
    assert left_in(tmp_path / "out") == ["config.json", "summary.json"]
    with pytest.raises(RunError, match="nothing to go on with"):
        resume(tmp_path / "out")


# ---- a cluster that is lost ------------------------------------------------------------------------------------------


def test_all_workers_are_lost(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE", 1.0)
    with cluster(1, tmp_path) as (address, processes):

        def lose(done, total):
            if done == 2:
                processes[0].kill()

        with pytest.raises(RunError, match=r"has had no worker for 1 s; go on with: burstlab\.resume"):
            sweep("current_steps", "paper", vary=VARY, scheduler=address, out=tmp_path / "out", progress=lose)
    assert 2 <= _readable(tmp_path / "out") < 6
    resume(tmp_path / "out")
    same_files(whole, tmp_path / "out", *TABLES)
