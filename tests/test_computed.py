"""Experiments that compute their results themselves: what they are offered is what networks are offered."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import numpy as np
import pytest

from burstlab.experiments import RunError, load, resume, run
from burstlab.experiments.catalogue import find
from burstlab.experiments.engine import identity
from burstlab.experiments.experiment import Experiment, Work
from burstlab.experiments.runs.checkpoint import examples_between
from burstlab.experiments.runs.plans import plan
from burstlab.models.parameters import ParameterError, with_changes

from .conformance import check_conformance
from .experiment_runs import WALK, command, here, left_in, refused
from .patience import PATIENCE, long
from .stopping import same_files, stop_when

__all__ = ["here"]


@pytest.fixture
def walk(tmp_path, monkeypatch):
    """The file of the experiment, in a folder with what it reads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "walk.py").write_text(WALK)
    (tmp_path / "steps.txt").write_text("2.5")
    return "walk.py"


def same_run(one, other):
    same_files(one, other, "config.json", "results.h5", "figure.png", "figure.pdf")
    assert left_in(one) == left_in(other)
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in (one, other)]
    assert {name for name in summaries[0] if summaries[0][name] != summaries[1][name]} <= {"run_s"}


def test_a_run_has_all_that_a_run_of_a_network_has(walk, here, tmp_path):
    moments = []
    result = run(walk, out="out", progress=lambda *moment: moments.append(moment))
    expected = 2.5 + np.cumsum([0.1 + np.random.default_rng([1, step]).normal() for step in range(30)])
    np.testing.assert_allclose(result.arrays["path/place"][1:], expected, rtol=1e-12)
    assert (result.status, result.summary["end"]) == ("done", pytest.approx(expected[-1], rel=1e-12))
    assert moments == [(step, 30) for step in range(1, 31)]
    assert (result.summary["simulated_s"], result.summary["speed"]) == (None, None)
    assert result.config["backend"] == "python"
    assert result.config["compiler"] is None
    assert set(result.config["data"]) == {"sha256", "length"}
    assert left_in(tmp_path / "out") == ["config.json", "figure.pdf", "figure.png", "results.h5", "summary.json"]
    check_conformance(find(walk), result)
    assert "computed in" in here("run", walk, "--out", "again", "--checkpoint", 0).stdout
    same_run(result.folder, tmp_path / "again")


@pytest.mark.long
def test_seeds_sweeps_and_the_command(walk, tmp_path):
    done = command("run", walk, "--seeds", 3, "--jobs", 2, "--set", "drift=1", "--out", "seeds", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert load(tmp_path / "seeds").summary["done_count"] == 3
    assert "again    burstlab run" in done.stdout
    assert "--backend" not in done.stdout
    done = command("sweep", walk, "--vary", "drift=[0,1,2]", "--seeds", 2, "--jobs", 2, "--out", "swept", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    rows = (tmp_path / "swept" / "table.csv").read_text().splitlines()
    ends = {tuple(row.split(",")[2:4]): float(row.split(",")[4]) for row in rows[1:]}
    assert len(ends) == 6
    for (drift, seed), end in ends.items():
        assert end == pytest.approx(ends["0", seed] + 30 * float(drift), rel=1e-9)
    done = command("compare", "seeds/seed-1", "seeds/seed-2", "--experiment", walk, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_sweep_over_data(walk, here, tmp_path):
    (tmp_path / "other.txt").write_text("7.5")
    done = here("sweep", walk, "--vary", "data=[steps.txt,other.txt]", "--out", "swept")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    rows = [row.split(",") for row in (tmp_path / "swept" / "table.csv").read_text().splitlines()]
    assert float(rows[2][4]) - float(rows[1][4]) == pytest.approx(5, rel=1e-9)


def test_what_decides_its_numbers_decides_its_identity(walk, tmp_path):
    known = plan(walk).describe()
    (tmp_path / "steps.txt").write_text("2.6")
    assert identity.differences(known, plan(walk).describe()) == ["another set of data"]
    (tmp_path / "steps.txt").write_text("2.5")
    assert identity.differences(known, plan(walk).describe()) == []
    other = known | {"versions": known["versions"] | {"nothing_of_this_name": "2.0"}}
    (said,) = identity.differences(other, known)
    assert said == "another set of versions (nothing_of_this_name = 2.0, not None)"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--backend", "cpp"), "walk is no Brian2 network and has none"),
        (("--float", "64"), "walk is computed with 32 bits"),
        (("--record", "cells:0"), "walk has no cells with a voltage"),
        (("--weights", "elsewhere"), "takes no weights"),
        (("--set", "data=nowhere"), "No such file"),
        (("--set", "data= "), "a text in one line is needed"),
    ],
)
def test_what_it_has_not_is_one_line(walk, here, tmp_path, options, said):
    before = left_in(tmp_path)
    assert said in refused(here("run", walk, *options, "--out", "out"))
    assert left_in(tmp_path) == before


def test_where_checkpoints_are(walk):
    experiment = find(walk)
    assert [examples_between(experiment, "python", asked) for asked in (None, 0, 7)] == [1, 0, 7]
    assert [step for step in range(1, 10) if Work(every=3).is_due(step)] == [3, 6, 9]
    assert not any(Work().is_due(step) for step in range(1, 10))


# ---- stopped, and gone on --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kills", [2, long(5)])
def test_killed_at_random_moments(walk, here, tmp_path, kills):
    arguments = ("run", walk, "--set", "steps=120", "--set", "pause=25", "--out", "out")
    done = here(*arguments[:-1], "whole")
    assert done.returncode == 0, done.stderr
    chance = random.Random(20210513)
    file, seen = tmp_path / "out" / "unfinished" / "checkpoint", [0]
    for _ in range(kills):
        wanted = seen[-1] + 8 * chance.randint(1, 15)  # bytes: so many steps more
        stop_when(lambda: file.exists() and file.stat().st_size >= wanted, *arguments, cwd=tmp_path)  # noqa: B023
        seen.append(file.stat().st_size)
        arguments = ("resume", "out", "--experiment", walk)
    assert sorted(set(seen)) == seen  # it went on each time
    done = here(*arguments)
    assert done.returncode == 0, done.stderr
    same_run(tmp_path / "whole", tmp_path / "out")


def test_seeds_go_on(walk, tmp_path):
    slow = ("--set", "pause=25")
    arguments = ("run", walk, *slow, "--seeds", 2, "--out", "out")
    stop_when((tmp_path / "out" / "seed-2" / "unfinished" / "checkpoint").exists, *arguments, cwd=tmp_path)
    assert resume(tmp_path / "out", jobs=2, experiment=walk).summary["done_count"] == 2
    for seed in (1, 2):
        run(walk, seed=seed, out=f"whole-{seed}", pause=25)
        same_run(tmp_path / f"whole-{seed}", tmp_path / "out" / f"seed-{seed}")


class EnoughError(RunError):
    """What somebody raises who waits no longer."""


def _stopped(walk, out="out", **more):
    """The checkpoint of a run that somebody has stopped after some steps."""

    def progress(done, total):
        if done >= 3:
            raise EnoughError("enough")

    with pytest.raises(RunError, match=rf"enough; go on with: burstlab.resume\('{out}'\)"):
        run(walk, out=out, progress=progress, **more)
    return Path(out).absolute() / "unfinished" / "checkpoint"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-5],
        lambda data: data[:900] + bytes([data[900] ^ 1]) + data[901:],
        lambda data: b"",
    ],
    ids=["cut", "flipped", "empty"],
)
def test_a_damaged_checkpoint_is_refused(walk, here, damage):
    file = _stopped(walk)
    file.write_bytes(damage(file.read_bytes()))
    line = refused(here("resume", "out", "--experiment", walk))
    assert "checkpoint is damaged; begin again with --force" in line
    assert file.exists()


def test_other_data_do_not_go_on(walk, here, tmp_path):
    file = _stopped(walk)
    (tmp_path / "steps.txt").write_text("2.6")
    assert "was made with another set of data" in refused(here("resume", "out", "--experiment", walk))
    assert file.exists()


def test_the_checkpoint_of_another_run_is_refused(walk, here):
    kept = _stopped(walk).read_bytes()
    _stopped(walk, "other", seed=2).write_bytes(kept)
    assert "is of another run" in refused(here("resume", "other", "--experiment", walk))


def test_it_can_be_stopped_by_who_waits(walk):
    began = time.monotonic()
    assert _stopped(walk, pause=100, steps=1000000).exists()
    assert time.monotonic() - began < PATIENCE


# ---- the contract ----------------------------------------------------------------------------------------------------


def test_either_a_network_or_a_computation(walk):
    known = find(walk)
    members = {"name": "x", "meaning": "x", "presets": known.presets, "analyse": known.analyse}
    with pytest.raises(TypeError, match="either build or compute"):
        Experiment(**members)
    with pytest.raises(TypeError, match="either build or compute"):
        Experiment(**members, build=lambda config: None, compute=known.compute)
    with pytest.raises(TypeError, match="analyse is needed"):
        Experiment(**(members | {"analyse": None}), compute=known.compute)


def test_numbers_that_diverge_are_named(walk, tmp_path):
    (tmp_path / "steps.txt").write_text("999900")
    result = run(walk, drift=10, out="out", checkpoint=0)
    assert result.status == "diverged"
    assert result.summary["diverged"].startswith("place went from 999900 to 1.0002")


def test_a_text_is_a_parameter(walk):
    config = find(walk).presets["quick"]
    assert with_changes(config, {"data": "/a folder/with, a comma"}).data == "/a folder/with, a comma"
    for wrong in ("", "two\nlines", " "):
        with pytest.raises(ParameterError, match="a text in one line"):
            with_changes(config, {"data": wrong})


def test_a_notebook_and_a_script(walk, here, tmp_path):
    """What has no speed shows none, and what is no network is no script."""
    shown = run(walk, out="out", progress=False)._repr_html_()
    assert "walk quick, seed 1: done" in shown
    assert "speed" not in shown
    assert "walk is no Brian2 network" in refused(here("script", walk))
    assert not (tmp_path / "walk.npz").exists()
