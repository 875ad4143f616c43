"""Pairing protocols: what the learning rule does to one synapse in closed form, and where measured curves cross zero.

The rule of Payeur et al. (2021) without homeostasis: at a postsynaptic event the weight changes by -eta P_bar x, at a
burst by eta x, where x is the trace of presynaptic events and P_bar = B_bar/E_bar the ratio of two moving averages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import figures

BURST_INTERVAL = 0.016
Numbers = np.ndarray | float


def periodic_change(
    frequency: np.ndarray,
    *,
    pairings: int,
    trains: int,
    pause: float,
    onset: float,
    eta: float,
    tau_pre: float,
    tau_avg: float,
    event_rate: float,
    burst_probability: float,
    burst_interval: float = BURST_INTERVAL,
) -> np.ndarray:
    """Weight change by periodic coincident spikes of both cells: the rule itself, spike by spike.

    Parameters
    ----------
    frequency : array, shape (n,)
        Of the pairings in a train, Hz.
    pairings, trains : int
        Spikes in a train, and number of trains.
    pause : float
        Added to the interval between trains, s.
    onset : float
        Time of the first spike, s.
    eta, tau_pre, tau_avg : float
        Learning rate; time constants of the presynaptic trace and of the moving averages, s.
    event_rate, burst_probability : float
        E_bar (Hz) and P_bar at the start.

    Returns
    -------
    array, shape (n,)
    """
    period = 1 / np.asarray(frequency, dtype=float)
    # Half a femtosecond: a period that is the burst interval but for rounding does not make a burst.
    bursts = period < burst_interval - 1e-15
    E, B = np.full(period.shape, event_rate), np.full(period.shape, event_rate * burst_probability)
    x, change = np.zeros(period.shape), np.zeros(period.shape)
    for spike in range(pairings * trains):
        within = spike % pairings
        wait = onset if spike == 0 else period + (pause if within == 0 else 0.0)
        E, B, x = E * np.exp(-wait / tau_avg), B * np.exp(-wait / tau_avg), x * np.exp(-wait / tau_pre)
        event = (within == 0) | ~bursts
        second = (within == 1) & bursts
        # The presynaptic trace counts the pairing itself; the averages do not yet.
        x = x + event
        change = change + eta * x * (second - event * np.minimum(B / E, 1))
        E, B = E + event / tau_avg, B + second / tau_avg
    return change


def detected(rate: np.ndarray, refractory: float, burst_interval: float = BURST_INTERVAL) -> tuple[Any, Any]:
    """Event rate (Hz) and burst probability that are found in a Poisson train with a refractory time.

    Parameters
    ----------
    rate : array
        Mean rate of spikes, Hz; the hazard after the refractory time (s) is rate/(1 - refractory rate).
    """
    rate = np.asarray(rate, dtype=float)
    hazard = rate / (1 - refractory * rate)
    follows = 1 - np.exp(-hazard * (burst_interval - refractory))
    # A spike is an event if it follows none, and of a burst's spikes the second one if the first follows none.
    return rate * (1 - follows), follows


def stationary_change(
    event_rate: Numbers,
    burst_probability: Numbers,
    *,
    presynaptic_rate: Numbers,
    duration: float,
    eta: float,
    tau_pre: float,
    tau_avg: float,
    event_rate_start: Numbers,
    burst_probability_start: float,
) -> np.ndarray:
    """Mean weight change by independent stationary trains, while the averages relax from where they start.

    eta tau_pre E_pre times the integral of B - E P_bar(t), with E and B the postsynaptic event and burst rates: that is
    eta tau_pre E_pre tau_avg E (p - P_bar(0)) E_bar(0) ln(E_bar(0)/E_bar(T))/(E_bar(0) - E).

    Parameters
    ----------
    event_rate, burst_probability : array
        Postsynaptic, Hz and fraction.
    presynaptic_rate : array
        Rate of presynaptic events, Hz.
    duration : float
        T, s.
    event_rate_start, burst_probability_start : float
        E_bar(0) (Hz) and P_bar(0).
    """
    E, E_0 = np.asarray(event_rate, dtype=float), np.asarray(event_rate_start, dtype=float)
    left = np.exp(-duration / tau_avg)
    change = E_0 - E
    near = np.abs(change) < 1e-9 * E_0
    # ln(E_0/E_T)/(E_0 - E), and its limit where the average starts at the rate
    relaxed = np.where(near, (1 - left) / E, np.log(E_0 / (E + change * left)) / np.where(near, 1, change))
    return (
        eta * tau_pre * presynaptic_rate * tau_avg * E * (burst_probability - burst_probability_start) * E_0 * relaxed
    )


def flip(x: np.ndarray, change: np.ndarray) -> tuple[float, float, float]:
    """Where a curve jumps from negative to positive: middle, last negative and first positive x; NaN if nowhere."""
    up = np.flatnonzero((change[:-1] < 0) & (change[1:] > 0))
    if not len(up):
        return np.nan, np.nan, np.nan
    below, above = float(x[up[-1]]), float(x[up[-1] + 1])
    return (below + above) / 2, below, above


def weighted_fit(x: np.ndarray, changes: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Polynomial through the means of `changes` (shape (len(x), realisations)), and the covariance of its coefficients.

    Each mean weighs as its own standard error says.
    """
    error = changes.std(axis=1, ddof=1) / np.sqrt(changes.shape[1])
    return np.polyfit(x, changes.mean(axis=1), degree, w=1 / error, cov="unscaled")


def crossing(x: np.ndarray, changes: np.ndarray, degree: int, window: float = np.inf) -> tuple[float, float]:
    """Where measured changes go from negative to positive, and its standard error; NaN if nowhere.

    Parameters
    ----------
    x : array, shape (n,)
        Increasing.
    changes : array, shape (n, realisations)
        Weight changes of independent synapses.
    degree : int
        Of the polynomial that is fitted, near the crossing, to their means.
    window : float
        How far from the crossing means are used, in units of x.
    """
    means = changes.mean(axis=1)
    up = np.flatnonzero((means[:-1] < 0) & (means[1:] >= 0))
    if not len(up):
        return np.nan, np.nan
    # Noise makes several changes of sign: begin in the middle of them.
    k = up[len(up) // 2]
    found = float(np.interp(0, means[k : k + 2], x[k : k + 2]))
    for _ in range(3):
        near = np.abs(x - found) <= window
        if np.count_nonzero(near) < degree + 2:
            return np.nan, np.nan
        coefficients, covariance = weighted_fit(x[near], changes[near], degree)
        roots = np.roots(coefficients)
        roots = roots[np.isreal(roots)].real
        slopes = np.polyval(np.polyder(coefficients), roots)
        inside = (slopes > 0) & (roots >= x[0]) & (roots <= x[-1])
        if not inside.any():
            return np.nan, np.nan
        best = np.argmin(np.abs(roots - found) + np.where(inside, 0, np.inf))
        found, slope = float(roots[best]), float(slopes[best])
    powers = found ** np.arange(degree, -1, -1)
    return found, float(np.sqrt(powers @ covariance @ powers) / slope)


def line(x: np.ndarray, changes: np.ndarray) -> tuple[float, float]:
    """Slope of a straight line through measured changes, and its standard error."""
    coefficients, covariance = weighted_fit(x, changes, 1)
    return float(coefficients[0]), float(np.sqrt(covariance[0, 0]))


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Weight change against frequency, rate and burst probability (Payeur et al. 2021, Fig 2b-d)."""
    canvas = figures.canvas(11, 4.6)
    places = canvas.add_gridspec(1, 3)
    label = "weight change (× leak conductance)"
    axes = figures.panel(canvas, places[0], "Periodic pairing", "frequency of pairings (Hz)", label)
    axes.plot(arrays["periodic/curve_x"], arrays["periodic/curve"], color=figures.GREY, lw=1.2, label="closed form")
    axes.plot(arrays["periodic/frequency"], arrays["periodic/change"], "o", color="black", ms=4, label="simulated")
    found = summary["periodic_sign_flip_Hz"]
    _mark(axes, found, "black", label=f"zero {_nowhere(found, '{:.1f} Hz')}")
    figures.legend(axes, title="spikes of both cells at once")
    axes = figures.panel(canvas, places[1], "Poisson spikes", "firing rate (Hz)", label)
    crossings = summary["poisson_zero_crossing_Hz"]
    zeros = [
        _nowhere(at, f"{{:.1f}} ± {error or 0:.1f} Hz")
        for at, error in zip(crossings, summary["poisson_zero_crossing_se_Hz"], strict=True)
    ]
    usual = [f"{value:g}" for value in summary["poisson_P_start"]]
    _family(axes, arrays, "poisson", "rate", figures.RED, usual, crossings, zeros)
    figures.legend(axes, title="average burst probability at the start")
    axes = figures.panel(canvas, places[2], "Poisson events and bursts", "burst probability (%)", label)
    shown = [None if p is None else 100 * p for p in summary["burst_poisson_zero_crossing"]]
    zeros = [_nowhere(p, "{:.1f} %") for p in shown]
    rates = [f"{rate:g} Hz" for rate in summary["burst_poisson_rate_Hz"]]
    _family(axes, arrays, "burst_poisson", "probability", figures.BLUE, rates, shown, zeros, 100)
    figures.legend(axes, title="event rate")
    for axes in canvas.axes:
        figures.guide(axes, y=[0])
    return canvas


def _family(
    axes: Any, arrays: Mapping[str, np.ndarray], name: str, x: str, base: str, of: Sequence[str],
    crossings: Sequence[float | None], zeros: Sequence[str], scale: float = 1,
) -> None:  # fmt: skip
    """Means with standard errors of several curves, the closed form of each, and where it is zero."""
    for k, what in enumerate(of):
        colour, changes = figures.tint(base, k / max(1, len(of) - 1)), arrays[f"{name}/change"][k]
        axes.plot(scale * arrays[f"{name}/curve_x"], arrays[f"{name}/curve"][k], color=colour, lw=0.8)
        figures.key(axes, f"{what}: zero {zeros[k]}", color=colour, marker="o", ms=3.5, lw=0.8)
        error = changes.std(axis=1, ddof=1) / np.sqrt(changes.shape[1])
        axes.errorbar(
            scale * arrays[f"{name}/{x}"], changes.mean(axis=1), error, fmt="o", color=colour, ms=3.5, lw=1
        )  # fmt: skip
        _mark(axes, crossings[k], colour)


def _nowhere(at: float | None, words: str) -> str:
    """Where a curve crosses zero, in words."""
    return "nowhere" if at is None else f"at {words.format(at)}"


def _mark(axes: Any, at: float | None, colour: Any, label: str | None = None) -> None:
    """Mark where a curve crosses zero."""
    if at is not None and np.isfinite(at):
        axes.plot([at], [0], marker="|", ms=12, ls="", color=colour, mew=1.5, label=label)
