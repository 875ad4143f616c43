"""Burst probability against dendritic current: where curves reach one half, how straight they are; their figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import figures
from .bursts import burst_probability

# Conditions of the ensemble with interneurons, in the order of its arrays, and their names for people.
NAMES = {
    "som_1": "SOM inhibition off",
    "som_2": "SOM inhibition half",
    "full": "SOM inhibition full",
    "vip_1": "VIP low",
    "vip_2": "VIP high",
    "release_1": "release probability low",
    "release_2": "release probability high",
    "g_d_1": "dendritic current g_d high",
    "g_d_2": "dendritic current g_d higher",
}
VARIANTS = tuple(NAMES)
PANELS = {
    "SOM inhibition": {"som_1": "off", "som_2": "half", "full": "full"},
    "VIP cells inhibit SOM": {"full": "none", "vip_1": "weakly", "vip_2": "strongly"},
    "Release onto SOM, $U$": {"release_1": "lower", "full": "as it is", "release_2": "higher"},
    "Dendritic current $g_d$": {"full": "as it is", "g_d_1": "higher", "g_d_2": "highest"},
}


def current_at_half(current: np.ndarray, probability: np.ndarray) -> float:
    """Current at which a curve first reaches one half, linear between its points; NaN if it does not cross it."""
    above = np.flatnonzero(np.asarray(probability) >= 0.5)
    if len(above) == 0 or above[0] == 0:
        return float("nan")
    k = int(above[0])
    return float(np.interp(0.5, probability[k - 1 : k + 1], current[k - 1 : k + 1]))


def line_r2(x: np.ndarray, y: np.ndarray) -> float:
    """Fraction of the variance of `y` that a straight line in `x` explains."""
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def measure(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Headline numbers of all curves.

    Parameters
    ----------
    arrays : mapping
        "ensemble/event_rate" and "ensemble/burst_rate" (Hz, shape (variants, steps)), "recurrent/..." (shape
        (without and with inhibition, somatic currents, steps)), and "ensemble/dendritic_current" and
        "recurrent/dendritic_current" (A).

    Returns
    -------
    dict
        Dendritic current at a burst probability of one half for each variant (pA), event rates of the variants, R2 of a
        straight line (mean over somatic currents) and range over somatic currents (mean over dendritic currents),
        without and with facilitating inhibition.
    """
    ensemble, recurrent = (
        burst_probability(arrays[f"{name}/burst_rate"], arrays[f"{name}/event_rate"])
        for name in ("ensemble", "recurrent")
    )
    current = 1e12 * arrays["ensemble/dendritic_current"]
    half = {name: current_at_half(current, ensemble[k]) for k, name in enumerate(VARIANTS)}
    steps = arrays["recurrent/dendritic_current"]
    r2 = [float(np.mean([line_r2(steps, curve) for curve in curves])) for curves in recurrent]
    spread = [float(np.mean(np.ptp(curves, axis=0))) for curves in recurrent]
    return {
        "current_at_half_pA": half,
        "line_R2": {"without": r2[0], "with": r2[1], "gained": r2[1] - r2[0]},
        "spread_over_I_s": {"without": spread[0], "with": spread[1], "lost": spread[0] - spread[1]},
        "burst_probability": {name: ensemble[k].tolist() for k, name in enumerate(VARIANTS)},
        "event_rate_Hz": {name: arrays["ensemble/event_rate"][k].tolist() for k, name in enumerate(VARIANTS)},
    }


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Above, curves of the ensemble, one panel a modulation; below, f-I curves and the recurrent ensemble."""
    canvas = figures.canvas(12, 5.8)
    grid = canvas.add_gridspec(2, 4)
    for column, (title, variants) in enumerate(PANELS.items()):
        _variants(canvas, grid[0, column], arrays, title, variants)
    _isolated(canvas, grid[1, 0], arrays)
    _event_rates(canvas, grid[1, 1], arrays)
    for k, name in enumerate(("without", "with")):
        numbers = f"$R^2$ {summary['line_R2'][name]:.3f}, spread {summary['spread_over_I_s'][name]:.3f}"
        _recurrent(canvas, grid[1, 2 + k], arrays, k, f"{name.capitalize()} STF inhibition\n{numbers}")
    return canvas


_SHADES = (figures.GREY, figures.BLUE, figures.ORANGE)
_X, _Y = "dendritic current (pA)", "burst probability (%)"


def _variants(
    canvas: Any, place: Any, arrays: Mapping[str, np.ndarray], title: str, variants: Mapping[str, str]
) -> None:
    axes = figures.panel(canvas, place, title, _X, _Y)
    probability = burst_probability(arrays["ensemble/burst_rate"], arrays["ensemble/event_rate"])
    current = 1e12 * arrays["ensemble/dendritic_current"]
    for colour, (name, label) in zip(_SHADES, variants.items(), strict=True):
        curve = probability[VARIANTS.index(name)]
        axes.plot(current, 100 * curve, "o-", color=colour, ms=3, lw=1.3, label=label)
        half = current_at_half(current, curve)
        if np.isfinite(half):
            axes.plot([half, half], [0, 50], color=colour, lw=0.8, ls=":")
    axes.axhline(50, color="0.85", lw=0.8, zorder=0)
    axes.set_ylim(0, 105)
    axes.legend(fontsize=8, frameon=False, loc="upper left")


def _isolated(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray]) -> None:
    axes = figures.panel(canvas, place, "Isolated cell", "somatic current (pA)", "rate (Hz)")
    steps, level = 1e12 * arrays["isolated/dendritic_current"], 1e12 * arrays["isolated/somatic_current"]
    chosen = np.unique([int(np.argmin(np.abs(steps - wanted))) for wanted in (0, 200, 400)])
    for colour, k in zip(_SHADES, chosen, strict=False):
        axes.plot(
            level, arrays["isolated/spike_rate"][:, k], "-", color=colour, lw=1.4, label=f"$I_d$ = {steps[k]:g} pA"
        )
        axes.plot(level, arrays["isolated/event_rate"][:, k], "--", color=colour, lw=1.1)
    axes.plot([], [], "-", color="black", lw=1.4, label="spikes")
    axes.plot([], [], "--", color="black", lw=1.1, label="events")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8, frameon=False, loc="upper left")


def _event_rates(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray]) -> None:
    axes = figures.panel(canvas, place, "Rates of the ensemble", _X, "rate (Hz)")
    current = 1e12 * arrays["ensemble/dendritic_current"]
    for colour, (name, label) in zip(_SHADES, PANELS["SOM inhibition"].items(), strict=True):
        k = VARIANTS.index(name)
        axes.plot(current, arrays["ensemble/event_rate"][k], "--", color=colour, lw=1.1, label=f"SOM {label}")
        axes.plot(current, arrays["ensemble/burst_rate"][k], "-", color=colour, lw=1.4)
    axes.plot([], [], "--", color="black", lw=1.1, label="events")
    axes.plot([], [], "-", color="black", lw=1.4, label="bursts")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8, frameon=False)


def _recurrent(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray], k: int, title: str) -> None:
    axes = figures.panel(canvas, place, title, _X, _Y)
    probability = burst_probability(arrays["recurrent/burst_rate"][k], arrays["recurrent/event_rate"][k])
    current = 1e12 * arrays["recurrent/dendritic_current"]
    for colour, I_s, curve in zip(_SHADES, 1e12 * arrays["recurrent/somatic_current"], probability, strict=True):
        axes.plot(current, 100 * curve, "o-", color=colour, ms=3, lw=1.3, label=f"$I_s$ = {I_s:g} pA")
    axes.set_ylim(0, 105)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
