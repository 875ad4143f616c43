"""Files of a run for other programs: NWB, netCDF and CSV, each whole or not there."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from burstlab.equations.errors import ParameterError, nearest
from burstlab.models.quantities import decimal

from ..engine import removal
from ..errors import RunError, option
from ..limits import FORMATS
from . import export, folders
from .single import check_recorded, check_single


class Format(NamedTuple):
    """A format: what a file of it is called in the run directory, what its name ends with, and what writes it."""

    name: str
    suffix: str
    write: Callable[[Any, Path], None]


def export_run(result: Any, to: str, out: str | Path | None = None) -> Path:
    """Write a run for other programs.

    Parameters
    ----------
    result : Result
    to : {"nwb", "netcdf", "csv"}
        The format. NWB (extra `nwb`) and CSV hold what was recorded, traces and spikes; netCDF (extra `xarray`) all
        arrays of any run.
    out : path, optional
        The file, or for CSV the folder; export.nwb, export.nc or export-csv in the run directory by default.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ParameterError
        For an unknown format.
    RunError
        If the run has nothing to export, something is there already, or it cannot be written.
    """
    if to not in FORMATS:
        raise ParameterError(f"{option('to', to)}: not one of {' | '.join(FORMATS)}{nearest(to, FORMATS)}")
    known = _FORMATS[to]
    target = Path(out) if out is not None else result.folder / known.name
    if target.suffix != known.suffix and known.suffix:
        raise ParameterError(f"{option('out', str(target))}: a name that ends with {known.suffix} is needed for {to}")
    if to == "csv" and target.suffix == ".csv":
        raise ParameterError(f"{option('out', str(target))}: CSV is a folder of files; take {target.with_suffix('')}")
    check_single(result)
    _check_free(target)
    try:
        with removal.parents(target), removal.private("new", target.parent) as place:
            partial = place / target.name
            known.write(result, partial)
            for file in [partial] if partial.is_file() else partial.iterdir():
                with open(file, "rb") as opened:
                    os.fsync(opened.fileno())
            _check_free(target)
            partial.rename(target)
    except OSError as error:
        raise RunError(f"cannot write {target}: {error.strerror or error}") from None
    return target


def _check_free(target: Path) -> None:
    # An export of a run is always the same: there is no need to replace one, and no way to.
    if os.path.lexists(target):
        raise RunError(f"{target} is there; take another name with {option('out')}, or remove it")


def _write_nwb(result: Any, path: Path) -> None:
    file = result.to_nwb()
    with export.extra("pynwb", "nwb").NWBHDF5IO(path, "w") as opened:
        opened.write(file)


def _write_netcdf(result: Any, path: Path) -> None:
    data = result.to_xarray()
    export.extra("h5netcdf", "xarray")
    data.to_netcdf(path, engine="h5netcdf")


def _write_csv(result: Any, folder: Path) -> None:
    check_recorded(result)
    folder.mkdir()
    with folders.using(result.folder):
        for kind in ("spikes", "events", "bursts"):
            _table(folder / f"{kind}.csv", ["population", "cell", "time (s)"], _trains(result, kind))
        for population, kept in result.recorded.items():
            columns = [(name, row) for row in range(len(kept.cells)) for name in kept.variables]
            header = [
                f"{name} of cell {kept.cells[row]} ({result.layout[f'{kept.group}/{name}'].units})"
                for name, row in columns
            ]
            values = [result.arrays[f"{kept.group}/{name}"][row] for name, row in columns]
            time = map(decimal, result.arrays[f"{kept.group}/time"])
            _table(folder / f"traces-{population}.csv", ["time (s)", *header], zip(time, *values, strict=True))


def _trains(result: Any, kind: str) -> Iterator[tuple[Any, ...]]:
    for population, kept in result.recorded.items():
        group = kept.train(kind)
        if f"{group}/time" in result.arrays:
            for cell, time in zip(result.arrays[f"{group}/cell"], result.arrays[f"{group}/time"], strict=True):
                yield population, int(cell), decimal(time)


def _table(path: Path, header: list[str], rows: Any) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)  # each number with as many digits as tell it apart from all others of its type


_FORMATS = {
    "nwb": Format("export.nwb", ".nwb", _write_nwb),
    "netcdf": Format("export.nc", ".nc", _write_netcdf),
    "csv": Format("export-csv", "", _write_csv),
}
