"""The network of plasticity_network: its tables, the builder's objects of them, and the values of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import Clock, Equations, Network, TimedArray, defaultclock, pA

from burstlab.models import PYRAMIDAL, PoissonPool, Rule, burst_rule, network, plastic_projection, pyramidal
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.network import fixed
from burstlab.models.parameters import assignments, in_si
from burstlab.models.population_counts import COUNTING, population_counts
from burstlab.models.rule import INCOMING, sum_incoming
from burstlab.models.tables import Kind, Population, Projection, Tables

from ..contract import population
from ..experiment import Model, Output
from .settings import SEGMENTS, Config

# Pools of Poisson sources: each is a group, and a population, of its own.
POOLS = ("pool_exc", "pool_inh", "teacher")
# The pathways of the noise: kind of projection, pool, and receptor of the presynaptic cells.
PATHWAYS = {
    "exc_to_soma": ("pool_exc", "g_exc_s"),
    "exc_to_dendrite": ("pool_exc", "g_exc_d"),
    "inh_to_soma": ("pool_inh", "g_inh_s"),
    "inh_to_dendrite": ("pool_inh", "g_inh_d"),
}
CELLS = {"cells": PYRAMIDAL}


def tables(config: Config) -> Tables:
    """Both populations of cells, one group; pools and teacher; what leads from one to the other."""
    pool, teacher = config.pool, config.teacher
    sizes, inputs = (pool.n, pool.n, teacher.n), {"pool_exc": pool.inputs_exc, "pool_inh": pool.inputs_inh}
    return Tables(
        populations=[
            Population(name="pre", size=config.n),
            Population(name="post", size=config.n),
            *(Population(name=name, size=size, group=name) for name, size in zip(POOLS, sizes, strict=True)),
        ],
        projections=[
            Projection(
                kind="plastic", source="pre", target="post", inputs=config.inputs_per_cell, weight=config.w_initial,
                eta=config.eta,
            ),
            *(
                Projection(
                    kind=kind, source=source, target="pre", inputs=inputs[source], weight=getattr(pool, f"w_{kind}")
                )
                for kind, (source, _) in PATHWAYS.items()
            ),
            Projection(
                kind="teacher_to_dendrite", source="teacher", target="post", inputs=float(teacher.p) * teacher.n
            ),
        ],
    )  # fmt: skip


# Segments change three things: the switch of plasticity, the teacher's weight, and the currents into dendrites.
_STIMULI = Equations("""
    w_teacher : 1 (shared)
    w_initial : 1 (constant)
    v_spread : volt (constant, shared)
    """)
_SCHEDULE = """
    M = plasticity(t)
    w_teacher = teacher_weight(t)
    I_d = dendritic_current(t, population)
    """


def groups(config: Config, rule: Rule) -> dict[str, Any]:
    """One group of cells, and the pools."""

    def cells(n: int, wiring: Equations) -> Any:
        return pyramidal(
            n,
            synapses=pyramidal_synapses(config.driving_force),
            extra=INCOMING + wiring + _STIMULI,
            parts=[rule.part, COUNTING],
            name="cells",
        )

    def pool(name: str, rate: Any) -> Any:
        return lambda n, wiring: PoissonPool(n, rate, name=name)

    rates = (config.pool.rate, config.pool.rate, config.teacher.rate)
    return {"cells": cells} | {name: pool(name, rate) for name, rate in zip(POOLS, rates, strict=True)}


def kinds(config: Config, rule: Rule) -> list[Kind]:
    """Plastic synapses at events and without delay; noise and teacher at the spikes of their sources."""

    def plastic(source: Any, target: Any) -> Any:
        return plastic_projection(source, target, rule, name="plastic")

    return [
        Kind(name="plastic", make=plastic, weight="w_initial_post", eta="eta_post", starts=True),
        *(fixed(name, receptor, delay=config.delay) for name, (_, receptor) in PATHWAYS.items()),
        fixed("teacher_to_dendrite", "g_exc_d", "w_teacher_post", delay=config.delay, weight=""),
    ]


def build(config: Config) -> Model:
    """Describe the network of the tables, with the schedule of the segments and the record."""
    defaultclock.dt = config.dt
    layout, bins = tables(config), Clock(config.bin, name="bins_clock")
    rule = burst_rule(config.homeostasis)
    built = network.build(layout, groups(config, rule), kinds(config, rule))
    cells, plastic = built.groups["cells"], built.projections["plastic"]
    cells.run_regularly(_SCHEDULE, dt=config.tick, name="schedule")
    sum_incoming(plastic, cells, config.bin)
    counts = population_counts(
        cells, len(layout.names(group="cells")), bins, Equations("weight_sum : 1"),
        Equations("weight_sum_post = incoming_pre : 1 (summed)"),
    )  # fmt: skip

    def connect() -> None:
        built.connect()
        counts.connect()
        cells.v_s = "E_L + v_spread*randn()"

    rows = round(float(config.duration / config.bin))
    return Model(
        network=Network(*built.objects, *counts.objects),
        duration=config.duration,
        connect=connect,
        functions=_stimuli(config),
        outputs={
            **{
                name: Output(owner=counts.recorded, variable=name, rows=rows)
                for name in ("events", "bursts", "weight_sum")
            },
            "source": Output(owner=plastic, variable="_synaptic_pre"),
            "target": Output(owner=plastic, variable="_synaptic_post"),
            "w": Output(owner=plastic, variable="w"),
            "E_bar": Output(owner=cells, variable="E_bar", rows=len(cells)),
        },
    )


def populations(config: Config) -> dict[str, population.Population]:
    """Presynaptic and postsynaptic cells, which can be recorded."""
    return population.populations_of(tables(config), CELLS)


def _stimuli(config: Config) -> dict[str, TimedArray]:
    ticks, tick = round(float(config.duration / config.tick)) + 1, config.tick
    # An array each: the numpy and Cython backends write their values into it.
    return {
        "dendritic_current": TimedArray(np.zeros((ticks, 2)) * pA, dt=tick, name="dendritic_current"),
        **{name: TimedArray(np.zeros(ticks), dt=tick, name=name) for name in ("plasticity", "teacher_weight")},
    }


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    layout = tables(config)
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse.stepwise(config.dt, config.decay), config.rule),
        **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
        "cells.population": layout.numbers("cells"),
        "cells.v_spread": float(config.v_spread),
        "pool_exc.rate": float(config.pool.rate),
        "pool_inh.rate": float(config.pool.rate),
        "teacher.rate": float(config.teacher.rate),
        **layout.values(kinds(config, burst_rule(config.homeostasis))),
        **schedule(config),
    }


def schedule(config: Config) -> dict[str, np.ndarray]:
    """Plasticity, teacher and currents at each tick, {"name.values": array}; after the segments as before them."""
    ticks, tick = round(float(config.duration / config.tick)) + 1, float(config.tick)
    settled, length = (round(float(time) / tick) for time in (config.settling, config.segment))
    segment = (np.arange(ticks) - settled) // length
    on = (segment >= 0) & (segment < SEGMENTS)
    factors, pre = (
        in_si(given)[np.clip(segment, 0, SEGMENTS - 1)] for given in (config.teacher.factors, config.I_d_pre)
    )
    return {
        "plasticity.values": on.astype(float),
        "teacher_weight.values": float(config.teacher.w) * np.where(on, factors, 1),
        "dendritic_current.values": np.stack([np.where(on, pre, 0), np.full(ticks, float(config.I_d_post))], axis=1),
    }
