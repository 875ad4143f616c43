"""What is kept of a run of working_point, and what is asked of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from burstlab.analysis import working_point as measures
from burstlab.models.parameters import in_si

from ..experiment import Analysis, Array, Reference
from .network import INPUT, MEASURED, tables
from .settings import Config

REFERENCES: tuple[Reference, ...] = (
    Reference(name="burst probability rises with the dendritic current", key="bp_monotonic", value=1, low=1, high=1),
    Reference(name="event rate rises with the input", key="er_monotonic", value=1, low=1, high=1),
)


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates and releases of each pair of currents, (input current, dendritic current)."""
    layout, shape, seconds = tables(config), (len(config.I_input), len(config.I_d)), float(config.measured)
    inputs, targets = (slice(*layout.span(layout.names(layer))) for layer in (INPUT, MEASURED))

    def measured(name: str) -> np.ndarray:
        return raw[name][targets].reshape(*shape, config.n).mean(axis=2) / seconds

    input_rate = raw["n_events"][inputs].reshape(shape[0], -1).mean(axis=1) / seconds
    arrays = {
        "input/current": Array(in_si(config.I_input), "A", ("input",)),
        "input/event_rate": Array(input_rate, "Hz", ("input",)),
        "pv/rate": Array(raw["pv_count"].reshape(shape[0], -1).mean(axis=1) / float(config.duration), "Hz", ("input",)),
        "dendrite/current": Array(in_si(config.I_d), "A", ("dendrite",)),
        **{
            f"cells/{name}": Array(measured(counted), unit, ("input", "dendrite"))
            for name, counted, unit in (
                ("event_rate", "n_events", "Hz"),
                ("burst_rate", "n_bursts", "Hz"),
                ("spike_rate", "n_spikes", "Hz"),
                ("release_std", "sum_std", "Hz"),
                ("release_stf", "sum_stf", "Hz"),
            )
        },
    }
    summary = measures.measure({name: array.values for name, array in arrays.items()})
    return Analysis(arrays=arrays, summary=summary, bounds={})


def plot(results: Any) -> Any:
    """Event rate, burst probability and releases against the currents."""
    return measures.figure(results.arrays, results.summary, results.config)
