"""What is written in several places of a release says the same in all of them."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

import pytest
import yaml
from packaging.requirements import Requirement

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
    """The same packages with the same bounds, of the versions of Python that the recipe takes."""
    needed = [Requirement(line) for line in PROJECT["dependencies"]]
    bounds = {
        package.name: package.specifier
        for package in needed
        if package.marker is None or package.marker.evaluate({"python_version": "3.12"})
    }
    recipe = [line.split(" ", 1) for line in parsed("packaging/conda/meta.yaml")["requirements"]["run"]]
    assert {name for name, *_ in recipe} >= {"python", "cxx-compiler", "make"}
    listed = {
        name.removesuffix("-base"): Requirement(f"{name}{''.join(bound)}").specifier
        for name, *bound in recipe
        if name not in ("python", "cxx-compiler", "make")
    }
    assert listed == bounds
    assert len(listed) > 5


YAML = sorted(
    path.relative_to(ROOT).as_posix()
    for path in chain(
        ROOT.glob("*.cff"), ROOT.glob(".*.yaml"), ROOT.glob(".github/**/*.yml"), ROOT.glob("packaging/**/*.yaml")
    )
)


def parsed(place):
    """What a YAML file says."""
    return yaml.safe_load((ROOT / place).read_text())


@pytest.mark.parametrize("place", YAML)
def test_yaml_can_be_read(place):
    assert len(YAML) >= 5
    assert isinstance(parsed(place), dict)


def test_the_citation_has_what_the_format_requires():
    """cff-version, message, title and authors; and of each reference also its type."""
    citation = parsed("CITATION.cff")
    required = {"title", "authors"}
    assert set(citation) >= required | {"cff-version", "message"}
    assert citation["references"]
    for work in [citation, *citation["references"]]:
        assert set(work) >= required | {"type"}
        assert all({"name", "family-names"} & set(author) for author in work["authors"])


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


def test_all_is_every_extra_of_a_user():
    extras = PROJECT["optional-dependencies"]
    (named,) = (Requirement(line).extras for line in extras["all"])
    assert named == set(extras) - {"all", "test", "docs", "check"}
