"""Runs of experiments that compute their results themselves: the work they are given, and their checkpoints.

A checkpoint is an HDF5 file of arrays with a checksum, complete or not there, and of one run only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..contract.work import Work
from ..engine.in_process import Simulated
from ..engine.process import Checkpoint
from ..errors import CheckpointError, option
from . import hdf5
from .folders import publish


def computed(planned: Any, progress: Callable[[float, float], None] | None, checkpoint: Checkpoint | None) -> Simulated:
    """Compute a planned run, from its checkpoint if there is one.

    Raises
    ------
    CheckpointError
        If that is damaged or of another run.
    RunError
        If the experiment says that it cannot be computed.
    """
    began = time.perf_counter()
    arrays, earlier = (None, 0.0) if checkpoint is None or not checkpoint.file.exists() else read(checkpoint)

    def save(arrays: Mapping[str, np.ndarray]) -> None:
        if checkpoint is not None:
            _write(checkpoint, arrays, earlier + time.perf_counter() - began)

    work = Work(
        progress=progress or (lambda done, total: None),
        load=lambda: arrays,
        save=save,
        every=0 if checkpoint is None else int(checkpoint.every),
    )
    raw = planned.experiment.compute(planned.config, planned.seed, work)
    return Simulated(raw=raw, run_s=earlier + time.perf_counter() - began, compile_s=0.0)


def _write(checkpoint: Checkpoint, arrays: Mapping[str, np.ndarray], run_s: float) -> None:
    def fill(file: Any) -> None:
        file.attrs["of"], file.attrs["run_s"] = checkpoint.identity, run_s
        for name, values in arrays.items():
            file.create_dataset(name, data=values)  # weights that learn are hardly smaller when they are packed

    publish(checkpoint.file, lambda path: hdf5.write(path, fill))


def read(checkpoint: Checkpoint) -> tuple[dict[str, np.ndarray], float]:
    """The arrays of a checkpoint, and the wall time in seconds that they took.

    Raises
    ------
    CheckpointError
        If it is damaged, or of another run.
    """
    again = f"begin again with {option('force')}"
    try:
        with hdf5.opened(checkpoint.file, sealed=True) as file:
            of, run_s = str(file.attrs["of"]), float(file.attrs["run_s"])
            arrays = {item.name.lstrip("/"): hdf5.values_of(item) for item in hdf5.datasets(file)}
    except Exception:  # h5py has many for a damaged file
        raise CheckpointError(f"the checkpoint {checkpoint.file} is damaged; {again}") from None
    if of != checkpoint.identity:
        raise CheckpointError(f"the checkpoint {checkpoint.file} is of another run, or another version; {again}")
    return arrays, run_s
