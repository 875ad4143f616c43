"""Units of `learn` (../learn.py) as rows of the table of populations: what their cells have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from burstlab.models.tables import Population

from .drawn import UP, down, inhibited
from .learn_settings import Config


def inhibited_part(names: Sequence[Sequence[str]], weights: Mapping[str, Sequence[np.ndarray]]) -> dict[str, float]:
    """Of each hidden unit, how much of what comes down to it inhibits, 0 to 1."""
    routes = zip(names[1:-1], weights["feedback_exc"], weights["feedback_inh"], strict=True)
    return {
        name: float(part) for below, exc, inh in routes for name, part in zip(below, inhibited(exc, inh), strict=True)
    }


def populations(config: Config, names: Sequence[Sequence[str]], share: Mapping[str, float]) -> list[Population]:
    """One of each unit; hidden dendrites that interneurons inhibit need another bias, by their `share`."""
    last, found = len(names) - 1, []
    for k, layer in enumerate(names):
        of = "output" if k == last else ("input", "hidden")[min(k, 1)]
        bias = {
            "input": (0, 0), "hidden": (config.I_d_hidden, config.I_s_hidden),
            "output": (config.I_d_output, config.I_s_output),
        }[of]  # fmt: skip
        limits = {
            "input": (config.rule.e_min, config.rule.e_max), "hidden": (config.e_min_hidden, config.e_max_hidden),
            "output": (config.e_min_output, config.e_max_output),
        }[of]  # fmt: skip
        values = {
            "I_d_bias": bias[0],
            "I_s_bias": bias[1],
            "gain": UP / (config.inputs[k - 1] * len(names[k - 1])) if k else 0,
            "e_min": limits[0],
            "e_max": limits[1],
            **(_following(config, k) if config.feedback == "learned" else {}),
        }
        differs = config.I_d_inhibited - config.I_d_hidden
        for name in layer:
            own = {"I_d_bias": config.I_d_hidden + share[name] * differs} if name in share else {}
            found.append(Population(name=name, size=config.cells[k], layer=of, values=values | own))
    return found


def _following(config: Config, layer: int) -> dict[str, float]:
    """Of a layer, how weights down onto its cells follow those up, and where the latter fade to."""
    last, w = len(config.layers) - 1, config.weights
    middle = {"w_middle": float(w.w_initial) * (float(w.output_part) if layer == last else 1.0)}
    if not 0 < layer < last:
        return middle
    unit = down(config.feedback_inputs[layer - 1], config.units[layer + 1])
    return middle | {"follow": unit * float(config.eta_feedback), "largest_down": unit * float(w.feedback_max)}
