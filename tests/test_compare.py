"""burstlab compare: all that differs and nothing else, with differences of numbers, and curves in one figure."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import burstlab
from burstlab.analysis import figures, overlays
from burstlab.experiments import current_steps, run, xor
from burstlab.experiments.cli import compare as comparison

from .experiment_runs import cache, here, left_in, refused, run_once, short_xor, steps_result

__all__ = ["cache", "here"]


def found(first, second, tmp_path):
    made = comparison.compare(first.folder, second.folder, tmp_path / "compare.png")
    return {(d.part, d.name): (d.first, d.second, d.change) for d in made.differences}, made


def test_parameters_and_summary_with_differences_in_their_units(tmp_path):
    a, b = run_once("current_steps"), run_once("current_steps", tau_d="9 ms", dendritic_current="600 pA")
    rows, made = found(a, b, tmp_path)
    assert rows["parameters", "tau_d"] == ("7 ms", "9 ms", "+2 ms")
    assert rows["parameters", "dendritic_current"] == ("400 pA", "600 pA", "+200 pA")
    assert {name for part, name in rows if part == "parameters"} == {"tau_d", "dendritic_current"}
    counts = [result.summary["spike_count"][0] for result in (a, b)]
    assert counts[0] != counts[1]
    assert rows["summary", "spike_count"] == (str(counts[0]), str(counts[1]), f"{counts[1] - counts[0]:+d}")
    differing = {name for name in a.summary if a.summary[name] != b.summary[name]} - {"compile_s", "run_s", "speed"}
    assert {name for part, name in rows if part == "summary"} == differing
    assert made.figure == tmp_path / "compare.png"
    assert made.figure.read_bytes().startswith(b"\x89PNG")


def test_long_lists_are_summed_up(tmp_path):
    rows, _ = found(short_xor(), short_xor(plasticity="off"), tmp_path)
    a, b = (np.array(result.summary["event_rate_after_Hz"]) for result in (short_xor(), short_xor(plasticity="off")))
    changes = [float(text) for text in rows["summary", "event_rate_after_Hz"][2].split(", ")]
    assert changes == pytest.approx(b - a, abs=0.006)
    assert rows["parameters", "plasticity"] == ("on", "off", "")
    assert comparison._change([0.0] * 20, [0.0] * 18 + [1.0, -3.0]) == "at most -3, -0.1 on average"
    assert comparison._shown(list(range(20))) == "20 values"


@pytest.mark.parametrize(
    ("a", "b", "change"),
    [
        ("7 ms", "9 ms", "+2 ms"),
        ("7 ms", "0.009 s", ""),
        ("0.5", "0.25", "-0.25"),
        (3, 5, "+2"),
        (True, False, ""),
        ("on", "off", ""),
        (["7 ms", "8 ms"], ["6 ms", "8.5 ms"], "-1 ms, +0.5 ms"),
        ([1, 2], [1, 2, 3], ""),
        ([None, 1.0], [2.0, 1.0], ""),
        ("-", 4, ""),
    ],
)
def test_a_change_is_a_number_where_both_are(a, b, change):
    assert comparison._change(a, b) == change


def test_the_same_run_does_not_differ(here, tmp_path):
    copy = shutil.copytree(steps_result().folder, tmp_path / "copy")
    done = here("compare", steps_result().folder, copy)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["identical", "compare.png"]
    assert left_in(tmp_path) == ["compare.png", "copy"]


def test_a_run_and_its_repetition_are_identical(cache, tmp_path):
    one, again = (run("current_steps", "paper", out=tmp_path / name, progress=False) for name in "ab")
    assert one.summary["run_s"] != again.summary["run_s"]
    assert burstlab.compare(one.folder, again.folder, tmp_path / "both.png").identical
    names = ("rate_mean", "run_s_mean", "speed_sd", "experiment", "runs")
    assert [name for name in names if not comparison._is_set_aside(name, one.config)] == ["rate_mean"]


def test_a_value_written_in_another_way_is_no_difference_and_the_folder_is_made(here, tmp_path):
    first = run_once("current_steps", tau_d="9 ms", dendritic_current="600 pA").folder
    copy = shutil.copytree(first, tmp_path / "copy")
    config = (copy / "config.json").read_text()
    for text, other in (('"9 ms"', '"9.0 ms"'), ('"600 pA"', '"0.6 nA"')):
        assert config.count(text) == 1
        config = config.replace(text, other)
    (copy / "config.json").write_text(config)
    done = here("compare", first, copy, "--out", "new/folder/both.png")
    assert done.stdout.splitlines() == ["identical", "new/folder/both.png"]
    assert left_in(tmp_path / "new" / "folder") == ["both.png"]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("9 ms", "9.0 ms", True), ("9 ms", "0.009 s", True), (["1 pA", "2 pA"], ["1.0 pA", "2 pA"], True),
        ("9 ms", "9.1 ms", False), ("9 ms", "9 mV", False), ("on", "off", False), (1, True, True), ("9", "9.0", True),
        (["1 pA"], ["1 pA", "2 pA"], False), (None, "9 ms", False),
    ],
)  # fmt: skip
def test_what_is_the_same(a, b, same):
    assert comparison._same(a, b) is same


def test_the_table_is_aligned(here, tmp_path):
    a, b = run_once("current_steps").folder, run_once("current_steps", tau_d="9 ms", dendritic_current="600 pA").folder
    done = here("compare", a, b, "--out", "both.pdf")
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert lines[-1] == "both.pdf"
    assert (tmp_path / "both.pdf").read_bytes().startswith(b"%PDF")
    (line,) = [line for line in lines if line.startswith("  tau_d ")]
    assert [line.index(text) for text in ("7 ms", "9 ms", "+2 ms")] == [
        head.index(str(a)), head.index(str(b)), head.index("difference")
    ]  # fmt: skip


def test_the_figure_of_two_runs_names_their_experiment():
    drawn, _ = comparison._overlay([steps_result(), run_once("current_steps")])
    assert drawn.get_suptitle() == "current_steps"
    assert {axes.get_ylabel() for axes in drawn.axes} == {"voltage (mV)"}


def test_overlays_hold_the_curves_of_both():
    results = [steps_result(), run_once("current_steps")]
    runs = [overlays.Run(label=f"run {k}", arrays=r.arrays, summary=r.summary) for k, r in enumerate(results)]
    drawn = current_steps.overlay(runs)
    assert len(drawn.axes) == 2  # the one cell that both have
    for axes, name in zip(drawn.axes, ("v_s", "v_d"), strict=True):
        for line, result in zip(axes.lines, results, strict=True):
            assert np.array_equal(line.get_ydata(), 1e3 * result.arrays[f"trace/{name}"][0])
    results = [short_xor(), short_xor(plasticity="off")]
    runs = [overlays.Run(label=f"run {k}", arrays=r.arrays, summary=r.summary) for k, r in enumerate(results)]
    cost, output = xor.EXPERIMENT.overlay(runs).axes[:2]
    for line, result in zip(cost.lines, results, strict=True):
        assert line.get_ydata() == pytest.approx([np.mean(result.summary["epoch_cost"])])
    for line, result in zip((output.lines[0], output.lines[2]), results, strict=True):
        assert line.get_ydata() == pytest.approx(result.summary["event_rate_after_Hz"])


def _three_panels(scale):
    drawn = figures.canvas(6, 4)
    for k, axes in enumerate(drawn.subplots(3, 1)):
        axes.plot([0, 1, 2], scale * np.array([k, 1, 3]), color=figures.RED)
        axes.axhline(0.5)
        axes.set_ylim(0, 3.5 * scale)
    return drawn


def test_any_two_figures_with_the_same_panels_are_laid_over_each_other():
    both = overlays.laid_over(_three_panels(1), _three_panels(2), ("a", "b"))
    assert len(both.axes) == 3
    for k, axes in enumerate(both.axes):
        solid, dashed = (line for line in axes.lines if len(line.get_xdata()) == 3)
        assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
        assert solid.get_ydata().tolist() == [k, 1, 3]
        assert dashed.get_ydata().tolist() == [2 * k, 2, 6]
        assert axes.get_ylim() == (0, 7)
    assert [text.get_text() for text in both.legends[0].get_texts()] == ["a", "b"]
    with pytest.raises(ValueError, match="3 and 0 panels"):
        overlays.laid_over(_three_panels(1), figures.canvas(1, 1), ("a", "b"))


def _map(values, scale=1.0):
    drawn = figures.canvas(6, 4)
    axes = figures.panel(drawn, 111, "Answers")
    figures.bar(drawn, axes.imshow(values, vmin=0, vmax=9), axes)
    figures.heading(drawn, f"solved by {scale:g}")
    axes.plot([0, 1], [0, scale], "o", color=figures.RED, mfc="white", mec=figures.BLUE)
    return drawn


def test_maps_show_what_the_second_has_more():
    both = overlays.laid_over(_map([[0.0, 1.0], [0.5, 0.5]]), _map([[0.25, 1.0], [1.0, 0.0]], 2), ("a", "b"))
    axes, colours = both.axes
    assert colours.get_ylim() == (-0.5, 0.5)
    assert both.get_suptitle() == "a: solved by 1\nb: solved by 2"
    np.testing.assert_array_equal(axes.images[0].get_array(), [[0.25, 0], [0.5, -0.5]])
    assert axes.images[0].get_clim() == (-0.5, 0.5)
    assert axes.get_title(loc="left") == "Answers\nsecond minus first"
    assert {line.get_markeredgecolor() for line in axes.lines if line.get_marker() == "o"} == {figures.BLUE}
    other = overlays.laid_over(_map(np.ones((2, 2))), _map(np.ones((3, 2))), ("a", "b"))
    assert other.axes[0].get_title(loc="left") == "Answers\nthe first alone"
    np.testing.assert_array_equal(other.axes[0].images[0].get_array(), np.ones((2, 2)))


@pytest.mark.filterwarnings("error")
def test_maps_without_values_have_no_difference():
    """A cell that is masked, or no number, in one of them; and a map of nothing else."""
    hidden = np.ma.masked_array([[9.0, 1.0], [0.5, np.nan]], mask=[[True, False], [False, False]])
    for first, second in ((hidden, np.zeros((2, 2))), (np.zeros((2, 2)), hidden)):
        image = overlays.laid_over(_map(first), _map(second), ("a", "b")).axes[0].images[0]
        np.testing.assert_array_equal(np.ma.getmaskarray(image.get_array()), [[True, False], [False, True]])
        assert image.get_clim() == (-1, 1)
    nothing = overlays.laid_over(_map(np.full((2, 2), np.nan)), _map(np.ones((2, 2))), ("a", "b"))
    assert np.all(np.isfinite(nothing.axes[0].images[0].get_clim()))


@pytest.mark.parametrize(("title", "said"), [("Answers", "Answers\nsecond minus first"), ("", "second minus first")])
def test_two_maps_of_a_panel_are_explained_once(title, said):
    drawn = [figures.canvas(6, 4) for _ in "ab"]
    for figure in drawn:
        axes = figures.panel(figure, 111, title)
        axes.text(0.5, 0.5, "")
        for left in (0, 2):
            axes.imshow(np.ones((2, 2)), extent=(left, left + 2, 0, 2))
    axes = overlays.laid_over(*drawn, ("a", "b")).axes[0]
    assert axes.get_title(loc="left") == said
    assert [text.get_text() for text in axes.texts] == [""]


def test_means_of_blocks():
    assert overlays.block_means(np.arange(10), 4) == pytest.approx([1.5, 5.5, 8.5])
    assert overlays.block_means(np.ones(3), 10) == pytest.approx([1])


def test_what_cannot_be_compared(here, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "not a run directory" in refused(here("compare", steps_result().folder, "empty"))
    done = here("compare", steps_result().folder, short_xor().folder)
    assert done.returncode == 0
    assert "no figure: runs of different experiments, current_steps and xor" in done.stdout
    (tmp_path / "file").write_text("")
    said = refused(here("compare", steps_result().folder, steps_result().folder, "--out", "file/x.png"))
    assert "cannot write file/x.png" in said
    (tmp_path / "file").unlink()
    said = refused(here("compare", steps_result().folder, steps_result().folder, "--out", "x.txt"))
    assert "x.txt" in said
    assert left_in(tmp_path) == ["empty"]
