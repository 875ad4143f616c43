"""What is kept of a sweep: a small verified file per run, and one table of all of them.

Of a run that is kept only what the table shows stays in memory: there may be tens of thousands.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from burstlab.models.quantities import decimal

from ..engine.identity import differences
from ..errors import RunError
from ..experiment import Array
from . import arrays, folders
from .axes import numbers

STATES = ("pending", "running", "done", "failed", "diverged")
TABLE = "table"
# Columns that are no headline numbers.
NOT_NUMBERS = ("run", "state", "seed", "reason")
# In every summary, but no result.
_COMMON = ("experiment", "preset", "seed", "status", "simulated_s", "compile_s", "run_s", "speed", "diverged")


# ---- one run ---------------------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """What the table says of a run."""

    state: str = "pending"
    reason: str = ""
    numbers: Mapping[str, float] = {}


def kept(content: Mapping[str, Any], columns: Callable[[Mapping[str, Any]], dict[str, float]]) -> Kept:
    """What the table says of a run, from its record."""
    numbers = columns(content) if content["status"] == "done" else {}
    return Kept(content["status"], content.get("reason", ""), numbers)


def run_folder(folder: Path, index: int) -> Path:
    """Where the record of a run is kept."""
    return folder / "runs" / f"{index:06d}"


def keep(folder: Path, index: int, content: Mapping[str, Any]) -> None:
    """Write the record of a run: complete, with a checksum, or not there."""
    target = run_folder(folder, index)
    try:
        target.mkdir(parents=True, exist_ok=True)
        folders.write_json(target, folders.SUMMARY, dict(content) | {"checksum": _checksum(content)})
    except OSError as error:
        raise RunError(f"cannot write to {target}: {error.strerror or error}") from None


def read(folder: Path, index: int, order: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record of a run, or None if there is none that is whole and of the run that `order` asks for."""
    try:
        content = folders.read_json(run_folder(folder, index), folders.SUMMARY)
    except RunError:
        return None
    checksum = content.pop("checksum", None)
    same = not differences(content, order)
    whole = checksum == _checksum(content) and content.get("status") in STATES
    return content if same and whole else None


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# ---- the table -------------------------------------------------------------------------------------------------------


def headlines(experiment: Any, summary: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a summary that a table shows.

    Parameters
    ----------
    experiment : Experiment
        Its `headlines` name the entries of the summary; without them, these are all single numbers.
    summary : mapping
        Lists and dictionaries in it become entries like "event_rate_after_Hz[0]"; a list of one number has no index.
    """
    found: dict[str, float] = {}
    for name in named(experiment, summary):
        found.update(_flat(name, summary.get(name)))
    return found


def named(experiment: Any, summary: Mapping[str, Any]) -> list[str]:
    """The entries of a summary that an experiment calls its headlines; without any, all single numbers."""
    if experiment.headlines is not None:
        return list(experiment.headlines)
    return [name for name, value in summary.items() if name not in _COMMON and isinstance(value, int | float)]


def _flat(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}", item)
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _flat(name if len(value) == 1 else f"{name}[{k}]", item)
    elif value is None or isinstance(value, int | float):
        yield name, float("nan") if value is None else float(value)


def every_number(summary: Mapping[str, Any]) -> dict[str, float]:
    """All numbers of a summary that are results, by the names that a table gives them; NaN is what is not defined."""
    return {key: number for name, value in summary.items() if name not in _COMMON for key, number in _flat(name, value)}


def table(plan: Any, runs: Sequence[Any], records: Sequence[Kept], running: set[int]) -> dict[str, np.ndarray]:
    """The table as columns: run, state, the parameters that vary, seed, headline numbers, reason.

    Parameters
    ----------
    plan : SweepPlan
    runs : sequence of Run
    records : sequence of Kept
        What there is of each.
    running : set of int
        Which of those that are pending are being made.
    """
    states = ["running" if item.state == "pending" and k in running else item.state for k, item in enumerate(records)]
    names = list(dict.fromkeys(name for item in records for name in item.numbers))
    columns = {"run": np.arange(len(records)), "state": np.array(states, dtype=np.str_)}
    for k, (name, known) in enumerate(plan.varied.items()):
        columns[name] = numbers(known, [run.values[k] for run in runs])
    columns["seed"] = np.array([run.seed for run in runs], dtype=int)
    columns |= {name: np.array([item.numbers.get(name, np.nan) for item in records], dtype=float) for name in names}
    columns["reason"] = np.array([item.reason for item in records], dtype=np.str_)
    return columns


def write(
    folder: Path, columns: Mapping[str, np.ndarray], units: Mapping[str, str], name: str = TABLE, row: str = "run"
) -> None:
    """NAME.csv (units in its header) and NAME.h5 (a dataset per column, units as attributes).

    No times of the wall clock and no places: the same sweep gives the same bytes.
    """
    table = {name: Array(column, units.get(name, ""), (row,)) for name, column in columns.items()}
    try:
        folders.publish(folder / f"{name}.csv", lambda path: _write_csv(path, columns, units))
        folders.publish(folder / f"{name}.h5", lambda path: arrays.write(path, table))
    except OSError as error:
        raise RunError(f"cannot write to {folder}: {error.strerror or error}") from None


def _write_csv(path: Path, columns: Mapping[str, np.ndarray], units: Mapping[str, str]) -> None:
    with open(path, "w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([f"{name} ({units[name]})" if units.get(name) else name for name in columns])
        lines.writerows(
            zip(*([_shown(value) for value in column.tolist()] for column in columns.values()), strict=True)
        )


def _shown(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else decimal(value)


def load(folder: Path, sealed: bool = True, name: str = TABLE) -> dict[str, np.ndarray]:
    """The columns of a table that was written.

    Parameters
    ----------
    folder : Path
    sealed : bool
        Whether the table must have a checksum.
    name : str
        Of the table.

    Raises
    ------
    RunError
        If it is not there or not whole.
    """
    return _read(folder, sealed, name)[0]


def load_units(folder: Path, sealed: bool = True, name: str = TABLE) -> dict[str, str]:
    """The unit of each column of a table that was written; an empty text for words and pure numbers."""
    return {column: known.units for column, known in _read(folder, sealed, name)[1].items()}


def _read(folder: Path, sealed: bool, name: str) -> tuple[dict[str, np.ndarray], dict[str, arrays.Layout]]:
    try:
        return arrays.read(folder / f"{name}.h5", sealed)
    except FileNotFoundError:
        raise RunError(f"{folder} is not a sweep that is finished: it has no {name}.h5") from None
