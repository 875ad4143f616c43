"""What event rates and burst probabilities of two populations tell of the currents into them, and its figure.

Bins are a dictionary of arrays: "bin/time" (begin, s), "bin/event_rate" and "bin/burst_rate" (Hz, lower and upper
population), "bin/pv_rate", "bin/som_rate" (Hz), "bin/somatic_current" into the lower somata and "bin/dendritic_current"
into the upper dendrites (A).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .bursts import burst_probability, find_bursts
from .figures import BLUE, GREY, ORANGE, RED, canvas, panel

POPULATIONS = ("lower", "upper")
# Which signals are compared, {key: (one, other)}; names are those of `signals`.
COMPARED = {
    "dendritic_current_upper_bp": ("dendritic_current", "upper_bp"),
    "somatic_current_lower_er": ("somatic_current", "lower_er"),
    "lower_er_upper_er": ("lower_er", "upper_er"),
    "upper_br_lower_bp": ("upper_br", "lower_bp"),
    "dendritic_current_lower_er": ("dendritic_current", "lower_er"),
    "dendritic_current_upper_er": ("dendritic_current", "upper_er"),
    "somatic_current_upper_bp": ("somatic_current", "upper_bp"),
}
RANGES = {"lower_er_Hz": "lower_er", "upper_er_Hz": "upper_er", "lower_bp": "lower_bp", "upper_bp": "upper_bp"}


def signals(bins: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Event rate (er, Hz), burst rate (br, Hz) and burst probability (bp) of each population, and the currents (A)."""
    result = {name: bins[f"bin/{name}"] for name in ("somatic_current", "dendritic_current")}
    for k, name in enumerate(POPULATIONS):
        events, bursts = bins["bin/event_rate"][k], bins["bin/burst_rate"][k]
        result |= {f"{name}_er": events, f"{name}_br": bursts, f"{name}_bp": burst_probability(bursts, events)}
    return result


def measure(bins: Mapping[str, np.ndarray], begin: float) -> dict[str, Any]:
    """Headline numbers of the bins that begin at `begin` (s) or later.

    Returns
    -------
    dict
        `correlation` (Pearson's, of pairs of signals), `range` (minimum, maximum and mean of each), `pv_rate_Hz` and
        `som_rate_Hz` (means).
    """
    inside = bins["bin/time"] > begin - 1e-9
    chosen = {name: values[inside] for name, values in signals(bins).items()}
    return {
        "correlation": {key: correlation(chosen[one], chosen[other]) for key, (one, other) in COMPARED.items()},
        "range": {
            key: [float(np.nanmin(chosen[name])), float(np.nanmax(chosen[name])), float(np.nanmean(chosen[name]))]
            for key, name in RANGES.items()
        },
        "pv_rate_Hz": float(np.mean(bins["bin/pv_rate"][inside])),
        "som_rate_Hz": float(np.mean(bins["bin/som_rate"][inside])),
    }


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation where both are numbers; NaN where one of them does not vary."""
    both = np.isfinite(one) & np.isfinite(other)
    one, other = one[both] - np.mean(one[both]), other[both] - np.mean(other[both])
    norm = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / norm) if norm > 0 else float("nan")


# ---- figure ----------------------------------------------------------------------------------------------------------

SHOWN_CELLS = 100


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Lower population left, upper right: rasters, event and burst rates, burst probabilities, and what they decode."""
    n = int(config["parameters"]["n"])
    time = arrays["bin/time"]
    middle = time + (time[1] - time[0]) / 2
    shown = signals(arrays)
    drawn = canvas(11, 9)
    grid = drawn.add_gridspec(4, 2, height_ratios=[1.5, 1, 1, 1.1])
    for column, name in enumerate(POPULATIONS):
        _raster(
            drawn, grid[0, column], arrays, column * n, f"{name.capitalize()} population, {min(n, SHOWN_CELLS)} cells"
        )
        axes = panel(drawn, grid[1, column], "Event rate and burst rate", ylabel="rate (Hz)")
        axes.plot(middle, shown[f"{name}_er"], color=BLUE, lw=1.3, label="events")
        axes.plot(middle, shown[f"{name}_br"], color=ORANGE, lw=1.3, label="bursts")
        axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper right")
        axes.set_ylim(0, 13)
        axes = panel(drawn, grid[2, column], "Burst probability", ylabel="bursts per event (%)")
        axes.plot(middle, 100 * shown[f"{name}_bp"], color=RED, lw=1.3)
        axes.set_ylim(0, 70)
    up = {"lower_er": ("lower event rate", BLUE), "upper_er": ("upper event rate", "#56B4E9")}
    down = {"upper_bp": ("upper burst probability", RED), "lower_bp": ("lower burst probability", ORANGE)}
    _decoded(
        drawn, grid[3, 0], middle, shown, "Going up: event rates follow the current into lower somata",
        "somatic_current", up,
    )  # fmt: skip
    _decoded(
        drawn, grid[3, 1], middle, shown, "Coming down: bursts follow the current into upper dendrites",
        "dendritic_current", down,
    )  # fmt: skip
    for axes in drawn.axes:
        axes.set_xlim(time[0], 2 * middle[-1] - time[-1])
    return drawn


def _raster(drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], first: int, title: str) -> None:
    cell, time = arrays["spikes/cell"], arrays["spikes/time"]
    inside = (cell >= first) & (cell < first + SHOWN_CELLS)
    found = find_bursts(cell[inside], time[inside])
    axes = panel(drawn, position, title, ylabel="cell")
    axes.plot(time[inside], cell[inside] - first, ".", color=GREY, ms=1.5, label="spikes", rasterized=True)
    axes.plot(found.burst_time, found.burst_cell - first, ".", color=RED, ms=2.5, label="bursts", rasterized=True)
    axes.set_ylim(-1, SHOWN_CELLS * 1.12)
    axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper right", markerscale=3)


def _decoded(
    drawn: Any, position: Any, time: np.ndarray, shown: Mapping[str, np.ndarray], title: str, current: str,
    decoded: Mapping[str, tuple[str, str]],
) -> None:  # fmt: skip
    axes = panel(drawn, position, title, "time (s)", "standardised")
    varies = shown[current] != shown[current][0]
    axes.plot(time, _standardised(shown[current], varies), color="black", ls="--", lw=1.1, label="current")
    for name, (label, colour) in decoded.items():
        r = correlation(shown[current][varies], shown[name][varies])
        axes.plot(time, _standardised(shown[name], varies), color=colour, lw=1.3, label=f"{label} ($r$ = {r:.2f})")
    axes.set_ylim(-3, 4.2)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="upper right")


def _standardised(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    return (values - np.nanmean(values[inside])) / np.nanstd(values[inside])
