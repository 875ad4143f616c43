"""Messages speak to whom they are for: of options at the command line, of arguments in Python."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from burstlab.experiments import run
from burstlab.experiments.errors import RunError, command_line, go_on_with, not_installed, option

from .experiment_runs import cache, here, refused

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
