"""Fits: known answers are found, what cannot be reached is said, and a fit that was stopped equals one that was not."""

from __future__ import annotations

import json
import random
import shutil

import numpy as np
import pytest
from brian2 import ms

from burstlab.analysis.bursts import find_bursts
from burstlab.experiments import RunError, current_steps, fit, run
from burstlab.experiments.catalogue import find
from burstlab.experiments.runs import fitting, search
from burstlab.experiments.runs.fitting import plan
from burstlab.experiments.runs.targets import read_targets
from burstlab.models.parameters import ParameterError

from .command_lines import python_blocks
from .experiment_runs import cache, command, here, here_compiled, left_in, refused, steps_result
from .functions import file
from .stopping import cluster, records, same_files, stop_when

__all__ = ["cache", "file", "here", "here_compiled"]
FILES = ("config.json", "table.csv", "table.h5", "matches.csv", "matches.h5", "summary.json", "figure.png")
OVER = ["x1=-3:3", "x2=-3:3"]
TARGETS = ["ishigami=4+-0.2", "several[0]=0.5+-0.2"]
TRIALS = 240


# ---- searching -------------------------------------------------------------------------------------------------------


def searched(function, parameters, batches, seed=1):
    looked = search.Search(parameters, seed)
    points = []
    for _ in range(batches):
        batch = looked.ask()
        points.append(batch)
        looked.tell(np.array([function(point) for point in batch]))
    return np.concatenate(points)


@pytest.mark.parametrize("parameters", [1, 2, 5])
def test_a_minimum_is_found_within_the_ranges(parameters):
    hidden = np.linspace(0.2, 0.9, parameters)

    def function(point):
        return float(np.sqrt(np.mean((point - hidden) ** 2)))

    points = searched(function, parameters, 24)
    assert points.shape == (24 * search.BATCH, parameters)
    assert (points.min(), points.max()) >= (0, 0)
    assert points.max() <= 1
    assert min(function(point) for point in points) < 0.01
    # Of a Latin hypercube every part of each range has its point.
    first = np.sort(np.floor(points[:64] * 64), axis=0)
    assert np.array_equal(first, np.tile(np.arange(64)[:, np.newaxis], parameters))


def test_the_same_seed_looks_at_the_same_points():
    function = np.sum
    assert np.array_equal(searched(function, 3, 8), searched(function, 3, 8))
    assert not np.array_equal(searched(function, 3, 8), searched(function, 3, 8, seed=2))


def test_runs_that_give_nothing_are_the_worst():
    points = searched(lambda point: np.inf if point[0] < 0.5 else (point[0] - 0.7) ** 2, 2, 12)
    assert np.all(points[-32:, 0] >= 0.5)


# ---- through the machinery of sweeps ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(cache, file, tmp_path_factory):
    """A fit that nothing stopped."""
    return fit(file, target=TARGETS, over=OVER, trials=TRIALS, out=tmp_path_factory.mktemp("fits") / "whole")


def test_known_answers_are_found(whole, file):
    assert (whole.status, whole.reached, whole.summary["runs_count"]) == ("done", True, TRIALS)
    x1, x2 = (float(whole.best[name]) for name in ("x1", "x2"))
    assert x1 == pytest.approx(0.5, abs=0.2)
    assert np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * np.sin(x1) == pytest.approx(4, abs=0.2)
    inside = whole.within
    assert len(inside["run"]) == whole.summary["within_count"] > 10
    assert np.all(np.abs(inside["ishigami"] - 4) <= 0.2)
    assert np.all(np.abs(inside["several[0]"] - 0.5) <= 0.2)
    everything = whole.runs.table
    matched = (np.abs(everything["ishigami"] - 4) <= 0.2) & (np.abs(everything["several[0]"] - 0.5) <= 0.2)
    assert np.array_equal(matched, everything["within"] == 1)
    low, _, high = whole.summary["spread"]["x2"]
    assert (low, high) == (inside["x2"].min(), inside["x2"].max())
    assert f"{whole.summary['within_count']} of {TRIALS} trials are within tolerance" in whole._repr_html_()
    assert len(whole.to_pandas()) == len(inside["run"])
    assert any("within tolerance" in line for line in whole.lines())


def test_the_last_batch_repeats_the_best_with_other_seeds(whole):
    table, size = whole.runs.table, search.BATCH
    first = np.argsort(table["loss"][:-size], kind="stable")[:size]
    assert np.array_equal(table["x1"][-size:], table["x1"][:-size][first])
    assert len(set(table["seed"])) == TRIALS
    # Nothing is noisy here: a repetition is the same.
    assert np.array_equal(table["loss"][-size:], table["loss"][:-size][first])


@pytest.mark.long
def test_a_run_takes_the_best(whole, file, tmp_path):
    numpy = ("--backend", "numpy")
    done = command("run", file, "--from", whole.folder, "--set", "x3=2", *numpy, "--out", "best", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / "best" / "config.json").read_text())
    assert config["parameters"] == whole.best | {"x3": "2"}
    done = command("run", file, "--from", "best", *numpy, "--out", "again", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    again = json.loads((tmp_path / "again" / "config.json").read_text())
    assert again["parameters"] == config["parameters"]
    assert "is of functions; its parameters are not those of xor" in refused(
        command("run", "xor", "--from", whole.folder, cwd=tmp_path)
    )
    assert "gives all parameters, and is of preset quick" in refused(
        command("run", file, "--from", "best", "--preset", "paper", cwd=tmp_path)
    )
    result = run(file, backend="numpy", out=tmp_path / "python", **whole.best)
    assert result.config["parameters"] == whole.best


def _command(file, out, *more):
    targets = [part for text in TARGETS for part in ("--target", text)]
    over = [part for text in OVER for part in ("--over", text)]
    return ("fit", file, *targets, *over, "--trials", TRIALS, "--out", out, *more)


@pytest.mark.long
def test_killed_five_times_and_resumed_gives_the_same_bytes(whole, file, tmp_path):
    chance = random.Random(7)
    arguments = _command(file, "out")
    for k in range(5):
        more = records(tmp_path / "out") + chance.randint(1, 20)
        stop_when(lambda more=more: records(tmp_path / "out") >= more, *arguments, cwd=tmp_path)
        print("killed at", records(tmp_path / "out"))
        arguments = _command(file, "out", "--resume", "--jobs", 1 + k % 2)
    done = command("resume", "out", "--experiment", file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    same_files(whole.folder, tmp_path / "out", *FILES)


def test_killed_once_and_resumed_gives_the_same_bytes(whole, here_compiled, file, tmp_path):
    stop_when(lambda: records(tmp_path / "out") >= 70, *_command(file, "out"), cwd=tmp_path)
    assert 70 <= records(tmp_path / "out") < TRIALS
    done = here_compiled(*_command(file, "out", "--resume", "--jobs", 2))
    assert done.returncode == 0, done.stderr
    same_files(whole.folder, tmp_path / "out", *FILES)


@pytest.mark.long
def test_a_cluster_gives_the_same(whole, file, tmp_path):
    with cluster(1, tmp_path) as (address, _):
        fit(file, target=TARGETS, over=OVER, trials=TRIALS, scheduler=address, out=tmp_path / "out")
    same_files(whole.folder, tmp_path / "out", *FILES)


@pytest.mark.long
def test_figure_again(whole, file, tmp_path):
    shutil.copytree(whole.folder, tmp_path / "out")
    (tmp_path / "out" / "figure.png").unlink()
    done = command("figure", "out", "--experiment", file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    same_files(whole.folder, tmp_path / "out", *FILES)


def test_a_target_that_no_parameters_reach_is_said_to_be_so(here_compiled, file, tmp_path):
    words = ("--target", "ishigami=400+-1", "--over", OVER[0], "--trials", 80, "--out", "out")
    done = here_compiled("fit", file, *words)
    assert done.returncode == 1
    assert "no parameters within these ranges reach the targets; the nearest are given" in done.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["reached"], summary["within_count"], summary["status"]) == (False, 0, "done")
    assert summary["best"]["distances"]["ishigami"] > 300


def test_a_key_that_there_is_not_leaves_nothing(whole, file, tmp_path):
    for target, said in (
        ("ishigamo=3", "there is no number ishigamo in the summary of functions, did you mean ishigami?"),
        ("several=3", "several is no number of functions but 2"),
        ("text=3", "text is no number but"),
    ):
        with pytest.raises(ParameterError, match=said):
            fit(file, target=target, over="x1", trials=80, out=tmp_path / "out")
        assert left_in(tmp_path) == []


def test_another_fit_is_not_gone_on_with(whole, file):
    for change in ({"trials": 80}, {"target": TARGETS[:1]}, {"over": OVER[:1]}, {"seed": 2}):
        with pytest.raises(RunError, match="another"):
            fit(file, **({"target": TARGETS, "over": OVER, "trials": TRIALS} | change), out=whole.folder, resume=True)


# ---- curves and spikes -----------------------------------------------------------------------------------------------


def _curve(path, header="places (ms),line (Hz),line_error (Hz)", rows=("0,1,0.3", "10,21,0.3", "5,11,0.5")):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_a_curve_is_matched_at_the_places_of_the_file(file, tmp_path):
    curve = _curve(tmp_path / "curve.csv")
    found = fit(file, target=str(curve), over=OVER, trials=TRIALS, out=tmp_path / "out")
    assert found.config["parameters"]["places"] == ["0 ms", "10 ms", "5 ms"]
    assert found.reached
    assert [float(found.best[name]) for name in ("x1", "x2")] == pytest.approx([1, 2], abs=0.6)
    far = found.summary["best"]["distances"]["line"]
    wanted, best = found.matches["wanted"], found.matches["best"]
    assert far == pytest.approx(np.sqrt(np.mean(((best - wanted) / [0.3, 0.3, 0.5]) ** 2)))
    assert found.matches["at"].tolist() == [0, 10, 5]
    assert found.status == "done"


def test_an_array_that_runs_do_not_give_leaves_nothing(file, tmp_path):
    for header in ("places (ms),rate (Hz),rate_error (Hz)", "places (ms),line (mV),line_error (mV)"):
        curve = _curve(tmp_path / "curve.csv", header)
        with pytest.raises(ParameterError, match=r"3 values of places/\w+ in \w+ are needed, and a run of functions"):
            fit(file, target=str(curve), over="x1", trials=80, out=tmp_path / "out")
        assert left_in(tmp_path) == ["curve.csv"]


SPIKES = """somatic_current (pA),dendritic_current (pA),spike_time (ms)
500,0,131
500,0,150
500,0,160
500,0,300
100,0,
"""


def test_spikes_become_counts_and_a_latency(tmp_path):
    (tmp_path / "cell.csv").write_text(SPIKES)
    config = current_steps.PRESETS["quick"]
    targets, changes = read_targets(config, [str(tmp_path / "cell.csv")])
    assert changes == {"somatic_current": ["500 pA", "100 pA"], "dendritic_current": ["0 pA", "0 pA"]}
    assert targets[0].keys == ["spike_count[0]", "event_count[0]", "burst_count[0]", "first_spike_s[0]"]
    found = find_bursts(np.zeros(4, dtype=int), np.array([0.131, 0.15, 0.16, 0.3]))
    assert targets[0].wanted == [4, len(found.event_time), len(found.burst_time), pytest.approx(0.131)]
    assert targets[1].wanted == [0, 0, 0]  # a cell without a spike has no latency


def test_the_own_spikes_of_a_cell_have_the_distance_0(cache, tmp_path):
    """A recording that is a run of the model: its parameters are the best there can be."""
    recorded = steps_result()
    rows = [
        (*(recorded.summary[f"{part}_current_pA"][cell] for part in ("somatic", "dendritic")), 1e3 * time)
        for cell, time in zip(recorded.arrays["spikes/cell"], recorded.arrays["spikes/time"], strict=True)
    ]
    rows += [(*(recorded.summary[f"{part}_current_pA"][k] for part in ("somatic", "dendritic")), "")
             for k, count in enumerate(recorded.summary["spike_count"]) if not count]  # fmt: skip
    rows.sort(key=lambda row: (row[1], row[0]))
    lines = [",".join(str(value) for value in row) for row in rows]
    (tmp_path / "cell.csv").write_text("\n".join([SPIKES.splitlines()[0], *lines]) + "\n")
    planned = plan("current_steps", "paper", target=str(tmp_path / "cell.csv"), over=["tau_d", "g_d"])
    order = planned.order(planned.runs[0])
    assert order["parameters"]["somatic_current"] == ["0 pA", "300 pA", "500 pA", "700 pA", "500 pA", "500 pA"]
    found = planned.columns({"experiment": "current_steps", "summary": recorded.summary})
    assert found["loss"] == pytest.approx(0, abs=1e-6)
    other = run("current_steps", "paper", tau_d=9 * ms, out=tmp_path / "other")
    assert planned.columns({"experiment": "current_steps", "summary": other.summary})["loss"] > 1


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read target.csv: No such file or directory"),
        ("somatic_current (pA)\n", "a header and a row at least are needed"),
        ("somatic_current,spike_time (ms)\n500,131\n", "column 'somatic_current' has no unit"),
        ("somatic_current (pA),spike_time\n500,131\n", "column 'spike_time' has no unit"),
        ("somatic_curent (pA),spike_time (ms)\n500,131\n", "the first column is somatic_curent, did you mean"),
        ("somatic_current (mV),spike_time (ms)\n500,131\n", "somatic_current = "),
        ("somatic_current (pA),spike_time (mV)\n500,131\n", "spike_time is in mV, which is no time"),
        ("somatic_current (pA),spike_time (s)\n500,131\n", "is this another time base?"),
        ("somatic_current (pA),spike_time (ms)\n500,31\n", "a spike at 31 ms, and the step begins at 100 ms"),
        ("somatic_current (pA),spike_time (ms)\n500,soon\n", "spike_time = 'soon' is no number"),
        ("somatic_current (pA),spike_time (ms)\n500\n", "row 2: 1 cells, and the header has 2"),
        ("tau_d (ms),rate (Hz)\n500,131\n", "tau_d is one value, no list"),
        ("somatic_current (pA),rate (Hz)\n500,131\n", "a column rate_error (Hz) is needed"),
        ("somatic_current (pA),rate (Hz),rate_error (Hz)\n500,131,0\n", "rate_error has a value that is not above 0"),
        ("somatic_current (pA),rate (Hz),rate_error (ms)\n500,131,1\n", "rate is in Hz, and its errors are in ms"),
        ("somatic_current (pA),rate (bananas),rate_error (1)\n500,131,1\n", "rate is in bananas, which is not one of"),
        ("somatic_current (pA)\n500\n", "there is nothing beside somatic_current"),
        ("somatic_current (pA),spike_time (ms),more (Hz)\n500,131,1\n", "there is one column, spike_time (ms)"),
        ("somatic_current (pA),rate (Hz),rate_error (Hz)\n500,nan,1\n", "rate has a value that is not finite"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(here, tmp_path, text, said):
    if text is not None:
        (tmp_path / "target.csv").write_text(text)
    before = left_in(tmp_path)
    assert said in refused(here("fit", "current_steps", "--target", "target.csv", "--over", "tau_d"))
    assert left_in(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target", "spike_count"), "KEY=VALUE+-TOL or FILE.csv is needed"),
        (("--target", "spike_count=much"), "KEY=VALUE+-TOL or FILE.csv is needed"),
        (("--target", "spike_count=0"), "how far it may be off is needed, such as spike_count=0+-0.1"),
        (("--target", "spike_count=5+-0"), "how far it may be off is needed"),
        (("--target", "spike_count=5", "--target", "spike_count=6"), "spike_count: two targets of this name"),
        (("--target", "spike_count=5", "--trials", "10"), "--trials 10: 80 at least are needed"),
        (("--target", "spike_count=5", "--over", "dt"), "dt is structural"),
        (("--target", "spike_count=5", "--over", "tau_d=5 ms:900 ms"), "outside the allowed range"),
        (("--target", "spike_count=5", "--trials", "60000"), "at most 50000"),
    ],
)
def test_what_is_wrong_is_one_line_before_it_begins(here, tmp_path, arguments, said):
    assert said in refused(here("fit", "current_steps", "--over", "tau_d", *arguments))
    assert left_in(tmp_path) == []


def test_a_list_of_a_file_is_not_set_or_varied_too(tmp_path):
    (tmp_path / "cell.csv").write_text("somatic_current (pA),spike_time (ms)\n500,131\n")
    for more, said in (
        ({"changes": {"somatic_current": "1 pA"}, "over": "tau_d"}, "both set and given by a file"),
        ({"over": "somatic_current"}, "both given by a file of the targets and varied"),
    ):
        with pytest.raises(ParameterError, match=said):
            plan("current_steps", target=str(tmp_path / "cell.csv"), **more)


def test_without_cmaes_one_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cmaes", None)
    with pytest.raises(RunError, match=r"pip install 'burstlab\[vary\]'"):
        plan("current_steps", target="spike_count=5", over="tau_d")


def test_targets_in_python_are_those_of_the_command_line():
    pair = plan("current_steps", target={"spike_count": (5, 1)}, over="tau_d").about["targets"]
    assert pair == plan("current_steps", target="spike_count=5+-1", over="tau_d").about["targets"]
    assert plan("current_steps", target={"spike_count": 10}, over="tau_d").about["targets"][0]["tolerance"] == [0.5]
    assert fitting.LEAST_TRIALS == 80
    assert find("current_steps").name == "current_steps"


def test_the_python_of_the_page_runs(cache, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (block,) = python_blocks("fit.md")
    exec(block, {})
    assert "True" in capsys.readouterr().out
