"""Messages speak to whom they are for: of options at the command line, of arguments in Python."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from brian2 import ms, mV

from burstlab import ParameterError, fit, reproduce, run, sensitivity, sweep
from burstlab.experiments.errors import RunError, command_line, go_on_with, not_installed, option
from burstlab.experiments.runs.resuming import resume

from .experiment_runs import cache, here, left_in, refused

__all__ = ["cache", "here"]
ROOMS = Path(__file__).parent.parent
FILES = [path for room in ("models", "analysis", "experiments") for path in sorted((ROOMS / room).rglob("*.py"))]


@pytest.mark.parametrize(
    ("asked", "command", "python"),
    [
        (("force",), "--force", "force=True"),
        (("out",), "--out", "out=..."),
        (("memory_limit",), "--memory-limit", "memory_limit=..."),
        (("backend", "numpy"), "--backend numpy", "backend='numpy'"),
        (("jobs", 2), "--jobs 2", "jobs=2"),
        (("float_bits", 16), "--float 16", "float_bits=16"),
        (("window", (40, 48)), "--window 40:48", "window=(40, 48)"),
        (("over", ""), "--over ''", "over=''"),
        (("vary", {"tau_d": "5 ms:9 ms:20"}), '--vary tau_d="5 ms:9 ms:20"', "vary={'tau_d': '5 ms:9 ms:20'}"),
    ],
)
def test_an_option_in_both_languages(asked, command, python):
    assert option(*asked) == python
    with command_line():
        assert option(*asked) == command
    assert option(*asked) == python


def test_what_to_go_on_with():
    assert go_on_with("a run") == "; go on with: burstlab.resume('a run')"
    with command_line():
        assert go_on_with("a run") == "; go on with: burstlab resume 'a run'"


def test_the_same_refusal_in_both(here, tmp_path):
    (tmp_path / "out").mkdir()
    said = refused(here("run", "current_steps", "--out", "out"))
    assert said.endswith("the output folder out exists; take another with --out, or overwrite it with --force")
    with pytest.raises(RunError, match=r"take another with out=\.\.\., or overwrite it with force=True$"):
        run("current_steps", out="out")


@pytest.mark.parametrize(
    "words",
    [
        ("run", "current_steps"),
        ("run", "current_steps", "--seeds", 2),
        ("sweep", "current_steps", "--vary", "tau_d=5 ms:9 ms:3"),
        ("sensitivity", "current_steps", "--of", "burst_count[0]", "--over", "tau_d", "--method", "local"),
        ("fit", "current_steps", "--target", "burst_count[0]=2+-1", "--over", "tau_d"),
    ],
    ids=lambda words: words[0],
)
def test_a_folder_is_refused_before_anybody_is_told_to_wait_for_a_compiler(here, tmp_path, words):
    (tmp_path / "out").mkdir()
    done = here(*words, "--out", "out")
    assert "the output folder out exists" in refused(done)
    assert "compiling" not in done.stderr
    if words[0] != "run":
        assert "is not a run directory" in refused(done := here(*words, "--out", "out", "--resume"))
        assert "compiling" not in done.stderr


VARY = {"tau_d": "5 ms:9 ms:2"}


@pytest.mark.parametrize("jobs", [0, -1, 1.5, "2", True, None])
@pytest.mark.parametrize(
    "made",
    [
        lambda **how: sweep("current_steps", vary=VARY, **how),
        lambda **how: sensitivity("current_steps", of="burst_count[0]", over="tau_d", method="local", **how),
        lambda **how: fit("current_steps", target="burst_count[0]=2+-1", over="tau_d", **how),
        reproduce,
    ],
    ids=["sweep", "sensitivity", "fit", "reproduce"],
)
def test_a_number_of_jobs_is_looked_at_before_anything_is_made(tmp_path, made, jobs):
    with pytest.raises(ParameterError, match=rf"^jobs={jobs!r}: a whole number from 1 on is needed$"):
        made(jobs=jobs, out=tmp_path / "a" / "b")
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"record": ["cells"]}, "record=['cells']: cells by population are needed, such as record={'cells': [0]}"),
        ({"record": "cells:0"}, "record='cells:0': cells by population are needed, such as record={'cells': [0]}"),
        ({"record": {"cells": "0"}}, "cells: '0' is no number of a cell, such as record={'cells': [0]}"),
        ({"record": {"cells": 1}}, "cells:1: there is only cell 0"),
        ({"record": {"cells": 0}, "window": (0 * mV, 1 * mV)}, "two times are needed, in s or with a unit, such as"),
        ({"record": {"cells": 0}, "window": 5}, "window 5: two times are needed"),
        ({"record": {"cells": 0}, "memory_limit": "abc"}, "memory_limit='abc': a number of B, kB"),
        ({"record": {"cells": 0}, "memory_limit": None}, "memory_limit=None: a number of B, kB"),
        ({"progress": "bar"}, "progress='bar': a function, True for a bar or False for none is needed"),
        ({"float_bits": 16}, "float_bits=16: not one of 32 | 64"),
        ({"seeds": 3}, "seeds is no parameter of current_steps: seeds=... is an argument of burstlab.sweep"),
        ({"tau_d": 9}, "tau_d = 9: no unit, a value with a unit like ms is needed"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_python_may_give_a_run_by_mistake(tmp_path, wrong, said):
    with pytest.raises(ParameterError) as error:
        run("current_steps", out=tmp_path / "out", backend="numpy", **wrong)
    assert said in str(error.value)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("made", "wrong", "said"),
    [
        (sweep, {"vary": "tau_d"}, "vary='tau_d': values by parameter are needed, such as vary={'tau_d': '5 ms:9 ms"),
        (sweep, {"vary": {"tau_d": 9 * ms}}, "tau_d = 9. ms: several values are needed, 1 to 100 ms"),
        (sweep, {"vary": VARY, "resume": True, "force": True}, "resume=True and force=True: one of them only"),
        (sweep, {"vary": VARY, "progress": "bar"}, "progress='bar': a function"),
        (
            fit,
            {"target": "foo", "over": "tau_d"},
            "target='foo': KEY=VALUE+-TOL or FILE.csv is needed, such as target=",
        ),
        (fit, {"target": 5, "over": "tau_d"}, "target=5: KEY=VALUE+-TOL"),
        (fit, {"target": {"burst_count": None}, "over": "tau_d"}, "target='burst_count=None': KEY=VALUE+-TOL"),
        (fit, {"target": {"burst_count": "2+-1"}, "over": ""}, "over='': a parameter or all is needed, such as over={"),
        (fit, {"target": {"burst_count": (2, 1)}, "over": 5}, "over=5: a parameter or all is needed"),
        (fit, {"target": "burst_count=2+-1", "over": {"tau_d": 5 * ms}}, "tau_d = 5. ms: A:B is needed"),
        (sensitivity, {"of": 5, "over": "tau_d"}, "of=5: a number of the summary is needed, such as of='burst_prob"),
    ],
)
def test_what_python_may_give_many_runs_by_mistake(tmp_path, made, wrong, said):
    with pytest.raises(ParameterError) as error:
        made("current_steps", out=tmp_path / "out", **wrong)
    assert said in str(error.value)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", "current_steps", "--out"),
        ("run", "xor", "--out"),
        ("sweep", "current_steps", "--vary", "tau_d=5 ms:9 ms:3", "--out"),
        ("script", "current_steps", "--out"),
        ("compare", "a", "b", "--out"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_a_file_in_the_place_of_a_folder(here, tmp_path, words):
    (tmp_path / "mine.py").write_text("mine")
    assert (
        refused(here(*words, "mine.py/new.py")) == "burstlab: cannot write mine.py/new.py: mine.py is a file, no folder"
    )
    if words[0] in ("run", "sweep"):
        for force in ((), ("--force",)):
            assert "the output folder mine.py is a file, and stays" in refused(here(*words, "mine.py", *force))
    assert left_in(tmp_path) == ["mine.py"]
    assert (tmp_path / "mine.py").read_text() == "mine"


def test_a_file_where_a_run_directory_is_read(here, tmp_path):
    (tmp_path / "mine.py").write_text("")
    for words in (("figure",), ("export", "--to", "nwb"), ("inspect",), ("resume",), ("compare", tmp_path)):
        said = refused(here(words[0], *words[3:], "mine.py", *words[1:]))
        assert said == "burstlab: mine.py is not a run directory, but a file", words
    with pytest.raises(RunError, match=r"mine\.py is not a run directory, but a file$"):
        resume("mine.py")


def test_extras_are_named_in_one_way():
    """One function writes the messages; pages have the same command, and README the one of a checkout."""
    known = tomllib.loads((ROOMS / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    said = str(not_installed("a frame", "pandas", "vary"))
    assert said == "a frame needs pandas, which is not installed: pip install 'burstlab[vary]'"
    asked = set()
    for path in FILES:
        if path.name != "errors.py":
            assert "burstlab[" not in path.read_text(), path
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "not_installed":
                asked |= {node.args[2].value} if isinstance(node.args[2], ast.Constant) else set()
    assert {"vary", "deep", "explore", "cluster"} == asked <= set(known)
    pages = [
        ROOMS / "README.md",
        *(page for page in (ROOMS / "docs").rglob("*.md") if "generated" not in page.parts),
        ROOMS / "docs" / "notebook.ipynb",
    ]
    named = r"pip install ([^`\n]*\[\w+\]['\"]?)"
    commands = {found for page in pages for found in re.findall(named, page.read_text())}
    ours = {f"'burstlab[{name}]'" for name in known}
    assert len(commands & ours) >= 4
    assert commands - ours == {'-e ".[all]"'}


def test_no_message_that_python_may_meet_names_an_option_of_the_command_line():
    """Texts within `raise` and the ends of messages; main.py, which is the command line itself, is left out."""
    seen = 0
    for path in FILES:
        if path.name == "main.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and node.exc is not None:
                seen += 1
                texts = [part.value for part in ast.walk(node.exc) if isinstance(part, ast.Constant)]
                named = [text for text in texts if isinstance(text, str) and re.search(r"(^|[\s(])--[a-z]", text)]
                assert not named, f"{path.name}, line {node.lineno}: {named}"
    assert seen > 100
