"""burstlab inspect: the traces of a recorded cell over its inputs, as figures and as a page that can be zoomed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from burstlab.analysis import figures, inspection, inspection_figure, inspection_html
from burstlab.models.parameters import ParameterError, nearest
from burstlab.models.quantities import parse_quantity

from ..engine.traces import read_cells, seconds
from ..errors import RunError, option
from ..runs import export, folders, html, media
from ..runs.result import Recorded, Result, load_run
from ..runs.single import check_recorded

# For cells that have no such parameter: the definition of a burst.
BURST_INTERVAL = "16 ms"
PAGE = "inspect.html"


class Drawn(NamedTuple):
    """What was drawn of a cell, and which extra draws the page where plotly is not there; a notebook shows it."""

    paths: list[Path]
    missing: str | None

    def _repr_html_(self) -> str:
        pictures = [html.picture(path, "traces of a cell") for path in self.paths if path.suffix == ".png"]
        return f"<div>{''.join(pictures)}{html.lines([*map(str, self.paths), *filter(None, [self.missing])])}</div>"


def inspect(
    folder: str | Path,
    neuron: str | None = None,
    window: Sequence[Any] | None = None,
    drawn: Callable[[Path], Any] | None = None,
) -> Drawn:
    """Draw inspect.png, inspect.pdf and, with plotly, inspect.html in a run directory.

    Parameters
    ----------
    folder : path
        A run that recorded cells.
    neuron : str, optional
        "POPULATION:i"; of all recorded cells the one with the most bursts by default.
    window : two times, optional
        Quantities or seconds of simulated time; all that was recorded by default.
    drawn : callable, optional
        Called with each path as soon as it is there.

    Returns
    -------
    Drawn
        The paths of what was drawn, and which extra draws the page, where plotly is not there.

    Raises
    ------
    ParameterError
        For a cell or a window outside what was recorded.
    RunError
        If the folder is no run, recorded nothing, or cannot be written to.

    Examples
    --------
    >>> import burstlab
    >>> burstlab.inspect("results/current_steps/quick-seed1", neuron="cells:0")  # doctest: +SKIP
    """
    result = load_run(folder)
    seen = look(result, neuron, window)
    paths, missing = [], None
    try:
        export.extra("plotly", "inspect")
    except RunError as error:
        missing = f"{PAGE} was not drawn: {error}"
    try:
        for path in _draw(result.folder, seen, page=missing is None):
            paths.append(path)
            if drawn is not None:
                drawn(path)
    except BrokenPipeError:  # of whom reads the paths
        raise
    except OSError as error:
        raise RunError(f"cannot write to {result.folder}: {error.strerror or error}") from None
    return Drawn(paths, missing)


def _draw(folder: Path, seen: inspection.Inspected, page: bool) -> Iterator[Path]:
    yield from folders.write_figure(folder, "inspect", media.drawn(lambda: inspection_figure.figure(seen), "screen"))
    if page:
        text = inspection_html.html(seen)
        folders.publish(folder / PAGE, lambda path: path.write_text(text, encoding="utf-8"))
        yield folder / PAGE


def look(result: Result, neuron: str | None = None, window: Sequence[Any] | None = None) -> inspection.Inspected:
    """What there is to see of a cell in a window; see `inspect` for parameters and errors."""
    with folders.using(result.folder):
        return _look(result, neuron, window)


def _look(result: Result, neuron: str | None, window: Sequence[Any] | None) -> inspection.Inspected:
    check_recorded(result)
    population, cell = _choose(result, neuron)
    kept = result.population(population)
    begin, end = _within(result, population, kept, window)
    time = result.arrays[f"{kept.group}/time"]
    step = (time[-1] - time[0]) / (len(time) - 1)
    inside = (time > begin - step / 2) & (time < end - step / 2)
    row = kept.cells.index(cell)
    trains = {}
    for kind in ("spikes", "events", "bursts"):
        group = kept.train(kind)
        # Interneurons have no events and no bursts; spikes have all.
        if kind == "spikes" or f"{group}/time" in result.arrays:
            when = result.arrays[f"{group}/time"]
            chosen = (when > begin - step / 2) & (when < end - step / 2)
            trains[kind] = (result.arrays[f"{group}/cell"][chosen], when[chosen])
    interval = parse_quantity(result.config["parameters"].get("burst_interval", BURST_INTERVAL))
    return inspection.Inspected(
        name=f"{population}:{cell}",
        n_cells=kept.n_cells,
        window=(begin, end),
        time=time[inside],
        traces={name: result.arrays[f"{kept.group}/{name}"][row, inside] for name in kept.variables},
        trains=trains,
        cell=cell,
        burst_interval=float(np.asarray(interval)),
        run=figures.named(result.summary),
    )


def _choose(result: Result, neuron: str | None) -> tuple[str, int]:
    everything = [(name, cell) for name, kept in result.recorded.items() for cell in kept.cells]
    if neuron is None:
        counts = [_burst_count(result, name, cell) for name, cell in everything]
        return everything[int(np.argmax(counts))]
    asked = [(name, cell) for name, cells in read_cells([neuron]).items() for cell in cells]
    if len(asked) != 1:
        raise ParameterError(
            f"{option('neuron', neuron)}: one cell is needed, such as {everything[0][0]}:{everything[0][1]}"
        )
    if asked[0] not in everything:
        recorded = "; ".join(f"{name}:{','.join(map(str, kept.cells))}" for name, kept in result.recorded.items())
        close = nearest(asked[0][0], list(result.recorded)) if asked[0][0] not in result.recorded else ""
        raise ParameterError(f"{option('neuron', neuron)}: not recorded{close} (recorded were {recorded})")
    return asked[0]


def _burst_count(result: Result, population: str, cell: int) -> int:
    group = result.population(population).train("bursts")
    return int(np.sum(result.arrays[f"{group}/cell"] == cell)) if f"{group}/cell" in result.arrays else 0


def _within(result: Result, population: str, kept: Recorded, window: Sequence[Any] | None) -> tuple[float, float]:
    time = result.arrays[f"{kept.group}/time"]
    step = (kept.end - kept.begin) / (len(time) - 1)
    last = kept.end + step
    begin, end = (kept.begin, last) if window is None else seconds(window)
    # Two samples are the least that a step can be told from.
    if not (kept.begin - step / 2 <= begin and begin + 2 * step <= end <= last + step / 2):
        raise ParameterError(
            f"window {begin:g}:{end:g} s: not in what was recorded of {population}, {kept.begin:g} to {last:g} s"
        )
    return begin, end
