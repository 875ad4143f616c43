"""What is kept of a run of the transfer curves, and the published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from burstlab.analysis import transfer as measures
from burstlab.models.parameters import in_si

from ..experiment import Analysis, Array, Reference
from .network import levels
from .settings import LEVELS, Config


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in each step of every condition, and what the curves amount to."""
    alone = config.recurrent
    ensemble, recurrent, isolated = ("variant", "step"), ("inhibition", "somatic", "recurrent_step"), ("level", "step")
    arrays = {
        "ensemble/dendritic_current": Array(in_si(config.I_d), "A", ("step",)),
        "recurrent/dendritic_current": Array(in_si(alone.I_d), "A", ("recurrent_step",)),
        "recurrent/somatic_current": Array(in_si(alone.I_s), "A", ("somatic",)),
        "isolated/dendritic_current": Array(in_si(config.I_d), "A", ("step",)),
        "isolated/somatic_current": Array(levels(config), "A", ("level",)),
    }
    for kind in ("event", "burst"):
        counted, others = raw[f"cells_{kind}s"][:, 0], raw[f"others_{kind}s"][:, 0]
        arrays[f"ensemble/{kind}_rate"] = Array(
            _rates(config, counted, config.n, len(measures.VARIANTS), len(config.I_d)), "Hz", ensemble
        )
        rates = _rates(config, others, alone.n, 2 * len(alone.I_s), len(alone.I_d))
        arrays[f"recurrent/{kind}_rate"] = Array(rates.reshape(2, len(alone.I_s), -1), "Hz", recurrent)
    for kind in ("spike", "event", "burst"):
        # Their currents stay all the time, so the begin does not count.
        count = raw[f"isolated_{kind}s"][alone.n :]
        arrays[f"isolated/{kind}_rate"] = Array(
            count.astype(float).reshape(LEVELS, -1) / float(config.duration), "Hz", isolated
        )
    summary = measures.measure({name: array.values for name, array in arrays.items()})
    return Analysis(arrays=arrays, summary=summary, bounds={})


def _rates(config: Config, counted: np.ndarray, n: int, staircases: int, steps: int) -> np.ndarray:
    """Rate per cell in the measured part of each step, of counts since the start, shape (staircases, steps)."""
    bins, left_out = (round(float(time / config.bin)) for time in (config.step, config.transient))
    begin = bins * (np.arange(staircases)[:, None] * (steps + 1) + 1 + np.arange(steps))
    return (counted[begin + bins] - counted[begin + left_out]) / (n * float(config.step - config.transient))


def plot(results: Any) -> Any:
    """Curves of the ensemble and how they move, of the isolated cell, and of the recurrent ensemble."""
    return measures.figure(results.arrays, results.summary, results.config)


# ---- published numbers -----------------------------------------------------------------------------------------------

_SOURCE = "program of Payeur et al. 2021"
# Of one run of the published program; bands are 15 pA to either side.
REFERENCES: tuple[Reference, ...] = (
    *(
        Reference(
            name=f"dendritic current at BP = 0.5, {measures.NAMES[name]}", key=f"current_at_half_pA.{name}",
            value=value, low=value - 15, high=value + 15, unit="pA", source=_SOURCE,
        )
        for name, value in zip(measures.VARIANTS, (136, 165, 195, 168, 149, 183, 206, 166, 141), strict=True)
    ),
    # Straighter curves, and nearer to each other: the sign is what is asked.
    Reference(
        name="R2 of a straight line, gained by facilitating inhibition", key="line_R2.gained",
        value=0.015, low=0.0, high=0.1, source=_SOURCE,
    ),
    Reference(
        name="range of BP over I_s, lost by facilitating inhibition", key="spread_over_I_s.lost",
        value=0.012, low=0.0, high=0.1, source=_SOURCE,
    ),
)  # fmt: skip
