"""The shape of the BP curve of full cells in noise: where it is, how steep, how straight, and what events do meanwhile.

Burst probability against dendritic current, from -200 pA to where it is largest (with more, cells fire regularly and it
falls again). For the study of docs/sensitivity.md.
"""

from dataclasses import replace

import numpy as np
from brian2 import pA

from burstlab.analysis.transfer import current_at_half, line_r2
from burstlab.experiments import response_curves

CURVE = response_curves.Config(
    somatic_sweep=(200 * pA,), dendritic_sweep=tuple(range(-200, 601, 50) * pA), cells_per_current=50
)


def analyse(config, raw, seed):
    """As of `response_curves`, and four numbers of the curve."""
    found = response_curves.EXPERIMENT.analyse(config, raw, seed)
    current = 1e12 * found.arrays["dendritic_sweep/current"].values
    probability, rate = (
        found.arrays[f"dendritic_sweep/{name}"].values[0] for name in ("burst_probability", "event_rate")
    )
    last = int(np.argmax(np.nan_to_num(probability))) + 1
    midpoint = current_at_half(current[:last], probability[:last])
    # Between the points around the middle: a fraction for each 100 pA.
    slope = np.interp(midpoint + 50, current, probability) - np.interp(midpoint - 50, current, probability)
    found.summary["midpoint_pA"] = midpoint
    found.summary["slope_per_100pA"] = float(slope)
    found.summary["line_R2"] = line_r2(current[:last], probability[:last]) if last > 2 else float("nan")
    found.summary["event_rate_change_Hz"] = float(np.ptp(rate[:last]))
    return found


EXPERIMENT = replace(
    response_curves.EXPERIMENT,
    name="bp_curve",
    meaning="the shape of the BP curve: middle, slope, straightness, and the change of the event rate along it",
    presets={"quick": CURVE},
    expected_s={"quick": 1},
    headlines=("midpoint_pA", "slope_per_100pA", "line_R2", "event_rate_change_Hz"),
    analyse=analyse,
)
