"""What the README shows works as shown."""

import re
from pathlib import Path

import pytest

from .experiment_runs import cache

__all__ = ["cache"]
README = Path(__file__).parent.parent / "README.md"
PYTHON = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
COMMANDS = re.findall(r"^burstlab ([a-z]+)(?: ([a-z_]+))?(.*)$", README.read_text(), re.MULTILINE)


def test_there_are_examples():
    assert len(PYTHON) >= 3
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.splitlines()[1][:40])
def test_python_block_runs(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, str(README), "exec"), {})
    if "print" in block:
        assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] == "run"], ids=lambda c: " ".join(c)[:60])
def test_command_names_what_exists(command):
    """Experiment, preset and parameters of each `burstlab run` are accepted; running them is other tests' work."""
    import shlex

    from burstlab.experiments import cli, runner

    words = shlex.split(command[2], comments=True)
    options = dict(zip(words[::2], words[1::2], strict=True))
    changes = cli._changes(tuple(words[k + 1] for k, word in enumerate(words) if word == "--set"))
    assert command[1] == runner.plan(command[1], options.get("--preset", "quick"), changes=changes).experiment.NAME
