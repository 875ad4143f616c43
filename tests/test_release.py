"""What is written in several places of a release says the same in all of them."""

from __future__ import annotations

import re
import tomllib

from .command_lines import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def found(place, pattern):
    """What is in a file, which has to be there."""
    matches = re.findall(pattern, (ROOT / place).read_text(), re.MULTILINE)
    assert matches, (place, pattern)
    return matches


def test_versions_agree():
    version = PROJECT["version"]
    assert found("CITATION.cff", r"^version: (\S+)$") == [version]
    assert found("packaging/conda/meta.yaml", r'^  version: "(.+)"$') == [version]
    assert found("CHANGELOG.md", r"^## (.+)$")[0] == version


def test_versions_of_python_agree():
    versions = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    first, last = versions[0], int(versions[-1].partition(".")[2])
    assert PROJECT["requires-python"] == f">={first},<3.{last + 1}"
    for recipe in found("packaging/conda/meta.yaml", r"- python (\S+)$"):
        lowest, bound = re.fullmatch(r">=([\d.]+),(.+)", recipe).groups()
        assert lowest in versions
        assert PROJECT["requires-python"].endswith(bound)
    assert found("Makefile", r"^LANES = (.+)$")[0].split() == versions
    (matrix,) = found(".github/workflows/tests.yml", r"^ +python: \[(.+)\]$")
    assert re.findall(r'"(.+?)"', matrix) == versions
    for place, pattern in (
        ("packaging/Dockerfile", r"^FROM python:(3\.\d+)"),
        (".binder/runtime.txt", r"^python-(.+)$"),
        (".readthedocs.yaml", r'python: "(.+)"$'),
    ):
        assert set(found(place, pattern)) <= set(versions), place


def test_the_recipe_needs_what_the_package_needs():
    needed = {re.match(r"[\w-]+", line).group() for line in PROJECT["dependencies"]}
    run = (ROOT / "packaging/conda/meta.yaml").read_text().partition("  run:\n")[2].partition("\n\n")[0]
    listed = {name.removesuffix("-base") for name in re.findall(r"^    - ([\w-]+)", run, re.MULTILINE)}
    assert listed == needed | {"python", "cxx-compiler", "make"}


def test_targets_and_extras_that_the_files_name_exist():
    (targets,) = found("Makefile", r"^\.PHONY: (.*)$")
    called = [
        *found(".github/workflows/tests.yml", r"run: make (\S+)$"),
        *found(".pre-commit-config.yaml", r"make (\w+)"),
    ]
    assert set(called) <= set(targets.split())
    extras = [*found(".binder/requirements.txt", r"\[(.+)\]"), *found("packaging/Dockerfile", r"src\[(.+)\]")]
    extras += found(".readthedocs.yaml", r"extra_requirements: \[(.+)\]")
    assert {extra for line in extras for extra in line.split(",")} <= set(PROJECT["optional-dependencies"])
