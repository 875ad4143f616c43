"""The style of all figures: colours, sizes for a screen, a paper or a talk. The only module that knows matplotlib."""

from __future__ import annotations

import io
import string
import textwrap
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import cycle
from typing import Any, cast

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter, LogFormatterMathtext

# ---- colours ---------------------------------------------------------------------------------------------------------

# Each means one thing everywhere: the soma, and the events that it sends up; the dendrite, and the teacher, which is a
# current into it; bursts; what is beside the data. They stand out from white by 4.5:1, enough for letters, and are told
# apart with every kind of colour vision: tests/test_figure_style.py measures both.
BLUE, ORANGE, RED, GREY, BLACK = "#0068A8", "#BD5601", "#A0001C", "#707070", "#000000"
# Populations, by layer: inputs and what is below, hidden ones and what is above; the bright ones for lines alone (3:1).
GREEN, DARK_GREEN, PURPLE, DARK_PURPLE = "#27A265", "#1B4039", "#D94FD0", "#541C5D"
LAYER_COLOURS = {
    "input1": GREEN, "input2": DARK_GREEN, "hidden1": PURPLE, "hidden2": DARK_PURPLE, "output": BLACK
}  # fmt: skip
_MORE_COLOURS = (ORANGE, RED, *LAYER_COLOURS.values())
# Outputs that should be silent, and those that should fire.
TARGETS = (GREY, BLACK)
# Lines that divide, and what is too pale for a line.
GUIDE, PALE = "#8F8F8F", "#E4E4E4"
# Letters and lines in this part of the colour map stand out from white.
_MAP, _DARK = "plasma", 0.62


def colours(populations: Iterable[str]) -> dict[str, str]:
    """A colour for each population: those that are known, and others for the rest, in turn."""
    rest = cycle(_MORE_COLOURS)
    return {name: LAYER_COLOURS[name] if name in LAYER_COLOURS else next(rest) for name in populations}


def shade(part: float) -> Any:
    """The colour of the rank `part`, from 0 to 1, among things in an order."""
    return colormaps[_MAP](_DARK * part)


def tint(colour: str, part: float) -> tuple[float, ...]:
    """A colour from dark (0) over itself (0.5) to bright (1), for amounts of what it means."""
    own = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return tuple(own * (0.25 + 1.5 * part) if part < 0.5 else own + (part - 0.5) * 0.4 * (1 - own))


# ---- media -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Medium:
    """Where a figure is seen: how wide it may be (in), and how large letters (pt) and lines are.

    One drawn no wider than `_NARROW` gets the width of a `column`, others that of the `page`; both are higher by
    a factor, since their letters take more of them, up to the `height`.
    """

    page: float = np.inf
    column: float = np.inf
    height: float = np.inf
    higher: float = 1.0
    text: float
    small: float
    lines: float
    dpi: float

    def size(self, width: float, height: float) -> tuple[float, float]:
        """The size of a figure that is drawn with a width and a height."""
        if np.isinf(self.page):
            return width, height
        wide = self.page if width > _NARROW else self.column
        return wide, min(self.higher * height * wide / width, self.height)


_NARROW = 5.0
MEDIA = {
    "screen": Medium(text=9, small=8, lines=1, dpi=200),
    "paper": Medium(page=7.2, column=3.5, height=9.2, higher=1.25, text=7.5, small=7, lines=0.75, dpi=300),
    # As wide as a slide of 16 to 9.
    "talk": Medium(page=13.33, column=6.5, higher=1.25, text=14.5, small=14, lines=1.5, dpi=150),
}
_medium: ContextVar[Medium] = ContextVar("medium", default=MEDIA["screen"])
# Matplotlib's settings are those of the whole process.
_LOCK = threading.RLock()


def drawn(draw: Callable[[], Any], medium: str = "screen", title: str = "") -> Any:
    """The figure that `draw` draws, in the sizes of a medium, with letters at its panels; or what it gives instead.

    Parameters
    ----------
    draw : callable
    medium : {"screen", "paper", "talk"}
    title : str
        Of a figure that has none.
    """
    style = MEDIA[medium]
    with _LOCK, rc_context(_settings(style)):
        before = _medium.set(style)
        try:
            figure = draw()
            if isinstance(figure, Figure):
                _finish(figure, style, title)
        finally:
            _medium.reset(before)
    return figure


def _settings(style: Medium) -> Any:
    small = ("xtick.labelsize", "ytick.labelsize", "legend.fontsize", "legend.title_fontsize")
    return {
        "font.size": style.text, "figure.titlesize": style.text + 1, "axes.titlesize": style.text,
        "axes.labelsize": style.text, "legend.frameon": False, **dict.fromkeys(small, style.small),
    }  # fmt: skip


def _finish(figure: Figure, style: Medium, title: str) -> None:
    figure.set_dpi(style.dpi)
    if title and not figure.get_suptitle():
        heading(figure, title)
    named = [axes for axes in figure.axes if axes.get_title(loc="left")]
    named.sort(key=_where)
    for letter, axes in zip(string.ascii_lowercase, named if len(named) > 1 else (), strict=False):
        _left_title(axes).set_text(rf"$\bf{{{letter}}}$  {axes.get_title(loc='left')}")
    for axes in figure.axes:
        _plain_numbers(axes.xaxis)
        _plain_numbers(axes.yaxis)
    if style.lines != 1:
        for axes in figure.axes:
            legend_ = axes.get_legend()
            for line in (*axes.lines, *(legend_.get_lines() if legend_ else ())):
                line.set(linewidth=style.lines * line.get_linewidth(), markersize=style.lines * line.get_markersize())
            for collection in axes.collections:
                collection.set_linewidth((style.lines * np.asarray(collection.get_linewidth())).tolist())


class _Numbers(LogFormatter):
    """Of a logarithmic axis: numbers without powers, whose exponents would be smaller than other letters."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:g}" if super().__call__(x, pos) else ""


def _plain_numbers(axis: Any) -> None:
    if isinstance(axis.get_major_formatter(), LogFormatterMathtext):
        axis.set_major_formatter(_Numbers())
    if isinstance(axis.get_minor_formatter(), LogFormatterMathtext):
        axis.set_minor_formatter(_Numbers())


def _where(axes: Any) -> tuple[float, float]:
    """As one reads; by the place that axes were given, of which those with an aspect of their own take a part."""
    place = axes.get_position(original=True)
    return -round(place.y1, 2), place.x0


class _Shown(Figure):
    """A figure that a notebook shows, with or without pyplot, and whose letters in a PDF are letters."""

    def _repr_png_(self) -> bytes:
        with io.BytesIO() as file:
            self.savefig(file, format="png", dpi=100)
            return file.getvalue()

    def savefig(self, *args: Any, **kwargs: Any) -> None:
        with _LOCK, rc_context({"pdf.fonttype": 42}):
            super().savefig(*args, **kwargs)


def canvas(width: float, height: float) -> Figure:
    """An empty figure; sizes in inches, on a screen."""
    style = _medium.get()
    figure = _Shown(figsize=style.size(width, height), layout="constrained")
    if np.isfinite(style.page):
        pad = 0.035 * style.lines
        figure.set_layout_engine("constrained", w_pad=pad, h_pad=pad)
    return figure


# ---- panels ----------------------------------------------------------------------------------------------------------


def panel(figure: Figure, position: Any, title: str = "", xlabel: str = "", ylabel: str = "", **how: Any) -> Any:
    """New axes in the style of all figures at a place of a grid (`figure.add_gridspec`)."""
    return plain(figure.add_subplot(position, **how), title, xlabel, ylabel)


def plain(axes: Any, title: str = "", xlabel: str = "", ylabel: str = "") -> Any:
    """The style of all figures for axes that are there."""
    style = _medium.get()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[:].set_linewidth(0.8 * style.lines)
    axes.tick_params(labelsize=style.small, width=0.8 * style.lines, length=3.5 * style.lines)
    # At its place: to look for one takes a fifth of the time that a figure takes.
    axes.set_title(_wrapped(title, _width(axes), style.text), loc="left", fontsize=style.text, y=1.0)
    axes.set_xlabel(xlabel, fontsize=style.text)
    axes.set_ylabel(ylabel, fontsize=style.text)
    return axes


def _width(axes: Any) -> float:
    """About how wide axes will be, in inches."""
    return float(axes.bbox.width / axes.figure.dpi)


def _wrapped(text: str, width: float, size: float) -> str:
    """A text in lines of no more than a width (in), in letters of a size (pt), which are half as wide as high."""
    letters = max(12, int(72 * width / (0.52 * size)) - 2)
    return "\n".join(textwrap.fill(line, letters, break_long_words=False) for line in text.split("\n"))


def _left_title(axes: Any) -> Text:
    written = axes.get_title(loc="left")
    if not written:  # empty, as other texts of a panel may be
        return cast(Text, axes.set_title("", loc="left"))
    return next(text for text in axes.get_children() if isinstance(text, Text) and text.get_text() == written)


def add_to_title(axes: Any, words: str) -> None:
    """A line more in the title of a panel."""
    title = _left_title(axes)
    title.set_text(f"{title.get_text()}\n{words}".strip())


def legend(axes: Any, handles: Sequence[Any] | None = None, **how: Any) -> None:
    """What the lines of a panel are, between it and its title, where it hides nothing.

    Parameters
    ----------
    axes : matplotlib axes
    handles : sequence, optional
        Other lines than those with a label in the panel; [from `key`].
    **how
        As of matplotlib's legend.
    """
    found, labels = axes.get_legend_handles_labels()
    if handles is not None:
        found, labels = handles, [handle.get_label() for handle in handles]
    size = _medium.get().small
    longest = max(len(label.replace("$", "")) for label in labels) * 0.53 + 3.4
    columns = int(np.clip(72 * 1.05 * _width(axes) / (longest * size), 1, len(labels)))
    rows = -(-len(labels) // columns)
    columns = -(-len(labels) // rows)
    axes.legend(
        found, labels, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0, borderpad=0.2,
        handlelength=1.6, handletextpad=0.5, columnspacing=1, labelspacing=0.15, frameon=False, fontsize=size,
        title_fontsize=size, alignment="left", **how,
    )  # fmt: skip
    titled = 1.25 if how.get("title") else 0.0
    axes.set_title(
        axes.get_title(loc="left"), loc="left", fontsize=_medium.get().text, y=1.0,
        pad=4 + (1.32 * rows + titled) * size,
    )  # fmt: skip


def key(axes: Any, label: str, **style: Any) -> Any:
    """A line that is in a legend alone."""
    return axes.plot([], [], label=label, **style)[0]


def guide(axes: Any, x: Iterable[float] = (), y: Iterable[float] = ()) -> None:
    """Thin lines across a panel."""
    for place in x:
        axes.axvline(place, color=GUIDE, lw=0.6, zorder=0)
    for place in y:
        axes.axhline(place, color=GUIDE, lw=0.6, zorder=0)


def threshold(axes: Any, y: float) -> None:
    """A dashed line across a panel: a threshold, or chance."""
    axes.axhline(y, color=GREY, ls="--", lw=0.8)


def edged(lines: Iterable[Any]) -> None:
    """Black lines with white edges, which are seen on dark bars, too."""
    for line in lines:
        line.set_path_effects([withStroke(linewidth=1.6 * _medium.get().lines, foreground="white")])


def note(axes: Any, x: float, y: float, text: str, **how: Any) -> None:
    """A small text in a panel."""
    axes.text(x, y, text, **{"fontsize": _medium.get().small, "color": GREY} | how)


def bar(figure: Figure, image: Any, axes: Any, label: str = "", **how: Any) -> Any:
    """The colours of a map and their numbers."""
    style = _medium.get()
    made = figure.colorbar(image, ax=axes, **how)
    made.ax.tick_params(labelsize=style.small, width=0.8 * style.lines, length=3.5 * style.lines)
    made.ax.minorticks_off()
    made.outline.set_linewidth(0.8 * style.lines)
    made.set_label(label, fontsize=style.text)
    return made


def beside(axes: Any, ylabel: str, colour: str) -> Any:
    """Second axes at the right of a panel, in a colour."""
    style, other = _medium.get(), axes.twinx()
    other.set_ylabel(ylabel, color=colour, fontsize=style.text)
    other.tick_params(labelsize=style.small, width=0.8 * style.lines, length=3.5 * style.lines, colors=colour)
    other.spines["top"].set_visible(False)
    other.spines[:].set_linewidth(0.8 * style.lines)
    return other


def steps(low: int, high: int) -> Any:
    """Colours of a map of whole numbers, one for each."""
    return BoundaryNorm(np.arange(low, high + 2) - 0.5, colormaps["viridis"].N)


def heading(figure: Figure, text: str) -> None:
    """The title of a figure, in as many lines as it needs."""
    size = _medium.get().text + 1
    figure.suptitle(_wrapped(text, 0.97 * figure.get_figwidth(), size), fontsize=size)


def small() -> float:
    """The size of the smallest letters (pt)."""
    return _medium.get().small


def names(axis: Any, places: Sequence[float] | np.ndarray, texts: Sequence[str]) -> None:
    """Words at the ticks of an axis, lying on their side where there is no room."""
    axes, size = axis.axes, _medium.get().small
    room = 72 * _width(axes) / max(1, len(texts))
    longest = max(len(line) for text in texts for line in str(text).split("\n"))
    narrow = axis.axis_name == "x" and 0.5 * size * longest > room
    axis.set_ticks(places, texts, fontsize=size, rotation=90 if narrow else 0)


def named(summary: Mapping[str, Any]) -> str:
    """A run in words: its experiment, preset and seed."""
    seed = summary.get("seed")
    parts = (summary["experiment"], f"preset {summary['preset']}" if summary.get("preset") else "")
    return ", ".join(filter(None, (*parts, f"seed {seed}" if seed is not None else "")))


def under_way(summary: Mapping[str, Any]) -> bool:
    """Whether the numbers are of a run that is not done: of the epochs that are over, with no test behind them."""
    return "epochs_done" in summary


def progress(summary: Mapping[str, Any]) -> str:
    """How far a run is that is under way, in words."""
    return f"after {summary['epochs_done']} of {summary['epochs']} epochs, under way"


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below a number: a step for people."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(power * next(digit for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9)))
