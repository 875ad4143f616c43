"""Sensitivity against known answers: the Ishigami function, a parameter without a wire, an output of chance alone."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from brian2 import ms

from burstlab.analysis.sensitivity import ranked
from burstlab.experiments import RunError, resume, sensitivity
from burstlab.experiments.catalogue import find
from burstlab.experiments.runs import designs, indices
from burstlab.experiments.runs.ranges import read_part, read_ranges
from burstlab.experiments.runs.sensitivity import plan
from burstlab.models.parameters import ParameterError

from .command_lines import python_blocks
from .experiment_runs import cache, command, here, here_compiled, left_in, refused
from .functions import FUNCTIONS, file
from .patience import PATIENCE, long
from .stopping import cluster, records, same_files, stop_when

__all__ = ["cache", "file", "here", "here_compiled"]

ARGUMENTS = [f"{name}=-3.14159265:3.14159265" for name in ("x1", "x2", "x3", "unwired")]
# x1 + x2 stays below 5, as it must.
TWO = ["x1=-3:3", "x2=-3:2"]
FILES = ("config.json", "table.csv", "table.h5", "indices.csv", "indices.h5", "summary.json", "figure.png")


# ---- known answers ---------------------------------------------------------------------------------------------------

A, B = 7, 0.1
_PARTS = {"x1": 0.5 * (1 + B * np.pi**4 / 5) ** 2, "x2": A**2 / 8, "x1 x3": 8 * B**2 * np.pi**8 / 225}
_WHOLE = sum(_PARTS.values())
FIRST = {"x1": _PARTS["x1"] / _WHOLE, "x2": _PARTS["x2"] / _WHOLE, "x3": 0, "unwired": 0}
TOTAL = {
    "x1": (_PARTS["x1"] + _PARTS["x1 x3"]) / _WHOLE, "x2": _PARTS["x2"] / _WHOLE, "x3": _PARTS["x1 x3"] / _WHOLE,
    "unwired": 0,
}  # fmt: skip


def ishigami(x):
    return np.sin(x[..., 0]) + A * np.sin(x[..., 1]) ** 2 + B * x[..., 2] ** 4 * np.sin(x[..., 0])


def made(function, method="sobol", samples=1024, seeds=2, names=("x1", "x2", "x3", "unwired")):
    """Indices of a function of the arguments, shape (runs, parameters), and of the seeds: no simulation."""
    config = find("current_steps").presets["quick"]
    axes = read_ranges(config, ["tau_d", "g_d", "C_d", "a"][: len(names)], "20%")
    design = designs.design(method, samples, axes, 1, seeds)
    runs = design.runs(axes)
    numbers = np.array([[float(text.split()[0]) for text in run.values] for run in runs])
    low, high = (np.array([getattr(each, end) for each in axes]) for end in ("low", "high"))
    x = (2 * (numbers - low) / (high - low) - 1) * np.pi
    found = indices.indices(design, axes, function(x, np.array([run.seed for run in runs])))
    columns = {name: dict(zip([*names, "seed"], column, strict=True)) for name, column in found.columns.items()}
    return columns, found.about


def outside(columns, name, wanted, wider=1.0):
    """Which known answers lie outside their intervals; these may be taken some times as wide."""
    found = {}
    for key, value in wanted.items():
        low, high = columns[f"{name}_low"][key], columns[f"{name}_high"][key]
        if abs(value - (low + high) / 2) > wider * (high - low) / 2 + 1e-9:
            found[key] = (low, value, high)
    return found


# Of nine numbers with intervals of 95 % one is outside more often than not: twice as wide they are four errors.
MANY = 2.0


def test_the_published_indices_of_ishigami():
    """Sobol & Levitan (1999): first order 0.314, 0.442, 0; total 0.558, 0.442, 0.244."""
    assert FIRST["x1"] == pytest.approx(0.314, abs=1e-3)
    assert TOTAL["x3"] == pytest.approx(0.244, abs=1e-3)
    columns, about = made(lambda x, seed: ishigami(x))
    assert not outside(columns, "first", FIRST)
    assert not outside(columns, "total", TOTAL)
    # An interval that holds everything would be no answer.
    assert max(columns["total_high"][key] - columns["total_low"][key] for key in TOTAL) < 0.25
    assert about["seed_share"] == 0
    assert columns["total"]["unwired"] == columns["first"]["unwired"] == 0


def test_a_noisy_ishigami_has_the_same_indices_of_the_rest():
    """With as much variance from the seed as from the function, indices are halves, and the seed has the other half."""

    def function(x, seed):
        chance = np.array([np.random.default_rng(k).standard_normal() for k in seed])
        return ishigami(x) + np.sqrt(_WHOLE) * chance

    columns, about = made(function)
    assert not outside(columns, "first", {key: value / 2 for key, value in FIRST.items()} | {"seed": 0.5}, MANY)
    assert not outside(columns, "total", {key: value / 2 for key, value in TOTAL.items()} | {"seed": 0.5}, MANY)
    assert about["seed_share_low"] <= 0.5 <= about["seed_share_high"]
    assert about["seed_share_high"] - about["seed_share_low"] < 0.25


def test_chance_alone_is_all_of_the_seed():
    def function(x, seed):
        return np.array([np.random.default_rng(k).standard_normal() for k in seed])

    columns, about = made(function)
    assert about["seed_share_low"] <= 1 <= about["seed_share_high"]
    assert about["seed_share"] == pytest.approx(1, abs=0.15)
    assert not outside(columns, "total", dict.fromkeys(TOTAL, 0), MANY)
    assert not outside(columns, "first", dict.fromkeys(FIRST, 0), MANY)


def test_intervals_hold_their_answer_about_as_often_as_they_say():
    """Over 20 draws of noise, 95 % intervals of the seed's share hold it; 15 of 20 is four deviations below."""
    held = 0
    for repetition in range(20):

        def function(x, seed, repetition=repetition):
            chance = np.array([np.random.default_rng((repetition, k)).standard_normal() for k in seed])
            return x[:, 0] + np.sqrt(np.pi**2 / 3) * chance

        _, about = made(function, samples=64, names=("x1",))
        held += about["seed_share_low"] <= 0.5 <= about["seed_share_high"]
    assert held >= 15


def test_elementary_effects_of_a_plane_are_its_slopes():
    """A step over the whole range, 2 pi here; and of chance alone they are what is said of the seed."""
    columns, about = made(lambda x, seed: 3 * x[:, 0] - 2 * x[:, 1], "morris", 10)
    slopes = {"x1": 6 * np.pi, "x2": -4 * np.pi, "x3": 0, "unwired": 0}
    for key, slope in slopes.items():
        assert columns["mu"][key] == pytest.approx(slope, abs=1e-6)
        assert columns["mu_star"][key] == pytest.approx(abs(slope), abs=1e-6)
    assert (about["seed_share"], columns["mu_star"]["seed"]) == (0, 0)

    def chance(x, seed):
        return np.array([np.random.default_rng(k).standard_normal() for k in seed])

    columns, about = made(chance, "morris", 200)
    assert about["seed_share_low"] <= 1 <= about["seed_share_high"]
    # 200 effects of a mean of 1.69 and a deviation of 1.28: 4 standard errors are 0.36.
    wanted = np.sqrt(4 / np.pi) / (2 / 3)
    assert columns["mu_star"]["seed"] == pytest.approx(wanted, rel=0.2)
    for key in slopes:
        assert columns["mu_star"][key] == pytest.approx(wanted, abs=0.36)


def test_local_changes_are_those_at_both_ends():
    columns, _ = made(lambda x, seed: x[:, 0] ** 2 + 2 * x[:, 1] + 0.0 * seed, "local", None, 3)
    assert columns["at_low"]["x1"] == pytest.approx(np.pi**2, abs=1e-5)
    assert columns["at_high"]["x1"] == pytest.approx(np.pi**2, abs=1e-5)
    assert columns["at_low"]["x2"] == pytest.approx(-2 * np.pi, abs=1e-5)
    assert columns["at_high_error"]["x2"] == pytest.approx(0, abs=1e-9)
    # Common seeds: what the seed adds to all of them alike is no change.
    columns, _ = made(lambda x, seed: x[:, 0] + 100.0 * seed, "local", None, 3)
    assert columns["at_high"]["x1"] == pytest.approx(np.pi, abs=1e-5)
    assert columns["at_low"]["seed"] == pytest.approx(100)


def test_what_is_not_defined_is_counted_and_not_dropped_in_silence():
    def function(x, seed):
        return np.where(x[:, 2] > -3, ishigami(x), np.nan)

    columns, about = made(function, samples=64)
    assert about["blocks_count"] == 64
    assert 40 < about["blocks_used"] < 64
    assert about["defined_count"] < 64 * 7
    assert np.isfinite(list(columns["total"].values())).all()
    columns, about = made(lambda x, seed: np.full(len(x), np.nan), samples=16)
    assert (about["defined_count"], about["blocks_used"]) == (0, 0)
    assert np.isnan(list(columns["total"].values())).all()


# ---- ranges ----------------------------------------------------------------------------------------------------------


def test_all_is_every_number_that_is_data_within_what_is_allowed():
    config = find("xor").presets["quick"]
    found = {each.name: each for each in read_ranges(config, ["all", "tau_d=5 ms:9 ms"], "20%")}
    assert {"E_L", "tau_d", "w_initial", "background_exc_input"} <= set(found)
    assert not {"n", "dt", "E_exc", "targets", "teaching"} & set(found)
    assert (found["tau_d"].low, found["tau_d"].high) == (5, 9)
    assert (found["E_L"].low, found["E_L"].high) == (pytest.approx(-84), pytest.approx(-56))
    assert found["burst_jitter"].high == 10  # no more is allowed
    assert read_part("5 %") == read_part(0.05) == 0.05
    assert read_ranges(config, "tau_d=5 ms:9 ms,a", "5%") == read_ranges(
        config, {"tau_d": (5 * ms, 9 * ms), "a": None}, 0.05
    )


def test_sobol_is_what_salib_draws_and_repeats_follow():
    planned = plan("current_steps", of="burst_count", over=["tau_d", "g_d"], samples=16, seeds=3)
    assert len(planned.runs) == 16 * 4 + 16 * 2
    assert planned.total == len({run.seed for run in planned.runs})
    assert [run.values for run in planned.runs[64:]] == [planned.runs[4 * (k // 2)].values for k in range(32)]
    again = plan("current_steps", of="burst_count", over=["tau_d", "g_d"], samples=16, seeds=3, seed=2)
    assert again.runs[0].values != planned.runs[0].values
    assert len(planned.structures) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--over", "tau=1 ms:2 ms"), "unknown parameter 'tau', did you mean"),
        (("--over", "tau_d=5 ms:900 ms"), "tau_d = 900 ms: outside the allowed range, 1 to 100 ms"),
        (("--over", "tau_d=5 ms"), "tau_d = 5 ms: A:B is needed"),
        (("--over", "tau_d=9 ms:5 ms"), "the first end must be below the second"),
        (("--over", "duration=1 s:2 s"), "duration is structural: each of its values needs a compiled program"),
        (("--over", "tau_d", "--within", "0"), "--within 0: a part of the value is needed"),
        (("--over", "tau_d", "--within", "a lot"), "--within 'a lot': a part of the value is needed"),
        (("--over", "tau_d", "--samples", "8"), "--samples 8: the method sobol needs 16 at least"),
        (("--over", "tau_d", "--samples", "100"), "a power of two is needed, such as 64 or 128"),
        (("--over", "tau_d", "--samples", "1", "--method", "morris"), "the method morris needs 2 at least"),
        (("--over", "tau_d", "--samples", "20", "--method", "local"), "the method local has none"),
        (("--over", "tau_d=9 ms:10 ms", "--method", "local"), "its value, 7 ms, is outside 9 ms to 10 ms"),
        (("--over", "tau_d", "--method", "fast"), "--method fast: not one of sobol | morris | local"),
        (("--over", "all", "--samples", "4096"), "runs: at most 50000 in a sweep"),
        (("--over", "=5"), "--over =5: a parameter or all is needed"),
        (("--over", "I_s=1:2"), "unknown parameter 'I_s'"),
        (("--over", "tau_d", "--of", ","), "a number of the summary is needed"),
        (("--over", "somatic_current", "--preset", "paper"), "a parameter of 6 values has no range"),
    ],
)
def test_what_is_wrong_is_one_line_before_it_begins(here, tmp_path, arguments, said):
    of = () if "--of" in arguments else ("--of", "burst_count")
    assert said in refused(here("sensitivity", "current_steps", *of, *arguments))
    assert left_in(tmp_path) == []


def test_kinds_of_parameters_without_a_range(file):
    for name, said in (("count", "it is a whole number"), ("word", "it is one of one \\| two")):
        with pytest.raises(ParameterError, match=said):
            plan(str(file), of="ishigami", over=name)
    with pytest.raises(ParameterError, match=r"a part of 0 is no range; give its ends, over=\{'x1': 'A:B'\}"):
        plan(str(file), of="ishigami", over="x1", changes={"x1": "0"})


def test_a_set_that_is_not_allowed_is_refused_before_it_begins(tmp_path):
    (tmp_path / "functions.py").write_text(FUNCTIONS.replace("HIGHEST = 10", "HIGHEST = 5"))
    plan(str(tmp_path / "functions.py"), of="ishigami", over=TWO)
    with pytest.raises(ParameterError, match="x1 \\+ x2: above 5"):
        plan(str(tmp_path / "functions.py"), of="ishigami", over=ARGUMENTS[:2])


def test_without_salib_one_line_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample.sobol", None)
    with pytest.raises(RunError, match=r"pip install 'burstlab\[vary\]'"):
        plan("current_steps", of="burst_count", over="tau_d")


# ---- through the machinery of sweeps ---------------------------------------------------------------------------------

OF = "ishigami,chance,sometimes,constant,missing[1]"


@pytest.fixture(scope="module")
def whole(cache, file, tmp_path_factory):
    """A study that nothing stopped."""
    folder = tmp_path_factory.mktemp("studies") / "whole"
    return sensitivity(file, of=OF, over=ARGUMENTS[:2], samples=16, out=folder)


def _command(file, out, *more):
    over = [part for text in ARGUMENTS[:2] for part in ("--over", text)]
    return ("sensitivity", file, "--of", OF, *over, "--samples", 16, "--out", out, *more)


def test_a_file_of_ones_own_is_studied(whole, file):
    table = whole.runs.table
    assert (whole.status, len(table["run"]), whole.summary["done_count"]) == ("done", 80, 80)
    x = np.stack([table["x1"], table["x2"], np.ones(80)], axis=-1)
    np.testing.assert_allclose(table["ishigami"], ishigami(x), rtol=1e-6)
    outputs = whole.summary["outputs"]
    assert outputs["sometimes"]["defined_count"] == np.count_nonzero(np.isfinite(table["sometimes"])) < 80
    assert outputs["missing[1]"]["defined_count"] == np.count_nonzero(table["x1"] < 2) < 80
    assert (outputs["constant"]["constant"], outputs["chance"]["constant"]) == (True, False)
    assert [whole.indices["parameter"][k] for k in ranked(whole.indices, "sobol", "ishigami")] == ["x2", "x1"]
    said = "\n".join(whole.lines())
    assert "constant: 5 in all runs, so nothing here moves it" in said
    assert f"sometimes is not defined in {80 - outputs['sometimes']['defined_count']} of 80 runs: " in said
    assert list(whole.to_pandas()["parameter"][:3]) == ["x1", "x2", "(seed)"]
    assert "constant: 5 in all runs, so nothing here moves it" in whole._repr_html_()
    assert len(whole.figure().axes) == 5 * 3


@pytest.mark.long
def test_ishigami_from_outside_the_package(file, tmp_path):
    """1792 runs of a file: the published indices within their intervals, nothing without a wire, chance all seed."""
    found = sensitivity(file, of="ishigami,chance", over=ARGUMENTS, samples=256, jobs=2, out=tmp_path / "out")
    assert (found.status, len(found.runs.table["run"])) == ("done", 256 * 7)
    rows = {}
    for output in ("ishigami", "chance"):
        chosen = found.indices["output"] == output
        rows[output] = {
            name: dict(zip(found.indices["parameter"][chosen], column[chosen], strict=True))
            for name, column in found.indices.items()
        }
    assert not outside(rows["ishigami"], "first", FIRST)
    assert not outside(rows["ishigami"], "total", TOTAL)
    assert rows["ishigami"]["total"]["unwired"] == rows["ishigami"]["total"][indices.SEED] == 0
    assert not outside(rows["chance"], "total", dict.fromkeys(TOTAL, 0) | {indices.SEED: 1}, MANY)


@pytest.mark.parametrize("times", [1, long(2)])
def test_killed_and_resumed_gives_the_same_bytes(whole, here_compiled, file, tmp_path, times):
    stop_when(lambda: records(tmp_path / "out") >= 3, *_command(file, "out"), cwd=tmp_path)
    assert records(tmp_path / "out") < 80
    for again in (("resume", "out", "--experiment", file, "--jobs", 2), _command(file, "out", "--resume"))[:times]:
        done = here_compiled(*again)
        assert done.returncode == 0, done.stderr
        same_files(whole.folder, tmp_path / "out", *FILES)


@pytest.mark.long
def test_a_cluster_gives_the_same(whole, file, tmp_path):
    with cluster(1, tmp_path) as (address, _):
        sensitivity(file, of=OF, over=ARGUMENTS[:2], samples=16, scheduler=address, out=tmp_path / "out")
    same_files(whole.folder, tmp_path / "out", *FILES)


@pytest.mark.long
def test_figure_again(whole, file, tmp_path):
    shutil.copytree(whole.folder, tmp_path / "out")
    (tmp_path / "out" / "figure.png").unlink()
    done = command("figure", "out", "--experiment", file, cwd=tmp_path, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    same_files(whole.folder, tmp_path / "out", *FILES)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("ishigam", "there is no number ishigam in the summary of functions, did you mean ishigami?"),
        ("text", 'text is no number but "word"'),
        ("several", "several is no number of functions but 2; take one, such as several[0]"),
    ],
)
def test_an_output_that_there_is_not_leaves_nothing(whole, file, tmp_path, of, said):
    with pytest.raises(ParameterError) as raised:
        sensitivity(file, of=of, over="x1", samples=16, out=tmp_path / "out")
    assert said in str(raised.value)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"samples": 32}, "another method"),
        ({"over": "x1"}, "made with (an)?other"),
        ({"of": "chance"}, "another method"),
    ],
)
def test_another_study_is_not_gone_on_with(whole, file, arguments, said):
    with pytest.raises(RunError, match=said):
        sensitivity(
            file, **({"of": OF, "over": ARGUMENTS[:2], "samples": 16} | arguments), out=whole.folder, resume=True
        )


def test_an_edited_design_is_refused(whole, file, tmp_path):
    shutil.copytree(whole.folder, tmp_path / "out")
    config = tmp_path / "out" / "config.json"
    config.write_text(config.read_text().replace('"sha256": "', '"sha256": "0', 1))
    with pytest.raises(RunError):
        resume(tmp_path / "out", experiment=file)


def test_the_python_of_the_page_runs(cache, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (block,) = python_blocks("sensitivity.md")
    exec(block, {})
    assert "the seed 0 % of the variance" in capsys.readouterr().out
