"""What was made before, read from its folder: its config.json says what it is."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..catalogue import find
from ..errors import RunError
from . import folders
from .fit_result import FitResult
from .result import load_run
from .sensitivity_result import SensitivityResult
from .sweep_result import SweepResult

# What reads many runs, by the entry of config.json that tells what made them.
KINDS: dict[str, type[Any]] = {"vary": SweepResult, "design": SensitivityResult, "targets": FitResult}


def load(folder: str | Path, experiment: str | Path | None = None) -> Any:
    """What was made before: a run or several seeds, a sweep, a study of sensitivity, or a fit.

    Parameters
    ----------
    folder : path
        Where it is.
    experiment : path, optional
        The file of the experiment, where it was made with one: its figure needs it.

    Returns
    -------
    Result, SweepResult, SensitivityResult or FitResult
        As `run`, `sweep`, `sensitivity` or `fit` gave it.

    Raises
    ------
    RunError
        If the folder holds none of them, or what is not finished.

    Examples
    --------
    >>> import burstlab
    >>> burstlab.load("results/xor/quick-seed1").figure("paper")  # doctest: +SKIP
    """
    if experiment is not None:
        find(str(experiment))
    folder = Path(folder)
    found = swept(folder)
    if found is None:
        return load_run(folder)
    found.summary  # noqa: B018  # that it can be read
    return found


def swept(folder: Path) -> Any:
    """The sweep, or the like, in a folder, which may be under way; None if there is none."""
    with contextlib.suppress(RunError):
        kind = kind_of(folders.read_json(folder, folders.CONFIG))
        return None if kind is None else KINDS[kind](folder)
    return None


def kind_of(config: Mapping[str, Any]) -> str | None:
    """Which of the `KINDS` a config.json is of; None for that of a run or of several seeds."""
    return next((kind for kind in KINDS if kind in config), None)
