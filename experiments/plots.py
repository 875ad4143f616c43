"""Plots of the page with sliders, drawn by Bokeh: each is made once, and then only its data change.

A plot shows two runs: what the sliders say, and pale behind it the preset that it is compared with.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

import numpy as np

from burstlab.analysis.figures import BLUE, GREEN, GREY, ORANGE, RED

from .experiment import Analysis, Array

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
        for which in (COMPARED, LIVE):
            alpha = 1 if which == LIVE else _PALE
            drawn = [
                self.figure.line(
                    "time", "voltage", source=self.sources[name, which], color=colour, line_width=1.2, alpha=alpha,
                    legend_label=label,
                )
                for name, colour, label in (("v_d", ORANGE, "dendrite v_d"), ("v_s", BLUE, "soma v_s"))
            ]  # fmt: skip
            for part, marker, colour in (("events", "circle", GREY), ("bursts", "inverted_triangle", RED)):
                drawn.append(
                    self.figure.scatter(
                        "time", "height", source=self.sources[part, which], marker=marker, color=colour, size=8,
                        alpha=alpha, legend_label=part.removesuffix("s"),
                    )
                )  # fmt: skip
            self.pale += drawn if which == COMPARED else []
        legend = self.figure.legend[0]
        self.figure.center.remove(legend)  # which would be drawn there too
        legend.orientation, legend.location, legend.border_line_color = "horizontal", "top_right", None
        legend.background_fill_alpha, legend.padding, legend.label_text_font_size = 0.7, 2, "11px"
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
        colour = BLUE if measured == "event_rate" else GREEN
        for which in (COMPARED, LIVE):
            source, alpha = self.sources["curve", which], 1 if which == LIVE else _PALE
            dash = "solid" if which == LIVE else "dashed"
            drawn = [
                self.figure.varea("current", "low", "high", source=source, color=colour, alpha=0.2 * alpha),
                self.figure.line(
                    "current", "value", source=source, color=colour, line_width=2, alpha=alpha, line_dash=dash
                ),
                self.figure.scatter("current", "value", source=source, color=colour, size=5, alpha=alpha),
                self.figure.scatter(
                    "current", "value", source=self.sources["point", which], marker="diamond", color=RED, size=13,
                    alpha=alpha,
                ),
            ]  # fmt: skip
            self.pale += drawn if which == COMPARED else []

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


def _box(left: float, right: float) -> Any:
    from bokeh.models import BoxAnnotation

    return BoxAnnotation(
        left=left, right=right, fill_color="#0072B2", fill_alpha=0.05, line_color=None, level="underlay"
    )


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
