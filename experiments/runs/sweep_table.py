"""What is kept of a sweep: a small verified file per run, and one table of all of them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..engine.identity import differences
from ..errors import RunError
from ..experiment import Array
from . import arrays, folders

STATES = ("pending", "running", "done", "failed", "diverged")
CSV, HDF5 = "table.csv", "table.h5"
# In every summary, but no result.
_COMMON = ("experiment", "preset", "seed", "status", "simulated_s", "compile_s", "run_s", "speed", "diverged")


# ---- one run ---------------------------------------------------------------------------------------------------------


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
    named: Sequence[str] | None = experiment.headlines
    if named is None:
        named = [name for name, value in summary.items() if name not in _COMMON and isinstance(value, int | float)]
    found: dict[str, float] = {}
    for name in named:
        found.update(_flat(name, summary.get(name)))
    return found


def _flat(name: str, value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}", item)
    elif isinstance(value, list):
        for k, item in enumerate(value):
            yield from _flat(name if len(value) == 1 else f"{name}[{k}]", item)
    elif value is None or isinstance(value, int | float):
        yield name, float("nan") if value is None else float(value)


def table(plan: Any, records: Sequence[Mapping[str, Any] | None], running: set[int]) -> dict[str, np.ndarray]:
    """The table as columns: run, state, the parameters that vary, seed, headline numbers, reason."""
    kept = [item or {"status": "running" if k in running else "pending"} for k, item in enumerate(records)]
    each = [headlines(plan.experiment, item.get("summary", {})) if item["status"] == "done" else {} for item in kept]
    names = list(dict.fromkeys(name for found in each for name in found))
    columns = {"run": np.arange(len(kept)), "state": np.array([item["status"] for item in kept], dtype=np.str_)}
    places = np.array([run.place for run in plan.runs], dtype=int).reshape(len(kept), len(plan.axes))
    for k, axis in enumerate(plan.axes):
        columns[axis.name] = axis.numbers[places[:, k]]
    columns["seed"] = np.array([run.seed for run in plan.runs])
    columns |= {name: np.array([found.get(name, np.nan) for found in each], dtype=float) for name in names}
    columns["reason"] = np.array([item.get("reason", "") for item in kept], dtype=np.str_)
    return columns


def write(folder: Path, columns: Mapping[str, np.ndarray], units: Mapping[str, str]) -> None:
    """table.csv (units in its header) and table.h5 (a dataset per column, units as attributes).

    No times of the wall clock and no places: the same sweep gives the same bytes.
    """
    table = {name: Array(column, units.get(name, ""), ("run",)) for name, column in columns.items()}
    try:
        folders.publish(folder / CSV, lambda path: _write_csv(path, columns, units))
        folders.publish(folder / HDF5, lambda path: arrays.write(path, table))
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
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def load(folder: Path, sealed: bool = True) -> dict[str, np.ndarray]:
    """The columns of a table that was written.

    Parameters
    ----------
    folder : Path
    sealed : bool
        Whether the table must have a checksum.

    Raises
    ------
    RunError
        If it is not there or not whole.
    """
    return _read(folder, sealed)[0]


def load_units(folder: Path, sealed: bool = True) -> dict[str, str]:
    """The unit of each column of a table that was written; an empty text for words and pure numbers."""
    return {name: known.units for name, known in _read(folder, sealed)[1].items()}


def _read(folder: Path, sealed: bool) -> tuple[dict[str, np.ndarray], dict[str, arrays.Layout]]:
    try:
        return arrays.read(folder / HDF5, sealed)
    except FileNotFoundError:
        raise RunError(f"{folder} is not a sweep that is finished: it has no {HDF5}") from None
