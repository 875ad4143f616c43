"""Runs that begin with the final weights and connectivity of another run, in place of random ones.

An experiment offers it with `build(config, given=True)`, whose network takes them as arguments, `given_values(config,
result)`, which reads them from a run, and `given_config(config)`, what the config becomes with them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from burstlab.models.parameters import ParameterError

from .errors import RunError
from .experiment import Model
from .result import Result, check_single, load


class GivenExperiment:
    """An experiment whose network has given weights; all else is the experiment's.

    Attributes
    ----------
    GIVEN : bool
        True: what is structural about it.
    """

    GIVEN = True

    def __init__(self, experiment: Any, result: Result | None = None) -> None:
        self.experiment, self.result = experiment, result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.experiment, name)

    def build(self, config: Any) -> Model:
        """The experiment's model with connectivity that is given."""
        return self.experiment.build(config, given=True)

    def values(self, config: Any, seed: int) -> dict[str, Any]:
        """The experiment's values, and weights and connectivity."""
        return {**self.experiment.values(config, seed), **self.experiment.given_values(config, self.result)}


def with_given(experiment: Any, given: bool) -> Any:
    """An experiment to be compiled, with given weights or without."""
    return GivenExperiment(experiment) if given else experiment


def read_trained(experiment: Any, folder: str | Path) -> Result:
    """The run whose weights are taken.

    Raises
    ------
    ParameterError
        If the experiment has no weights that could be given, or the run is of another one.
    RunError
        If the folder is no run, or one that is not done.
    """
    if not hasattr(experiment, "given_values"):
        raise ParameterError(f"--weights: {experiment.NAME} takes no weights of another run")
    result = load(folder)
    check_single(result, "take the weights of one of them")
    if result.config["experiment"] != experiment.NAME:
        raise ParameterError(f"--weights {folder}: a run of {result.config['experiment']}, not of {experiment.NAME}")
    if result.status != "done":
        raise RunError(f"{folder} has no weights: its status is {result.status}")
    return result


def describe(result: Result) -> dict[str, str]:
    """For config.json: where the weights are from, and their hash."""
    digest = hashlib.sha256()
    for name in sorted(result.arrays):
        if name.startswith("weights/"):
            digest.update(name.encode() + result.arrays[name].tobytes())
    return {"folder": str(result.folder.resolve()), "sha256": digest.hexdigest()}
