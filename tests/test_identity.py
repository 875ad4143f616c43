"""One identity for single runs, seeds, sweeps and their workers: what another program made is not taken as done."""

from __future__ import annotations

import json
import shutil

import pytest

from burstlab.experiments import RunError, load, resume
from burstlab.experiments.engine import identity
from burstlab.experiments.runs import folders, seeds, sweep_table
from burstlab.experiments.runs.plans import plan
from burstlab.experiments.runs.sweep_plan import plan as plan_sweep
from burstlab.experiments.runs.sweep_plan import work

from .experiment_runs import cache, here, refused, steps_result
from .patience import long

__all__ = ["cache", "here"]


def _with(content, path, value):
    """A copy of nested dictionaries with another value at a path."""
    name, _, rest = path.partition(".")
    return content | {name: _with(content[name], rest, value) if rest else value}


# Each decides the numbers of a run.
OTHERS = {
    "versions.burstlab": "0.0.1",
    "versions.brian2": "2.5.1",
    "versions.numpy": "1.0",
    "compile_flags": ["-O0"],
    "backend": "numpy",
    "sources": "0",
    "compiler": "clang 1",
    "machine": "pdp11",
    "float_bits": 64,
    "parameters.tau_d": "8 ms",
}


def test_the_same_run_has_the_same_identity():
    planned = plan("current_steps", "paper")
    again = plan("current_steps", "paper")
    assert identity.identity(planned.describe()) == identity.identity(again.describe())
    assert identity.differences(planned.describe(), json.loads(json.dumps(again.describe()))) == []


@pytest.mark.parametrize(("path", "value"), OTHERS.items(), ids=OTHERS)
def test_what_decides_numbers_decides_identity(path, value):
    known = plan("current_steps", "paper").describe()
    other = _with(known, path, value)
    (said,) = identity.differences(other, known)
    assert said.startswith("another ")
    assert identity.identity(other) != identity.identity(known)


@pytest.mark.parametrize("path", ["preset", "versions.python", "versions.h5py", "versions.platform"])
def test_labels_and_places_do_not(path):
    known = plan("current_steps", "paper").describe()
    assert identity.identity(_with(known, path, "other")) == identity.identity(known)


def test_cells_that_are_recorded_and_weights_that_are_given_decide():
    known = plan("current_steps", "paper", record={"cells": [0]}).describe()
    assert identity.differences(known, plan("current_steps", "paper", record={"cells": [1]}).describe())
    given = known | {"weights": {"folder": "a", "sha256": "1"}}
    assert identity.differences(given, known)
    assert not identity.differences(given, known | {"weights": {"folder": "b", "sha256": "1"}})


def test_where_there_is_no_compiler_none_is_compared():
    known = plan("current_steps", "paper").describe()
    assert identity.differences(known, known | {"compiler": None}) == []


# ---- several seeds ---------------------------------------------------------------------------------------------------


@pytest.fixture
def stopped(cache, tmp_path):
    """Two seeds of which one is done."""
    plans = [plan("current_steps", "paper", seed) for seed in (1, 2)]
    about = plans[0].describe() | {"seeds": [1, 2]}
    folder = tmp_path / "out"
    folders.begin(folder, checkpoint=0)
    folders.write_json(folder, "config.json", about)
    shutil.copytree(steps_result().folder, folder / "seed-1")
    return folder


def _edit(folder, path, value):
    folders.write_json(folder, "config.json", _with(json.loads((folder / "config.json").read_text()), path, value))


def test_a_seed_that_is_done_is_not_made_again(stopped):
    before = (stopped / "seed-1" / "config.json").stat().st_mtime_ns
    resume(stopped)
    assert (stopped / "seed-1" / "config.json").stat().st_mtime_ns == before
    assert load(stopped).summary["done_count"] == 2


@pytest.mark.parametrize(("path", "value"), OTHERS.items(), ids=OTHERS)
def test_a_seed_of_another_program_is_not_averaged_over(stopped, path, value):
    _edit(stopped / "seed-1", path, value)
    planned = plan("current_steps", "paper", 1)
    assert seeds.finished(stopped / "seed-1", planned) is None
    before = sorted(stopped.rglob("*"))
    with pytest.raises(RunError, match=r"seed-1 was made with another .*force=True") as raised:
        resume(stopped)
    assert "\n" not in str(raised.value)
    assert sorted(stopped.rglob("*")) == before


def test_what_diverged_or_failed_is_in_no_mean(tmp_path):
    summaries = [
        {"seed": 1, "status": "done", "rate_Hz": 1.0},
        {"seed": 2, "status": "diverged", "diverged": "v_s went from -9 to 9 V", "rate_Hz": 100.0},
        {"seed": 3, "status": "failed", "reason": "no luck"},
        {"seed": 4, "status": "done", "rate_Hz": 2.0},
    ]
    found = seeds.over_seeds(summaries, plan("current_steps"), tmp_path)
    assert (found["rate_Hz_mean"], found["rate_Hz_sd"]) == (1.5, pytest.approx(0.5**0.5))
    assert (found["done_count"], found["status"]) == (2, "incomplete")
    assert [run["status"] for run in found["runs"]] == ["done", "diverged", "failed", "done"]


@pytest.mark.parametrize("path", ["versions.brian2", long("compile_flags"), long("sources")])
def test_seeds_that_another_program_began_do_not_go_on(stopped, here, path):
    _edit(stopped, path, OTHERS[path])
    said = refused(here("resume", stopped))
    assert "out was made with another" in said


# ---- a sweep and its workers -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept():
    return plan_sweep("current_steps", "paper", vary={"tau_d": "[7 ms,9 ms]"})


@pytest.mark.parametrize(("path", "value"), OTHERS.items(), ids=OTHERS)
def test_the_record_of_another_program_is_not_one_of_this_sweep(swept, tmp_path, path, value):
    order = swept.order(swept.runs[1])
    about = {"experiment": "current_steps", "preset": "paper", "seed": order["seed"], "status": "done"}
    kept = {name: part for name, part in order.items() if name != "index"} | {"status": "done", "summary": about}
    sweep_table.keep(tmp_path, 1, kept)
    assert sweep_table.read(tmp_path, 1, order) is not None
    sweep_table.keep(tmp_path, 1, _with(kept, path, value))
    assert sweep_table.read(tmp_path, 1, order) is None


@pytest.mark.parametrize("path", ["versions.brian2", "versions.numpy", "compile_flags", "backend", "sources"])
def test_a_worker_with_another_program_makes_no_run(swept, path):
    answer = work(_with(swept.order(swept.runs[0]), path, OTHERS[path]))
    assert answer["status"] == "failed"
    assert answer["reason"].startswith("the worker has another ")
