"""What event rates and burst probabilities of two populations tell of the currents into them, and its figure.

Bins are a dictionary of arrays: "bin/time" (begin, s), "bin/event_rate" and "bin/burst_rate" (Hz, lower and upper
population), "bin/pv_rate", "bin/som_rate" (Hz), "bin/somatic_current" into the lower somata and "bin/dendritic_current"
into the upper dendrites (A).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .bursts import burst_probability
from .figures import BLUE, GREY, RED, canvas, legend, panel, tint

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
NAMES = {
    "somatic_current": "current into lower somata",
    "dendritic_current": "current into upper dendrites",
    "lower_er": "lower event rate",
    "upper_er": "upper event rate",
    "upper_br": "upper burst rate",
    "lower_bp": "bursts per event",
    "upper_bp": "bursts per event",
}
EVENTS = {"lower": BLUE, "upper": tint(BLUE, 0)}
# Title, what is followed, and what follows it in which colour and line.
DECODED: tuple[tuple[str, str, dict[str, tuple[Any, str]]], ...] = (
    (
        "Up: events of both populations",
        "somatic_current",
        {"lower_er": (EVENTS["lower"], "-"), "upper_er": (EVENTS["upper"], "-")},
    ),
    ("Down: bursts of the upper population", "dendritic_current", {"upper_bp": (RED, "-")}),
    ("Down: bursts of the lower population", "upper_br", {"lower_bp": (RED, "-")}),
)


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Lower population left, upper right: rasters, event and burst rates, burst probabilities, and what they decode."""
    n = int(config["parameters"]["n"])
    time = arrays["bin/time"]
    middle = time + (time[1] - time[0]) / 2
    shown = signals(arrays)
    drawn = canvas(11, 9)
    grid = drawn.add_gridspec(4, 6, height_ratios=[1.5, 1, 1, 1.1])
    highest = {kind: max(np.nanmax(shown[f"{name}_{kind}"]) for name in POPULATIONS) for kind in ("er", "bp")}
    for k, name in enumerate(POPULATIONS):
        column, whose = slice(3 * k, 3 * k + 3), f"{name.capitalize()} population"
        _raster(drawn, grid[0, column], arrays, k * n, f"{whose}, {min(n, SHOWN_CELLS)} cells")
        axes = panel(drawn, grid[1, column], f"{whose}, rates", ylabel="rate (Hz)")
        axes.plot(middle, shown[f"{name}_er"], color=EVENTS[name], lw=1.3, label="events")
        axes.plot(middle, shown[f"{name}_br"], color=RED, lw=1.3, label="bursts")
        axes.set_ylim(0, 1.05 * highest["er"])
        legend(axes)
        axes = panel(drawn, grid[2, column], f"{whose}, burst probability", ylabel="bursts per\nevent (%)")
        axes.plot(middle, 100 * shown[f"{name}_bp"], color=RED, lw=1.3)
        axes.set_ylim(0, 105 * highest["bp"])
    decoded = [
        _decoded(drawn, grid[3, 2 * k : 2 * k + 2], middle, shown, title, followed, followers)
        for k, (title, followed, followers) in enumerate(DECODED)
    ]
    low, high = zip(*(axes.get_ylim() for axes in decoded), strict=True)
    for axes in decoded:
        axes.set_ylim(min(low), max(high))
    for axes in drawn.axes:
        axes.set_xlim(time[0], 2 * middle[-1] - time[-1])
    return drawn


def _raster(drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], first: int, title: str) -> None:
    axes = panel(drawn, position, title, ylabel="cell")
    for what, colour, size in (("spikes", GREY, 1.5), ("bursts", RED, 2.5)):
        cell, time = arrays[f"{what}/cell"], arrays[f"{what}/time"]
        inside = (cell >= first) & (cell < first + SHOWN_CELLS)
        axes.plot(time[inside], cell[inside] - first, ".", color=colour, ms=size, label=what, rasterized=True)
    axes.set_ylim(-1, SHOWN_CELLS)
    legend(axes, markerscale=3)


def _decoded(
    drawn: Any, position: Any, time: np.ndarray, shown: Mapping[str, np.ndarray], title: str, followed: str,
    followers: Mapping[str, tuple[Any, str]],
) -> Any:  # fmt: skip
    axes = panel(drawn, position, title, "time (s)", "from the mean (SD)")
    # Correlations and units are those of the time in which the currents change.
    current = shown["dendritic_current"]
    inside = current != current[0] if np.ptp(current) > 0 else np.ones(len(current), dtype=bool)
    axes.plot(time, _standardised(shown[followed], inside), color=GREY, ls="--", lw=1, label=NAMES[followed])
    for name, (colour, dash) in followers.items():
        r = correlation(shown[followed][inside], shown[name][inside])
        label = f"{NAMES[name]}, r = {r:.2f}"
        axes.plot(time, _standardised(shown[name], inside), color=colour, ls=dash, lw=1.3, label=label)
    legend(axes)
    return axes


def _standardised(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    spread = np.nanstd(values[inside])
    return (values - np.nanmean(values[inside])) / (spread if spread > 0 else 1.0)
