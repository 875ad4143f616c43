"""The conditions of the transfer curves, and what each changes from step to step of the current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from brian2 import Quantity, pA

from burstlab.models import short_term_plasticity as stp
from burstlab.models.parameters import in_si

from .settings import Config


class Condition(NamedTuple):
    """What is the ensemble's own in one of its staircases of current, in SI units."""

    w_som: float
    I_som: float
    U: float
    g_d: float


def conditions(config: Config) -> dict[str, Condition]:
    """The staircases of the ensemble with interneurons, in their order."""
    by = config.modulation
    full = Condition(
        w_som=float(config.weights.w_som_to_dendrite),
        I_som=float(config.I_som),
        U=float(config.stf.U),
        g_d=float(config.cell.g_d),
    )
    return {
        "som_1": full._replace(w_som=float(by.som[0]) * full.w_som),
        "som_2": full._replace(w_som=float(by.som[1]) * full.w_som),
        "full": full,
        **{f"vip_{k + 1}": full._replace(I_som=full.I_som - float(current)) for k, current in enumerate(by.vip)},
        **{f"release_{k + 1}": full._replace(U=float(U)) for k, U in enumerate(by.release)},
        **{f"g_d_{k + 1}": full._replace(g_d=float(g_d)) for k, g_d in enumerate(by.g_d)},
    }


# What changes from step to step: variable of the cells, stimulus, and its unit. Brian2 wants shared variables first.
SCHEDULES: dict[str, dict[str, tuple[str, Any]]] = {
    "cells": {
        "w_som": ("som_weight", 1),
        "U_stf": ("release_probability", 1),
        "f_stf": ("jump_of_u", 1),
        "g_d": ("regenerative_current", pA),
        "I_d": ("dendritic_current", pA),
    },
    "som": {"I": ("som_current", pA)},
    "recurrent": {
        "w_within": ("recurrent_weight", 1),
        "I_d": ("recurrent_dendritic_current", pA),
        "I_s": ("recurrent_somatic_current", pA),
    },
}


def stimuli(config: Config) -> dict[str, np.ndarray]:
    """Everything that changes from step to step, in SI units, shape (steps + 1,) each; the last value stays."""
    known = conditions(config).values()
    steps = len(config.I_d) + 1
    alone = config.recurrent
    recurrent_steps = len(alone.I_d) + 1
    inhibition = [weight for weight in (0.0, float(alone.w_within)) for _ in alone.I_s]
    jumps = [float(stp.facilitated(replace(config.stf, U=each.U), config.facilitation).f) for each in known]
    shown = {
        "dendritic_current": _staircase(config.I_d, len(known)),
        "som_weight": np.repeat([each.w_som for each in known], steps),
        "release_probability": np.repeat([each.U for each in known], steps),
        "jump_of_u": np.repeat(jumps, steps),
        "regenerative_current": np.repeat([each.g_d for each in known], steps),
        "som_current": np.repeat([each.I_som for each in known], steps),
        "recurrent_dendritic_current": _staircase(alone.I_d, len(inhibition)),
        "recurrent_somatic_current": np.repeat(np.tile(in_si(alone.I_s), 2), recurrent_steps),
        "recurrent_weight": np.repeat(inhibition, recurrent_steps),
    }
    return {name: np.pad(steps, (0, config.n_steps + 1 - len(steps)), mode="edge") for name, steps in shown.items()}


def _staircase(currents: Sequence[Quantity], times: int) -> np.ndarray:
    """All currents, after one more step at the first of them, so many times."""
    return np.tile(in_si((currents[0], *currents)), times)
