"""Runs that begin with given weights and connectivity in place of random ones: of another run's end, or from a file.

An experiment offers it with its member `given`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..contract import npz
from ..errors import option
from ..experiment import Experiment
from .result import load_run
from .single import check_single

_SUFFIX = ".npz"


@dataclass(frozen=True, kw_only=True)
class GivenWeights:
    """What a run begins with.

    Attributes
    ----------
    path : Path
        The folder of a run, or a file.
    arrays : mapping of str to array
        Connectivity and weights, by their names in results.h5; of a run all its arrays.
    config : mapping, optional
        The config.json of the run.
    """

    path: Path
    arrays: Mapping[str, np.ndarray]
    config: Mapping[str, Any] | None = None

    def describe(self) -> dict[str, str]:
        """For config.json: where the weights are from, and their hash."""
        digest = hashlib.sha256()
        for name in sorted(self.arrays):
            if name.startswith("weights/"):
                digest.update(name.encode() + self.arrays[name].tobytes())
        return {"file" if self.config is None else "folder": str(self.path.resolve()), "sha256": digest.hexdigest()}


def with_weights(experiment: Experiment, config: Any, weights: GivenWeights) -> tuple[Any, Experiment]:
    """The config and the experiment of a run that begins with given weights; they are read here."""
    given = experiment.takes_given()
    config = given.config(config)
    lists = given.values(config, weights)  # what is wrong with them is said before the run

    def values(config: Any, seed: int) -> dict[str, Any]:
        return {**experiment.values(config, seed), **lists}

    return config, replace(experiment.with_given(), values=values)


def read_weights(experiment: Any, path: str | Path) -> GivenWeights:
    """The weights of a run, or of a file.

    Raises
    ------
    ParameterError
        If the experiment has no weights that could be given, the run is of another one, or the file cannot be read.
    RunError
        If the folder is no run, or one that is not done.
    """
    experiment.takes_given()
    path = Path(path)
    if path.suffix == _SUFFIX and not path.is_dir():
        return GivenWeights(path=path, arrays=_arrays(path))
    result = load_run(path)
    if result.config["experiment"] != experiment.name:
        raise ParameterError(
            f"{option('weights', str(path))}: a run of {result.config['experiment']}, not of {experiment.name}"
        )
    check_single(result, "weights")
    return GivenWeights(path=result.folder, arrays=result.arrays, config=result.config)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an .npz file; Python objects are not read."""
    told = option("weights", str(path))
    try:
        with npz.reading(f"{told} cannot be read as an .npz file"), open(path, "rb") as opened:
            file = np.load(opened, allow_pickle=False)
            found = dict(file) if isinstance(file, np.lib.npyio.NpzFile) else {}
    except OSError as error:
        raise ParameterError(f"{told}: {error.strerror or error}") from None
    if not found or not all(isinstance(array, np.ndarray) for array in found.values()):
        raise ParameterError(f"{told}: an .npz file with arrays is needed, as numpy.savez writes it")
    return found
