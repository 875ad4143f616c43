"""The pages name what exists, every experiment has one, and their Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from burstlab.experiments.catalogue import EXPERIMENTS

from .command_lines import check, command_lines, unknown_options
from .experiment_runs import cache

__all__ = ["cache"]

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "experiments"
PAGES = sorted(FOLDER.glob("*.md"))


def _texts():
    """(name, text, experiment that options alone are of) of everything a reader of docs/ sees."""
    about = {name: name for name in EXPERIMENTS} | {"inspect": "xor"}
    for path in sorted([*PAGES, *DOCS.glob("*.md"), *DOCS.glob("*.rst"), *DOCS.glob("gallery/*.*")]):
        if path.suffix in (".md", ".rst", ".py"):
            yield path.relative_to(DOCS).as_posix(), path.read_text(), about.get(path.stem)


COMMANDS = [(name, line) for name, text, about in _texts() for line in command_lines(text, about)]


def test_every_experiment_has_a_page_that_the_index_links_to():
    index = (FOLDER / "README.md").read_text()
    for name in EXPERIMENTS:
        assert (FOLDER / f"{name}.md").is_file(), name
        assert f"[{name}]({name}.md)" in index
        assert any(line.split()[1:3] == ["run", name] for _, line in COMMANDS), name


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_command_is_accepted(page, command):
    check(command)


def test_options_in_the_texts_exist():
    assert {name: unknown for name, text, _ in _texts() if (unknown := unknown_options(text))} == {}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_figures_and_links_are_there(page):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", page.read_text())]
    for link in links:
        assert link.startswith("https://") or (page.parent / link).is_file(), link


# ---- the page of inspection ------------------------------------------------------------------------------------------

INSPECT = (FOLDER.parent / "inspect.md").read_text()


def test_the_page_of_inspection_names_the_populations_there_are():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", INSPECT, re.MULTILINE))
    offered = {name for name, module in EXPERIMENTS.items() if module.populations is not None}
    assert set(rows) == offered
    for name, text in rows.items():
        known = EXPERIMENTS[name].populations(EXPERIMENTS[name].presets["quick"])
        assert re.findall(r"`(\w+)`", text) == list(known), name


@pytest.mark.long
def test_its_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    known = {}
    blocks = re.findall(r"```python\n(.*?)```", INSPECT, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(block, known)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("the dendrite reaches ")
    assert "1 spike trains, 6 signals" in said
    assert said[-2:] == ["or is learned", "xor is not learned"]
