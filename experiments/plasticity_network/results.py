"""What is kept of a run of plasticity_network, and the published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from burstlab.analysis import plasticity_network as measures
from burstlab.models.parameters import in_si

from ..experiment import Analysis, Array, Reference
from .network import tables
from .settings import SEGMENTS, Config


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Rates in bins, mean weight at their begins, and both by segment."""
    layout, width = tables(config), float(config.bin)
    # Row k holds the sums before bin k.
    rates = {name: np.diff(raw[name], axis=0).T / (config.n * width) for name in ("events", "bursts")}
    begin = float(config.settling) + np.arange(SEGMENTS) * float(config.segment)
    arrays = {
        "bin/time": Array(np.arange(rates["events"].shape[1]) * width, "s", ("bin",)),
        "bin/event_rate": Array(rates["events"], "Hz", ("population", "bin")),
        "bin/burst_rate": Array(rates["bursts"], "Hz", ("population", "bin")),
        "weight_mean/time": Array(np.arange(len(raw["weight_sum"])) * width, "s", ("sample",)),
        "weight_mean/value": Array(raw["weight_sum"][:, layout.rows(["post"])[0]] / len(raw["w"]), "1", ("sample",)),
        "segment/begin": Array(begin, "s", ("segment",)),
        "segment/end": Array(begin + float(config.segment), "s", ("segment",)),
        "segment/teacher_factor": Array(in_si(config.teacher.factors), "1", ("segment",)),
        "segment/pre_current": Array(in_si(config.I_d_pre), "A", ("segment",)),
        "weights/source": Array(raw["source"], "1", ("synapse",)),
        "weights/target": Array(raw["target"], "1", ("synapse",)),
        "weights/w": Array(raw["w"], "1", ("synapse",)),
    }
    bounds = {
        "E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz"),
        "w": (raw["w"], float(config.rule.w_min), float(config.rule.w_max), "leak"),
    }
    found = measures.measure({name: array.values for name, array in arrays.items()}, float(config.transient))
    return Analysis(arrays=arrays, summary=found, bounds=bounds)


def plot(results: Any) -> Any:
    """Rates of both populations and the mean weight over time, in the manner of the paper's Fig 2."""
    return measures.figure(results.arrays, results.summary, results.config)


# ---- published numbers -----------------------------------------------------------------------------------------------

_PROGRAM = "program of Payeur et al. 2021, 5 seeds"
PAPER_REFERENCES = (
    *(
        Reference(
            name=f"burst probability, segment {k + 1}", key=f"post_burst_probability[{k}]",
            value=value, low=round(value - 0.015, 4), high=round(value + 0.015, 4), source=_PROGRAM,
        )
        for k, value in enumerate((0.112, 0.237, 0.117, 0.019, 0.110, 0.110))
    ),
    Reference(
        name="mean weight after the strong teacher, relative", key="weight_change[1]",
        value=0.066, low=0.05, high=0.09, source=_PROGRAM,
    ),
    Reference(
        name="mean weight after the weak teacher, relative", key="weight_change[3]",
        value=-0.04, low=-0.06, high=-0.03, source=_PROGRAM,
    ),
    Reference(
        name="change of the mean weight by presynaptic bursts, relative", key="presynaptic_bursts_change",
        value=0.001, low=-0.01, high=0.01, source=_PROGRAM,
    ),
)  # fmt: skip
# A quarter of the cells for a third of the time: the sign of what happens.
QUICK_REFERENCES = (
    Reference(
        name="mean weight after the strong teacher, relative", key="weight_change[1]", value=None, low=0.02, high=0.12
    ),
    Reference(
        name="mean weight after the weak teacher, relative", key="weight_change[3]", value=None, low=-0.08, high=-0.01
    ),
    Reference(
        name="change of the mean weight by presynaptic bursts, relative", key="presynaptic_bursts_change",
        value=None, low=-0.02, high=0.02,
    ),
)  # fmt: skip
