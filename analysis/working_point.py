"""Working point of full cells: how their rates and releases follow somatic input and dendritic current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .bursts import burst_probability
from .figures import GREY, canvas, key, legend, panel, shade, threshold

# The range that the network uses: burst probabilities (the band of the task) and the currents that lie in it.
BAND = (0.1, 0.5)


def measure(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Whether the two streams stay apart.

    Parameters
    ----------
    arrays : mapping
        "dendrite/current", shape (dendrite,), in A; "cells/event_rate", "cells/burst_rate", "cells/spike_rate",
        "cells/release_std" and "cells/release_stf", shape (input, dendrite), in Hz, inputs in rising order;
        "input/event_rate", (input,).

    Returns
    -------
    dict
        `I_d_band_pA`: the range of currents whose mean burst probability is in `BAND`; in it: `bp` and `er_Hz` (least
        and largest), `bp_monotonic`, `er_monotonic`, `bp_spread_over_inputs` and `er_spread_over_I_d_Hz` (largest range
        over the other current), and the correlations of releases with what they should read and should not read.
    """
    spikes = arrays["cells/spike_rate"]
    rates = {name: arrays[f"cells/{name}"] for name in ("event_rate", "burst_rate", "release_std", "release_stf")}
    bp = burst_probability(rates["burst_rate"], rates["event_rate"])
    mean = np.nanmean(bp, axis=0)
    inside = (mean >= BAND[0]) & (mean <= BAND[1])
    current = arrays["dendrite/current"]
    if inside.sum() < 2:
        return {"I_d_band_pA": [], "bp_monotonic": False, "er_monotonic": False}
    er, bp = rates["event_rate"][:, inside], bp[:, inside]
    return {
        "I_d_band_pA": [float(1e12 * current[inside].min()), float(1e12 * current[inside].max())],
        "bp": [float(bp.min()), float(bp.max())],
        "er_Hz": [float(er.min()), float(er.max())],
        "bp_monotonic": bool(np.all(np.diff(np.nanmean(bp, axis=0)) > 0)),
        "er_monotonic": bool(np.all(np.diff(er.mean(axis=1)) > 0)),
        "bp_spread_over_inputs": float(np.ptp(bp, axis=0).max()),
        "er_spread_over_I_d_Hz": float(np.ptp(er, axis=1).max()),
        "input_event_rate_Hz": arrays["input/event_rate"].tolist(),
        **{
            f"release_per_spike_{kind}": float(rates[f"release_{kind}"][:, inside].sum() / spikes[:, inside].sum())
            for kind in ("std", "stf")
        },
        "correlation_std_events": _correlation(rates["release_std"], rates["event_rate"], inside),
        "correlation_std_bursts": _correlation(rates["release_std"], rates["burst_rate"], inside),
        "correlation_stf_events": _correlation(rates["release_stf"], rates["event_rate"], inside),
        "correlation_stf_bursts": _correlation(rates["release_stf"], rates["burst_rate"], inside),
    }


def _correlation(one: np.ndarray, other: np.ndarray, inside: np.ndarray) -> float:
    return float(np.corrcoef(one[:, inside].ravel(), other[:, inside].ravel())[0, 1])


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Event rate and burst probability against the dendritic current, and what synapses read, by input."""
    drawn = canvas(9, 6.5)
    grid = drawn.add_gridspec(2, 2)
    current, inputs = 1e12 * arrays["dendrite/current"], arrays["input/event_rate"]
    er, br = arrays["cells/event_rate"], arrays["cells/burst_rate"]
    bp = burst_probability(br, er)
    top = panel(drawn, grid[0, 0], "Burst probability", "dendritic current (pA)", "bursts per event (%)")
    rates = panel(drawn, grid[0, 1], "Event rate", "dendritic current (pA)", "event rate (Hz)")
    up = panel(drawn, grid[1, 0], "Depressing synapses", "event rate (Hz)", "release per second")
    down = panel(drawn, grid[1, 1], "Facilitating synapses", "burst rate (Hz)", "release per second")
    for k, rate in enumerate(inputs):
        colour = shade(k / max(1, len(inputs) - 1))
        style = {"color": colour, "marker": "o", "ms": 3, "lw": 1.2}
        top.plot(current, 100 * bp[k], label=f"{rate:.1f} Hz", **style)
        rates.plot(current, er[k], label=f"{rate:.1f} Hz", **style)
        inside = _inside(current, summary)
        for axes, x, name in ((up, er, "release_std"), (down, br, "release_stf")):
            axes.plot(x[k, inside], arrays[f"cells/{name}"][k, inside], "o", color=colour, ms=4, label=f"{rate:.1f} Hz")
    for value in BAND:
        threshold(top, 100 * value)
    key(top, "network's range", color=GREY, ls="--", lw=0.8)
    for axes in (top, rates, up, down):
        legend(axes, title="event rate of the input")
    top.set_ylim(0, 100)
    for axes in (rates, up, down):
        axes.set_ylim(bottom=0)
    for axes in (up, down):
        axes.set_xlim(left=0)
    return drawn


def _inside(current: np.ndarray, summary: Mapping[str, Any]) -> np.ndarray:
    band = summary["I_d_band_pA"]
    return (current > band[0] - 1) & (current < band[1] + 1) if band else np.ones(len(current), dtype=bool)
