"""XOR with full two-compartment cells and short-term plasticity: nothing between spikes and learning is given.

The network of xor.py with its shortcuts taken away. Bursts are made by the dendrite of each cell, not drawn from a
probability. Every synapse sees spikes: depressing ones read events out of them and carry them up, facilitating ones
read bursts and carry them down. PV cells inhibit the somata of the layer that drives them, SOM cells pass bursts of the
output on to hidden2 as inhibition; facilitating inhibition within each population keeps burst probability linear and
the loop through the feedback stable. The rule counts events and bursts of a cell from that cell's own spikes.

Cells are those of pyramidal.py; the settings and the departures from the paper's values are in
learning/xor_full_settings.py and docs/experiments/xor_full.md. Here are tables, presets and what is measured beside the
results of every network that learns (learning/).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import Equations, ms, pA

from burstlab.analysis import learning as measures
from burstlab.models import INTERNEURON, PYRAMIDAL, Part, Rule, ShortTermPlasticity, plastic_projection
from burstlab.models import short_term_plasticity as stp
from burstlab.models.network import fixed
from burstlab.models.tables import Drive, Kind, Population, Tables, projections

from .contract.reference import Reference
from .experiment import Analysis, Array
from .learning import results as xor_results
from .learning.experiment import learning
from .learning.full_cells import STD, STF, full_cells, interneuron_groups, interneuron_values, releases
from .learning.network import LearningNetwork, learners, names
from .learning.schedule import shown_targets
from .learning.task import XOR
from .learning.xor_full_settings import Config, FullProjections

PRESETS = {
    "quick": Config(n=250, n_pv=62, n_som=62),
    "full": Config(),
}

REFERENCES = (
    Reference(name="solved", key="solved", value=1, low=1, high=1),
    Reference(
        name="distance of the nearest rate to the threshold", key="margin_Hz", value=None, low=0.5, high=math.inf,
        unit="Hz", source="burstlab",
    ),
)  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------


def tables(config: Config) -> Tables:
    """Inputs lead to hidden cells and these to outputs, both with PV cells; outputs lead back, to hidden2 by SOM."""
    _, _, w, unit = _transmission(config)
    layer, hidden, given = names(config.task), ("hidden1", "hidden2"), config.background
    inputs, outputs = layer["input"], layer["output"]
    every, excitatory, inhibitory = (*inputs, *hidden, *outputs), config.inputs_per_cell, config.inhibitory_inputs
    unit_eta = unit * config.taught_part
    eta = dict.fromkeys(hidden, unit_eta * config.eta_hidden if config.hidden_plasticity == "on" else 0)
    eta |= dict.fromkeys(outputs, unit_eta * config.eta_output)
    plastic = dict.fromkeys(hidden, w.w_hidden) | dict.fromkeys(outputs, w.w_output)
    from_pv = dict.fromkeys(hidden, w.w_inh_hidden) | dict.fromkeys(outputs, w.w_inh_output)
    on, events_on = float(config.feedback != "cut"), float(config.feedback != "cut" and config.event_route == "on")
    # The event route: depressing synapses onto hidden2, and through PV cells onto hidden1.
    event_cells, event_sources = (("pv_feedback",), outputs) if config.constant else ((), ())
    return Tables(
        populations=[
            *(
                Population(name=name, size=config.n, layer=of, values=_columns(config, of, name))
                for of, members in (("input", inputs), ("hidden", hidden), ("output", outputs))
                for name in members
            ),
            Population(
                name="pv_hidden", size=config.n_pv, group="pv",
                values={"I": config.I_pv_hidden, "w_up": w.w_pv_hidden, "w_up_hidden2": w.w_pv_hidden},
            ),
            Population(
                name="pv_output", size=config.n_pv, group="pv",
                values={"I": config.I_pv_output, "w_up": w.w_pv_output, "w_up_hidden2": w.w_pv_output_hidden2},
            ),
            *(
                [
                    Population(
                        name="pv_feedback", size=config.n_pv, group="pv",
                        values={"I": config.I_pv_feedback, "w_up": w.w_pv_feedback, "w_up_hidden2": 0},
                    )
                ]
                if config.constant
                else []
            ),
            Population(name="som", size=config.n_som, group="som", values={"I": config.I_som}),
        ],
        projections=[
            *projections("plastic", inputs, hidden, excitatory, plastic, eta),
            *projections("plastic", hidden, outputs, excitatory, plastic, eta),
            *projections("up_to_pv", inputs, ["pv_hidden"], excitatory),
            *projections("up_to_pv", hidden, ["pv_hidden", "pv_output"], excitatory),
            *projections("up_to_pv", outputs, ["pv_output", *event_cells], excitatory),
            *projections("from_pv", ["pv_hidden"], hidden, inhibitory, from_pv),
            *projections("from_pv", ["pv_output"], outputs, inhibitory, from_pv),
            *projections("feedback", outputs, ["hidden1"], excitatory, on * w.w_feedback),
            *projections("down_to_som", outputs, ["som"], excitatory, on * w.w_som),
            *projections("inhibit_hidden1", event_cells, ["hidden1"], inhibitory, events_on * w.w_inh_hidden1),
            *projections("events_down", event_sources, ["hidden2"], excitatory, events_on * w.w_events_hidden2),
            *projections("from_som", ["som"], ["hidden2"], inhibitory, w.w_inh_hidden2),
            *(row for name in every for row in projections("within", [name], [name], excitatory, w.w_within)),
        ],
        background=[
            Drive(receptor=receptor, onto=onto, rate=given.rate, weight=weight)
            for receptor, onto, weight in (
                ("g_exc_s", inputs, given.exc_input),
                ("g_inh_s", inputs, given.inh_input),
                ("g_exc_s", hidden, given.exc_hidden),
                ("g_inh_s", hidden, given.inh_hidden),
                ("g_exc_s", outputs, given.exc_output),
                ("g_inh_s", outputs, given.inh_output),
                ("g_exc_d", every, given.exc_dendrite),
                ("g_inh_d", every, given.inh_dendrite),
                ("g_exc", ("pv_hidden", "pv_output", *event_cells), given.exc_pv),
                ("g_inh", ("pv_hidden", "pv_output", *event_cells), given.inh_pv),
                ("g_exc", ("som",), given.exc_som),
                ("g_inh", ("som",), given.inh_som),
            )
        ],
    )  # fmt: skip


def _columns(config: Config, layer: str, name: str) -> dict[str, Any]:
    """What is one value for all cells of a population, but differs between populations."""
    rates = {"e_min": config.rule.e_min, "e_max": config.rule.e_max}
    if layer == "input":
        return rates
    if layer == "output":
        return rates | {"I_s_bias": config.I_s_output, "I_d_bias": config.I_d_output}
    route = config.constant and config.event_route == "on" and config.feedback != "cut"
    against_events = config.I_d_events if route else 0 * pA
    return {
        "e_min": config.e_min_hidden,
        "e_max": config.e_max_hidden,
        "I_s_bias": config.I_s_hidden,
        "I_d_bias": config.I_d_hidden2 if name == "hidden2" else config.I_d_hidden1 + against_events,
        "is_hidden2": float(name == "hidden2"),
    }


_COLUMNS = Equations("""
    is_hidden2 : 1 (constant)
    w_initial : 1 (constant)
    w_inh : 1 (constant)
    """)
# hidden2 drives interneurons with a weight of its own.
_OF_PV = Equations("""
    w_up : 1 (constant)
    w_up_hidden2 : 1 (constant)
    """)


def groups(config: Config, parts: Sequence[Part]) -> dict[str, Any]:
    """One group of pyramidal cells, and one of each kind of interneuron."""

    def cells(n: int, wiring: Equations) -> Any:
        return full_cells(config, n, wiring + _COLUMNS, parts)

    return {"cells": cells, **interneuron_groups(config, _OF_PV, Equations(""))}


def kinds(config: Config, rule: Rule) -> list[Kind]:
    """All at spikes: depressing ones lead up, facilitating ones down and within a population."""

    def plastic(source: Any, target: Any) -> Any:
        return plastic_projection(
            source, target, rule, on="spike", amount=stp.released(STD), delay=config.delay,
            name="plastic",
        )  # fmt: skip

    w_up = "(w_up_post + is_hidden2_pre*(w_up_hidden2_post - w_up_post))"
    delay, facilitated = config.delay, stp.released(STF)
    return [
        Kind(name="plastic", make=plastic, weight="w_initial_post", eta="eta_post", starts=True),
        fixed("up_to_pv", "g_exc", f"{w_up}*release_std_pre", delay=delay, weight=""),
        fixed("from_pv", "g_inh_s", "w_inh_post", delay=delay, weight="w_inh_post"),
        fixed("feedback", "g_exc_d", facilitated, delay=delay),
        fixed("down_to_som", "g_exc", facilitated, delay=delay),
        *(
            [
                fixed("inhibit_hidden1", "g_inh_d", delay=delay),
                fixed("events_down", "g_exc_d", stp.released(STD), delay=delay),
            ]
            if config.constant
            else []
        ),
        fixed("from_som", "g_inh_d", delay=delay),
        fixed("within", "g_inh_d", facilitated, delay=delay),
    ]


def own_values(config: Config) -> dict[str, Any]:
    """Values beside those of cells, tables, task and teacher: of short-term plasticity and interneurons."""
    std, stf, _, unit = _transmission(config)
    return {
        "cells.w_max": unit * float(config.rule.w_max),
        **releases(std, stf),
        **interneuron_values(config),
    }


def _transmission(config: Config) -> tuple[ShortTermPlasticity, ShortTermPlasticity, FullProjections, float]:
    """What bottom-up (first) and all other synapses (second) do to spikes, the weights behind that, their unit."""
    std, stf, w, unit = config.std, config.stf, config.weights, 1.0
    if config.transmission == "static":
        # Recovered within 1 ms and never facilitated, a synapse releases the same at every spike.
        std, stf = (ShortTermPlasticity(tau_D=1 * ms, U=mean, f=0) for mean in (config.release_std, config.release_stf))
    if config.transmission == "exchanged":
        unit = float(config.release_std / config.release_stf)
        up = ("w_hidden", "w_output", "w_pv_hidden", "w_pv_output", "w_pv_output_hidden2")
        down = ("w_feedback", "w_som", "w_within")
        scaled = dict.fromkeys(up, unit) | dict.fromkeys(down, 1 / unit)
        std, stf = stf, std
        w = replace(w, **{name: getattr(w, name) * factor for name, factor in scaled.items()})
    return std, stf, w, unit


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """What is kept of a run of xor.py, the burst signal that reaches each population, and how synchronous it is.

    Weights are given in the unit of the rule's bounds, whatever the synapses release.
    """
    unit = _transmission(config)[-1]
    raw = raw | {name: raw[name] / unit for name in ("w", "incoming")}
    kept, network = xor_results.analyse(tables, config, raw, seed), tables(config)
    mean = xor_results.interneuron_rates(network, config, raw)
    kept = replace(kept, summary={**kept.summary, "interneuron_rate_Hz": mean})
    if not config.learns:
        return kept
    events, bursts = (kept.arrays[f"bin/{name}_rate"].values for name in ("event", "burst"))
    width, example = config.bin_steps * float(config.dt), float(config.example_duration)
    tested = config.task.n_patterns
    taught = slice(tested, -tested)
    every = kept.arrays["example/begin"].values
    begins, ends = (every + part * example for part in xor_results.MEASURED)
    # Of several outputs, the first.
    target = shown_targets(config, seed)[taught, 0]
    teacher = every[taught] + float(config.prediction) * example
    predicted = measures.burst_probability(events, bursts, width, begins[taught], teacher, target)
    # The first bin still holds bursts of events before the teacher.
    with_teacher = measures.burst_probability(events, bursts, width, teacher + width, every[taught] + example, target)
    cells = network.names(group="cells")
    signal = dict(zip(cells, with_teacher - predicted, strict=True))
    volleys = measures.fano(events * width * config.n, width, begins, ends)
    summary = {
        "burst_signal": {
            name: {"target 0": float(signal[name][0]), "target 1": float(signal[name][1])} for name in learners(network)
        },
        **{
            f"fano_{when}": {name: float(np.nanmean(mine[part])) for name, mine in zip(cells, volleys, strict=True)}
            for when, part in (("before", slice(tested)), ("after", slice(-tested, None)))
        },
    }
    arrays = {"burst_probability/predicted": predicted, "burst_probability/taught": with_teacher}
    return replace(
        kept,
        arrays={**kept.arrays} | {name: Array(value, "1", ("population", "target")) for name, value in arrays.items()},
        summary={**kept.summary, **summary},
    )


NETWORK = LearningNetwork(
    settings=Config, tables=tables, groups=groups, kinds=kinds, values=own_values,
    cells={"cells": PYRAMIDAL, "pv": INTERNEURON, "som": INTERNEURON},
)  # fmt: skip
EXPERIMENT = learning(
    XOR,
    NETWORK,
    name="xor_full",
    meaning="XOR with dendrites that make the bursts and synapses that read them",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 300, "full": 600},
    seeds={"quick": 1, "full": 5},
    references=REFERENCES,
    analyse=analyse,
    overlay=None,
)
