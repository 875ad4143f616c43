"""Experiments that are written elsewhere: the files of docs/extending/experiment.md, run from an empty folder."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from burstlab.experiments import RunError, elsewhere, load, run, sweep
from burstlab.experiments.catalogue import configure, find, of_order
from burstlab.experiments.engine.key import cache_key
from burstlab.experiments.runs.sweep_plan import plan as plan_sweep
from burstlab.experiments.runs.sweep_plan import work
from burstlab.models.parameters import ParameterError

from .command_lines import check, command_lines
from .conformance import check_conformance
from .experiment_runs import cache, command, here, left_in, refused
from .stopping import cluster, same_files

__all__ = ["cache", "here"]

PAGE = (Path(__file__).parent.parent / "docs" / "extending" / "experiment.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LEAST, WHOLE = BLOCKS[0], max(BLOCKS, key=len)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A folder with the two files of the page and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "least.py").write_text(LEAST)
    (folder / "whole.py").write_text(WHOLE)
    return folder


@pytest.fixture
def forgotten(monkeypatch):
    """As in a process in which no file has been named yet."""
    monkeypatch.setattr(elsewhere, "_LOADED", {})


# ---- what the page promises ------------------------------------------------------------------------------------------


def test_the_least_has_values_arrays_numbers_and_a_figure(empty, tmp_path):
    result = run(empty / "least.py", backend="numpy", out=tmp_path / "out", tau="8 ms", seed=3)
    # From 0 to the threshold: tau log(drive/(drive - threshold)).
    interval = 8 * np.log(25 / (25 - 20))
    assert result.summary["spikes_count"] == pytest.approx(10 * 200 / interval, abs=10)
    assert {"spikes/cell", "spikes/time", "trace/time", "trace/v"} == set(result.arrays)
    assert result.arrays["trace/v"].shape == (1, 2000)
    assert [result.layout[name].units for name in ("trace/v", "trace/time", "spikes/cell")] == ["V", "s", "1"]
    assert result.summary["trace_v_mean_V"] == pytest.approx(result.arrays["trace/v"].mean())
    assert result.config["parameters"]["tau"] == "8 ms"
    assert len(result.figure().axes) == 2
    assert (tmp_path / "out" / "figure.png").is_file()
    check_conformance(find(str(empty / "least.py")), result)
    assert left_in(empty) == ["least.py", "whole.py"], "a compiled file or a cache beside the user's"


def test_the_whole_one_measures_the_resistance_of_the_leak(empty, tmp_path):
    changes = {"tau_s": "20 ms", "C_s": "400 pF"}
    result = run(empty / "whole.py", backend="numpy", float_bits=64, out=tmp_path / "out", **changes)
    # The rest of the difference is that of the dendrite, which the soma does not change without spikes.
    assert result.summary["input_resistance_Mohm"] == pytest.approx(50, rel=1e-3)
    check_conformance(find(str(empty / "whole.py")), result)


@pytest.mark.long
def test_every_command_takes_it(cache, empty, tmp_path):
    file = empty / "whole.py"

    def done(*words):
        made = command(*words, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        return made.stdout

    assert "somatic membrane time constant" in done("params", file)
    assert "status" not in done("run", file)
    result = load(tmp_path / "results" / "input_resistance" / "quick-seed1")
    assert result.summary["input_resistance_Mohm"] == pytest.approx(16 / 0.37, rel=1e-3)
    assert result.config["source"]["file"] == str(file)
    done("run", file, "--seeds", 2, "--out", "seeds")
    assert load(tmp_path / "seeds").summary["done_count"] == 2
    done("sweep", file, "--vary", "tau_s=10 ms:30 ms:3", "--out", "sweep")
    done("run", file, "--backend", "numpy", "--record", "cells:0,4", "--out", "recorded")
    recorded = load(tmp_path / "recorded")
    assert recorded.trace("v_s", "cells", 4).values[-1] > recorded.trace("v_s", "cells", 0).values[-1]
    assert "inspect.png" in done("inspect", "recorded")
    done("figure", "seeds", "--experiment", file)
    assert "compare.png" in done("compare", "seeds/seed-1", "recorded", "--experiment", file)
    table = (tmp_path / "sweep" / "table.csv").read_bytes()
    done("resume", "sweep", "--experiment", file)
    assert (tmp_path / "sweep" / "table.csv").read_bytes() == table
    _is_refused_where_it_is_not_named(tmp_path)


def _is_refused_where_it_is_not_named(folder):
    (folder / "other.py").write_text(WHOLE.replace("400, ms, 1", "500, ms, 1"))
    for words in (("resume", "sweep"), ("figure", "recorded"), ("compare", "seeds/seed-1", "recorded")):
        assert "no file is run because a folder names it" in refused(command(*words, cwd=folder))
        said = refused(command(*words, "--experiment", "other.py", cwd=folder))
        assert "was made with another content of" in said


def test_an_edit_compiles_again_and_a_parameter_does_not(empty, tmp_path):
    (tmp_path / "edited.py").write_text(WHOLE.replace("(N - 1)/2.0", "N/2.0"))
    first, edited = find(str(empty / "whole.py")), find(str(tmp_path / "edited.py"))
    keys = {cache_key(each, configure(each, "quick", {}), 32) for each in (first, edited)}
    assert len(keys) == 2
    assert cache_key(first, configure(first, "quick", {"tau_s": "9 ms", "step": "3 pA"}), 32) in keys
    assert cache_key(first, configure(first, "quick", {"n": 3}), 32) not in keys


def test_an_order_brings_the_text(empty, forgotten):
    file = empty / "whole.py"
    planned = plan_sweep(str(file), vary={"tau_s": "10 ms:20 ms:2"})
    order = planned.order(planned.runs[0])
    assert order["text"] == WHOLE
    elsewhere._LOADED.clear()
    moved = order | {"source": order["source"] | {"file": "/nowhere/whole.py"}}
    assert of_order(moved).name == "input_resistance"
    other = order | {"text": WHOLE.replace("(N - 1)/2.0", "N/2.0")}
    assert "did not arrive as it was sent" in work(other)["reason"]


def test_no_file_is_run_because_a_folder_names_it(empty, tmp_path, forgotten):
    file = tmp_path / "mine.py"
    file.write_text(LEAST)
    run(file, backend="numpy", out=tmp_path / "out")
    file.write_text(f"{LEAST}\nimport pathlib; pathlib.Path(__file__).with_name('hacked').touch()\n")
    elsewhere._LOADED.clear()
    with pytest.raises(
        RunError,
        match=r"no file is run because a folder names it: give it with experiment='FILE\.py'$",
    ):
        load(tmp_path / "out").figure()
    file.write_text(LEAST)
    assert load(tmp_path / "out", experiment=file).figure()
    assert "hacked" not in left_in(tmp_path)


@pytest.mark.long
def test_workers_elsewhere_get_it_and_give_the_same_table(cache, empty, tmp_path):
    vary = {"tau_s": "10 ms:30 ms:3"}
    here_ = sweep(empty / "whole.py", vary=vary, jobs=2, out=tmp_path / "here")
    expected = np.array([10, 20, 30]) / 0.37
    np.testing.assert_allclose(here_.table["input_resistance_Mohm"], expected, rtol=2e-3)
    with cluster(1, tmp_path) as (address, _):
        sweep(empty / "whole.py", vary=vary, scheduler=address, out=tmp_path / "there")
    same_files(tmp_path / "here", tmp_path / "there", "table.csv")


@pytest.mark.parametrize("line", command_lines(PAGE))
def test_the_command_lines_of_the_page_are_accepted(empty, line):
    check(line.replace("my_network.py", str(empty / "whole.py")))


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nonsense_that_is_not_there\n", "line 1: cannot be imported: ModuleNotFoundError: No module named"),
        ("x = 1\ny = (\n", "line 2: cannot be imported: SyntaxError: '(' was never closed"),
        ("x = 1\nraise SystemExit(3)\n", "line 2: cannot be imported: SystemExit: 3"),
        ("x = 1\n", "one experiment is needed (EXPERIMENT = Experiment(...)), and there is none"),
        ("from burstlab.experiments.xor import EXPERIMENT\n", "and there is none"),
        (
            f"{LEAST}\nfrom dataclasses import replace\nOTHER = replace(EXPERIMENT, name='other')\n",
            "and there are 2: leaky, other",
        ),
        (
            LEAST.replace(", build=build", ""),
            "line 32: cannot be imported: TypeError: leaky: either build or compute is needed",
        ),
        (LEAST.replace("meaning=", "headlnes=(), meaning="), "unexpected keyword argument 'headlnes'"),
        (LEAST.replace('"leaky"', '"Leaky cells"'), "name = 'Leaky cells': small letters, digits and _ are needed"),
        (LEAST.replace('"leaky"', '"xor"'), "xor is the name of an experiment of burstlab; take another"),
        ("\0", "cannot be imported: "),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(here, tmp_path, text, said):
    (tmp_path / "mine.py").write_text(text)
    for words in (("params",), ("run",), ("sweep", "--vary", "tau=5 ms:9 ms:2")):
        assert said in refused(here(words[0], "mine.py", *words[1:]))
    assert left_in(tmp_path) == ["mine.py"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tau : second (shared, constant)", "", "tau: no object of the network has a variable of this name"),
        ("tau : second (shared, constant)", "tau : volt (shared, constant)", "tau: cells.tau has another unit, V"),
        ("dv/dt = (drive - v)/tau", "dv/dt = (drive - w)/tau", "w"),
        ("    return Model(", "    1/0\n    return Model(", "line 29: ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_wrong_in_its_functions_is_one_line(here, tmp_path, old, new, said):
    (tmp_path / "mine.py").write_text(LEAST.replace(old, new))
    assert said in refused(here("run", "mine.py", "--backend", "numpy", "--out", "out"))
    assert left_in(tmp_path) == ["mine.py"]


def test_files_that_are_none(here, tmp_path):
    assert "cannot read missing.py: No such file or directory" in refused(here("run", "missing.py"))
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe")
    assert "cannot read bytes.py: it is no Python file" in refused(here("run", "bytes.py"))
    assert "cannot read ./: Is a directory" in refused(here("params", "./"))


# ---- entry points ----------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path):
    """The environment of a process in which packages with four experiments are installed, three of them unusable."""
    site = tmp_path / "site"
    about = site / "others-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    points = {"leaky": "good:EXPERIMENT", "broken": "broken:EXPERIMENT", "xor": "clash:EXPERIMENT", "none": "good:ms"}
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (about / "entry_points.txt").write_text(f"[burstlab.experiments]\n{lines}")
    (site / "good.py").write_text(LEAST)
    (site / "broken.py").write_text("import nonsense_that_is_not_there\n")
    (site / "clash.py").write_text(LEAST.replace('"leaky"', '"xor"'))
    return {"PYTHONPATH": str(site)}


def test_installed_ones_are_listed_and_run_and_broken_ones_named(installed, tmp_path):
    done = command("list", cwd=tmp_path, **installed)
    assert done.returncode == 0
    (row,) = [line.split() for line in done.stdout.splitlines() if line.startswith("leaky")]
    assert row[:4] == ["leaky", "quick", "0.2", "s"]
    assert len([line for line in done.stdout.splitlines() if line.startswith("xor ")]) == 2
    said = sorted(done.stderr.splitlines())
    assert len(said) == 3, done.stderr
    assert "broken of others cannot be loaded: ModuleNotFoundError" in said[1]
    assert any("xor is the name of an experiment of burstlab" in line for line in said)
    assert any("none of others cannot be loaded: good:ms is no Experiment" in line for line in said)
    done = command("run", "leaky", "--backend", "numpy", "--out", "out", cwd=tmp_path, **installed)
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "out").config["source"]["entry_point"] == "good:EXPERIMENT"
    assert "broken of others cannot be loaded" in refused(command("params", "broken", cwd=tmp_path, **installed))
    assert "did you mean leaky?" in refused(command("params", "leeky", cwd=tmp_path, **installed))


def test_a_file_needs_no_line_of_the_package(tmp_path):
    """What the page shows runs in a process whose folder is empty and which has never seen a test."""
    (tmp_path / "mine.py").write_text(LEAST)
    code = "import burstlab; print(burstlab.run('mine.py', backend='numpy').summary['status'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr


def test_an_unknown_preset_of_it_is_refused(empty):
    with pytest.raises(ParameterError, match="unknown preset 'paper' of leaky"):
        run(empty / "least.py", "paper")
