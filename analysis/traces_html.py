"""Traces of a cell as one HTML file that can be zoomed and needs nothing else. The only module that knows plotly."""

from __future__ import annotations

import numpy as np

from . import inspection

# Shapes of plotly for the markers of figures.
_SYMBOLS = {"o": "circle", "v": "triangle-down"}


def html(seen: inspection.Inspected) -> str:
    """Voltages over inputs with events and bursts marked, as a page; needs plotly (extra `inspect`)."""
    from plotly.graph_objects import Scattergl
    from plotly.subplots import make_subplots

    rows = inspection.rows_of(seen)
    factor, unit = inspection.time_unit(seen.window)
    page = make_subplots(rows=len(rows), cols=1, shared_xaxes=True, vertical_spacing=0.03)
    for row, (label, scale, traces) in enumerate(rows, start=1):
        for name, values in traces.items():
            colour, words = inspection.LOOK[name]
            page.add_trace(
                Scattergl(
                    x=factor * seen.time, y=(scale * values).astype(np.float32), name=f"{words} {name}",
                    line={"color": colour, "width": 1},
                ),
                row=row, col=1,
            )  # fmt: skip
        page.update_yaxes(title_text=label, row=row, col=1)
    for kind, (times, marker, colour, height) in inspection.marks(seen).items():
        page.add_trace(
            Scattergl(
                x=factor * times, y=np.full(len(times), height), name=kind, mode="markers",
                marker={"color": colour, "symbol": _SYMBOLS[marker], "size": 8},
            ),
            row=1, col=1,
        )  # fmt: skip
    page.update_xaxes(title_text=f"time ({unit})", row=len(rows), col=1)
    page.update_layout(
        title=inspection.title(seen), template="simple_white", height=280 + 200 * len(rows), hovermode="x"
    )
    return page.to_html(include_plotlyjs=True, full_html=True, config={"scrollZoom": True, "displaylogo": False})
