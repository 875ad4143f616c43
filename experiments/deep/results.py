"""What is kept of a run of `deep`: errors and angles over epochs, and distributions at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from burstlab.analysis import deep as analysis

from ..experiment import Analysis, Array
from .settings import Config

_UNITS = {"angle_signal": "degree", "angle_update": "degree", "angle_feedback": "degree"}
# What stands for layers, by how many of them it has.
_DIMS = {
    "epoch/angle_signal": ("epoch", "layer"),
    "epoch/angle_update": ("epoch", "layer"),
    "epoch/angle_feedback": ("epoch", "hidden"),
    "epoch/bursting": ("epoch", "hidden", "quantile"),
    "epoch/evoked_variance": ("epoch", "hidden"),
    "p/with": ("hidden", "bin"),
    "p/without": ("hidden", "bin"),
    "beta/value": ("slope",),
    "beta/angle_update": ("slope", "layer"),
    "image/cost": ("image",),
    "image/evoked_variance": ("hidden", "image"),
}


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Arrays with their dimensions, and the numbers of the last epoch."""
    beyond = raw.get("beyond")
    if beyond is not None:  # finite, and of no use
        name = next(name for name in raw if name.startswith("last|")).split("|")[1]
        bounds = {f"weights of {name}": (raw[f"last|{name}|weights|"], -1e4, 1e4, "1")}
        return Analysis(arrays={}, summary={}, bounds=bounds)
    epochs = np.arange(len(raw["epoch/error"]))
    arrays = {"epoch/epoch": Array(epochs, "1", ("epoch",))}
    for name, values in sorted(raw.items()):  # what goes on from a checkpoint has them in another order
        units = _UNITS.get(name.rpartition("/")[2], "1")
        arrays[name] = Array(values, units, _DIMS.get(name, ("epoch",)))
    part = "validation" if config.validation else "test"
    summary: dict[str, Any] = {
        "rule": config.rule,
        "epochs": config.epochs,
        "part": part,
        "error_percent": 100 * float(raw["epoch/error"][-1]),
        "error_first_percent": 100 * float(raw["epoch/error"][1]),
        "train_cost": float(raw["epoch/cost"][-1]),
        "angle_signal_deg": raw["epoch/angle_signal"][-1].astype(float).tolist(),
        "angle_update_deg": raw["epoch/angle_update"][-1].astype(float).tolist(),
    }
    if "epoch/angle_feedback" in raw:
        summary["angle_feedback_deg"] = raw["epoch/angle_feedback"][-1].astype(float).tolist()
    if config.has_bursts and "image/cost" in raw:
        summary["p_range"] = raw["epoch/bursting"][-1][:, [0, -1]].astype(float).tolist()
        summary["evoked_variance_against_cost"] = [
            analysis.correlation(each, raw["image/cost"]) for each in raw["image/evoked_variance"]
        ]
    return Analysis(arrays=arrays, summary=summary, bounds={"cost": (raw["epoch/cost"], 0.0, np.inf, "1")})


def so_far(analyse: Any, config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Errors and angles of the epochs that are done, and the numbers of the last of them.

    `raw` are the arrays of a checkpoint (training.py), where those over epochs are under "kept/".
    """
    kept = {f"epoch/{name[5:]}": values for name, values in raw.items() if name.startswith("kept/")}
    found = analyse(config, kept, seed)
    error = 100 * kept["epoch/error"]
    more = {"epochs_done": len(error) - 1, "epochs": config.epochs, "epoch_error_percent": error[1:].tolist()}
    return replace(found, summary={**found.summary, **more})


def plot(result: Any) -> Any:
    """Error, angles and burst probabilities, from saved arrays alone."""
    return analysis.figure(result.arrays, result.summary, result.config["parameters"])
