"""Figure of a sweep: curves over one parameter, maps over two."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .figures import BLACK, GREY, PALE, bar, canvas, guide, heading, panel, round_step, steps

NOT_NUMBERS = ("run", "state", "seed", "reason")
MOST_PANELS = 6


def figure(
    table: Mapping[str, np.ndarray],
    varied: Sequence[str],
    units: Mapping[str, str],
    experiment: str,
    usual: Mapping[str, float | str | None],
    changed: Mapping[str, str],
) -> Any:
    """One panel for each headline number.

    Parameters
    ----------
    table : mapping of str to array, shape (runs,)
        Columns: run, state, the varied parameters, seed, headline numbers.
    varied : sequence of str
        One parameter gives curves: mean over seeds, its standard deviation, and each run. Two give maps of the mean.
        Of more, maps show the first two, with means over all others.
    units : mapping of str to str
        Of the varied parameters.
    experiment : str
        For the title.
    usual : mapping of str to float, str or None
        What the varied parameters are where they are not varied, which is marked.
    changed : mapping of str to str
        What other parameters are that are not the preset's, for the title.
    """
    numbers = [name for name in table if name not in (*NOT_NUMBERS, *varied)][:MOST_PANELS]
    columns = min(len(numbers), 2 if len(numbers) <= 4 else 3) or 1
    rows = max(1, math.ceil(len(numbers) / columns))
    drawn = canvas(4.2 * columns, 0.4 + 3.0 * rows)
    grid = drawn.add_gridspec(rows, columns)
    labels = [f"{name} ({units[name]})" if units[name] else name for name in varied]
    for k, name in enumerate(numbers):
        place = grid[k // columns, k % columns]
        if len(varied) == 1:
            _curve(panel(drawn, place, _title(name), labels[0]), table, varied[0], name, usual[varied[0]])
        else:
            axes = panel(drawn, place, _title(name), labels[1], labels[0])
            _map(drawn, axes, table, varied, name, [usual[parameter] for parameter in varied[:2]])
    done = int(np.count_nonzero(table["state"] == "done"))
    others = f", means over {', '.join(varied[2:])}" if len(varied) > 2 else ""
    with_ = f" with {', '.join(f'{name} = {value}' for name, value in changed.items())}" if changed else ""
    said = f"{experiment}{with_}: {done} of {len(table['state'])} runs done{others}"
    if all(usual[name] is not None for name in varied[:2]):
        at = ", ".join(f"{name} = {_text(usual[name])} {units[name]}".rstrip() for name in varied[:2])
        between = "\n" if changed else " "
        said += f";{between}{'line' if len(varied) == 1 else 'cross'}: the preset's {at}"
    heading(drawn, said)
    return drawn


def _title(name: str) -> str:
    """A name of a summary in words: "first_spike_s" is "first spike (s)"."""
    words, _, unit = name.rpartition("_")
    if re.sub(r"\[.*", "", unit) in ("s", "ms", "Hz", "pA", "mV"):
        unit, bracket, index = unit.partition("[")
        return f"{words} ({unit}){bracket}{index}".replace("_", " ")
    return name.replace("_", " ")


def _curve(axes: Any, table: Mapping[str, np.ndarray], varied: str, name: str, usual: float | str | None) -> None:
    values, which = np.unique(table[varied], return_inverse=True)
    places = _places(axes.xaxis, axes.set_xscale, values)
    shown = np.isfinite(table[name])
    mean, spread = _over_runs(table[name], (which,), (len(values),))
    if np.any(np.bincount(which[shown], minlength=1) > 1):
        axes.fill_between(places, mean - spread, mean + spread, color=PALE, lw=0)
    axes.plot(places[which[shown]], table[name][shown], ".", color=GREY, ms=3)
    axes.plot(places, mean, color=BLACK, lw=1.2)
    if _are_counts(table[name][shown]):
        axes.yaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    at = _place(usual, values, places)
    guide(axes, [] if at is None else [at])
    for place in places[which[table["state"] == "diverged"]]:
        axes.axvline(place, color=BLACK, lw=0.8, ls=":")


def _text(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _place(value: float | str | None, values: np.ndarray, places: np.ndarray) -> float | None:
    """Where a value stands on an axis, if it is within it."""
    if values.dtype.kind == "U":
        return next((place for place, known in zip(places, values, strict=True) if known == value), None)
    return float(value) if isinstance(value, float) and values[0] <= value <= values[-1] else None


def _map(
    drawn: Any, axes: Any, table: Mapping[str, np.ndarray], varied: Sequence[str], name: str, usual: Sequence[Any]
) -> None:
    (y, row), (x, column) = (np.unique(table[parameter], return_inverse=True) for parameter in varied[:2])
    mean, _ = _over_runs(table[name], (row, column), (len(y), len(x)))
    across, up = _places(axes.xaxis, axes.set_xscale, x), _places(axes.yaxis, axes.set_yscale, y)
    shown = np.ma.masked_invalid(mean)
    norm, ticks = _whole(shown) if _are_counts(shown.compressed()) else (None, None)
    image = axes.pcolormesh(across, up, shown, shading="nearest", cmap="viridis", norm=norm)
    lost = table["state"] == "diverged"
    axes.plot(across[column[lost]], up[row[lost]], "x", color=BLACK, ms=4)
    at = _place(usual[1], x, across), _place(usual[0], y, up)
    if None not in at:
        # White within black: seen on every colour.
        axes.plot(*at, "P", color="white", mec="black", ms=8, mew=0.8)
    axes.set_facecolor(PALE)
    bar(drawn, image, axes, ticks=ticks)


def _are_counts(values: np.ndarray) -> bool:
    return values.size > 0 and bool(np.all(values == np.round(values)))


def _whole(values: Any) -> tuple[Any, Any]:
    """The colours of whole numbers: one for each, and ticks at some."""
    low, high = int(values.min()), int(values.max())
    step = max(1, int(round_step(max(1, (high - low) / 8))))
    return steps(low, high), np.arange(-(-low // step) * step, high + 1, step)


def _over_runs(values: np.ndarray, which: tuple[np.ndarray, ...], shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Mean and standard deviation over the runs at each place, nan where there are none."""
    known = np.isfinite(values)
    cells = np.ravel_multi_index(which, shape)[known]
    count, total, square = (
        np.bincount(cells, weights, minlength=math.prod(shape)).reshape(shape)
        for weights in (None, values[known], values[known] ** 2)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / count
        variance = np.maximum(square / count - mean**2, 0) * count / (count - 1)
    return mean, np.where(count > 1, np.sqrt(variance), 0.0)


def _places(axis: Any, set_scale: Any, values: np.ndarray) -> np.ndarray:
    """Where values stand on an axis: words one after the other, what grows by a factor on a logarithmic scale."""
    if values.dtype.kind == "U":
        axis.set_ticks(range(len(values)), list(values))
        return np.arange(len(values), dtype=float)
    places = values.astype(float)
    if len(places) > 2 and places[0] > 0:
        ratio, step = places[1:] / places[:-1], np.diff(places)
        if np.ptp(ratio) < 1e-6 * ratio[0] and np.ptp(step) > 1e-6 * step[0]:
            set_scale("log")
    return places
