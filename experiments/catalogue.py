"""The experiments by name."""

from __future__ import annotations

from typing import Any

from burstlab.models.parameters import ParameterError, nearest, with_changes

from . import (
    current_steps,
    multiplexing,
    pairing,
    plasticity_network,
    response_curves,
    transfer,
    transmission,
    two_sites,
    working_point,
    xor,
    xor_full,
)
from .experiment import Experiment

# In the order of the paper's figures; what is not from it comes last.
_MODULES = (
    current_steps,
    response_curves,
    pairing,
    plasticity_network,
    multiplexing,
    transfer,
    transmission,
    xor,
    working_point,
    xor_full,
    two_sites,
)
EXPERIMENTS: dict[str, Experiment] = {module.EXPERIMENT.name: module.EXPERIMENT for module in _MODULES}


def find(name: str) -> Experiment:
    """The experiment of a name.

    Raises
    ------
    ParameterError
        For an unknown name; the nearest one is offered.
    """
    if name not in EXPERIMENTS:
        raise ParameterError(
            f"unknown experiment {name!r}{nearest(name, list(EXPERIMENTS))} (there are {', '.join(EXPERIMENTS)})"
        )
    return EXPERIMENTS[name]


def configure(experiment: Experiment, preset: str, changes: dict[str, Any]) -> Any:
    """A preset's config with changes.

    Raises
    ------
    ParameterError
        For an unknown preset, an unknown parameter or a value that is not allowed.
    """
    presets = experiment.presets
    if preset not in presets:
        raise ParameterError(
            f"unknown preset {preset!r} of {experiment.name}{nearest(preset, list(presets))} "
            f"(there are {', '.join(presets)})"
        )
    return with_changes(presets[preset], changes)
