"""Figure of a fit: targets with the best and with all that are within tolerance, the parameters, and the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import figures
from .figures import BLACK, GREY, canvas, heading, legend, panel, shade, threshold

MOST_TARGETS = 6
# All that are within tolerance, and the best of them; what is wanted is black.
_WITHIN, _BEST = shade(1.0), shade(0.35)


def figure(
    table: Mapping[str, np.ndarray],
    ranges: Mapping[str, Sequence[float]],
    units: Mapping[str, str],
    matches: Mapping[str, np.ndarray],
    axes: Mapping[str, tuple[str, str, str]],
    best: int | None,
    experiment: str,
) -> Any:
    """Targets above, parameters and losses below.

    Parameters
    ----------
    table : mapping of str to array, shape (trials,)
        All trials: parameters, loss, within.
    ranges : mapping of str to two floats
        Of the parameters.
    units : mapping of str to str
        Of the parameters.
    matches : mapping of str to array
        Columns: target, at, wanted, tolerance, best, low, high.
    axes : mapping of str to (str, str, str)
        Kind of each target, what it goes along, and the unit of a curve.
    best : int or None
        The trial of the best set.
    experiment : str
        For the title.
    """
    names = list(axes)
    curves = [name for name in names if axes[name][0] == "curve"][:MOST_TARGETS]
    others = [name for name in names if axes[name][0] != "curve"]
    columns = max(len(curves) + bool(others), 3)
    drawn = canvas(3.8 * columns, 7)
    grid = drawn.add_gridspec(2, columns)
    above = iter(grid[0, :].subgridspec(1, len(curves) + bool(others)))
    for name in curves:
        _, along, unit = axes[name]
        said = name.replace("_", " ")
        label = said if unit == "1" else f"{said} ({unit})"
        _curve(panel(drawn, next(above), said, along, label), matches, name)
    if others:
        _numbers(panel(drawn, next(above), "Numbers", "difference (tolerances)"), matches, others)
    loss = table.get("loss", np.full(len(table["run"]), np.nan))
    within = table.get("within", np.zeros(len(loss))) == 1
    _parameters(panel(drawn, grid[1, 0], "Within tolerance", "part of the range"), table, ranges, units, within, best)
    _pair(drawn, grid[1, 1], table, ranges, units, within, best)
    search = panel(drawn, grid[1, 2], "Search", "trial", "loss (tolerances)")
    search.plot(table["run"], loss, ".", color=GREY, ms=3)
    search.plot(table["run"][within], loss[within], ".", color=_WITHIN, ms=3)
    threshold(search, 1)
    search.set_yscale("log")
    heading(drawn, f"{experiment}: {within.sum()} of {len(loss)} trials within tolerance")
    return drawn


def _curve(axes: Any, matches: Mapping[str, np.ndarray], name: str) -> None:
    rows = np.flatnonzero(matches["target"] == name)
    rows = rows[np.argsort(matches["at"][rows], kind="stable")]
    at, wanted = matches["at"][rows], matches["wanted"][rows]
    if np.isfinite(matches["low"][rows]).any():
        low, high = (matches[name][rows] for name in ("low", "high"))
        axes.fill_between(at, low, high, color=_WITHIN, alpha=0.25, lw=0, label="within")
    axes.plot(at, matches["best"][rows], "-", color=_BEST, lw=1.3, label="best")
    axes.errorbar(at, wanted, matches["tolerance"][rows], fmt="o", color=BLACK, ms=3.5, lw=1, label="target")
    legend(axes)


def _numbers(axes: Any, matches: Mapping[str, np.ndarray], names: Sequence[str]) -> None:
    rows = [k for k, name in enumerate(matches["target"].tolist()) if name in names]
    off = {
        name: (matches[name][rows] - matches["wanted"][rows]) / matches["tolerance"][rows]
        for name in ("best", "low", "high")
    }
    places = np.arange(len(rows))
    axes.axvspan(-1, 1, color=GREY, alpha=0.25, lw=0, label="tolerance")
    axes.hlines(places, off["low"], off["high"], color=_WITHIN, lw=3, label="within")
    axes.plot(off["best"], places, "o", color=_BEST, ms=4, label="best")
    figures.names(axes.yaxis, places, [f"{matches['target'][k]} = {matches['wanted'][k]:.4g}" for k in rows])
    axes.invert_yaxis()
    legend(axes)


def _part(values: np.ndarray, ends: Sequence[float]) -> np.ndarray:
    return (values - ends[0]) / (ends[1] - ends[0])


def _parameters(
    axes: Any, table: Mapping[str, np.ndarray], ranges: Mapping[str, Sequence[float]], units: Mapping[str, str],
    within: np.ndarray, best: int | None,
) -> None:  # fmt: skip
    for k, (name, ends) in enumerate(ranges.items()):
        inside = _part(table[name][within], ends)
        axes.plot(inside, np.full(len(inside), k), "|", color=_WITHIN, ms=9, mew=0.5)
        if best is not None:
            axes.plot(_part(table[name][best], ends), k, "o", color=_BEST, ms=4)
    labels = [f"{name} ({units[name]})" if units[name] else name for name in ranges]
    figures.names(axes.yaxis, range(len(ranges)), labels)
    axes.set_xlim(0, 1)
    axes.invert_yaxis()


def _pair(
    drawn: Any, place: Any, table: Mapping[str, np.ndarray], ranges: Mapping[str, Sequence[float]],
    units: Mapping[str, str], within: np.ndarray, best: int | None,
) -> None:  # fmt: skip
    """The two parameters that are most correlated within tolerance."""
    names = list(ranges)
    one, other = names[0], names[-1]
    if within.sum() > 2 and len(names) > 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            r = np.nan_to_num(np.corrcoef([table[name][within] for name in names]))
        np.fill_diagonal(r, 0)
        k, m = np.unravel_index(int(np.argmax(np.abs(r))), r.shape)
        one, other = names[int(k)], names[int(m)]
    labels = [f"{name} ({units[name]})" if units[name] else name for name in (one, other)]
    axes = panel(drawn, place, "Most correlated", *labels)
    axes.plot(table[one], table[other], ".", color=GREY, ms=2)
    axes.plot(table[one][within], table[other][within], ".", color=_WITHIN, ms=3)
    if best is not None:
        axes.plot(table[one][best], table[other][best], "o", color=_BEST, ms=5)
