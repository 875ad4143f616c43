"""The report: every number in its place beside the published one, and nothing that goes wrong is passed over."""

from __future__ import annotations

import base64
import json
import shlex
import signal
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from burstlab.experiments import RunError, current_steps, load
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.cli import main as cli
from burstlab.experiments.cli import terminal
from burstlab.experiments.cli.reproducing import Part, make, parts_of, section_of
from burstlab.experiments.contract.reference import Reference
from burstlab.experiments.runs.plans import plan

from .experiment_runs import SHORT_XOR, cache, command, here, left_in, script_program, short_xor, steps_result
from .patience import PATIENCE
from .stopping import start, wait_until

__all__ = ["cache", "here"]

STEPS = current_steps.EXPERIMENT.references_of("paper")


def steps(preset="paper", references=STEPS, **changes):
    return Part(plans=[plan("current_steps", preset, changes=changes)], references=references)


class Page(HTMLParser):
    """Rows of tables, images and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.images, self.links, self.text = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "tr":
            self.rows.append({"outside": given.get("class") == "outside", "cells": []})
        if tag in ("td", "th"):
            self.rows[-1]["cells"].append("")
        if tag == "img":
            self.images.append(given["src"])
        if tag in ("a", "link", "script"):
            self.links.append(given.get("href") or given.get("src"))

    def handle_data(self, data):
        self.text += data
        if self.rows and self.rows[-1]["cells"] and self.lasttag in ("td", "th", "span", "a"):
            self.rows[-1]["cells"][-1] += data.strip()


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A report of six cells that agree, and of two short seeds of XOR, which learn nothing."""
    steps_result(), short_xor()  # compiled once in a session
    folder = tmp_path_factory.mktemp("report") / "out"
    xor = Part(
        plans=[plan("xor", "quick", seed, changes=SHORT_XOR) for seed in (1, 2)],
        references=[
            Reference(name="threshold", key="decision_threshold_Hz", value=6, low=6, high=6, unit="Hz"),
            Reference(name="rate, all at most", key="event_rate_after_Hz[0]", value=None, low=0, high=50),
            Reference(name="a rate that no cell has", key="event_rate_after_Hz[1]", value=900, low=800, high=1000),
            Reference(name="a number that no run has", key="nothing", value=1, low=0, high=2),
        ],
    )
    seen = []
    return make([xor, steps()], folder, jobs=2, finished=lambda section: seen.append(section["experiment"])), seen


def test_numbers_beside_the_published_ones(both):
    made, seen = both
    assert sorted(seen) == ["current_steps", "xor"]
    assert left_in(made.folder) == ["config.json", "current_steps", "report.html", "report.json", "xor"]
    xor, cells = made.content["experiments"]
    assert (xor["experiment"], cells["experiment"]) == ("xor", "current_steps")
    assert cells["agrees"]
    assert len(cells["numbers"]) == 18
    for row, known in zip(cells["numbers"], STEPS, strict=True):
        assert row["ours"] == row["reference"] == known.value
        assert row["difference"] == 0
    over = json.loads((made.folder / "xor" / "summary.json").read_text())
    threshold, rate, wrong, missing = xor["numbers"]
    assert (threshold["ours"], threshold["agrees"]) == (6, True)
    assert (rate["ours"], rate["sd"]) == (over["event_rate_after_Hz_mean"][0], over["event_rate_after_Hz_sd"][0])
    assert (rate["agrees"], rate["difference"]) == (True, None)
    assert (wrong["agrees"], missing["agrees"], missing["ours"]) == (False, False, None)
    assert wrong["difference"] == wrong["ours"] - 900
    assert (xor["status"], xor["agrees"], made.agrees) == ("done", False, False)


def test_the_page_stands_alone_and_marks_what_is_outside(both):
    made, _ = both
    page = Page(made.html.read_text())
    figures = [base64.b64decode(source.removeprefix("data:image/png;base64,")) for source in page.images]
    wanted = [made.folder / "xor" / "seed-1" / "figure.png", made.folder / "current_steps" / "figure.png"]
    assert figures == [path.read_bytes() for path in wanted]
    assert all(link.startswith(("#", "https://doi.org/")) for link in page.links)
    rows = {row["cells"][0]: row for row in page.rows if row["cells"]}
    assert rows["a rate that no cell has"]["outside"]
    assert "✗ outside" in rows["a rate that no cell has"]["cells"][6]
    assert "✗ missing" in rows["a number that no run has"]["cells"][6]
    assert rows["a number that no run has"]["cells"][1] == "missing"
    assert not rows["threshold"]["outside"]
    assert rows["threshold"]["cells"][1:5] == ["6 ± 0", "6", "0", "exactly 6"]
    # Two rows, and that of XOR in the table of experiments.
    assert sum(row["outside"] for row in page.rows) == 3
    assert made.content["versions"]["brian2"] in page.text


def test_the_commands_in_the_report_repeat_its_runs(both):
    made, _ = both
    for section in made.content["experiments"]:
        words = shlex.split(section["command"])
        options = dict(zip(words[3::2], words[4::2], strict=True))
        changes = cli._changes(tuple(words[k + 1] for k, word in enumerate(words) if word == "--set"))
        planned = plan(words[2], options["--preset"], int(options["--seed"]), changes=changes)
        folder = made.folder / section["experiment"]
        assert words[:2] == ["burstlab", "run"]
        assert section["seeds"] == list(range(1, int(options.get("--seeds", 1)) + 1))
        assert planned.describe() == {key: value for key, value in load(folder).config.items() if key != "seeds"}


def test_only_some_and_what_has_no_reference_is_said(cache, tmp_path, capsys):
    assert [part.name for part in parts_of("quick", ["xor", "current_steps"])] == ["current_steps", "xor"]
    steps_result()
    made = make([steps(references=())], tmp_path / "out", finished=terminal.report_section)
    assert "current_steps paper: done, no published number to compare with" in capsys.readouterr().out
    text = made.html.read_text()
    assert "agrees</span>" not in text
    assert "nothing to compare with" in text
    assert "for current_steps there is none to compare with" in " ".join(text.split())
    (row,) = [row for row in Page(text).rows if row["cells"][:1] == ["current_steps"]]
    assert row["cells"][3] == "no reference"


# ---- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_run_that_cannot_be_compiled_stops_no_other(cache, tmp_path, monkeypatch):
    steps_result()
    (tmp_path / "tools").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "tools"))
    # Another structure, so another program; the numbers of the others are not its own.
    new = Part(plans=[plan("xor", "quick", 1, changes={"epochs": "7"})], references=EXPERIMENTS["xor"].references)
    made = make([new, steps()], tmp_path / "out")
    failed, cells = made.content["experiments"]
    assert (failed["status"], failed["figure"], failed["agrees"]) == ("failed", None, False)
    assert "no g++ found" in failed["reason"]
    assert [row["ours"] for row in failed["numbers"]] == [None] * len(failed["numbers"]) != []
    assert cells["agrees"]
    assert not made.agrees
    page = Page(made.html.read_text())
    assert "no g++ found" in page.text
    assert "No figure" in page.text
    assert len(page.images) == 1
    assert left_in(made.folder) == ["config.json", "current_steps", "report.html", "report.json"]


def test_a_diverged_run_has_no_numbers_and_no_older_ones(cache, tmp_path):
    steps_result()
    before = make([steps()], tmp_path / "out")
    assert before.agrees
    with pytest.raises(RunError, match="exists"):
        make([steps()], tmp_path / "out")
    # 10 nA into a small dendrite: its voltage leaves every range.
    six = ", ".join(["10000 pA"] * 6)
    made = make([steps(C_d="10 pF", dendritic_current=six)], tmp_path / "out", force=True)
    (section,) = made.content["experiments"]
    assert section["status"] == "diverged"
    assert "v_d went from" in section["reason"]
    assert [row["ours"] for row in section["numbers"]] == [None] * 18
    assert (section["figure"], made.agrees) == (None, False)
    assert "v_d went from" in Page(made.html.read_text()).text
    assert left_in(tmp_path) == ["out"]


def test_a_figure_that_cannot_be_drawn_loses_no_run(cache, tmp_path, monkeypatch):
    steps_result()

    def broken(results):
        raise ValueError("no axes for <cell>")

    monkeypatch.setattr(current_steps, "EXPERIMENT", replace(current_steps.EXPERIMENT, plot=broken))
    made = make([steps()], tmp_path / "out")
    (section,) = made.content["experiments"]
    assert section["status"] == "done"
    assert all(row["agrees"] for row in section["numbers"])
    assert section["no_figure"] == "the figure cannot be drawn: ValueError: no axes for <cell>"
    assert not made.agrees
    text = made.html.read_text()
    assert "no axes for &lt;cell&gt;" in text
    assert not Page(text).images
    assert load(tmp_path / "out" / "current_steps").summary["undrawn"] == "ValueError: no axes for <cell>"


def test_a_mistake_in_an_experiment_stops_no_other(cache, tmp_path, monkeypatch):
    short_xor(), steps_result()

    def broken(config, raw, seed):
        raise KeyError("no_such_array")

    monkeypatch.setattr(current_steps, "EXPERIMENT", replace(current_steps.EXPERIMENT, analyse=broken))
    xor = Part(plans=[plan("xor", "quick", 1, changes=SHORT_XOR)], references=())
    failed, learned = make([steps(), xor], tmp_path / "out").content["experiments"]
    assert (failed["status"], failed["reason"]) == ("failed", "KeyError: 'no_such_array'")
    assert (learned["status"], learned["agrees"]) == ("done", True)


def test_a_seed_that_fails_is_said(tmp_path, monkeypatch):
    # The first to come is killed; the other says why it fails.
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCK", str(tmp_path / "cache" / "first"))
    script_program(tmp_path / "cache", 'mkdir "$LOCK" 2>/dev/null && kill -KILL $$; echo "no <luck>" >&2; exit 1')
    part = Part(
        plans=[plan("current_steps", "quick", seed) for seed in (1, 2)],
        references=current_steps.EXPERIMENT.references_of("quick"),
    )
    made = make([part], tmp_path / "out")
    (section,) = made.content["experiments"]
    assert section["status"] == "incomplete"
    assert "seed 1 failed: the program was ended by SIGKILL" in section["reason"]
    assert "seed 2 failed: the program failed: no <luck>" in section["reason"]
    assert [row["ours"] for row in section["numbers"]] == [None] * 3
    assert "no &lt;luck&gt;" in made.html.read_text()


def test_simulated_time_is_that_of_the_runs(tmp_path):
    """One ended early, one does not say."""
    part = Part(plans=[plan("current_steps", "quick", seed) for seed in (1, 2, 3)], references=())
    duration = float(part.plans[0].config.duration)
    runs = [{"status": "done", "simulated_s": duration}, {"status": "diverged", "simulated_s": 0.125, "diverged": "v"}]
    summary = {"status": "incomplete", "runs": [*runs, {"status": "failed", "reason": "no luck"}]}
    assert section_of(part, tmp_path, summary)["simulated_s"] == pytest.approx(2 * duration + 0.125)
    assert section_of(part, tmp_path, {"status": "failed"})["simulated_s"] == pytest.approx(3 * duration)


# ---- the command -----------------------------------------------------------------------------------------------------


def test_every_experiment_is_in_the_report():
    for preset in ("quick", "paper"):
        parts = parts_of(preset)
        assert [part.name for part in parts] == list(EXPERIMENTS)
        for part in parts:
            # What the paper does not have has a full preset in place of the paper's; or one that needs no files.
            known = EXPERIMENTS[part.name].presets
            expected = next(name for name in (preset, "full", "quick") if name in known)
            assert {item.preset for item in part.plans} == {expected}
            assert [item.seed for item in part.plans] == list(range(1, len(part.plans) + 1))
    assert len(next(part for part in parts if part.name == "xor").plans) == 5


def _scripts(folder, script):
    for name, experiment in EXPERIMENTS.items():
        if experiment.compute is None:
            script_program(folder, script, name, "quick")


def test_command_when_every_run_fails(tmp_path):
    _scripts(tmp_path / "cache", 'echo "no luck" >&2; exit 1')
    # What has no program fails without what it computes with.
    nowhere = {"BURSTLAB_CACHE": str(tmp_path / "cache"), "JAX_PLATFORMS": "nowhere"}
    done = command("reproduce", "--jobs", 2, "--out", "out", cwd=tmp_path, **nowhere)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [section["experiment"] for section in content["experiments"]] == list(EXPERIMENTS)
    for section in content["experiments"]:
        assert ("no luck" if EXPERIMENTS[section["experiment"]].compute is None else "JAX") in section["reason"]
        assert f"{section['experiment']} quick: " in done.stdout
    assert "report.html" in done.stdout
    assert left_in(tmp_path / "out") == ["config.json", "report.html", "report.json"] + [
        part.name for part in parts_of("quick") if len(part.plans) > 1
    ]


def test_command_when_every_number_agrees(here, cache, tmp_path, monkeypatch):
    """Of one experiment: all of them take a quarter of an hour (test_the_quick_preset_agrees)."""
    steps_result()
    monkeypatch.setenv("BURSTLAB_CACHE", str(cache))
    monkeypatch.setattr(sys.modules[parts_of.__module__], "EXPERIMENTS", {"current_steps": current_steps.EXPERIMENT})
    done = here("reproduce", "--preset", "paper", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    content = json.loads((tmp_path / "out" / "report.json").read_text())
    assert content["agrees"]
    (section,) = content["experiments"]
    assert sum(row["agrees"] for row in section["numbers"]) == 18
    assert done.stdout.splitlines()[-1].split() == ["report", "out/report.html"]


def test_interrupted_command_leaves_nothing(tmp_path):
    pids = tmp_path / "cache" / "pids"
    _scripts(tmp_path / "cache", 'echo $$ >> "$PIDS"; while sleep 0.1; do echo "burstlab-progress 0.1 0.8"; done')
    environment = {"BURSTLAB_CACHE": str(pids.parent), "PIDS": str(pids)}
    process = start("reproduce", "--jobs", 2, "--out", "out", cwd=tmp_path, **environment)
    try:
        wait_until(lambda: pids.exists() and len(pids.read_text().split()) >= 2, process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert left_in(tmp_path) == ["cache"]


def test_force_spares_what_is_no_report(cache, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("thesis")
    with pytest.raises(RunError, match="not a run directory"):
        make([steps()], tmp_path / "out", force=True)
    assert left_in(tmp_path / "out") == ["thesis.txt"]


@pytest.mark.slow
def test_the_quick_preset_agrees(tmp_path):
    done = command("reproduce", "--jobs", 2, "--out", "out", cwd=tmp_path, timeout=20 * PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
