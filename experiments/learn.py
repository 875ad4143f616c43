"""A hierarchy of your own that is taught a task of your own, in one phase or two.

Layers of units, each a population of reduced cells: inputs, one hidden layer or more, outputs. As in `xor` (Payeur et
al. 2021, Fig 4), plastic excitatory and fixed inhibitory synapses carry events up, and bursts of a layer come down to
the dendrites of the one below. Teacher and plasticity are on all the time, with a constant reference for the burst
probability of each unit and an event route beside the burst route (Greedy et al. 2022), or in phases.

What differs from `xor`:

* Weights differ between pairs of units from the start, and so does the feedback, or all units of a layer would learn
  the same. They are drawn from the seed of the run.
* With `coding = pairs` each input has two units, one that is on with it and one that is on without it, so that every
  pattern excites the layer above as much, and an output can learn to answer a pattern in which nothing is on.
* A weight has the more effect the fewer cells are heard (`UnitWeights`), so that layers of any size begin alike.

Everything but sizes is data: another task of the same shape, other targets, another file are other arguments of the
same program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from brian2 import Equations

from burstlab.models import REDUCED_PYRAMIDAL, Part, Rule, plastic_projection, reduced_pyramidal
from burstlab.models import learned_feedback as learned
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.parameters import with_changes
from burstlab.models.tables import Drive, Kind, Population, Projection, Tables

from .contract.randomness import experiment_generator
from .experiment import Experiment
from .learning import learn_results
from .learning.experiment import example_duration, given
from .learning.learn_settings import Config
from .learning.network import LearningNetwork

# The second is the first for longer, with an input more. Digits are answered before they are taught, by so few hidden
# cells that it matters what these have learned; each hears some 15 of the inputs and two cells in five hear it.
PRESETS = {
    "quick": Config(),
    "full": Config(task="parity3", layers=(3, 12, 1), epochs=500),
    "digits": with_changes(
        Config(),
        {
            "task": "digits", "layers": "64, 40, 10", "train_patterns": 1437, "test_patterns": 360, "epochs": 5,
            "cells_per_unit": "2, 4, 20", "inputs_per_unit": "0.12, 2", "feedback": "random",
            "learning": "two_phase", "prediction": 0.6, "reference": "slow", "homeostasis": "range",
            "P_b_hidden": 0.5, "P_b_output": 0.45, "e_min_hidden": "6 Hz", "e_max_hidden": "10 Hz",
            "eta_hidden": 4e-3, "eta_output": 15e-3, "eta_final": 0.1, "I_s_output": "200 pA",
            "w_initial": 0.105, "w_spread": 0.2, "w_inhibition": 0.2, "feedback_exc": 1.5, "feedback_inh": 1.5,
            "eta_feedback": 20, "feedback_max": 3,
        },
    ),
}  # fmt: skip

# What weights are given for: how many cells of the layer below, and of the layer above, a cell hears in `xor`.
_UP, _DOWN = 200, 100
_WEIGHTS, _FEEDBACK = 2, 3  # streams of random numbers


# ---- the network -----------------------------------------------------------------------------------------------------


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
        down = [np.zeros((above, below)) for below, above in pairwise(upper)]
        up = [np.zeros(shape) for shape in zip(lower, upper, strict=True)]
        return {"plastic": up, "feedback_exc": down, "feedback_inh": down}
    w, rule = config.weights, config.rule
    random = experiment_generator(seed, _WEIGHTS)
    spread = [random.standard_normal(shape) for shape in zip(lower, upper, strict=True)]
    low, high = float(rule.w_min), float(rule.w_max)
    up = [np.clip(float(w.w_initial) * (1 + float(w.w_spread) * each), low, high) for each in spread]
    random = experiment_generator(seed, _FEEDBACK)
    found: dict[str, list[np.ndarray]] = {"plastic": up, "feedback_exc": [], "feedback_inh": []}
    for spread_above, inputs in zip(spread[1:], config.feedback_inputs, strict=True):
        below, above = spread_above.shape
        sign = {
            "opposite": np.tile(np.where(np.arange(below) < (below + 1) // 2, 1.0, -1.0), (above, 1)),
            "random": random.standard_normal((above, below)),
            "symmetric": spread_above.T,
            "cut": np.zeros((above, below)),
        }["random" if config.feedback == "learned" else config.feedback]
        scale = _down(inputs, above)
        most = scale * float(w.feedback_max) if config.feedback == "learned" else np.inf
        found["feedback_exc"].append(np.minimum(float(w.feedback_exc) * scale * np.maximum(sign, 0), most))
        found["feedback_inh"].append(np.minimum(float(w.feedback_inh) * scale * np.maximum(-sign, 0), most))
    return found


def _down(inputs: float, above: int) -> float:
    """What a weight down has to be in place of 1 in `xor`.

    Of many units above, the sum of independent errors grows with the root of their number.
    """
    return float(_DOWN / (inputs * np.sqrt(above)))


def tables(config: Config, seed: int | None = None) -> Tables:
    """Every unit is a population; layers lead to the next one, and from the second hidden one on down to the last."""
    names = learn_results.unit_names(config.layers, config.coding)
    hidden, outputs = [name for layer in names[1:-1] for name in layer], names[-1]
    weights, given_ = drawn(config, seed), config.background
    eta = dict.fromkeys(hidden, config.eta_hidden * config.taught_part if config.hidden_plasticity == "on" else 0)
    eta |= dict.fromkeys(outputs, config.eta_output * config.taught_part)
    bias = {
        "I_d_bias": dict.fromkeys(hidden, config.I_d_hidden) | dict.fromkeys(outputs, config.I_d_output),
        "I_s_bias": dict.fromkeys(hidden, config.I_s_hidden) | dict.fromkeys(outputs, config.I_s_output),
    }
    of_hidden, of_others = (config.e_min_hidden, config.e_max_hidden), (config.rule.e_min, config.rule.e_max)
    populations = [
        Population(
            name=name, size=config.cells[k], layer=_LAYERS[min(k, 1)] if k < len(names) - 1 else "output", values=values
        )
        for k, layer in enumerate(names)
        for e_min, e_max in [of_hidden if 0 < k < len(names) - 1 else of_others]
        for values in [
            {name: given.get(layer[0], 0) for name, given in bias.items()}
            | {"gain": _UP / (config.inputs[k - 1] * len(names[k - 1])) if k else 0}
            | {"e_min": e_min, "e_max": e_max}
            | (_following(config, k) if config.feedback == "learned" else {})
        ]
        for name in layer
    ]

    def rows(kind: str, lead: Sequence[Any], inputs: Sequence[float], weight: Any) -> list[Projection]:
        return [
            Projection(
                kind=kind, source=source, target=target, inputs=inputs[k], eta=eta[target] if kind == "plastic" else 0,
                weight=weight[k][i, j] if isinstance(weight, list) else weight,
            )
            for k, (sources, targets) in enumerate(lead)
            for i, source in enumerate(sources)
            for j, target in enumerate(targets)
        ]  # fmt: skip

    up = list(pairwise(names))
    down = [(above, below) for below, above in pairwise(names[1:])]
    return Tables(
        populations=populations,
        projections=[
            *rows("plastic", up, config.inputs, weights["plastic"]),
            *rows("inhibition", up, config.inputs, config.weights.w_inhibition),
            *rows("feedback_exc", down, config.feedback_inputs, weights["feedback_exc"]),
            *rows("feedback_inh", down, config.feedback_inputs, weights["feedback_inh"]),
        ],
        background=[
            Drive(receptor=receptor, onto=onto, rate=rate, weight=weight)
            for receptor, onto, rate, weight in (
                ("g_exc_s", names[0], given_.rate_input, given_.exc_input),
                ("g_inh_s", names[0], given_.rate_input, given_.inh_input),
                ("g_exc_s", hidden, given_.rate_hidden, given_.exc_hidden),
                ("g_inh_s", hidden, given_.rate_hidden, given_.inh_hidden),
                ("g_exc_s", outputs, given_.rate_output, given_.exc_output),
                ("g_inh_s", outputs, given_.rate_output, given_.inh_output),
                ("g_exc_d", (*names[0], *hidden, *outputs), given_.rate_dendrite, given_.exc_dendrite),
                ("g_inh_d", (*names[0], *hidden, *outputs), given_.rate_dendrite, given_.inh_dendrite),
            )
        ],
    )


def _following(config: Config, layer: int) -> dict[str, float]:
    """Of a layer, how weights down onto its cells follow those up; none leads to the first and from the last."""
    if not 0 < layer < len(config.layers) - 1:
        return {}
    unit = _down(config.feedback_inputs[layer - 1], config.units[layer + 1])
    return {"follow": unit * float(config.eta_feedback), "largest_down": unit * float(config.weights.feedback_max)}


_LAYERS = ("input", "hidden")
# gain: the effect of a weight; balance: how much the event route weighs up the burst route, at either receptor.
_OF_CELLS = Equations("""
    gain : 1 (constant)
    balance_exc : 1 (constant, shared)
    balance_inh : 1 (constant, shared)
    """)


def groups(config: Config, parts: Sequence[Part]) -> dict[str, Any]:
    """One group of cells."""

    def cells(n: int, wiring: Equations) -> Any:
        synapses = pyramidal_synapses(config.driving_force)
        extra = wiring + _OF_CELLS + (learned.CELLS if config.feedback == "learned" else Equations(""))
        return reduced_pyramidal(n, synapses=synapses, extra=extra, parts=parts, name="cells")

    return {"cells": cells}


def kinds(config: Config, rule: Rule) -> list[Kind]:
    """Events go up, excitatory and plastic, and inhibitory and fixed, on the same routes; bursts come down.

    Those are fixed, or follow what goes up.
    """
    follows = config.feedback == "learned"
    up = learned.fading(rule) if follows else rule

    def plastic(source: Any, target: Any) -> Any:
        return plastic_projection(source, target, up, amount="gain_post*w", name="plastic")

    # The event route, Q = -P_b Y: the same synapses act at events, P_b times as much, at the opposite receptor.
    def feedback(sign: str, opposite: str) -> Kind:
        route = {"event_route": ("event", f"g_{opposite}_d", f"P_b_pre*balance_{sign}_post*w")}
        also = route if config.constant else None
        if not follows:
            return fixed(f"feedback_{sign}", f"g_{sign}_d", on="burst", also=also, own_weight=True)

        def make(source: Any, target: Any) -> Any:
            return learned.learned_feedback(source, target, rule, sign, also=also, name=f"feedback_{sign}")

        return Kind(name=f"feedback_{sign}", make=make, own_weight=True)

    return [
        Kind(name="plastic", make=plastic, eta="eta_post", starts=True, own_weight=True),
        fixed("inhibition", "g_inh_s", "gain_post*w", on="event"),
        feedback("exc", "inh"),
        feedback("inh", "exc"),
    ]


def own_values(config: Config) -> dict[str, Any]:
    """Values beside those of tables, task, teacher and rule."""
    on, middle = float(config.event_route == "on"), float(config.weights.w_initial)
    follows = {"cells.fading": float(config.feedback_decay), "cells.w_middle": middle}
    balance = {"cells.balance_exc": on * config.balance, "cells.balance_inh": on / config.balance}
    return balance | (follows if config.feedback == "learned" else {})


NETWORK = LearningNetwork(
    settings=Config, tables=tables, groups=groups, kinds=kinds, values=own_values, cells={"cells": REDUCED_PYRAMIDAL},
    kept=("plastic", "inhibition", "feedback_exc", "feedback_inh"),
)  # fmt: skip


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter, weight and stimulus of a run."""
    return replace(NETWORK, tables=partial(tables, seed=seed)).run_values(config, seed)


def data(config: Config) -> Mapping[str, Any]:
    """What config.json says of the task."""
    return config.plain_task.describe()


EXPERIMENT = Experiment(
    name="learn",
    meaning="a hierarchy of your own, taught a task of your own in one phase",
    about=__doc__,
    presets=PRESETS,
    build=NETWORK.build,
    data=data,
    values=values,
    analyse=partial(learn_results.analyse, tables),
    plot=learn_results.plot,
    plot_seeds=learn_results.plot_seeds,
    headlines=learn_results.HEADLINES,
    expected_s={"quick": 15, "full": 90, "digits": 240},
    populations=NETWORK.populations,
    example_duration=example_duration,
    given=given(NETWORK),
)
