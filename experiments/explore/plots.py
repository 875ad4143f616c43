"""Plots of the page with sliders, drawn by Bokeh: each is made once, and then only its data change.

A plot shows two runs: what the sliders say, and pale behind it the preset that it is compared with.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import numpy as np

from burstlab.analysis.figures import BLACK, BLUE, ORANGE, RED

from ..experiment import Analysis, Array

LIVE, COMPARED = "live", "compared"
_PALE = 0.3
_MARK_HEIGHT = {"events": 47, "bursts": 60}  # mV, above every spike


class Plot(abc.ABC):
    """A Bokeh figure and its data sources; `name` finds both in a document."""

    def __init__(self, name: str, columns: Mapping[str, tuple[str, ...]], **figure: Any) -> None:
        from bokeh.models import ColumnDataSource
        from bokeh.plotting import figure as bokeh_figure

        self.sources = {
            (part, which): ColumnDataSource({column: [] for column in names}, name=f"{name}-{part}-{which}")
            for part, names in columns.items()
            for which in (COMPARED, LIVE)
        }
        self.figure = bokeh_figure(
            name=name,
            sizing_mode="stretch_width",
            tools="pan,xwheel_zoom,box_zoom,reset,save",
            active_drag="box_zoom",
            output_backend="canvas",
            toolbar_location="right",
            **figure,
        )
        self.figure.toolbar.logo = None
        self.figure.toolbar.autohide = True
        self.figure.grid.grid_line_alpha = 0.35
        self.figure.outline_line_color = None
        for axis in self.figure.axis:
            axis.axis_label_text_font_style = "normal"
            axis.minor_tick_line_color = None
        self.pale: list[Any] = []

    def _draw(self, glyph: Any, part: str, which: str) -> Any:
        # Not by the methods of the figure, which make three more of each glyph: a window is there in half the time.
        drawn = self.figure.add_glyph(self.sources[part, which], glyph)
        self.pale += [drawn] if which == COMPARED else []
        return drawn

    @abc.abstractmethod
    def show(self, analysis: Analysis, which: str = LIVE) -> None:
        """Draw a run."""

    def compare(self, shown: bool) -> None:
        """Show the preset behind the live run, or hide it."""
        for renderer in self.pale:
            renderer.visible = shown


class TracePlot(Plot):
    """Somatic and dendritic voltage of one cell, its events and bursts.

    Parameters
    ----------
    name : str
    duration : float
        In s.
    shaded : pair of float, optional
        From when to when the currents flow (s), where they do not always.
    """

    def __init__(self, name: str, duration: float, shaded: tuple[float, float] | None = None) -> None:
        from bokeh import models

        super().__init__(
            name,
            {
                "v_s": ("time", "voltage"),
                "v_d": ("time", "voltage"),
                "events": ("time", "height"),
                "bursts": ("time", "height"),
            },
            height=250,
            x_range=(0, 1e3 * duration),
            y_range=(-105, 70),
            x_axis_label="time (ms)",
            y_axis_label="voltage (mV)",
        )
        if shaded is not None:
            left, right = (1e3 * time for time in shaded)
            self.figure.add_layout(_box(left, right))
        labels: dict[str, list[Any]] = {}
        for which in (COMPARED, LIVE):
            alpha = 1 if which == LIVE else _PALE
            for part, colour, label in (("v_d", ORANGE, "dendrite v_d"), ("v_s", BLUE, "soma v_s")):
                line = models.Line(x="time", y="voltage", line_color=colour, line_width=1.2, line_alpha=alpha)
                labels.setdefault(label, []).append(self._draw(line, part, which))
            for part, marker, colour in (("events", "circle", BLUE), ("bursts", "inverted_triangle", RED)):
                marks = _marks("time", "height", marker, colour, 8, alpha)
                labels.setdefault(part.removesuffix("s"), []).append(self._draw(marks, part, which))
        legend = models.Legend(
            items=[models.LegendItem(label=label, renderers=drawn) for label, drawn in labels.items()],
            orientation="horizontal", location="top_right", border_line_color=None,
            background_fill_alpha=0.7, padding=2, spacing=14, label_text_font_size="11px",
        )  # fmt: skip
        self.figure.add_layout(legend, "above")

    def show(self, analysis: Analysis, which: str = LIVE) -> None:
        """The first cell of a run."""
        arrays = analysis.arrays
        for part, height in _MARK_HEIGHT.items():
            times = arrays[f"{part}/time"].values[arrays[f"{part}/cell"].values == 0]
            self.sources[part, which].data = {"time": 1e3 * times, "height": np.full(len(times), height)}
        time = arrays["trace/time"].values
        for name in ("v_s", "v_d"):
            voltage = arrays[f"trace/{name}"].values[0]
            kept = extremes(voltage)
            self.sources[name, which].data = {
                "time": (1e3 * time[kept]).astype(np.float32), "voltage": (1e3 * voltage[kept]).astype(np.float32)
            }  # fmt: skip


class CurvePlot(Plot):
    """What cells do against one of their currents, with standard errors, and the working point.

    Parameters
    ----------
    name, title : str
    sweep : {"somatic_sweep", "dendritic_sweep"}
    measured : {"event_rate", "burst_probability"}
    """

    def __init__(self, name: str, title: str, sweep: str, measured: str) -> None:
        from bokeh import models

        part, self.sweep, self.measured = sweep.partition("_")[0], sweep, measured
        self.current = f"{part}_current_pA"
        self.scale = 1 if measured == "event_rate" else 100
        super().__init__(
            name,
            {"curve": ("current", "value", "low", "high"), "point": ("current", "value")},
            title=title,
            height=290,
            x_axis_label=f"{part} current (pA)",
            y_axis_label="event rate (Hz)" if measured == "event_rate" else "burst probability (%)",
        )
        if measured == "event_rate":
            self.figure.y_range.start = 0
            self.figure.y_range.only_visible = True
        else:
            self.figure.y_range.update(start=-3, end=105)
        colour = BLUE if measured == "event_rate" else RED
        for which in (COMPARED, LIVE):
            alpha, dash = (1, "solid") if which == LIVE else (_PALE, "dashed")
            area = models.VArea(x="current", y1="low", y2="high", fill_color=colour, fill_alpha=0.2 * alpha)
            line = models.Line(
                x="current", y="value", line_color=colour, line_width=2, line_alpha=alpha, line_dash=dash
            )
            for glyph in (area, line, _marks("current", "value", "circle", colour, 5, alpha)):
                self._draw(glyph, "curve", which)
            self._draw(_marks("current", "value", "diamond", BLACK, 13, alpha), "point", which)

    def show(self, analysis: Analysis, which: str = LIVE) -> None:
        """The curve through the first working point of a run."""
        arrays, summary = analysis.arrays, analysis.summary
        value, error = (
            self.scale * _first(arrays[f"{self.sweep}/{name}"]) for name in (self.measured, f"{self.measured}_error")
        )
        at_point = summary["event_rate_Hz" if self.measured == "event_rate" else "burst_probability"][0]
        self.sources["point", which].data = {
            "current": [summary[self.current][0]],
            "value": [self.scale * at_point],
        }
        self.sources["curve", which].data = {
            "current": 1e12 * arrays[f"{self.sweep}/current"].values,
            "value": value,
            "low": value - error,
            "high": value + error,
        }


def _marks(x: str, y: str, marker: str, colour: str, size: float, alpha: float) -> Any:
    from bokeh.models import Scatter

    return Scatter(
        x=x, y=y, marker=marker, size=size, fill_color=colour, line_color=colour, fill_alpha=alpha, line_alpha=alpha
    )


def _box(left: float, right: float) -> Any:
    from bokeh.models import BoxAnnotation

    return BoxAnnotation(left=left, right=right, fill_color=BLUE, fill_alpha=0.05, line_color=None, level="underlay")


def _first(array: Array) -> np.ndarray:
    return array.values[0]


def extremes(values: np.ndarray, pieces: int = 1000) -> np.ndarray:
    """Indices of the least and the greatest value of each of so many pieces, which look like all of them in a plot.

    Parameters
    ----------
    values : array, shape (n,)
    pieces : int
        About one for each point of the screen.

    Returns
    -------
    array of int
        In order; all of them for n up to twice the pieces.
    """
    if len(values) <= 2 * pieces:
        return np.arange(len(values))
    length = -(-len(values) // pieces)
    # The last value again, until the last piece is full.
    whole = np.pad(values, (0, -len(values) % length), mode="edge").reshape(-1, length)
    begins = np.arange(len(whole)) * length
    found = np.concatenate([begins + whole.argmin(axis=1), begins + whole.argmax(axis=1)])
    return np.unique(np.minimum(found, len(values) - 1))
