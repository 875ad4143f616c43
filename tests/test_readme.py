"""What the README shows works as shown."""

import re
from pathlib import Path

import click
import pytest

from burstlab.experiments import RunError
from burstlab.models.parameters import ParameterError

from .command_lines import check, command_lines, unknown_options
from .experiment_runs import cache

__all__ = ["cache"]
README = Path(__file__).parent.parent / "README.md"
PYTHON = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
COMMANDS = command_lines(README.read_text())


def test_there_are_examples():
    assert len(PYTHON) >= 3
    shown = {command.split()[1] for command in COMMANDS if command.startswith("burstlab ")}
    assert shown >= {"list", "run", "reproduce", "resume", "inspect", "params", "explore", "compare", "sweep", "doctor"}
    assert {"make xor", "make test", "make docs"} <= set(COMMANDS)


@pytest.mark.long
@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.splitlines()[1][:40])
def test_python_block_runs(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, str(README), "exec"), {})
    if "print" in block:
        assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_accepted(command):
    """Command, options, experiment and values of parameters; running them is other tests' work."""
    check(command)


def test_options_in_the_text_exist():
    assert unknown_options(README.read_text()) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        "burstlab rnu xor",
        "burstlab run xro",
        "burstlab run xor --sed 1",
        "burstlab run xor --preset papier",
        "burstlab run xor --set m=125",
        "burstlab run xor --set n=-125",
        "burstlab run xor --set tau_avg=2",
        "burstlab run xor --backend java",
        "burstlab run xor --record outputs:0",
        "burstlab run xor --record output:0 --window 50:42",
        "burstlab run pairing --weights results/pairing/quick-seed1",
        "burstlab sweep current_steps",
        "burstlab sweep current_steps --vary tau_d=5",
        "burstlab sweep current_steps --vary tau=[5,6]",
        "burstlab params xor paper",
        "burstlab params xro",
        "burstlab reproduce --preset fast",
        "burstlab inspect results/xor/recorded --neuron output:1,2",
        "burstlab inspect results/xor/recorded --window 5",
        "burstlab compare results/xor/quick-seed1",
        "burstlab figure",
        "burstlab explore --port 0",
        "burstlab doctor --clean",
        "burstlab list xor",
        "make tests",
        "python benchmarks/nothing.py",
        'pip install "burstlab[explorer]"',
    ],
)
def test_a_wrong_line_would_be_seen(wrong):
    assert command_lines(f"Text.\n```\n{wrong}  # why\n```\n") == [wrong]
    assert command_lines(f"In a sentence, `{wrong}`.") == [wrong]
    with pytest.raises((AssertionError, click.ClickException, ParameterError, RunError)):
        check(wrong)


def test_options_of_a_page_are_those_of_its_experiment():
    assert command_lines("| `--set\nn=125` | `--seeds` |", "xor") == ["burstlab run xor --set n=125"]
    assert unknown_options("`--seeds 5`, `--seed`, `--sed`") == {"--sed"}
