"""What a user finds without a page: completion in bash and IPython, types in an editor, help() of an experiment."""

from __future__ import annotations

import json
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

import burstlab
from burstlab.experiments.catalogue import EXPERIMENTS, LISTED, find
from burstlab.experiments.cli.main import cli
from burstlab.experiments.experiment import Experiment
from burstlab.models.parameters import walk

from .patience import PATIENCE, long
from .stubs import STUB, stub
from .terminal import completed

PAGE = Path(__file__).parent.parent / "docs" / "extending" / "experiment.md"
LEAST = PAGE.read_text().partition("```python\n")[2].partition("```")[0]  # an experiment of one's own

# ---- in the shell ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "becomes", "offered"),
    [
        ("burstlab exp", "burstlab exp", ["explore", "export"]),
        ("burstlab run xor", "burstlab run xor", ["xor", "xor_full"]),
        ("burstlab reproduce --only tw", "burstlab reproduce --only two_sites ", []),
        ("burstlab run xor_full --preset ", "burstlab run xor_full --preset ", ["quick", "full"]),
        ("burstlab run xor --backend=c", "burstlab run xor --backend=c", ["cpp", "cython"]),
        ("burstlab run xor --float ", "burstlab run xor --float ", ["32", "64"]),
        ("burstlab sensitivity xor --method m", "burstlab sensitivity xor --method morris ", []),
        ("burstlab export x --to n", "burstlab export x --to n", ["nwb", "netcdf"]),
        ("burstlab run ad", "burstlab run ad", []),  # there is adder.csv
        ("burstlab run mi", "burstlab run mine.py ", []),
        ("burstlab run xor --set hidden_plasticity=o", "burstlab run xor --set hidden_plasticity=o", ["on", "off"]),
        long("burstlab run xor --set tau_a", "burstlab run xor --set tau_avg=", []),
        long("burstlab run xor --set=tau_e", "burstlab run xor --set=tau_e", ["tau_eligibility=", "tau_exc="]),
        long('burstlab run xor --set="tau_a', 'burstlab run xor --set="tau_avg="', []),
        long(
            "burstlab run xor --set hidden_pla", "burstlab run xor --set hidden_plasticity=o",
            ["hidden_plasticity=on", "hidden_plasticity=off"],
        ),
        long(
            'burstlab run xor --set tau_d="9 ms" --set feedback="cu',
            'burstlab run xor --set tau_d="9 ms" --set feedback="cut" ', [],
        ),
        long("burstlab sweep xor --vary tau_d=", "burstlab sweep xor --vary tau_d=", []),
        long("burstlab run xor --record h", "burstlab run xor --record hidden", ["hidden1:", "hidden2:"]),
        long("burstlab run xor --record output:0", "burstlab run xor --record output:0", []),
        long("burstlab fit xor --over tau_d,tau_av", "burstlab fit xor --over tau_d,tau_avg=", []),
        long("burstlab sensitivity xor --of solved,fin", "burstlab sensitivity xor --of solved,final_epoch_cost ", []),
        long("burstlab fit xor --target ev", "burstlab fit xor --target event_rate_after_Hz=", []),
        long("burstlab fit xor --target a", "burstlab fit xor --target adder.csv ", []),
        long("burstlab run mine.py --set thr", "burstlab run mine.py --set threshold=", []),
        long("burstlab run nothing --set tau", "burstlab run nothing --set tau", []),
    ],
)  # fmt: skip
def test_bash_completes(line, becomes, offered, tmp_path):
    (tmp_path / "adder.csv").write_text("")
    (tmp_path / "mine.py").write_text(LEAST)
    assert completed(line, tmp_path) == (becomes, offered)


def shell_completes(*words):
    """What a shell is given for the last word."""
    found = ShellComplete(cli, {}, "burstlab", "_BURSTLAB_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [item.value for item in found]


def test_all_experiments_are_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "mine.py").write_text("")
    assert shell_completes("params", "") == [*LISTED, "mine.py"]
    assert shell_completes("params", "da") == ["data/"]


def test_words_of_a_choice_stand_beside_the_numbers_whose_names_begin_with_them():
    found = set(shell_completes("run", "xor", "--set", "feedback"))
    assert {"feedback=normal", "feedback=same_sign", "feedback=cut", "feedback_exc_hidden1="} <= found


def test_populations_are_those_of_the_preset():
    assert shell_completes("run", "learn", "--record", "p") == []
    assert shell_completes("run", "learn", "--preset", "full_cells", "--record", "p") == ["pv_hidden:", "pv_output:"]


def test_only_what_can_have_a_range_is_offered_for_one():
    found = shell_completes("sensitivity", "xor", "--over", "")
    assert "tau_d=" in found
    assert not {"duration=", "n=", "feedback="} & set(found)


def test_cells_of_a_run_are_those_that_it_recorded(tmp_path):
    config = json.loads((Path(__file__).parent / "reference" / "run_format_1" / "config.json").read_text())
    recording = {"cells": {"output": [3, 0]}, "sizes": {"output": 10}, "window": ["0 s", "1 s"]}
    (tmp_path / "config.json").write_text(json.dumps(config | {"recording": recording}))
    assert shell_completes("inspect", str(tmp_path), "--neuron", "o") == ["output:3", "output:0"]
    assert shell_completes("inspect", str(tmp_path / "nothing"), "--neuron", "o") == []


def test_a_file_that_does_more_than_make_an_experiment_is_not_run(tmp_path):
    file = tmp_path / "mine.py"
    writes = f"open('{tmp_path / 'was_run'}', 'w').close()"
    for text, offered in (
        (LEAST, ["threshold="]),
        (f"{LEAST}\nif __name__ == '__main__':\n    {writes}\n", ["threshold="]),
        (f"{LEAST}\n{writes}\n", []),
        (f"{LEAST}\nfor k in range(2):\n    {writes}\n", []),
        (f"{LEAST}\nresult = burstlab.run('xor')\n", []),
        (writes, []),
        ("threshold = (", []),
    ):
        file.write_text(text)
        assert shell_completes("run", str(file), "--set", "thr") == offered, text
    assert not (tmp_path / "was_run").exists()


# ---- in IPython and Jupyter ------------------------------------------------------------------------------------------

IMPORTS = "import subprocess, burstlab, burstlab as bl\nfrom burstlab import run, sweep"
SHELL = """
import json, sys
from IPython.core.completer import provisionalcompleter
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell, found = TerminalInteractiveShell.instance(), []
imports, jedi, texts = json.load(sys.stdin)
shell.run_cell(imports)
shell.Completer.use_jedi = jedi
with provisionalcompleter():
    for before, after in texts:
        given = shell.Completer.completions(before + after, len(before))
        found.append([before[: each.start] + each.text + after for each in given])
print(json.dumps(found))
"""
# What is before the cursor, "|", and after it: what of it is to be completed, and to what.
IN_CALLS = {
    'burstlab.run("xo|': ['burstlab.run("xor"', 'burstlab.run("xor_full"'],
    "burstlab.run('mi|')": ["burstlab.run('mine.py')"],
    'run("xor_full", "|")': ['run("xor_full", "quick")', 'run("xor_full", "full")'],
    'run("xor", preset=|': ['run("xor", preset="quick"', 'run("xor", preset="paper"'],
    'run("current_steps", somatic_|': ['run("current_steps", somatic_current='],
    'run("xor", tau_e|': ['run("xor", tau_eligibility=', 'run("xor", tau_exc='],
    'run(\n    "xor",  # it\'s (\n    seed=2,\n    float|': [
        'run(\n    "xor",  # it\'s (\n    seed=2,\n    float_bits='
    ],
    'run("xor", tau_av=1, hidden_plasticity="|")': [
        f'run("xor", tau_av=1, hidden_plasticity="{word}")' for word in ("on", "off")
    ],
    'run("xor", record={"h|': ['run("xor", record={"hidden1"', 'run("xor", record={"hidden2"'],
    'run("xor", record={"output": [0], "h|': [
        f'run("xor", record={{"output": [0], "{name}"' for name in ("hidden1", "hidden2")
    ],
    'sweep("xor", vary={"tau_a|': ['sweep("xor", vary={"tau_avg"'],
    'sweep("xor", vary={"feedback": ["cu|': ['sweep("xor", vary={"feedback": ["cut"'],
    'bl.fit("xor", over=["tau_d", "tau_a|': ['bl.fit("xor", over=["tau_d", "tau_avg"'],
    'bl.fit("xor", target="fin|': ['bl.fit("xor", target="final_epoch_cost='],
    'bl.sensitivity("xor", over="tau_d,tau_a|': ['bl.sensitivity("xor", over="tau_d,tau_avg'],
    'bl.sensitivity("xor", method="m|': ['bl.sensitivity("xor", method="morris"'],
    'run(Path("mine.py"), thr|': ['run(Path("mine.py"), threshold='],
    'run("mine.py", thr|': ['run("mine.py", threshold='],
    # Nothing of ours:
    'run("xor", tau_d=sum(tau_a|': [],
    'subprocess.run("xor", tau_a|': [],
    'run("nothing", tau_a|': [],
    'run("xor")\ntau_a|': [],
    'run("xor", seed=1)  # tau_a|': [],
}


def in_ipython(folder, imports, jedi, texts):
    (folder / "mine.py").write_text(LEAST)
    done = subprocess.run(
        [sys.executable, "-c", SHELL], cwd=folder, input=json.dumps([imports, jedi, texts]), capture_output=True,
        text=True, timeout=PATIENCE, check=True, env=os.environ | {"IPYTHONDIR": str(folder / "ipython")},
    )  # fmt: skip
    assert done.stderr == ""
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("jedi", [True, False])
def test_ipython_completes_within_calls(jedi, tmp_path):
    pytest.importorskip("IPython", minversion="8.6")
    found = in_ipython(tmp_path, IMPORTS, jedi, [text.split("|") for text in IN_CALLS])
    assert dict(zip(IN_CALLS, found, strict=True)) == IN_CALLS


def test_an_import_of_the_same_cell_counts_in_ipython(tmp_path):
    pytest.importorskip("IPython", minversion="8.6")
    cells = ["import burstlab as b\nb.run('xo", "from burstlab import run\nrun('xo", "run('xo"]
    found = in_ipython(tmp_path, "import burstlab", True, [[cell, ""] for cell in cells])
    assert [len(each) for each in found] == [2, 2, 0]


# ---- in an editor ----------------------------------------------------------------------------------------------------


def test_the_stub_is_not_stale():
    assert STUB.read_text() == stub(), "python tests/stubs.py writes it"


WRONG = {
    'burstlab.run("xor", tau_dd=1)': "run",
    'burstlab.run("xor", feedback="cutt")': "run",
    'burstlab.run("xor", n=[500])': "run",
    'burstlab.sweep("current_steps", vary={}, eta_hidden=1)': "sweep",
    'burstlab.run("current_steps", sed=1)': "run",
    'burstlab.run("xor", tau_d=9)': "run",
    'burstlab.run("xor", backend="cuda")': "run",
    'burstlab.sensitivity("xor", of="margin_Hz", over="all", method="sobel")': "sensitivity",
    'burstlab.fit("current_steps", target="event_count=1", over="all", tau_dd="1 ms")': "fit",
}
RIGHT = (
    'burstlab.run("xor", tau_d=9 * ms, feedback="cut", n=500, targets=(0, 0, 0, 1), preset="quick", out="x")',
    'burstlab.run("current_steps", somatic_current=500 * pA, dendritic_current="0 pA, 400 pA", progress=False)',
    'burstlab.sweep("xor", vary={"tau_d": "5 ms:9 ms:3"}, n=125).table',
    'burstlab.run("xor", tau_d=tau, w_initial=0.2, I_d_output=-3 * pA, backend="numpy", float_bits=64)',
    'burstlab.run("current_steps", somatic_current=[500 * pA, tau], dendritic_current=np.array([1, 2]) * pA)',
    'burstlab.fit("current_steps", target={"event_count": "1+-1"}, over="tau_d", tau_s=2 * tau).lines()',
    'burstlab.run(Path("mine.py"), anything=1).summary',
    'burstlab.run("of_a_package", seed=2).figure()',
)


HEAD = (
    "from pathlib import Path",
    "import numpy as np",
    "from brian2 import ms, pA",
    "import burstlab",
    "tau = 9 * ms",
)
FIRST_WRONG = len(HEAD) + len(RIGHT) + 1  # its line


def _checked(folder, *words):
    """What a type checker says of a file with all calls."""
    (folder / "calls.py").write_text("\n".join([*HEAD, *RIGHT, *WRONG]) + "\n")
    (folder / "alone").mkdir()
    (folder / "alone" / "burstlab").symlink_to(Path(burstlab.__file__).parent)
    environment = os.environ | {"MYPYPATH": str(folder / "alone"), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", *words, "calls.py"], cwd=folder, capture_output=True, text=True, env=environment,
        timeout=PATIENCE, check=False,
    ).stdout  # fmt: skip


@pytest.mark.long
def test_mypy_refuses_wrong_calls_and_no_right_ones(tmp_path):
    pytest.importorskip("mypy")
    # Of all other packages it need not know anything, and to read them takes it a minute.
    how = ("--ignore-missing-imports", "--follow-imports", "silent", "--no-incremental", "--no-site-packages")
    said = _checked(tmp_path, "mypy", *how)
    found = dict(re.findall(r'^calls\.py:(\d+): error: No overload variant of "(\w+)"', said, re.MULTILINE))
    assert found == {str(FIRST_WRONG + k): name for k, name in enumerate(WRONG.values())}, said[:2000]
    assert said.count(" error: ") == len(WRONG)


@pytest.mark.long
def test_pyright_refuses_wrong_calls_and_no_right_ones(tmp_path):
    """The checker of many editors; node, which it needs, comes with it from PyPI."""
    pytest.importorskip("pyright")
    said = _checked(tmp_path, "pyright", "--pythonpath", sys.executable, "--outputjson")
    found = json.loads(said)["generalDiagnostics"]
    lines = {1 + each["range"]["start"]["line"] for each in found if each["severity"] == "error"}
    assert lines == {FIRST_WRONG + k for k in range(len(WRONG))}, said[:2000]


# ---- help ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_help_of_an_experiment_is_its_parameters(name):
    experiment = find(name)
    said = pydoc.plain(pydoc.render_doc(experiment))
    assert f"{name}: {experiment.meaning}" in said
    for parameter, known, _ in walk(next(iter(experiment.presets.values()))):
        (line,) = [line for line in said.splitlines() if re.match(rf"\s*{parameter}\*?\s\s", line + "  ")][-1:]
        assert known.meaning in line
        assert known.range_text in line


def test_help_of_the_class_is_that_of_the_class():
    assert (Experiment.__doc__ or "").startswith("An experiment: all that the program asks of one.")
    assert "presets : mapping of str to parameter set" in pydoc.plain(pydoc.render_doc(Experiment))
