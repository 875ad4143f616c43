"""The pages name what exists, every experiment has one, and their Python runs."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import pytest

from burstlab.experiments import cli, recording, runner
from burstlab.experiments.catalogue import EXPERIMENTS

from .experiment_runs import cache

__all__ = ["cache"]

FOLDER = Path(__file__).parent.parent / "docs" / "experiments"
PAGES = sorted(FOLDER.glob("*.md"))
# In blocks, with or without a comment behind them, and in tables.
TEXT = "\n".join(page.read_text() for page in PAGES)
COMMANDS = sorted(set(re.findall(r"(?:^|`)(burstlab run [^`#\n]+)", TEXT, re.MULTILINE)))


def test_every_experiment_has_a_page_that_the_index_links_to():
    index = (FOLDER / "README.md").read_text()
    for name in EXPERIMENTS:
        assert (FOLDER / f"{name}.md").is_file(), name
        assert f"[{name}]({name}.md)" in index
        assert any(shlex.split(command)[2] == name for command in COMMANDS), name


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_accepted(command):
    words = shlex.split(command)
    after = {word: words[k + 1] for k, word in enumerate(words[:-1])}
    changes = cli._changes(tuple(words[k + 1] for k, word in enumerate(words) if word == "--set"))
    name = runner.plan(words[2], after.get("--preset", "quick"), changes=changes).experiment.NAME
    assert name == words[2]
    known = {option for parameter in cli.run.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_figures_and_links_are_there(page):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", page.read_text())]
    for link in links:
        assert link.startswith("https://") or (page.parent / link).is_file(), link


# ---- the page of inspection ------------------------------------------------------------------------------------------

INSPECT = (FOLDER.parent / "inspect.md").read_text()


def test_the_page_of_inspection_names_the_populations_there_are():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", INSPECT, re.MULTILINE))
    offered = {name for name, module in EXPERIMENTS.items() if hasattr(module, "populations")}
    assert set(rows) == offered
    for name, text in rows.items():
        known = EXPERIMENTS[name].populations(EXPERIMENTS[name].PRESETS["quick"])
        assert re.findall(r"`(\w+)`", text) == list(known), name


@pytest.mark.parametrize("command", re.findall(r"^burstlab run .+$", INSPECT, re.MULTILINE))
def test_what_it_says_to_record_can_be_recorded(command):
    words = shlex.split(command)
    pairs = list(itertools.pairwise(words))
    given = {option: [value for name, value in pairs if name == option] for option in words}
    assert set(given) & {"--record", "--set"}
    cells = recording.read_cells(given.get("--record", []))
    window = recording.read_window(given["--window"][0]) if "--window" in given else None
    # The weights are those of a run that there is not.
    inputs = {"inputs": "00,10,01,11"} if "--weights" in given else {}
    changes = inputs | cli._changes(tuple(given.get("--set", ())))
    planned = runner.plan(words[2], changes=changes, record=cells, window=window)
    assert (planned.recording is None) == ("--record" not in given)


def test_its_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    known = {}
    blocks = re.findall(r"```python\n(.*?)```", INSPECT, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, known)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("the dendrite reaches ")
    assert said[-1] == "1 spike trains, 6 signals"
