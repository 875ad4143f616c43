"""The site: every link of its pages holds on GitHub too, every public name has a page, and the tutorial works."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import shlex

import pytest
from click.testing import CliRunner

from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.cli.main import cli
from burstlab.models.parameters import walk

from .command_lines import ROOT, python_blocks
from .experiment_runs import cache

__all__ = ["cache"]
DOCS = ROOT / "docs"
MARKDOWN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
MARKDOWN = [path for path in MARKDOWN if not path.is_relative_to(DOCS / "generated")]


@pytest.fixture(scope="module")
def written():
    """docs/pages.py, which writes what is not there as a file."""
    pytest.importorskip("pygments", reason="of the extra `docs`")
    spec = importlib.util.spec_from_file_location("pages", DOCS / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- links -----------------------------------------------------------------------------------------------------------


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text):
    return re.findall(r"\]\(([^)\s]+)\)", without_code(text))


def anchors(path):
    """As GitHub makes them of headings: small letters, without punctuation, - for spaces."""
    headings = re.findall(r"^#+ (.+)$", without_code(path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(path, text):
    """The links of a page that lead nowhere."""
    found = []
    for link in links(text):
        place, _, anchor = link.partition("#")
        if re.match("https?:|mailto:", link):
            continue
        target = (path.parent / place).resolve() if place else path
        if not target.exists() or not target.is_relative_to(ROOT) or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def test_links_between_files_hold():
    assert sum(len(links(path.read_text())) for path in MARKDOWN) > 100
    assert {path.name: wrong for path in MARKDOWN if (wrong := broken(path, path.read_text()))} == {}


def test_a_wrong_link_would_be_seen():
    text = "[a](fit.md) [b](fitt.md) [c](fit.md#nothing) [d](../README.md#three-commands) [e](../../x.md)"
    assert broken(DOCS / "tutorial.md", text) == ["fitt.md", "fit.md#nothing", "../../x.md"]


def test_links_hold_in_the_site_too(written):
    """The root's files move into docs/generated; what links to and from them is changed accordingly."""
    pages = written.pages()
    for name, text in pages.items():
        if name.endswith(".md"):
            for link in links(text):
                place = link.partition("#")[0]
                if re.match("https?:", link) or not place:
                    continue
                # docs/generated need not be there.
                base = (DOCS / place[1:] if place.startswith("/") else (DOCS / name).parent / place).resolve()
                inside = base.is_relative_to(DOCS) and str(base.relative_to(DOCS)) in pages
                assert inside or base.exists(), (name, link)
    moved = written.for_the_site("[a](../../README.md#x) [b](xor.md) [c](https://x.org)", "experiments")
    assert moved == "[a](/generated/README.md#x) [b](xor.md) [c](https://x.org)"


def test_comments_stand_above_commands(written):
    """Behind one they wrap, in the site, into what looks like another command."""
    behind = re.compile(f"^{written.COMMANDS}.* #.*$", re.MULTILINE)
    assert behind.findall("burstlab list  # all\nmake test\n") == ["burstlab list  # all"]
    assert {path.name: found for path in MARKDOWN if (found := behind.findall(path.read_text()))} == {}
    block, other = "```\n# why\nburstlab list\nmake test\n```\n", "```\n# no command\n```\n"
    prompted = "```commands\n# why\n$ burstlab list\n$ make test\n```\n"
    assert written.for_the_site(block + other + block, "experiments") == prompted + other + prompted


def test_every_page_is_in_a_list_of_contents():
    listed = set()
    text = (DOCS / "index.rst").read_text()
    for line in re.findall(r"^   (?:[\w ]+<)?([\w/.*\[\]-]+)>?$", text, re.MULTILINE):
        listed |= {path.relative_to(DOCS).as_posix() for path in DOCS.glob(f"{line}.md")}
    there = {path.relative_to(DOCS).as_posix() for path in MARKDOWN if path.is_relative_to(DOCS)}
    assert there - listed == set()


# ---- reference -------------------------------------------------------------------------------------------------------


def test_every_public_name_has_a_page(written):
    documented = written.documented()
    without = []
    for place in ("burstlab", "burstlab.experiments", "burstlab.experiments.learning", "burstlab.models"):
        without += [
            f"{place}.{name}"
            for name in importlib.import_module(place).__all__
            if f"{place}.{name}" not in documented or f"generated/api/{place}.{name}.rst" not in written.pages()
        ]
    assert without == []
    assert len(documented) > 150


def imported(text):
    """Full names of what Python takes from burstlab."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("burstlab"):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_what_the_pages_import_is_in_the_reference(written):
    """But for experiments, which have pages of their own."""
    texts = [path.read_text() for path in DOCS.glob("gallery/*.py")]
    for path in MARKDOWN:
        if path.is_relative_to(DOCS):
            texts += python_blocks(str(path.relative_to(DOCS)))
    names = {name for text in texts for name in imported(text)}
    assert len(names) > 20
    modules = {*written.BY_MODULE, *(f"burstlab.equations.{name}" for name in written.EQUATIONS)}
    known = written.documented() | modules | {f"burstlab.experiments.{name}" for name in EXPERIMENTS}
    assert {name for name in names if name not in known and name.rpartition(".")[0] not in modules} == set()


def test_every_parameter_is_on_the_page_of_its_experiment(written):
    pages = written.pages()
    for name, experiment in EXPERIMENTS.items():
        page = pages[f"generated/parameters/{name}.rst"]
        for config in experiment.presets.values():
            for parameter, known, value in walk(config):
                assert f"``{parameter}``" in page, (name, parameter)
                assert f"``{known.text(value)}``" in page, (name, parameter)


# ---- tutorial --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_tutorial_does_what_it_says(tmp_path, monkeypatch, capsys, cache):
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "tutorial.md").read_text()
    block = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    said = []
    for language, code in block.findall(text):
        if language == "python":
            exec(compile(code, "tutorial.md", "exec"), {})
            said += capsys.readouterr().out.splitlines()
            continue
        for line in (line for line in code.splitlines() if line.startswith("burstlab ")):
            done = CliRunner().invoke(cli, shlex.split(line)[1:])
            assert done.exit_code == 0, (line, done.output)
    first = (tmp_path / "results/current_steps/quick-seed1/summary.json").read_text()
    for what in ('"spike_count": [12]', '"event_count": [2]', '"burst_count": [2]'):
        assert what in re.sub(r"\[\s*(\d+)\s*\]", r"[\1]", first)
    assert said[0] == "29 spikes, 1 burst"
    least = [int(re.search(r"from (\d+) pA", line).group(1)) for line in said[2:]]
    assert len(least) == 4
    assert least == sorted(least, reverse=True), "a slower dendrite needs less current"
    assert least[0] > least[-1]
    for file in ("quick-seed1/inspect.png", "quick-seed1/results.h5"):
        assert (tmp_path / "results/current_steps" / file).is_file()
    assert (tmp_path / "results/tutorial/compared.png").is_file()
