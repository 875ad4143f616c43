"""The figure of burstlab inspect: voltages over inputs; below them averages around bursts, intervals and rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import figures
from .inspection import (
    AFTER,
    BEFORE,
    LEAST_EVENTS,
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

# Sizes in inches.
_WIDTH, _LEFT, _RIGHT = 11.0, 0.75, 0.75
_TOP, _BETWEEN, _BOTTOM, _BELOW = 0.7, 0.95, 0.5, 2.6
_FIRST, _OTHER = 2.0, 1.25


def figure(seen: Inspected) -> Any:
    """Voltages over inputs with events and bursts marked, burst-triggered averages, intervals and rates.

    Of the last three, those that there is something to show of.
    """
    shown = below(seen)
    under = _BOTTOM + (_BELOW + _BETWEEN if shown else 0)
    height = _TOP + _FIRST + _OTHER * (len(panels(seen)) - 1) + under
    drawn = figures.canvas(_WIDTH, height)
    # A place for everything: to let matplotlib look for places takes as long as to draw.
    drawn.set_layout_engine("none")
    sides = {"left": _LEFT / _WIDTH, "right": 1 - _RIGHT / _WIDTH}
    rows = drawn.add_gridspec(1, 1, top=1 - _TOP / height, bottom=under / height, **sides)
    _traces(drawn, rows[0], seen)
    if shown:
        row = drawn.add_gridspec(
            1, len(shown), top=(_BOTTOM + _BELOW) / height, bottom=_BOTTOM / height, wspace=0.27, **sides
        )
    for k, name in enumerate(shown):
        _DRAWN[name](drawn, row[k], seen)
    drawn.text(sides["left"], 1 - 0.12 / height, seen.title, fontsize=11, va="top")
    return drawn


def _traces(drawn: Any, place: Any, seen: Inspected) -> None:
    shown, axis = panels(seen), time_axis(seen.window)
    grid = place.subgridspec(len(shown), 1, height_ratios=[_FIRST, *[_OTHER] * (len(shown) - 1)], hspace=0.25)
    spans = axis(burst_spans(seen.own("spikes"), seen.burst_interval)) if "bursts" in seen.trains else ()
    above = None
    for k, panel in enumerate(shown):
        title = panel.label.partition(" (")[0].capitalize()
        axes = figures.plain(drawn.add_subplot(grid[k], sharex=above), title, ylabel=panel.label)
        for name, values in panel.traces.items():
            look = LOOK[name]
            axes.plot(axis(seen.time), panel.factor * values, color=look.colour, lw=1.0, label=look.label)
        if above is None:
            _marks(axes, seen)
        for begin, end in spans:
            axes.axvspan(begin, end, color=figures.RED, alpha=0.18, lw=0, zorder=0)
        axes.legend(
            frameon=False, ncols=6, loc="lower right", bbox_to_anchor=(1, 0.97), borderpad=0,
            handlelength=1.6,
        )  # fmt: skip
        axes.tick_params(labelbottom=k == len(shown) - 1)
        above = above or axes
    axes.set_xlabel(axis.label)
    axes.set_xlim(*(axis(edge) for edge in seen.window))


def _marks(axes: Any, seen: Inspected) -> None:
    axis = time_axis(seen.window)
    for mark in marks(seen).values():
        heights = np.full(len(mark.times), mark.height)
        axes.plot(axis(mark.times), heights, mark.marker, color=mark.look.colour, ms=5, label=mark.look.label)


def _triggered(drawn: Any, place: Any, seen: Inspected) -> None:
    found = burst_averages(seen)
    total = len(seen.own("bursts"))
    grid = place.subgridspec(len(found.panels), 1, hspace=0.12)
    for k, panel in enumerate(found.panels):
        last = k == len(found.panels) - 1
        axes = figures.panel(
            drawn, grid[k], "" if k else "Burst-triggered average", "time since burst (ms)" if last else "", panel.label
        )
        axes.set_xlim(-1e3 * BEFORE, 1e3 * AFTER)
        axes.tick_params(labelbottom=last)
        figures.guide(axes, [0])
        for name, mean in panel.traces.items():
            look = LOOK[name]
            axes.plot(1e3 * found.lag, panel.factor * mean, color=look.colour, lw=1.2)
        if k == 0:
            axes.set_title(f"{found.n_bursts} of {counted(total, 'burst')}", loc="right", fontsize=figures.small())


def _intervals(drawn: Any, place: Any, seen: Inspected) -> None:
    axes = figures.panel(drawn, place, "Intervals between spikes", "interval (ms)", "count")
    found = intervals(*seen.trains["spikes"])
    axes.set_xscale("log")
    axes.set_xlim(1, 1e3)
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    axes.minorticks_off()
    axes.yaxis.get_major_locator().set_params(integer=True)
    limit = 1e3 * seen.burst_interval
    edges = interval_edges(seen.burst_interval)
    counts = np.histogram(found, bins=edges)[0]
    axes.stairs(counts, 1e3 * edges, fill=True, color=figures.PALE)
    axes.stairs(counts, 1e3 * edges, color=figures.BLACK, lw=1)
    axes.set_title(seen.population, loc="right", fontsize=figures.small())
    axes.axvline(limit, color=figures.RED, lw=1.2, ls="--")
    axes.set_ylim(top=1.25 * axes.get_ylim()[1])
    figures.note(
        axes, limit, 1.0, f"burst < {limit:g} ms ", color=figures.RED, va="top", ha="right",
        transform=axes.get_xaxis_transform(),
    )  # fmt: skip


def _rates(drawn: Any, place: Any, seen: Inspected) -> None:
    axis = time_axis(seen.window)
    edges, events, probability = population_rates(seen)
    first = "event" if "events" in seen.trains else "spike"
    axes = figures.panel(drawn, place, "Rates", axis.label, f"{first} rate (Hz)")
    axes.stairs(events, axis(edges), color=figures.BLUE, lw=1.2)
    axes.yaxis.label.set_color(figures.BLUE)
    axes.tick_params(axis="y", colors=figures.BLUE)
    axes.set_xlim(*(axis(edge) for edge in seen.window))
    axes.set_ylim(bottom=0)
    axes.set_title(seen.population, loc="right", fontsize=figures.small())
    if probability is not None:
        other = figures.beside(axes, "burst probability (%)", figures.RED)
        middle = (edges[:-1] + edges[1:]) / 2
        other.plot(axis(middle), 100 * probability, ".-", color=figures.RED, lw=1.0, ms=4)
        other.set_ylim(0, 105)
        if np.isnan(probability).any():
            axes.set_xlabel(f"{axis.label}; red: bins of {LEAST_EVENTS} events or more")


_DRAWN = {"averages": _triggered, "intervals": _intervals, "rates": _rates}
