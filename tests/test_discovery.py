"""What a user finds without a page: completion in the shell, types in an editor, help() of an experiment."""

from __future__ import annotations

import json
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest

import burstlab
from burstlab.experiments.catalogue import EXPERIMENTS, LISTED, find
from burstlab.experiments.experiment import Experiment
from burstlab.models.parameters import walk

from .experiment_runs import BURSTLAB
from .patience import PATIENCE, long
from .stubs import STUB, stub

# ---- in the shell ----------------------------------------------------------------------------------------------------

SCRIPT = """
export PATH={path}:$PATH
eval "$(_BURSTLAB_COMPLETE=bash_source burstlab)"
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_burstlab_completion burstlab 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(words, tmp_path):
    """What bash offers for the last word of a command line."""
    script = SCRIPT.format(path=BURSTLAB.parent, words=words)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("burstlab exp", ["explore", "export"]),
        ("burstlab run xor", ["xor", "xor_full"]),
        ("burstlab reproduce --only tw", ["two_sites"]),
        ("burstlab run xor_full --preset ''", ["quick", "full"]),
        ("burstlab run xor --set tau_a", ["tau_avg="]),
        long("burstlab run xor --set feedback", None),
        long("burstlab sweep current_steps --vary tau_w", ["tau_ws=", "tau_wd="]),
        ("burstlab run xor --record hid", ["hidden1:", "hidden2:"]),
        ("burstlab run xor --backend c", ["cpp", "cython"]),
        ("burstlab run nothing --set tau", []),
    ],
)
def test_bash_completes(words, offered, tmp_path):
    found = completed(words, tmp_path)
    if offered is None:  # the words of a choice, beside the numbers whose names begin with them
        assert {"feedback=normal", "feedback=same_sign", "feedback=cut", "feedback_exc_hidden1="} <= set(found)
    else:
        assert found == offered


def test_all_experiments_are_offered(tmp_path):
    assert completed("burstlab params ''", tmp_path) == list(LISTED)


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
