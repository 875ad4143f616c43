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

With `cell = full` the cells are those of `xor_full`, and with `transmission = stp` nothing is told: synapses see
spikes, depressing ones lead up and facilitating ones down. With `feedback = learned` weights down change as those up.

Everything but sizes and these is data: another task of the same shape, other targets, another file are other arguments
of the same program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from brian2 import Equations

from burstlab.models import (
    INTERNEURON,
    PYRAMIDAL,
    REDUCED_PYRAMIDAL,
    Part,
    Rule,
    plastic_projection,
    reduced_pyramidal,
)
from burstlab.models import learned_feedback as learned
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.tables import Block, Kind, Tables

from .experiment import Experiment, Given, Model
from .experiment import Population as Cells
from .learning import interneurons, learn_results, units
from .learning.drawn import drawn
from .learning.experiment import example_duration, given_config, given_lists
from .learning.full_cells import STD, STF, full_cells, interneuron_values, releases
from .learning.learn_presets import DIGITS_REFERENCES, PRESETS
from .learning.learn_settings import Config
from .learning.network import LearningNetwork
from .learning.so_far import so_far

# ---- the network -----------------------------------------------------------------------------------------------------


def tables(config: Config, seed: int | None = None) -> Tables:
    """Every unit is a population; layers lead to the next one, and from the second hidden one on down to the last."""
    names = learn_results.unit_names(config.layers, config.coding)
    hidden, outputs = [name for layer in names[1:-1] for name in layer], names[-1]
    weights = drawn(config, seed)
    eta_hidden = config.eta_hidden * config.taught_part if config.hidden_plasticity == "on" else 0
    eta = [*[eta_hidden] * (len(names) - 2), config.eta_output * config.taught_part]
    with_interneurons = config.interneurons == "on"
    share = units.inhibited_part(names, weights) if with_interneurons else {}
    populations = units.populations(config, names, share)

    def blocks(kind: str, lead: Sequence[Any], inputs: Sequence[float], weight: Any) -> list[Block]:
        return [
            Block(
                kind=kind, sources=sources, targets=targets, inputs=inputs[k], eta=eta[k] if kind == "plastic" else 0,
                weight=weight[k] if isinstance(weight, list) else weight,
            )
            for k, (sources, targets) in enumerate(lead)
        ]  # fmt: skip

    upward = list(pairwise(names))
    downward = [(above, below) for below, above in pairwise(names[1:])]
    excitation = [
        *blocks("plastic", upward, config.inputs, weights["plastic"]),
        *blocks("feedback_exc", downward, config.feedback_inputs, weights["feedback_exc"]),
    ]
    if with_interneurons:
        populations += interneurons.populations(config, names)
        inhibition = interneurons.projections(config, names, share, weights["feedback_inh"])
    else:
        inhibition = [
            *blocks("inhibition", upward, config.inputs, config.weights.w_inhibition),
            *blocks("feedback_inh", downward, config.feedback_inputs, weights["feedback_inh"]),
        ]
    return Tables(
        populations=populations,
        projections=[*excitation, *inhibition],
        background=[
            *config.background.drives(names[0], hidden, outputs),
            *(interneurons.background(config, names) if with_interneurons else []),
        ],
    )


# gain: the effect of a weight; balance: how much the event route weighs up the burst route, at either receptor.
_OF_CELLS = Equations("""
    gain : 1 (constant)
    balance_exc : 1 (constant, shared)
    balance_inh : 1 (constant, shared)
    """)


def groups(config: Config, parts: Sequence[Part]) -> dict[str, Any]:
    """One group of cells, and one of each kind of interneuron."""

    def cells(n: int, wiring: Equations) -> Any:
        extra = wiring + _OF_CELLS + (learned.CELLS if config.feedback == "learned" else Equations(""))
        if config.cell == "full":
            return full_cells(config, n, extra, parts, config.dynamic)
        synapses = pyramidal_synapses(config.driving_force)
        return reduced_pyramidal(n, synapses=synapses, extra=extra, parts=parts, name="cells")

    return {"cells": cells} | (interneurons.groups(config) if config.interneurons == "on" else {})


# What is transmitted, on what and how much: synapses up, and synapses down.
_SENT = {
    "labelled": (("event", "w"), ("burst", "w")),
    "stp": (("spike", stp.released(STD)), ("spike", stp.released(STF))),
}


def kinds(config: Config, rule: Rule) -> list[Kind]:
    """Events go up, excitatory and plastic, and inhibitory and fixed, on the same routes; bursts come down.

    Those are fixed, or follow what goes up. Events and bursts are told, or depressing and facilitating synapses read
    them. Inhibition comes from the same cells or from interneurons.
    """
    (on_up, events), (on_down, bursts) = _SENT[config.transmission]
    delay, follows = config.conduction, config.feedback == "learned"
    up = learned.fading(rule) if follows else rule

    def plastic(source: Any, target: Any) -> Any:
        amount = f"gain_post*{events}"
        return plastic_projection(source, target, up, on=on_up, amount=amount, delay=delay, name="plastic")

    # The event route, Q = -P_b Y: the same synapses act at events, P_b times as much, at the opposite receptor.
    def feedback(sign: str, opposite: str) -> Kind:
        route = {"event_route": ("event", f"g_{opposite}_d", f"P_b_pre*balance_{sign}_post*w")}
        sent = {"on": on_down, "amount": bursts, "delay": delay, "also": route if config.has_route else None}
        name = f"feedback_{sign}"
        if not follows:
            return fixed(name, f"g_{sign}_d", own_weight=True, **sent)

        def make(source: Any, target: Any) -> Any:
            return learned.learned_feedback(source, target, rule, sign, name=name, **sent)

        return Kind(name=name, make=make, own_weight=True)

    excitation = Kind(name="plastic", make=plastic, eta="eta_post", starts=True, own_weight=True)
    if config.interneurons == "on":
        inhibition = interneurons.kinds(config, (on_up, events), (on_down, bursts))
        return [excitation, feedback("exc", "inh"), *inhibition]
    return [
        excitation,
        fixed("inhibition", "g_inh_s", f"gain_post*{events}", on=on_up, delay=delay),
        feedback("exc", "inh"),
        feedback("inh", "exc"),
    ]


def own_values(config: Config) -> dict[str, Any]:
    """Values beside those of tables, task, teacher and rule."""
    on = float(config.event_route == "on")
    found: dict[str, Any] = {"cells.balance_exc": on * config.balance, "cells.balance_inh": on / config.balance}
    if config.feedback == "learned":
        found |= {"cells.fading": float(config.feedback_decay)}
    if config.dynamic:
        found |= releases(config.std, config.stf)
    if config.interneurons == "on":
        table = tables(config)
        numbers = {f"{group}.population": table.numbers(group) for group in ("pv", "som")}
        found |= interneuron_values(config) | numbers
    return found


# ---- the experiment --------------------------------------------------------------------------------------------------


def network(config: Config, seed: int | None = None) -> LearningNetwork:
    """The network of these cells and synapses; all of its connectivity is kept."""
    cells = {"cells": REDUCED_PYRAMIDAL if config.cell == "reduced" else PYRAMIDAL}
    kept: tuple[str, ...] = ("plastic", "inhibition", "feedback_exc", "feedback_inh")
    if config.interneurons == "on":
        cells |= {"pv": INTERNEURON, "som": INTERNEURON}
        kept = ("plastic", "feedback_exc", *interneurons.KINDS)
    return LearningNetwork(
        settings=Config, tables=partial(tables, seed=seed), groups=groups, kinds=kinds, values=own_values, cells=cells,
        biophysics=lambda config: config.biophysics, kept=kept,
    )  # fmt: skip


def build(config: Config) -> Model:
    """Describe the network."""
    return network(config).build(config)


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter, weight and stimulus of a run."""
    return network(config, seed).run_values(config, seed)


def populations(config: Config) -> dict[str, Cells]:
    """All populations, whose cells can be recorded."""
    return network(config).populations(config)


def data(config: Config) -> Mapping[str, Any]:
    """What config.json says of the task."""
    return config.plain_task.describe()


EXPERIMENT = Experiment(
    name="learn",
    meaning="a hierarchy of your own, taught a task of your own in one phase or two",
    about=__doc__,
    presets=PRESETS,
    build=build,
    data=data,
    values=values,
    analyse=partial(learn_results.analyse, tables),
    plot=learn_results.plot,
    plot_seeds=learn_results.plot_seeds,
    headlines=learn_results.HEADLINES,
    expected_s={
        "quick": 15,
        "full": 90,
        "digits": 330,
        "digits_few": 180,
        "digits_full": 360,
        "full_cells": 300,
    },
    populations=populations,
    example_duration=example_duration,
    preset_references={
        "digits": DIGITS_REFERENCES,
        "digits_few": DIGITS_REFERENCES[1:],
        "digits_full": DIGITS_REFERENCES[:1],
    },
    so_far=partial(so_far, tables),
    given=Given(config=given_config, values=lambda config, weights: given_lists(network(config), config, weights)),
)
