"""XOR learned in continuous time by a hierarchy of bursting cells (Payeur et al. 2021, Fig 4).

Five populations of reduced pyramidal cells: input1, input2 -> hidden1, hidden2 -> output. Plastic excitatory and fixed
inhibitory synapses carry events up; the output's bursts come down to the hidden dendrites, with opposite signs for the
two hidden populations. The teacher is a current into the output dendrites in the last tenth of each example. A whole
experiment is one `run()` of the simulator: settling, a test of the four inputs, the epochs, and a test.

Here are its tables, presets and published numbers; its settings are in learning/xor_settings.py. What it shares with
every network that learns is in learning/, too: the same network learns any task (task.py) with patterns and targets.

Deviations from the published program are those of the equations (reduced_pyramidal.py, burst_plasticity.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from brian2 import Equations, ms, second

from burstlab.models import REDUCED_PYRAMIDAL, BurstPlasticity, Part, Rule, plastic_projection, reduced_pyramidal
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.tables import Kind, Population, Tables, projections

from .contract.reference import Reference
from .learning.experiment import learning
from .learning.network import LearningNetwork, names
from .learning.task import XOR
from .learning.xor_settings import Config

PRESETS = {
    "quick": Config(
        n=250, dt=0.2 * ms, example_duration=4 * second, epochs=500, eta_hidden=16e-3, eta_output=8e-3,
        rule=BurstPlasticity(tau_avg=1 * second),
    ),
    "paper": Config(),
}  # fmt: skip


# Output rates in Hz: the original program before learning (one run), and after it (mean and SD of 5 published seeds).
_BEFORE = (3.77, 4.63, 4.66, 5.00)
_AFTER = ((4.94, 0.32), (9.43, 0.40), (9.02, 0.41), (3.26, 0.25))

REFERENCES = (
    Reference(name="solved", key="solved", value=1, low=1, high=1),
    Reference(
        name="distance of the nearest rate to the threshold", key="margin_Hz", value=None, low=0.3, high=math.inf,
        unit="Hz", source="burstlab",
    ),
)  # fmt: skip
PAPER_REFERENCES = (
    *(
        Reference(
            name=f"output before learning, {shown}", key=f"event_rate_before_Hz[{k}]", value=rate,
            low=rate - 0.5, high=rate + 0.5, unit="Hz", source="original program, one run",
        )
        for k, (shown, rate) in enumerate(zip(XOR.labels, _BEFORE, strict=True))
    ),
    *(
        Reference(
            name=f"output after learning, {shown}", key=f"event_rate_after_Hz[{k}]", value=rate,
            low=rate - 3 * sd, high=rate + 3 * sd, unit="Hz", source="published, 5 seeds; band of 3 SD",
        )
        for k, (shown, (rate, sd)) in enumerate(zip(XOR.labels, _AFTER, strict=True))
    ),
    Reference(
        name="cost of an epoch, last 10 epochs", key="final_epoch_cost", value=0.90, low=0, high=1,
        source="original program, one run",
    ),
)  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------


def tables(config: Config) -> Tables:
    """Inputs lead to both hidden populations, these to the outputs; bursts of the outputs come down, signed."""
    w, given, layer = config.weights, config.background, names(config.task)
    inputs, outputs, hidden = layer["input"], layer["output"], ("hidden1", "hidden2")
    # With feedback of the same sign both hidden populations learn the same way: half the rate, no bias of hidden2.
    same_sign = config.feedback == "same_sign"
    eta_scale = (0.5 if same_sign else 1.0) * config.taught_part
    eta = dict.fromkeys(hidden, config.eta_hidden * eta_scale if config.hidden_plasticity == "on" else 0)
    eta |= dict.fromkeys(outputs, config.eta_output * eta_scale)
    feedback = {
        "feedback_exc": {"hidden1": w.feedback_exc_hidden1, "hidden2": w.feedback_exc_hidden2},
        "feedback_inh": {"hidden1": w.feedback_inh_hidden1, "hidden2": w.feedback_inh_hidden2},
    }
    if same_sign:
        feedback = {kind: dict.fromkeys(hidden, weight["hidden1"]) for kind, weight in feedback.items()}
    if config.feedback == "cut":
        feedback = {kind: dict.fromkeys(hidden, 0) for kind in feedback}
    bias = {"hidden2": 0 if same_sign else config.I_d_hidden2, **dict.fromkeys(outputs, config.I_d_output)}
    return Tables(
        populations=[
            Population(name=name, size=config.n, layer=of, values={"I_d_bias": bias.get(name, 0)})
            for of, members in (("input", inputs), ("hidden", hidden), ("output", outputs))
            for name in members
        ],
        projections=[
            row
            for sources, targets in ((inputs, hidden), (hidden, outputs))
            for row in (
                *projections("plastic", sources, targets, config.inputs_per_cell, w.w_initial, eta),
                *projections("inhibition", sources, targets, config.inputs_per_cell, w.w_inhibition),
            )
        ]
        + [
            row
            for kind, weight in feedback.items()
            for row in projections(kind, outputs, hidden, config.inputs_per_cell, weight)
        ],
        background=given.drives(inputs, hidden, outputs),
    )


_WEIGHTS = Equations("""
    w_initial : 1 (constant)
    w_feedback_exc : 1 (constant)
    w_feedback_inh : 1 (constant)
    balance_exc : 1 (constant, shared)
    balance_inh : 1 (constant, shared)
    """)


def groups(config: Config, parts: Sequence[Part]) -> dict[str, Any]:
    """One group of cells."""

    def cells(n: int, wiring: Equations) -> Any:
        return reduced_pyramidal(
            n,
            synapses=pyramidal_synapses(config.driving_force),
            extra=wiring + _WEIGHTS,
            parts=parts,
            name="cells",
        )

    return {"cells": cells}


def kinds(config: Config, rule: Rule) -> list[Kind]:
    """Events go up, excitatory and plastic, and inhibitory and fixed, on the same routes; bursts come down, fixed."""

    def plastic(source: Any, target: Any) -> Any:
        return plastic_projection(source, target, rule, name="plastic")

    # The event route, Q = -P_b Y: the same synapses act at events, P_b times as much, at the opposite receptor.
    def feedback(sign: str, opposite: str) -> Kind:
        weight = f"w_feedback_{sign}_post"
        route = {"event_route": ("event", f"g_{opposite}_d", f"P_b_pre*balance_{sign}_post*{weight}")}
        also = route if config.constant else None
        return fixed(f"feedback_{sign}", f"g_{sign}_d", weight, on="burst", weight=weight, also=also)

    return [
        Kind(name="plastic", make=plastic, weight="w_initial_post", eta="eta_post", starts=True),
        fixed("inhibition", "g_inh_s", on="event"),
        feedback("exc", "inh"),
        feedback("inh", "exc"),
    ]


def own_values(config: Config) -> dict[str, Any]:
    """Values beside those of tables, task, teacher and rule."""
    on = float(config.event_route == "on")
    return {"cells.balance_exc": on * config.balance, "cells.balance_inh": on / config.balance}


NETWORK = LearningNetwork(
    settings=Config, tables=tables, groups=groups, kinds=kinds, values=own_values, cells={"cells": REDUCED_PYRAMIDAL},
    kept=("plastic", "inhibition", "feedback_exc", "feedback_inh"),
)  # fmt: skip
EXPERIMENT = learning(
    XOR,
    NETWORK,
    name="xor",
    meaning="XOR in continuous time: bursts from the output teach the hidden layer",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 170, "paper": 840},
    seeds={"quick": 1, "paper": 5},
    references=REFERENCES,
    preset_references={"paper": PAPER_REFERENCES},
)
