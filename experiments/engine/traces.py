"""Recording cells in a window of time: their traces, and the spikes, events and bursts of their populations.

An experiment offers it with a function `populations(config)` that returns {name: Population}. What is recorded of a run
is a `Recording`; recorders.py adds the recorders to the network that `build` returned. How many cells are recorded of
which populations is structural, which cells and when is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Quantity, second
from brian2.units.fundamentalunits import DIMENSIONLESS

from burstlab.models.parameters import ParameterError, nearest
from burstlab.models.quantities import parse_quantity

from ..contract.population import Population
from ..errors import RunError, option
from ..limits import MEMORY_LIMIT

# An estimate for spikes, whose number nobody knows before: this many per cell and second.
_ASSUMED_RATE = 20.0
# Arrays are in memory as raw data and as what is read back to verify it; and one at a time while it is written.
_COPIES = 2.2


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What is recorded of a run.

    Attributes
    ----------
    cells : dict of str to tuple of int
        The cells whose traces are kept, by population.
    sizes : dict of str to int
        How many cells these populations have.
    begin, end : float
        The window, in s of simulated time.
    """

    cells: Mapping[str, tuple[int, ...]]
    sizes: Mapping[str, int]
    begin: float
    end: float

    def options(self) -> list[str]:
        """The words of a command line that ask for it."""
        words = []
        for name, cells in self.cells.items():
            words += ["--record", f"{name}:{','.join(map(str, cells))}"]
        return [*words, "--window", f"{self.begin:.12g}:{self.end:.12g}"]

    def describe(self) -> dict[str, Any]:
        """For config.json."""
        return {
            "cells": {name: list(cells) for name, cells in self.cells.items()},
            "sizes": dict(self.sizes),
            "window": [f"{self.begin:.12g} s", f"{self.end:.12g} s"],
        }


def plan_recording(
    experiment: Any,
    config: Any,
    record: Mapping[str, int | Sequence[int]] | None,
    window: Sequence[Any] | None,
    float_bits: int = 32,
    memory_limit: str | float = MEMORY_LIMIT,
) -> Recording | None:
    """Check what is asked for; None if that is nothing.

    Parameters
    ----------
    record : mapping of str to int or sequence of int
        Cells by population.
    window : two times, optional
        Quantities, or numbers of seconds; the whole run by default.
    memory_limit : str or float
        Text such as "2 GB", or bytes.

    Raises
    ------
    ParameterError
        For a population, cell or window that is not there.
    RunError
        If the recording would take more memory than the limit.
    """
    if not record:
        if window is not None:
            raise ParameterError(
                f"{option('window')}: it needs {option('record')}, which says whose traces are kept in it"
            )
        return None
    known = populations_of(experiment, config)
    if not isinstance(record, Mapping):
        such = option("record", {next(iter(known)): [0]})
        raise ParameterError(f"{option('record', record)}: cells by population are needed, such as {such}")
    cells = {name: _check_cells(name, chosen, known) for name, chosen in record.items()}
    total = float(config.duration)
    begin, end = (0.0, total) if window is None else seconds(window)
    if not 0 <= begin < end or steps(begin, end, config).stop > steps(0, total, config).stop:
        raise ParameterError(
            f"window {begin:g}:{end:g} s: it must begin before it ends, and lie within the {total:g} s of the run"
        )
    if len(steps(begin, end, config)) < 2:
        raise ParameterError(f"window {begin:g}:{end:g} s: shorter than two time steps of {config.dt}")
    sizes = {name: known[name].stop - known[name].start for name in cells}
    recording = Recording(cells=cells, sizes=sizes, begin=begin, end=end)
    needed, limit = memory(recording, known, config, float_bits), read_size(memory_limit)
    if needed > limit:
        count = sum(map(len, recording.cells.values()))
        raise RunError(
            f"recording {count} cell{'s' * (count > 1)} for {end - begin:g} s would take "
            f"{size_text(needed)} of memory, more than {size_text(limit)}; record fewer cells, a shorter "
            f"{option('window')}, or raise {option('memory_limit')}"
        )
    return recording


def recorded_in(config: Mapping[str, Any]) -> dict[str, Any]:
    """What config.json says of the recording, as arguments of `plan`; its size was looked at when it was asked for."""
    if "recording" not in config:
        return {}
    about = config["recording"]
    return {"record": about["cells"], "window": read_window(":".join(about["window"])), "memory_limit": np.inf}


def populations_of(experiment: Any, config: Any) -> dict[str, Population]:
    """The populations of an experiment."""
    if experiment.populations is None:
        raise ParameterError(f"{option('record')}: {experiment.name} has no cells with a voltage to record")
    return experiment.populations(config)


def _check_cells(name: str, given: int | Sequence[int], known: Mapping[str, Population]) -> tuple[int, ...]:
    if name not in known:
        raise ParameterError(f"unknown population {name!r}{nearest(name, list(known))} (there are {', '.join(known)})")
    n = known[name].stop - known[name].start
    cells: list[Any] = [given] if np.ndim(given) == 0 else list(given)  # type: ignore[arg-type]  # numpy's, too
    if not cells:
        raise ParameterError(f"{name}: no cell given")
    for cell in cells:
        if isinstance(cell, bool) or not isinstance(cell, int | np.integer):
            raise ParameterError(f"{name}: {cell!r} is no number of a cell, such as {option('record', {name: [0]})}")
        if not 0 <= cell < n:
            there = f"there are cells 0 to {n - 1}" if n > 1 else "there is only cell 0"
            raise ParameterError(f"{name}:{cell}: {there}")
    return tuple(dict.fromkeys(int(cell) for cell in cells))


def read_cells(texts: Sequence[str]) -> dict[str, list[int]]:
    """Cells by population from texts like "output:0,1,2"."""
    record: dict[str, list[int]] = {}
    for text in texts:
        match = re.fullmatch(r"\s*(\w+)\s*:\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*", text)
        if match is None:
            raise ParameterError(f"{text!r}: POPULATION:CELL,CELL,... is needed, such as output:0,1,2")
        record.setdefault(match[1], []).extend(int(cell) for cell in match[2].split(","))
    return record


def read_window(text: str) -> tuple[Quantity, Quantity]:
    """A window from a text like "40:48" (in s) or "100 ms:600 ms"."""
    parts = [parse_quantity(part) for part in text.split(":")]
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        raise ParameterError(f"{option('window', text)}: BEGIN:END is needed, such as 40:48 (in s)")
    return parts[0], parts[1]


def seconds(window: Sequence[Any]) -> tuple[float, float]:
    """A window of two Quantities or numbers as numbers of seconds."""
    try:
        begin, end = (Quantity(value) for value in window)
        if all(value.dim in (second.dim, DIMENSIONLESS) for value in (begin, end)):
            return float(begin), float(end)
    except (TypeError, ValueError):
        pass
    such = option("window", (40, 48))
    raise ParameterError(f"window {_shown(window)}: two times are needed, in s or with a unit, such as {such}")


def _shown(window: Any) -> str:
    return ":".join(map(str, window)) if isinstance(window, tuple | list) else repr(window)


_SIZES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


def read_size(text: str | float) -> float:
    """Bytes from a text like "2 GB"."""
    if isinstance(text, int | float):
        return float(text)
    match = re.fullmatch(r"\s*(\d+\.?\d*)\s*([kMGT]?B)\s*", str(text))
    if match is None:
        raise ParameterError(
            f"{option('memory_limit', text)}: a number of B, kB, MB, GB or TB is needed, such as '2 GB'"
        )
    return float(match[1]) * _SIZES[match[2]]


def size_text(size: float) -> str:
    """Bytes in words."""
    unit = max((name for name in _SIZES if size >= _SIZES[name]), key=_SIZES.__getitem__, default="B")
    return f"{size / _SIZES[unit]:.3g} {unit}"


def steps(begin: float, end: float, config: Any) -> range:
    """The time steps in a window."""
    dt = float(config.dt)
    return range(*(int(np.ceil(edge / dt - 1e-6)) for edge in (begin, end)))


def memory(recording: Recording, known: Mapping[str, Population], config: Any, float_bits: int) -> float:
    """Bytes that a recording takes at most at once; for spikes an estimate."""
    rows, length = len(steps(recording.begin, recording.end, config)), recording.end - recording.begin
    total = 0.0
    for name, cells in recording.cells.items():
        population = known[name]
        total += rows * (8 + len(cells) * len(population.variables) * float_bits / 8)
        total += recording.sizes[name] * length * _ASSUMED_RATE * 2 * 12
    return _COPIES * total
