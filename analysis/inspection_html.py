"""The page of burstlab inspect: one HTML file that can be zoomed and needs nothing else. All plotly is here."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import figures
from .inspection import (
    AFTER,
    BEFORE,
    LOOK,
    Inspected,
    below,
    burst_averages,
    burst_spans,
    counted,
    interval_edges,
    intervals,
    marks,
    panels,
    population_rates,
    time_axis,
)

# Shapes of plotly for the markers of matplotlib.
_SYMBOLS = {"o": "circle", "v": "triangle-down"}


def html(seen: Inspected) -> str:
    """All that the figure shows, as a page; needs plotly (extra `inspect`)."""
    page = _page(seen)
    return page.to_html(include_plotlyjs=True, full_html=True, config={"scrollZoom": True, "displaylogo": False})


def _page(seen: Inspected) -> Any:
    from plotly.subplots import make_subplots

    count, shown = len(panels(seen)), below(seen)
    columns = max(1, len(shown))
    wide = [[{"colspan": columns}, *[None] * (columns - 1)] for _ in range(count)]
    last = [[None] * columns, [{"secondary_y": name == "rates"} for name in shown]] if shown else []
    page = make_subplots(
        rows=count + len(last), cols=columns, specs=[*wide, *last],
        row_heights=[1.6, *[1.0] * (count - 1), 0.35, 1.5][: count + len(last)], vertical_spacing=0.02,
        horizontal_spacing=0.08, subplot_titles=[""] * count + [_DRAWN[name][0] for name in shown],
    )  # fmt: skip
    _traces(page, seen)
    for column, name in enumerate(shown, start=1):
        _DRAWN[name][1](page, seen, {"row": count + 2, "col": column})
    page.update_layout(
        title=seen.title, template="simple_white", height=330 + 210 * (count + bool(shown)), hovermode="x",
        font_size=14, legend={"groupclick": "toggleitem", "tracegroupgap": 4},
    )  # fmt: skip
    return page


def _line(x: Any, y: Any, name: str, colour: str, **more: Any) -> Any:
    from plotly.graph_objects import Scattergl

    # Six digits are more than a screen shows, and half the file.
    return Scattergl(
        x=np.asarray(x, dtype=np.float64).round(6), y=np.asarray(y, dtype=np.float32), name=name,
        mode="lines", line={"color": colour, "width": 1.5}, **more,
    )  # fmt: skip


def _traces(page: Any, seen: Inspected) -> None:
    from plotly.graph_objects import Scattergl

    axis, shown = time_axis(seen.window), panels(seen)
    for row, panel in enumerate(shown, start=1):
        group = {"legendgroup": panel.label, "legendgrouptitle_text": panel.label}
        for name, values in panel.traces.items():
            look = LOOK[name]
            line = _line(axis(seen.time), panel.factor * values, f"{look.label} {name}", look.colour, **group)
            page.add_trace(line, row=row, col=1)
        page.update_yaxes(title_text=panel.label, row=row, col=1)
        # All rows are zoomed in time together.
        page.update_xaxes(
            matches="x", showticklabels=row == len(shown), range=[axis(edge) for edge in seen.window], row=row, col=1
        )
    for mark in marks(seen).values():
        page.add_trace(
            Scattergl(
                x=axis(mark.times), y=np.full(len(mark.times), mark.height), name=mark.look.label, mode="markers",
                marker={"color": mark.look.colour, "symbol": _SYMBOLS[mark.marker], "size": 9},
                legendgroup=shown[0].label,
            ),
            row=1, col=1,
        )  # fmt: skip
    if "bursts" in seen.trains:
        shapes = [
            {
                "type": "rect", "xref": "x", "yref": f"y{row if row > 1 else ''} domain", "x0": begin, "x1": end,
                "y0": 0, "y1": 1, "fillcolor": figures.RED, "opacity": 0.18, "line_width": 0, "layer": "below",
            }
            for begin, end in axis(burst_spans(seen.own("spikes"), seen.burst_interval))
            for row in range(1, len(shown) + 1)
        ]  # fmt: skip
        # At once: to add them one by one takes plotly seconds.
        page.update_layout(shapes=shapes)
    page.update_xaxes(title_text=axis.label, row=len(shown), col=1)


def _triggered(page: Any, seen: Inspected, place: dict[str, int]) -> None:
    found = burst_averages(seen)
    for name, mean in found.panels[0].traces.items():
        look = LOOK[name]
        line = _line(1e3 * found.lag, found.panels[0].factor * mean, look.label, look.colour, showlegend=False)
        page.add_trace(line, **place)
    label = f"time since burst (ms), {found.n_bursts} of {counted(len(seen.own('bursts')), 'burst')}"
    page.update_xaxes(title_text=label, range=[-1e3 * BEFORE, 1e3 * AFTER], **place)
    page.update_yaxes(title_text="voltage (mV)", **place)


def _intervals(page: Any, seen: Inspected, place: dict[str, int]) -> None:
    from plotly.graph_objects import Scatter

    counts, edges = np.histogram(intervals(*seen.trains["spikes"]), bins=interval_edges(seen.burst_interval))
    steps = Scatter(
        x=1e3 * edges, y=np.append(counts, 0), name="intervals", mode="lines", fill="tozeroy", showlegend=False,
        line={"shape": "hv", "color": figures.BLUE},
    )  # fmt: skip
    page.add_trace(steps, **place)
    limit = 1e3 * seen.burst_interval
    dashed = Scatter(
        x=[limit, limit], y=[0, max(1, counts.max())], name=f"burst < {limit:g} ms", mode="lines",
        line={"color": figures.RED, "dash": "dash"}, showlegend=False,
    )  # fmt: skip
    page.add_trace(dashed, **place)
    page.update_xaxes(type="log", range=[0, 3], title_text=f"interval (ms), {seen.population}", **place)
    page.update_yaxes(title_text="count", rangemode="tozero", dtick=1 if counts.max() < 5 else None, **place)


def _rates(page: Any, seen: Inspected, place: dict[str, int]) -> None:
    from plotly.graph_objects import Scatter

    axis = time_axis(seen.window)
    edges, events, probability = population_rates(seen)
    first = "event" if "events" in seen.trains else "spike"
    steps = Scatter(
        x=axis(edges), y=np.append(events, events[-1]), name=f"{first} rate", mode="lines", showlegend=False,
        line={"shape": "hv", "color": figures.BLUE},
    )  # fmt: skip
    page.add_trace(steps, **place)
    page.update_xaxes(title_text=axis.label, **place)
    page.update_yaxes(title_text=f"{first} rate (Hz)", rangemode="tozero", **place, secondary_y=False)
    if probability is not None:
        middle = axis((edges[:-1] + edges[1:]) / 2)
        page.add_trace(
            Scatter(
                x=middle, y=100 * probability, name="burst probability", mode="lines+markers", showlegend=False,
                line={"color": figures.RED},
            ),
            **place, secondary_y=True,
        )  # fmt: skip
        page.update_yaxes(
            title_text="burst probability (%)",
            range=[0, 105],
            dtick=20,
            tickmode="linear",
            color=figures.RED,
            **place,
            secondary_y=True,
        )


_DRAWN = {
    "averages": ("Burst-triggered average", _triggered),
    "intervals": ("Intervals between spikes", _intervals),
    "rates": ("Rates", _rates),
}
