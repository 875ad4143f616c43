"""What the XOR networks of reduced (xor.py) and of full cells (xor_full.py) share: wiring, values, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brian2 import Equations, StateMonitor, Synapses, mV

from burstlab.models.parameters import assignments
from burstlab.models.population_counts import PopulationCounts

from .experiment import Output
from .recording import COMPARTMENTS, SYNAPSES, Population
from .xor_task import POPULATIONS, Task

# Cells are wired by range: those of a layer are contiguous, and up and down each lead to one range (empty for some).
WIRING = Equations("""
    up_begin : integer (constant)
    up_end : integer (constant)
    down_begin : integer (constant)
    down_end : integer (constant)
    v_spread : volt (constant, shared)
    """)
UP = "k for k in sample(up_begin_pre, up_end_pre, p=p)"
DOWN = "k for k in sample(down_begin_pre, down_end_pre, p=p)"


def populations(config: Task, events: tuple[str, ...]) -> dict[str, Population]:
    """The five populations, whose cells can be recorded."""
    n = config.n
    return {
        name: Population(group="cells", start=k * n, stop=(k + 1) * n, variables=COMPARTMENTS | SYNAPSES, events=events)
        for k, name in enumerate(POPULATIONS)
    }


def outputs(
    config: Task, cells: Any, projections: Mapping[str, Synapses], counts: PopulationCounts, weights: StateMonitor
) -> dict[str, Output]:
    """What is kept of a run: sums of populations, weights, connectivity and last states; xor_results.py reads it."""
    rows = round(float(config.duration / (config.bin_steps * config.dt)))
    recorded = counts.recorded
    return {
        **{name: Output(owner=recorded, variable=name, rows=rows) for name in recorded.record_variables},
        "incoming": Output(owner=weights, variable="incoming"),
        **{
            f"{name}_{end}": Output(owner=synapses, variable=variable)
            for name, synapses in projections.items()
            for end, variable in (("source", "_synaptic_pre"), ("target", "_synaptic_post"))
        },
        "w": Output(owner=projections["plastic"], variable="w"),
        "E_bar": Output(owner=cells, variable="E_bar", rows=5 * config.n),
    }


def roles(n: int) -> dict[str, Any]:
    """What tells the five populations of `n` cells apart, {variable: five values}."""
    return {
        "population": range(5),
        "channel": [0, 1, 2, 2, 3],
        "is_output": [0, 0, 0, 0, 1],
        "up_begin": [2 * n, 2 * n, 4 * n, 4 * n, 0],
        "up_end": [4 * n, 4 * n, 5 * n, 5 * n, 0],
        "down_begin": [0, 0, 0, 0, 2 * n],
        "down_end": [0, 0, 0, 0, 4 * n],
    }


def shared_values(config: Any) -> dict[str, Any]:
    """Parameters of cells, synapses, rule and teacher, in SI units."""
    return {
        **assignments("cells", config.cell),
        **assignments("cells", config.synapse),
        **assignments("cells", config.rule),
        **(assignments("cells", config.slow) if config.homeostasis == "slow" else {}),
        "cells.c_teach": float(config.c_teach),
        "cells.margin": float(config.margin),
        "cells.v_spread": float(5 * mV),
    }
