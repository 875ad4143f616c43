"""Through the command: nothing of a user's is removed, whatever is asked for."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from burstlab.experiments import load, resume
from burstlab.experiments.engine import removal
from burstlab.experiments.runs import checkpoint as checkpoints
from burstlab.experiments.runs.plans import plan

from .experiment_runs import (
    SHORT_XOR,
    cache,
    command,
    here,
    here_compiled,
    left_in,
    refused,
    script_program,
    short_xor,
    steps_result,
)

__all__ = ["cache", "here", "here_compiled"]
PAPER = ("run", "current_steps", "--preset", "paper", "--out", "out")


NOTES = {"notes.md": "notes", "analysis/results.h5": "mine", "analysis/figure.png": "mine"}


def _make_notes(folder):
    """A user's files, in a folder of burstlab's."""
    for name, text in NOTES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _check_notes(folder):
    assert {name: (folder / name).read_text() for name in NOTES} == NOTES


def test_clearing_a_cache_leaves_what_is_not_a_program(here, tmp_path, monkeypatch):
    box = tmp_path / "cache"
    entry = script_program(box, "exit 0")
    (box / f"{entry.name.partition('-')[0]}.lock").touch()
    (box / f".building-{'0' * 16}" / "source").mkdir(parents=True)
    _make_notes(box / "Documents")
    _make_notes(box)
    (box / "link").symlink_to(tmp_path)
    done = here("doctor", "--clear")
    assert done.stdout == f"removed 1 programs from {box}\n"
    assert left_in(box) == ["Documents", "analysis", "link", "notes.md"]
    _check_notes(box / "Documents")
    _check_notes(box)
    assert here("doctor", "--clear").stdout == f"removed 0 programs from {box}\n"


def test_a_users_file_in_an_entry_stays(here, tmp_path):
    entry = script_program(tmp_path / "cache", "exit 0")
    (entry / "notes.md").write_text("notes")
    assert here("doctor", "--clear").returncode == 0
    assert left_in(entry) == ["notes.md"]


def test_a_program_that_is_being_built_stays(here, tmp_path):
    from burstlab.experiments.engine import cache as programs

    box = tmp_path / "cache"
    entry = script_program(box, "exit 0")
    with programs._lock(box / f"{entry.name.partition('-')[0]}.lock"):
        assert here("doctor", "--clear").stdout == f"removed 0 programs from {box}\n"
    assert (entry / "main").exists()


def test_force_replaces_the_run_and_nothing_else(here_compiled, tmp_path):
    shutil.copytree(steps_result().folder, tmp_path / "out")
    _make_notes(tmp_path / "out")
    (tmp_path / "out" / "figure.png").write_text("old")
    done = here_compiled(*PAPER, "--set", "tau_d=9 ms", "--force")
    assert done.returncode == 0, done.stderr
    _check_notes(tmp_path / "out")
    assert load(tmp_path / "out").config["parameters"]["tau_d"] == "9 ms"
    assert (tmp_path / "out" / "figure.png").stat().st_size > 20_000


def test_force_into_a_folder_with_somebody_elses_config(here, tmp_path):
    script_program(tmp_path / "cache", "exit 1")
    _make_notes(tmp_path / "out")
    (tmp_path / "out" / "config.json").write_text(json.dumps({"format": 1, "experiment": "xor"}))
    assert "not a run directory" in refused(here(*PAPER, "--force"))
    _check_notes(tmp_path / "out")


@pytest.mark.parametrize("more", [(), ("--force",), ("--seeds", 2, "--force")])
def test_out_is_a_link(here, tmp_path, more):
    script_program(tmp_path / "cache", "touch started", preset="paper")
    shutil.copytree(steps_result().folder, tmp_path / "elsewhere")
    (tmp_path / "out").symlink_to("elsewhere")
    assert "out is a link" in refused(here(*PAPER, *more))
    assert left_in(tmp_path) == ["cache", "elsewhere", "out"]
    assert load(tmp_path / "elsewhere").status == "done"


def _begun(folder):
    """What a run leaves that was stopped before its first checkpoint could be of use."""
    planned = plan("xor", changes=dict(SHORT_XOR))
    checkpoints.begin(folder, planned.describe(), 1, force=False)


def test_a_users_files_and_links_stay_when_a_run_is_resumed(here_compiled, tmp_path):
    short_xor()
    _begun(tmp_path / "out")
    _make_notes(tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "thesis.txt").write_text("thesis")
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "out" / "unfinished" / "todo.txt").write_text("todo")
    assert resume(tmp_path / "out").status == "done"
    _check_notes(tmp_path / "out")
    assert (tmp_path / "out" / "link").is_symlink()
    assert left_in(tmp_path / "elsewhere") == ["thesis.txt"]
    assert left_in(tmp_path / "out" / "unfinished") == ["todo.txt"]
    assert load(tmp_path / "out").status == "done"
    assert "nothing to go on with" in refused(here_compiled("resume", "out"))


def test_a_link_in_an_unfinished_run_is_refused_before_the_work(here, tmp_path):
    _begun(tmp_path / "out")
    (tmp_path / "out" / "figure.pdf").symlink_to(tmp_path)
    before = left_in(tmp_path / "out" / "unfinished")
    assert "out/figure.pdf is a link" in refused(here("resume", "out"))
    assert left_in(tmp_path / "out" / "unfinished") == before


@pytest.mark.parametrize("name", ["thesis.png", "thesis.pdf"])
def test_compare_replaces_figures_of_its_own_only(here, tmp_path, name):
    folder = steps_result().folder
    (tmp_path / name).write_text("thesis")
    assert f"{name} is there" in refused(here("compare", folder, folder, "--out", name))
    assert (tmp_path / name).read_text() == "thesis"
    (tmp_path / name).unlink()
    for _ in range(2):
        assert here("compare", folder, folder, "--out", name).returncode == 0
    assert (tmp_path / name).stat().st_size > 10_000


@pytest.mark.long
def test_every_name_that_is_written_can_be_removed(cache, tmp_path):
    """A run, seeds, a sweep: `remove` leaves nothing of them."""
    options = ("--preset", "paper", "--out")
    steps_result()
    for words in (
        ("run", "current_steps", *options, "run", "--record", "cells:0"),
        ("run", "current_steps", *options, "seeds", "--seeds", 2),
        ("sweep", "current_steps", *options, "sweep", "--vary", "tau_d=5 ms:9 ms:2"),
    ):
        done = command(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert command("inspect", "run", cwd=tmp_path).returncode == 0
    for name in ("run", "seeds", "sweep"):
        removal.remove(tmp_path / name, removal.RESULTS)
    assert os.listdir(tmp_path) == []
