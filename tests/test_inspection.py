"""Measures of inspection against closed forms, and burstlab inspect as users meet it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil

import numpy as np
import pytest

from burstlab.analysis import bursts, inspection, inspection_figure, inspection_html
from burstlab.experiments.cli import inspection as inspect_

from .experiment_runs import (
    RECORDED_CELLS,
    cache,
    edited_arrays,
    here,
    left_in,
    recorded_xor,
    refused,
    short_xor,
    steps_result,
)

__all__ = ["cache", "here"]

DRAWN = ["inspect.html", "inspect.pdf", "inspect.png"]


# ---- measures --------------------------------------------------------------------------------------------------------


def test_triggered_average_of_a_sine_at_its_own_period_is_the_sine():
    time = 3 + np.arange(50_000) * 1e-4
    values = np.sin(2 * np.pi * (time - 3) / 0.2)
    triggers = 3 + 0.2 * np.arange(25)
    lag, mean, count = inspection.triggered_average(time, values, triggers, before=0.05, after=0.1)
    # The first one has nothing before it; the last, at 7.8 s of 8 s, is whole.
    assert count == 24
    assert (lag[0], lag[-1]) == pytest.approx((-0.05, 0.1))
    assert mean == pytest.approx(np.sin(2 * np.pi * lag / 0.2), abs=1e-6)


def test_triggered_average_needs_whole_surroundings():
    time, values = np.arange(1000) * 1e-3, np.ones(1000)
    for trigger, whole in ((0.049, 0), (0.05, 1), (0.899, 1), (0.9, 0)):
        lag, mean, count = inspection.triggered_average(time, values, [trigger], before=0.05, after=0.1)
        assert count == whole
        assert np.all(np.isnan(mean)) == (whole == 0)
        assert len(lag) == len(mean) == 151


def test_averaging_over_random_triggers_reduces_noise_by_the_square_root(rng):
    time = np.arange(200_000) * 1e-4
    values = rng.normal(size=len(time))
    triggers = np.sort(rng.uniform(0.1, 19.8, 400))
    _, mean, count = inspection.triggered_average(time, values, triggers)
    assert count == 400
    # 1501 lags: the estimate of the deviation is good to some 2 %.
    assert np.std(mean) == pytest.approx(1 / 20, rel=0.1)


def test_intervals_are_within_cells(rng):
    cell, time = rng.integers(0, 7, 500), rng.uniform(0, 10, 500)
    found = inspection.intervals(cell, time)
    expected = np.concatenate([np.diff(np.sort(time[cell == k])) for k in range(7)])
    assert len(found) == 500 - 7
    assert np.sort(found) == pytest.approx(np.sort(expected))
    assert len(inspection.intervals(np.array([1, 2]), np.array([0.0, 1.0]))) == 0


def test_spans_of_bursts_are_those_of_the_definition(rng):
    for time in (np.sort(rng.uniform(0, 5, 400)), np.sort(rng.uniform(0, 5, 3)), np.empty(0)):
        found = bursts.find_bursts(np.zeros(len(time), int), time, 0.016)
        spans = inspection.burst_spans(time, 0.016)
        # Each holds one event, its first spike, and one burst, its second.
        assert len(spans) == len(found.burst_time)
        assert np.all(np.isin(spans[:, 0], found.event_time))
        for (begin, end), second in zip(spans, found.burst_time, strict=True):
            assert begin < second <= end
            assert np.all(np.diff(time[(time >= begin) & (time <= end)]) < 0.016)
    assert inspection.burst_spans(np.array([0, 0.01, 0.02, 0.05, 0.1, 0.11]), 0.016).tolist() == [
        [0, 0.02],
        [0.1, 0.11],
    ]


def test_late_windows_count_from_their_begin():
    early, late = inspection.time_axis((0.1, 0.6)), inspection.time_axis((4000, 4000.5))
    assert (early.label, early(0.25)) == ("time (ms)", 250)
    assert (late.label, late(4000.25)) == ("time after 4000 s (ms)", 250)
    assert inspection.time_axis((40, 48)).label == "time after 40 s (s)"


@pytest.mark.parametrize(("begin", "end"), [(0, 0.8), (40, 48), (0.6, 1.2), (3, 5003)])
def test_bins_are_round_and_fill_the_window(begin, end):
    edges = inspection.bin_edges(begin, end)
    widths = np.diff(edges)
    assert widths == pytest.approx(widths[0])
    assert re.fullmatch(r"[125]e[+-]\d+", f"{widths[0]:.0e}")
    assert 16 <= len(widths) <= 40
    assert edges[0] == begin
    assert end - widths[0] < edges[-1] <= end + 1e-9


# ---- what is looked at -----------------------------------------------------------------------------------------------


def test_a_window_holds_its_part_of_everything():
    result = recorded_xor()
    whole, part = inspect_.look(result, "output:0"), inspect_.look(result, "output:0", (0.7, 0.9))
    inside = (whole.time > 0.7 - 1e-5) & (whole.time < 0.9 - 1e-5)
    assert len(part.time) == 1000
    assert np.array_equal(whole.traces["v_d"][inside], part.traces["v_d"])
    assert np.array_equal(whole.traces["v_d"], result.arrays["trace/output/v_d"][1])
    for kind in ("spikes", "events", "bursts"):
        cell, time = whole.trains[kind]
        chosen = (time > 0.7 - 1e-5) & (time < 0.9 - 1e-5)
        assert 0 < chosen.sum() < len(time)
        assert np.array_equal(part.trains[kind][1], time[chosen])
        assert np.array_equal(whole.own(kind), time[cell == 0])
    assert (whole.n_cells, whole.burst_interval) == (125, 0.016)


def test_the_cell_with_most_bursts_is_shown_unless_one_is_named():
    counts = steps_result().summary["burst_count"]
    assert len(set(counts)) > 1
    seen = inspect_.look(steps_result())
    assert seen.cell == int(np.argmax(counts))
    assert len(seen.own("bursts")) == max(counts)
    assert set(seen.traces) == {"v_s", "v_d", "w_s", "w_d", "I_s", "I_d"}


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in (axes.title, axes.yaxis.label, *axes.texts)]


def test_the_figure_shows_what_there_is():
    seen = inspect_.look(recorded_xor())
    drawn = inspection_figure.figure(seen)
    labels = [axes.get_ylabel() for axes in drawn.axes]
    assert labels[:3] == ["voltage (mV)", "current (pA)", "conductance (× leak)"]
    assert [axes.get_title(loc="left") for axes in drawn.axes[:3]] == ["Voltage", "Current", "Conductance"]
    assert seen.title.startswith("xor, preset quick, seed 1: output:")
    assert [len(axes.lines) for axes in drawn.axes[:3]] == [4, 2, 4]
    lines = {line.get_label(): line for line in drawn.axes[0].lines}
    assert np.array_equal(lines["dendrite"].get_ydata(), 1e3 * seen.traces["v_d"])
    assert np.array_equal(lines["burst"].get_xdata(), 1e3 * seen.own("bursts"))
    # Marks hide no voltage.
    assert min(line.get_ydata()[0] for line in (lines["event"], lines["burst"])) > 1e3 * seen.traces["v_s"].max()
    assert len(drawn.axes[0].patches) == len(seen.own("bursts")) > 0  # shaded from first to last spike
    assert "burst < 16 ms " in texts(drawn)
    (rate,) = [axes for axes in drawn.axes if axes.get_ylabel() == "event rate (Hz)"]
    shown, edges, _ = rate.patches[0].get_data()
    assert shown.sum() * (edges[1] - edges[0]) * 1e-3 * 125 == pytest.approx(len(seen.trains["events"][1]))
    # Without synapses there is no third panel.
    without = inspection_figure.figure(inspect_.look(steps_result()))
    assert [axes.get_ylabel() for axes in without.axes[:2]] == labels[:2]
    assert "conductance (× leak)" not in [axes.get_ylabel() for axes in without.axes]


@pytest.mark.parametrize(
    ("window", "left"),
    [
        (None, ["Burst-triggered average", "Intervals between spikes", "Rates"]),
        ((0.12, 0.2), ["Intervals between spikes", "Rates"]),  # bursts, but not 50 ms before and 100 ms after them
        ((0.0, 0.1), []),
    ],
)
def test_panels_without_data_are_left_out(window, left):
    seen = inspect_.look(steps_result(), window=window)
    assert bool(len(seen.own("bursts"))) == bool(left)
    titles = {"Burst-triggered average", "Intervals between spikes", "Rates"}
    drawn = inspection_figure.figure(seen)
    assert [title for axes in drawn.axes for title in (axes.get_title(loc="left"),) if title in titles] == left
    assert [note.text for note in inspection_html._page(seen).layout.annotations if note.text in titles] == left
    # Of few events there is no burst probability.
    assert ("burst probability (%)" in [axes.get_ylabel() for axes in drawn.axes]) == (window is None)
    for axes in drawn.axes:
        if axes.get_ylabel() == "count":
            assert all(tick == round(tick) for tick in axes.get_yticks())


def test_the_page_needs_nothing_else():
    seen = inspect_.look(recorded_xor(), "output:3", (0.6, 0.8))
    page = inspection_html.html(seen)
    assert len(page) > 1_000_000
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    for name in ("soma v_s", "dendrite v_d", "soma, exc. g_exc_s", "burst probability", "Intervals between spikes"):
        assert name in page
    # The same numbers as in the figure.
    made = inspection_html._page(seen)
    curves = {curve.name: curve for curve in made.data}
    assert curves["dendrite v_d"].y == pytest.approx(1e3 * seen.traces["v_d"], rel=1e-6)
    assert curves["dendrite v_d"].x == pytest.approx(1e3 * seen.time)
    assert curves["burst"].x == pytest.approx(1e3 * seen.own("bursts"))
    _, events, probability = inspection.population_rates(seen)
    assert curves["event rate"].y[:-1] == pytest.approx(events)
    assert curves["burst probability"].y == pytest.approx(100 * probability, nan_ok=True)
    assert len(made.layout.shapes) == 3 * len(inspection.burst_spans(seen.own("spikes"), 0.016))


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    """copy(result): its run directory, copied, so that what is drawn in it is this test's own."""

    def copy_(result):
        return shutil.copytree(result.folder, tmp_path / "run")

    return copy_


def test_inspect_draws_figures_and_a_page(here, copy):
    folder = copy(steps_result())
    before = set(left_in(folder))
    done = here("inspect", folder, "--neuron", "cells:4", "--window", "0.1:0.5")
    assert done.returncode == 0, done.stderr
    assert sorted(set(left_in(folder)) - before) == DRAWN
    assert done.stdout.split() == [str(folder / name) for name in ("inspect.png", "inspect.pdf", "inspect.html")]
    assert (folder / "inspect.png").read_bytes().startswith(b"\x89PNG")
    assert "cells:4, 0.1 to 0.5 s" in (folder / "inspect.html").read_text()


def test_without_plotly_the_figures_are_drawn_and_the_extra_is_named(here, copy, monkeypatch):
    folder = copy(steps_result())
    real = importlib.import_module

    def without(name, *more):
        if name.startswith("plotly"):
            raise ModuleNotFoundError(name)
        return real(name, *more)

    monkeypatch.setattr(importlib, "import_module", without)
    done = here("inspect", folder)
    assert done.returncode == 0, done.stderr
    assert set(DRAWN) & set(left_in(folder)) == {"inspect.pdf", "inspect.png"}
    (line,) = done.stderr.splitlines()
    assert "burstlab[inspect]" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--neuron", "cells:9"), ("cells:9", "cells:0,1,2,3,4,5")),
        (("--neuron", "cels:0"), ("cels:0", "did you mean cells")),
        (("--neuron", "cells:0,1"), ("one cell",)),
        (("--neuron", "soma"), ("POPULATION:CELL",)),
        (("--window", "0.5:0.9"), ("0.5:0.9", "0 to 0.8 s")),
        (("--window", "0.5:0.5"), ("0.5:0.5", "0 to 0.8 s")),
        (("--window", "now"), ("BEGIN:END",)),
    ],
)
def test_cells_and_windows_that_were_not_recorded(here, copy, arguments, said):
    folder = copy(steps_result())
    before = left_in(folder)
    line = refused(here("inspect", folder, *arguments))
    assert all(part in line for part in said), line
    assert left_in(folder) == before


def test_folders_that_cannot_be_inspected(here, copy, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "not a run directory" in refused(here("inspect", "empty"))
    assert "not a run directory" in refused(here("inspect", "nowhere"))
    assert "--record" in refused(here("inspect", short_xor().folder))
    folder = copy(recorded_xor())
    line = refused(here("inspect", folder, "--neuron", "output:1"))
    assert all(f"{name}:{','.join(map(str, cells))}" in line for name, cells in RECORDED_CELLS.items())
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"format": 99}))
    assert "newer burstlab" in refused(here("inspect", folder))
    assert not set(DRAWN) & set(left_in(folder))


@pytest.mark.parametrize("part", [0.0, 0.5, 0.95])
def test_a_damaged_file_is_one_line(here, copy, part):
    folder = copy(steps_result())
    data = (folder / "results.h5").read_bytes()
    (folder / "results.h5").write_bytes(data[: int(part * len(data))])
    assert "results.h5" in refused(here("inspect", folder))
    assert "results.h5" in refused(here("compare", folder, steps_result().folder))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("spikes/time", "the scale of spikes/cell is not there"),
        ("spikes/cell", "spikes/cell"),
        ("bursts/cell", "bursts/cell"),
    ],
)
def test_a_file_without_something_is_one_line(here, copy, name, said):
    folder = copy(steps_result())
    with edited_arrays(folder) as file:
        del file[name]
    assert said in refused(here("inspect", folder))


def test_nothing_of_plotly_is_imported_before_it_is_needed(python, tmp_path):
    extras = {"plotly", "neo", "xarray"}
    code = f"import sys, burstlab.experiments.cli.main; assert not {extras} & set(sys.modules)"
    python(code, cwd=tmp_path)
    # They are there, so that it means something.
    assert all(importlib.util.find_spec(name) for name in extras)
