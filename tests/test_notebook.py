"""burstlab in a notebook: what objects show of themselves, progress bars, and the notebook of docs/, executed."""

from __future__ import annotations

import base64
import io
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from brian2 import ms

import burstlab
from burstlab.experiments import FitResult, RunError, SensitivityResult, SweepResult, fit, load, run, sensitivity, sweep
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.cli.compare import compare
from burstlab.experiments.cli.reproducing import Report
from burstlab.experiments.runs import bars, folders, html
from burstlab.models import Pyramidal
from burstlab.models.html import table
from burstlab.models.parameters import ParameterError, walk

from .experiment_runs import cache, recorded_xor, run_once, short_xor, steps_result
from .patience import PATIENCE, long

__all__ = ["cache"]
NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"


class Shown(HTMLParser):
    """Cells of the rows of a page, which of them are bold, and its images."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.bold, self.images, self.open = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in ("img", "br"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
            self.bold.append(False)
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.bold[-1] |= "bold" in given["style"]
        if tag == "img":
            self.images.append(given["src"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


# ---- what objects show -----------------------------------------------------------------------------------------------


def test_parameters_show_value_default_unit_range_and_source():
    cell = Pyramidal(tau_d=9 * ms)
    shown = Shown(cell._repr_html_())
    rows = {row[0]: row for row in shown.rows}
    assert list(rows)[1:] == [name for name, _, _ in walk(cell)]
    known = {name: known for name, known, _ in walk(cell)}["tau_d"]
    assert rows["tau_d"] == ["tau_d", "9 ms", "7 ms", "ms", "1 to 100 ms", known.meaning, known.source]
    assert [row[0] for row, bold in zip(shown.rows, shown.bold, strict=True) if bold] == ["tau_d"]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_preset_shows_itself(name):
    for preset in EXPERIMENTS[name].presets.values():
        assert len(Shown(preset._repr_html_()).rows) == 1 + len(list(walk(preset)))


def test_what_users_write_is_text():
    assert "<script>" not in table(("a",), [("<script>",)])
    assert "&lt;script&gt;" in table(("a",), [("<script>",)])


@pytest.mark.parametrize("made", [steps_result, short_xor])
def test_a_result_shows_status_numbers_with_units_and_its_figure(made):
    result = load(made().folder)
    shown = Shown(result._repr_html_())
    assert f"{result.summary['experiment']} {result.summary['preset']}, seed 1: done" in result._repr_html_()
    (image,) = shown.images
    assert base64.b64decode(image.partition(",")[2]) == (result.folder / "figure.png").read_bytes()
    rows = {row[0]: row[1:] for row in shown.rows}
    assert rows["speed"][1] == "simulated s per s"
    if made is steps_result:
        assert rows["spike count"] == [", ".join(map(str, result.summary["spike_count"])), ""]
        assert rows["first spike"][1] == "s"
    else:
        after = zip(result.summary["event_rate_after_Hz"], result.summary["targets"], strict=True)
        assert rows["event rate after"] == [", ".join(f"{rate:.4g} (target {wanted})" for rate, wanted in after), "Hz"]
    assert shown.rows[0] == ["number", "value", "unit"]


def test_a_sweep_and_a_report_show_themselves(cache, tmp_path):
    swept = sweep("current_steps", "paper", vary={"tau_d": "[7 ms, 9 ms]"}, seeds=2, out=tmp_path / "sweep")
    assert isinstance(load(swept.folder), SweepResult)
    shown = Shown(swept._repr_html_())
    assert "current_steps paper, sweep, 4 of 4 runs done: done" in swept._repr_html_()
    assert shown.rows[:2] == [["varied", "count", "values"], ["tau_d", "2", "7 ms, 9 ms"]]
    counts = swept.table["spike_count[4]"]
    assert ["spike count [4]", *(f"{each(counts):.4g}" for each in (np.min, np.mean, np.max)), ""] in shown.rows
    assert html._named("event_rate_after_Hz[0]") == ("event rate after [0]", "Hz")
    assert len(shown.images) == 1
    section = {"experiment": "xor", "preset": "quick", "status": "failed", "reason": "why", "no_figure": None}
    content = {"experiments": [section | {"numbers": [{"agrees": True}, {"agrees": False}], "agrees": False}]}
    folders.write_json(tmp_path, "report.json", content | {"format": folders.FORMAT, "agrees": False})
    report = Report(tmp_path)
    report.__dict__["content"] = content
    shown = Shown(report._repr_html_())
    assert shown.rows[1] == ["xor", "quick", "failed", "1 of 2", "why"]
    assert shown.bold[1]


def test_a_fit_and_a_study_of_sensitivity_show_themselves_and_are_what_load_gives(cache, tmp_path):
    pytest.importorskip("cmaes")
    over = ["g_d", "tau_d"]
    given = {"preset": "quick", "over": over, "progress": False}
    fit("current_steps", target="burst_count[0]=300+-1", trials=144, out=tmp_path / "fit", **given)
    found = load(tmp_path / "fit")
    assert isinstance(found, FitResult)
    text = found._repr_html_()
    assert "current_steps quick, fit, 144 of 144 runs done: done" in text
    assert "no parameters within these ranges reach the targets; the nearest are given" in text
    rows = {row[0]: row for row in Shown(text).rows}
    number, unit = found.best["g_d"].split()
    assert rows["g_d"] == ["g_d", f"{float(number):.6g}", "", "", unit]
    assert rows["burst_count[0]"][1:3] == ["300", "1"]
    sensitivity("current_steps", of="burst_count[0]", method="local", seeds=1, out=tmp_path / "study", **given)
    studied = load(tmp_path / "study")
    assert isinstance(studied, SensitivityResult)
    text = studied._repr_html_()
    assert "current_steps quick, sensitivity (local), 5 of 5 runs done: done" in text
    assert studied.lines()[0] in text
    assert [row[1] for row in Shown(text).rows] == ["parameter", *over, "(seed)"]
    for each in (found, studied):
        assert len(Shown(each._repr_html_()).images) == 1
        with pytest.raises(RunError, match="whose runs have no arrays"):
            compare(each.folder, steps_result().folder)


def test_an_experiment_shows_its_parameters_and_is_short_in_a_line():
    experiment = EXPERIMENTS["xor"]
    assert repr(experiment) == f"<Experiment xor: {experiment.meaning}; presets quick, paper>"
    assert len(Shown(experiment._repr_html_()).rows) == 1 + len(list(walk(experiment.presets["quick"])))


def test_a_comparison_and_an_inspected_cell_show_themselves(cache, tmp_path):
    first, second = steps_result().folder, run_once("current_steps").folder
    compared = burstlab.compare(first, second, tmp_path / "both.png")
    shown = Shown(compared._repr_html_())
    assert shown.rows[0] == ["", str(first), str(second), "difference"]
    assert [row[0].strip() for row in shown.rows if row[0].startswith(" ")] == [d.name for d in compared.differences]
    assert len(shown.images) == 1
    assert "identical" in burstlab.compare(first, first, tmp_path / "both.png")._repr_html_()
    recorded = shutil.copytree(recorded_xor().folder, tmp_path / "xor")
    inspected = burstlab.inspect(recorded)
    (image,) = Shown(inspected._repr_html_()).images
    assert base64.b64decode(image.partition(",")[2]) == (recorded / "inspect.png").read_bytes()


def test_a_figure_shows_itself_without_pyplot():
    assert steps_result().figure()._repr_png_().startswith(b"\x89PNG")


# ---- progress --------------------------------------------------------------------------------------------------------


class _Screen(io.StringIO):
    def isatty(self):
        return True


class _Kernel(io.StringIO):
    """As the stderr of a notebook: no terminal, and somebody looks."""


_Kernel.__module__ = "ipykernel.iostream"


@pytest.mark.parametrize(("stream", "seen"), [(_Screen, True), long(_Kernel, True), (io.StringIO, False)])
def test_a_bar_is_shown_where_somebody_looks(cache, tmp_path, monkeypatch, stream, seen):
    monkeypatch.setattr(sys, "stderr", stream())
    run("current_steps", "paper", out=tmp_path / "run")
    said = sys.stderr.getvalue()
    assert ("current_steps paper seed 1" in said) == seen
    assert ("0.8/0.8 s simulated" in said) == seen
    sweep("current_steps", "paper", vary={"tau_d": "[7 ms, 9 ms]"}, out=tmp_path / "sweep")
    assert ("2/2" in sys.stderr.getvalue()) == seen
    before = len(sys.stderr.getvalue())
    run("current_steps", "paper", out=tmp_path / "run", force=True, progress=False)
    assert len(sys.stderr.getvalue()) == before


def test_a_report_has_a_bar_for_each_run_and_takes_one_experiment(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", _Screen())
    made = burstlab.reproduce(only="current_steps", out=tmp_path / "report")
    assert [one["experiment"] for one in made.content["experiments"]] == ["current_steps"]
    said = sys.stderr.getvalue()
    assert "current_steps quick seed 1" in said
    burstlab.reproduce(only="current_steps", out=tmp_path / "report", force=True, progress=False)
    assert sys.stderr.getvalue() == said
    with pytest.raises(ParameterError, match="only='current_step': no experiment of burstlab's, did you mean current"):
        burstlab.reproduce(only="current_step")


def test_a_function_of_ones_own_is_called_in_place_of_the_bar(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", _Screen())
    seen = []
    run("current_steps", "paper", out=tmp_path / "run", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (0.8, 0.8)
    assert sys.stderr.getvalue() == ""
    assert bars.Bars().chosen(False, None) is None


# ---- the notebook of docs/ -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_notebook_runs_and_shows(cache, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] for cell in code)
    nbclient.NotebookClient(
        notebook, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [{kind for output in cell.outputs for kind in output.get("data", {})} for cell in code]
    first, figure, parameters, swept, numbers, inspected, refused = shown
    assert "text/html" in first & parameters & swept & inspected
    assert "image/png" in figure
    assert "text/plain" in numbers
    text = "".join(output.get("text", "") for cell in (code[1], code[6]) for output in cell.outputs)
    assert "the dendrite reaches" in text
    assert "unknown parameter 'tau_dd', did you mean tau_d?" in text
    assert refused == set()
