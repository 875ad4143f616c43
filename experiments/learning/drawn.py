"""Weights of `learn` (../learn.py) at the start: of each pair of units, drawn from the seed of the run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..contract.randomness import experiment_generator
from . import interneurons
from .learn_settings import Config

# What weights are given for: how many cells of the layer below, and of the layer above, a cell hears in `xor`.
UP, _DOWN = 200, 100
_WEIGHTS, _FEEDBACK = 2, 3  # streams of random numbers


def drawn(config: Config, seed: int | None) -> dict[str, list[np.ndarray]]:
    """Weights of the pairs of units, by kind and layer: rows are sources and columns targets.

    Parameters
    ----------
    config : Config
    seed : int or None
        Of the run; None where weights are of no interest: they are 0.
    """
    lower, upper = config.units[:-1], config.units[1:]
    if seed is None:
        nothing = [np.zeros((above, below)) for below, above in pairwise(upper)]
        up = [np.zeros(shape) for shape in zip(lower, upper, strict=True)]
        return {"plastic": up, "feedback_exc": nothing, "feedback_inh": nothing}
    w, rule = config.weights, config.rule
    random = experiment_generator(seed, _WEIGHTS)
    spread = [random.standard_normal(shape) for shape in zip(lower, upper, strict=True)]
    low, high = float(rule.w_min), float(rule.w_max)
    mean = [float(w.w_initial)] * (len(spread) - 1) + [float(w.w_initial) * float(w.output_part)]
    up = [
        np.clip(each * (1 + float(w.w_spread) * differs), low, high) for each, differs in zip(mean, spread, strict=True)
    ]
    random = experiment_generator(seed, _FEEDBACK)
    found: dict[str, list[np.ndarray]] = {"plastic": up, "feedback_exc": [], "feedback_inh": []}
    for spread_above, inputs in zip(spread[1:], config.feedback_inputs, strict=True):
        below, above = spread_above.shape
        sign = {
            "opposite": _halves(above, below),
            # Of an SD of 1, and bounded: bursts that come at once through the tail of a normal distribution would make
            # conductances that are too fast for the time step.
            "random": random.uniform(-np.sqrt(3), np.sqrt(3), (above, below)),
            "symmetric": spread_above.T,
            "cut": np.zeros((above, below)),
        }["random" if config.feedback == "learned" else config.feedback]
        scale = down(inputs, above)
        by_som = interneurons.scale(config, above) if config.interneurons == "on" else scale
        most = scale * float(w.feedback_max) if config.feedback == "learned" else np.inf
        found["feedback_exc"].append(np.minimum(float(w.feedback_exc) * scale * np.maximum(sign, 0), most))
        found["feedback_inh"].append(np.minimum(float(w.feedback_inh) * by_som * np.maximum(-sign, 0), most))
    return found


def _halves(above: int, below: int) -> np.ndarray:
    return np.tile(np.where(np.arange(below) < (below + 1) // 2, 1.0, -1.0), (above, 1))


def inhibited(exc: np.ndarray, inh: np.ndarray) -> np.ndarray:
    """How much of the feedback that leads to each unit inhibits, 0 to 1; without any, as where it is `opposite`.

    Parameters
    ----------
    exc, inh : array, shape (units above, units)
    """
    if not (exc.any() or inh.any()):
        exc, inh = (np.maximum(sign * _halves(*exc.shape), 0) for sign in (1, -1))
    of_exc, of_inh = exc.sum(axis=0), inh.sum(axis=0)
    # Their weights are not in one unit.
    of_exc, of_inh = (each / (each.max() or 1.0) for each in (of_exc, of_inh))
    return of_inh / np.maximum(of_exc + of_inh, 1e-12)


def down(inputs: float, above: int) -> float:
    """What a weight down has to be in place of 1 in `xor`.

    Of many units above, the sum of independent errors grows with the root of their number.
    """
    return float(_DOWN / (inputs * np.sqrt(above)))
