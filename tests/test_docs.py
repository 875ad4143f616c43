"""The pages of experiments name what exists, and every experiment has one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from burstlab.experiments import cli, runner
from burstlab.experiments.catalogue import EXPERIMENTS

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
