"""The network of pairing: cells that fire as told, a synapse for each pair, and the values of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import Equations, Hz, Network, defaultclock

from burstlab.equations.population_counts import COUNT_BURST, COUNT_EVENT
from burstlab.models import Part, burst_rule, plastic_projection
from burstlab.models.parameters import in_si
from burstlab.models.renewal import renewal_cells

from ..contract.randomness import experiment_generator
from ..experiment import Model, Output
from .settings import Config

# Homeostasis is off: no rate is below 0 or beyond this. Nor is any weight beyond the bounds.
NO_RATE, WEIGHT_BOUND = 1e9 * Hz, 1e9

_CELL = Equations("""
    g_exc_s : 1
    n_events : integer
    n_bursts : integer
    """)


def build(config: Config) -> Model:
    """Cells that fire as told, the presynaptic ones first, and a synapse for each pair."""
    defaultclock.dt = config.dt
    n = config.n_synapses
    rule = burst_rule("off")
    cells = renewal_cells(
        2 * n,
        parts=[rule.part, Part(equations=_CELL, on_event=COUNT_EVENT, on_burst=COUNT_BURST)],
        name="cells",
    )
    synapses = plastic_projection(cells, cells, rule, name="synapses")

    def connect() -> None:
        synapses.connect(i=np.arange(n), j=n + np.arange(n))
        synapses.w = 0

    return Model(
        network=Network(cells, synapses),
        duration=config.duration,
        connect=connect,
        outputs={
            "w": Output(owner=synapses, variable="w", rows=n),
            "n_events": Output(owner=cells, variable="n_events", rows=2 * n),
            "n_bursts": Output(owner=cells, variable="n_bursts", rows=2 * n),
            "E_bar": Output(owner=cells, variable="E_bar", rows=2 * n),
        },
    )


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter of the cells, in SI units: both cells of a pair have the same."""
    tables = (_periodic(config), _poisson(config, seed), _burst_poisson(config, seed))
    shapes = list(config.shapes.values())

    def of_pairs(name: str) -> np.ndarray:
        parts = [np.broadcast_to(table[name], (2, *shape)) for table, shape in zip(tables, shapes, strict=True)]
        return np.concatenate([part.reshape(2, -1) for part in parts], axis=1).ravel()

    return {
        **{f"cells.{name}": of_pairs(name) for name in tables[0] if name != "P_bar"},
        "cells.B_bar": of_pairs("E_bar") * of_pairs("P_bar"),
        "cells.isi_min": float(config.isi_min),
        "cells.isi_range": float(config.isi_max - config.isi_min),
        "cells.burst_interval": float(config.burst_interval),
        "cells.eta": float(config.eta),
        "cells.M": 1.0,
        "cells.tau_avg": float(config.tau_avg),
        "cells.tau_eligibility": float(config.tau_eligibility),
        "cells.e_min": 0.0,
        "cells.e_max": float(NO_RATE),
        "cells.w_min": -WEIGHT_BOUND,
        "cells.w_max": WEIGHT_BOUND,
    }


def _periodic(config: Config) -> dict[str, Any]:
    period = config.period_steps * float(config.dt)
    spikes = config.pairings * config.trains
    return {
        # half a step early, so that rounding never decides about a step
        "t_next": float(config.onset - 0.5 * config.dt),
        "t_stop": float(config.onset) + period * (spikes - 0.5) + config.gap * (config.trains - 1),
        "interval": period,
        "mean_wait": 0.0,
        "pause": config.gap,
        "per_train": config.pairings,
        "p_burst": 0.0,
        "E_bar": float(config.E_start),
        "P_bar": float(config.P_start_periodic),
    }


def _poisson(config: Config, seed: int) -> dict[str, Any]:
    rates = in_si(config.rates)[:, None]
    P_start = in_si(config.P_start_poisson)[:, None, None]
    wait = 1 / rates - float(config.refractory_poisson)
    return {
        **_independent(config, seed, "poisson", wait),
        "interval": float(config.refractory_poisson),
        "p_burst": 0.0,
        "E_bar": float(config.E_start),
        "P_bar": P_start,
    }


def _burst_poisson(config: Config, seed: int) -> dict[str, Any]:
    rates = in_si(config.event_rates)[:, None, None]
    p = in_si(config.burst_probabilities)[:, None]
    wait = 1 / rates - float(config.refractory_event) - p * float(config.mean_isi)
    return {
        **_independent(config, seed, "burst_poisson", wait),
        "interval": float(config.refractory_event),
        "p_burst": p,
        "E_bar": rates,
        "P_bar": float(config.P_start_burst_poisson),
    }


def _independent(config: Config, seed: int, protocol: str, wait: np.ndarray) -> dict[str, Any]:
    """What both Poisson protocols share; the first spikes come after an exponential wait."""
    names = list(config.shapes)
    generator = experiment_generator(seed).spawn(len(names))[names.index(protocol)]
    return {
        "t_next": wait * generator.exponential(size=(2, *config.shapes[protocol])),
        "t_stop": float(config.duration_poisson),
        "mean_wait": wait,
        "pause": 0.0,
        "per_train": 1,
    }
