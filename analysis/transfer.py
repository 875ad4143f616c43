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
    "g_d_1": "dendritic gain g_d high",
    "g_d_2": "dendritic gain g_d higher",
}
VARIANTS = tuple(NAMES)
_SOM = "SOM inhibition (× usual)"
# Title of a panel, and what tells its curves apart: the parameter that modulates, or that of the unmodulated one.
PANELS = {
    _SOM: {"som_1": "modulated_som[0]", "som_2": "modulated_som[1]", "full": "1"},
    "VIP: less SOM current": {"full": "0 pA", "vip_1": "modulated_vip[0]", "vip_2": "modulated_vip[1]"},
    "Release onto SOM cells, U": {
        "release_1": "modulated_release[0]", "full": "stf_U", "release_2": "modulated_release[1]",
    },
    "Dendritic gain g_d": {"full": "g_d", "g_d_1": "modulated_g_d[0]", "g_d_2": "modulated_g_d[1]"},
}  # fmt: skip


def current_at_half(current: np.ndarray, probability: np.ndarray) -> float:
    """Current at which a curve first reaches one half, linear between its points; NaN if it does not cross it."""
    above = np.flatnonzero(np.asarray(probability) >= 0.5)
    if len(above) == 0 or above[0] == 0:
        return float("nan")
    k = int(above[0])
    return float(np.interp(0.5, probability[k - 1 : k + 1], current[k - 1 : k + 1]))


def line_r2(x: np.ndarray, y: np.ndarray) -> float:
    """Fraction of the variance of `y` that a straight line in `x` explains; NaN where one of them does not vary."""
    if not (np.ptp(x) > 0 and np.ptp(y) > 0):
        return float("nan")
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
    canvas = figures.canvas(12, 6.4)
    grid = canvas.add_gridspec(2, 4)
    for column, (title, variants) in enumerate(PANELS.items()):
        labels = {name: _label(what, config["parameters"]) for name, what in variants.items()}
        _variants(canvas, grid[0, column], arrays, title, labels)
    _isolated(canvas, grid[1, 0], arrays)
    _rates(canvas, grid[1, 1], arrays, config["parameters"])
    for k, name in enumerate(("without", "with")):
        r2, spread = (_number(summary[what][name]) for what in ("line_R2", "spread_over_I_s"))
        _recurrent(
            canvas,
            grid[1, 2 + k],
            arrays,
            k,
            f"{name.capitalize()} STF inhibition\nR² of a line {r2},\nrange over I_s {spread}",
        )
    return canvas


# From little to much of what differs: inhibition and its parameters, currents into dendrites, and into somata.
_SHADES = [figures.shade(part) for part in (0, 0.5, 1)]
_DENDRITE, _SOMA = ([figures.tint(colour, part) for part in (0, 0.5, 1)] for colour in (figures.ORANGE, figures.BLUE))
_X, _Y = "dendritic current (pA)", "bursts per event (%)"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _label(what: str, parameters: Mapping[str, Any]) -> str:
    """The value of a parameter, or of one in its list; other texts stay."""
    name, _, index = what.rstrip("]").partition("[")
    if name not in parameters:
        return what
    return str(parameters[name][int(index)] if index else parameters[name])


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
    figures.guide(axes, y=[50])
    figures.key(axes, "at 50 %", color="black", lw=0.8, ls=":")
    axes.set_ylim(0, 105)
    figures.legend(axes)


def _isolated(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray]) -> None:
    axes = figures.panel(canvas, place, "Isolated cell", "somatic current (pA)", "rate (Hz)")
    steps, level = 1e12 * arrays["isolated/dendritic_current"], 1e12 * arrays["isolated/somatic_current"]
    chosen = np.unique([int(np.argmin(np.abs(steps - wanted))) for wanted in (0, 200, 400)])
    for colour, k in zip(_DENDRITE, chosen, strict=False):
        axes.plot(level, arrays["isolated/spike_rate"][:, k], "-", color=colour, lw=1.4, label=f"I_d = {steps[k]:g} pA")
        axes.plot(level, arrays["isolated/event_rate"][:, k], "--", color=colour, lw=1.1)
    figures.key(axes, "spikes", ls="-", color="black", lw=1.4)
    figures.key(axes, "events", ls="--", color="black", lw=1.1)
    axes.set_ylim(bottom=0)
    figures.legend(axes)


def _rates(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray], parameters: Mapping[str, Any]) -> None:
    axes = figures.panel(canvas, place, "Rates of the ensemble", _X, "rate (Hz)")
    current = 1e12 * arrays["ensemble/dendritic_current"]
    for colour, (name, label) in zip(_SHADES, PANELS[_SOM].items(), strict=True):
        k = VARIANTS.index(name)
        axes.plot(current, arrays["ensemble/burst_rate"][k], ":", color=colour, lw=1.4, label=_label(label, parameters))
        axes.plot(current, arrays["ensemble/event_rate"][k], "--", color=colour, lw=1.1)
    figures.key(axes, "bursts", ls=":", color="black", lw=1.4)
    figures.key(axes, "events", ls="--", color="black", lw=1.1)
    axes.set_ylim(bottom=0)
    figures.legend(axes, title=_SOM)


def _recurrent(canvas: Any, place: Any, arrays: Mapping[str, np.ndarray], k: int, title: str) -> None:
    axes = figures.panel(canvas, place, title, _X, _Y)
    probability = burst_probability(arrays["recurrent/burst_rate"][k], arrays["recurrent/event_rate"][k])
    current = 1e12 * arrays["recurrent/dendritic_current"]
    for colour, I_s, curve in zip(_SOMA, 1e12 * arrays["recurrent/somatic_current"], probability, strict=True):
        axes.plot(current, 100 * curve, "o-", color=colour, ms=3, lw=1.3, label=f"I_s = {I_s:g} pA")
    axes.set_ylim(0, 105)
    figures.legend(axes)
