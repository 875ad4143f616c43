"""What can be read in the figures: sizes of letters, contrast of lines and letters, and what lies on what.

Measured on what matplotlib draws, of each experiment's short run, in each medium. Contrast is that of WCAG 2.2 (1.4.3
and 1.4.11: 4.5:1 for letters, 3:1 for what else must be seen); colour blindness is that of Machado et al. (2009).
"""

from __future__ import annotations

import functools
from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from burstlab.analysis import figures
from burstlab.experiments import RunError
from burstlab.experiments.runs.media import MEDIA

from .experiment_runs import LONG, RUNS, cache, here, refused, steps_result
from .patience import long

__all__ = ["cache", "here"]
LETTERS, LINES = 4.5, 3.0
LEAST = {"screen": 8, "paper": 7, "talk": 14}  # pt
WIDTHS = {"paper": (3.5, 7.2), "talk": (6.5, 13.33)}  # in


def linear(colour):
    """A colour on white in linear light."""
    *rgb, alpha = to_rgba(colour)
    seen = alpha * np.array(rgb) + 1 - alpha
    return np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)


def contrast(colour):
    """Of a colour with white."""
    return 1.05 / (linear(colour) @ (0.2126, 0.7152, 0.0722) + 0.05)


def test_contrast_of_known_colours():
    assert contrast("black") == pytest.approx(21)
    assert contrast("white") == 1
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)  # the palest grey for letters, by WCAG
    assert contrast((0, 0, 0, 0)) == 1


# ---- colours ---------------------------------------------------------------------------------------------------------

SIGHT = {
    "all cones": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
MEANINGS = ("BLUE", "ORANGE", "RED", "GREY", "BLACK", "GREEN", "DARK_GREEN", "PURPLE", "DARK_PURPLE")


def lab(light):
    """CIELAB of linear light."""
    rgb_to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = rgb_to_xyz @ np.clip(light, 0, 1) / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_of_different_things_are_told_apart(sight):
    seen = {name: lab(np.array(SIGHT[sight]) @ linear(getattr(figures, name))) for name in MEANINGS}
    # A difference of 2.3 is just seen; that of two greys that are called light and dark is some 10.
    for one, other in combinations(MEANINGS, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 10, (one, other)


def test_colours_stand_out_from_white():
    assert all(contrast(getattr(figures, name)) >= LETTERS for name in ("BLUE", "ORANGE", "RED", "GREY", "BLACK"))
    assert all(contrast(getattr(figures, name)) >= LINES for name in (*MEANINGS, "GUIDE"))
    for part in np.linspace(0, 1, 11):
        assert contrast(figures.shade(part)) >= LINES
        for colour in (figures.BLUE, figures.ORANGE, figures.RED):
            assert contrast(figures.tint(colour, part)) >= LINES


# ---- figures ---------------------------------------------------------------------------------------------------------


# A figure takes a second: those for a paper, whose letters take most of the room, in every run of the tests.
EACH = [(name, medium) for name in sorted(RUNS) for medium in MEDIA]


@functools.cache
def _drawn(name, medium):
    figure = RUNS[name]().figure(medium)
    figure.draw_without_rendering()
    return figure


@pytest.fixture(params=[long(each) if each[0] in LONG or each[1] != "paper" else each for each in EACH], ids="-".join)
def drawn(request):
    """The figure of an experiment's short run, laid out, and the medium."""
    return _drawn(*request.param), request.param[1]


def texts(figure):
    """All letters that are seen: of ticks, those within the limits; others are made, too."""
    hidden = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in _outside(axis)}
    found = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in found if text not in hidden]


def smallest(text):
    """The size of the smallest letter of a text (pt): what stands low or high in a formula is smaller than the rest."""
    sizes = [text.get_fontsize()]
    for line in text.get_text().split("\n"):
        if "$" in line:
            sizes += [size for _, size, *_ in MathTextParser("path").parse(line, 72, text.get_fontproperties()).glyphs]
    return min(sizes)


def test_small_letters_of_formulas_count():
    assert smallest(Text(text="v_d", fontsize=10)) == 10
    assert smallest(Text(text="$v$\n$v_d$ of the dendrite", fontsize=10)) == pytest.approx(7)
    assert smallest(Text(text=r"$\bf{a}$  dendrite", fontsize=10)) == 10


def _outside(axis):
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    for tick in (*axis.majorTicks, *axis.minorTicks):
        if not low - slack <= tick.get_loc() <= high + slack:
            yield from (tick.label1, tick.label2)


def test_letters(drawn):
    figure, medium = drawn
    found = texts(figure)
    assert len(found) > 20
    for text in found:
        assert smallest(text) >= LEAST[medium], text.get_text()
        assert contrast(text.get_color()) >= LETTERS, text.get_text()
    if medium in WIDTHS:
        assert figure.get_figwidth() in WIDTHS[medium]


def _marked(line):
    """The colours of which one must be seen: that of a line, or of the face and edge of its markers."""
    if line.get_linestyle() != "None":
        return [line.get_color()]
    return [line.get_markerfacecolor(), line.get_markeredgecolor()]


def test_lines(drawn):
    figure, _ = drawn
    measured = 0
    for axes in figure.axes:
        if axes.images or any(collection.get_array() is not None for collection in axes.collections):
            continue  # maps, on whose colours lines are white
        seen = [_marked(line) for line in axes.lines if len(line.get_xdata())]
        seen += [list(each.get_colors()) for each in axes.collections if isinstance(each, LineCollection)]
        for colours in seen:
            assert max("none" in str(colour) or contrast(colour) for colour in colours) >= LINES, colours
        measured += len(seen)
    assert measured > 3


def _inside(box, other, slack=1.5):
    return (
        box.x0 >= other.x0 - slack and box.y0 >= other.y0 - slack
        and box.x1 <= other.x1 + slack and box.y1 <= other.y1 + slack
    )  # fmt: skip


def _overlap(box, other, slack=1.5):
    """Whether two boxes share more than a border (pixels)."""
    across = min(box.x1, other.x1) - max(box.x0, other.x0)
    return across > slack and min(box.y1, other.y1) - max(box.y0, other.y0) > slack


def test_nothing_is_cut_off(drawn):
    figure, _ = drawn
    for text in texts(figure):
        assert _inside(text.get_window_extent(), figure.bbox), text.get_text()


def test_no_legend_lies_on_data(drawn):
    figure, _ = drawn
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    for legend in legends:
        for axes in figure.axes:
            assert not _overlap(legend.get_window_extent(), axes.patch.get_window_extent()), axes.get_title(loc="left")


def test_no_words_lie_on_others(drawn):
    figure, _ = drawn
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure)]
    for (one, box), (other, other_box) in combinations(boxes, 2):
        assert not _overlap(box, other_box, slack=3), (one, other)


def test_panels_have_letters(drawn):
    figure, _ = drawn
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert len(titles) > 1
    assert sorted(title[:8] for title in titles) == [rf"$\bf{{{letter}}}$" for letter in "abcdefghijkl"[: len(titles)]]


def test_the_title_names_the_run(drawn):
    figure, _ = drawn
    assert "seed 1" in figure.get_suptitle()


# ---- the command -----------------------------------------------------------------------------------------------------


def test_figures_for_a_paper_and_a_talk(here, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("config.json", "summary.json", "results.h5"):
        (folder / name).write_bytes((steps_result().folder / name).read_bytes())
    for medium, width in (("paper", 7.2), ("talk", 13.33)):
        done = here("figure", folder, "--for", medium)
        assert done.stdout.split() == [str(folder / f"figure-{medium}.{suffix}") for suffix in ("png", "pdf")]
        content = (folder / f"figure-{medium}.pdf").read_bytes()
        assert b"/CIDFontType2" in content  # TrueType
        assert b"/Type3" not in content
        assert f"/MediaBox [ 0 0 {72 * width:g}".encode() in content


def test_no_such_medium(here, tmp_path):
    assert "--for" in refused(here("figure", tmp_path, "--for", "poster"))
    with pytest.raises(RunError, match="'poster' for a figure: it is drawn for screen, paper or talk"):
        steps_result().figure("poster")


def test_the_command_and_python_know_the_same_media():
    assert set(figures.MEDIA) == set(MEDIA)
