"""Runs that begin with the final weights and connectivity of another run, in place of random ones.

An experiment offers it with its member `given`.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError

from ..errors import RunError, option
from ..experiment import Experiment
from .result import Result, check_single, load


def with_weights(experiment: Experiment, config: Any, result: Result) -> tuple[Any, Experiment]:
    """The config and the experiment of a run that begins with the weights of another one; they are read here."""
    given = experiment.takes_given()
    config = given.config(config)
    weights = given.values(config, result)  # what is wrong with them is said before the run

    def values(config: Any, seed: int) -> dict[str, Any]:
        return {**experiment.values(config, seed), **weights}

    return config, replace(experiment.with_given(), values=values)


def read_trained(experiment: Any, folder: str | Path) -> Result:
    """The run whose weights are taken.

    Raises
    ------
    ParameterError
        If the experiment has no weights that could be given, or the run is of another one.
    RunError
        If the folder is no run, or one that is not done.
    """
    experiment.takes_given()
    result = load(folder)
    check_single(result, "take the weights of one of them")
    if result.config["experiment"] != experiment.name:
        raise ParameterError(
            f"{option('weights', str(folder))}: a run of {result.config['experiment']}, not of {experiment.name}"
        )
    if result.status != "done":
        raise RunError(f"{folder} has no weights: its status is {result.status}")
    return result


def described(result: Result) -> dict[str, str]:
    """For config.json: where the weights are from, and their hash."""
    digest = hashlib.sha256()
    for name in sorted(result.arrays):
        if name.startswith("weights/"):
            digest.update(name.encode() + result.arrays[name].tobytes())
    return {"folder": str(result.folder.resolve()), "sha256": digest.hexdigest()}
