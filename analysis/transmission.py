"""What synapses pass on of trains with bursts: closed forms, ratios, gains, and their figure.

A kind is "event" or "burst" (direct transmission, without delay), "std" or "stf" (every spike, in proportion to what is
released, with a delay).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .bursts import find_bursts
from .figures import BLUE, GREY, ORANGE, RED, canvas, guide, legend, note, panel, tint


def releases(train: np.ndarray, tau_D: float, tau_F: float, U: float, f: float) -> np.ndarray:
    """Release at each spike of a train (s, sorted) of a synapse at rest before it, extended Tsodyks-Markram model."""
    released = np.empty(len(train))
    u, x = U, 1.0
    for k, time in enumerate(train):
        if k:
            interval = time - train[k - 1]
            u, x = U + (u - U) * np.exp(-interval / tau_F), 1 - (1 - x) * np.exp(-interval / tau_D)
        released[k] = u * x
        u, x = u + f * (1 - u), x - u * x
    return released


@dataclass(frozen=True, kw_only=True)
class Synapses:
    """Synapses of every kind.

    Attributes
    ----------
    weight : dict of str to float
        Of each kind, in units of the leak.
    plasticity : dict of str to dict
        tau_D, tau_F (s), U, f of "std" and "stf".
    delay : float
        Of these two (s).
    tau : float
        Decay of the conductance (s).
    burst_interval : float
        Spikes closer than this (s) belong to one burst.
    dt : float
        Time step (s).
    """

    weight: Mapping[str, float]
    plasticity: Mapping[str, Mapping[str, float]]
    delay: float
    tau: float
    burst_interval: float
    dt: float

    def transmitted(self, kind: str, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """When (s) something arrives of a train, and how much (leak)."""
        if kind in self.plasticity:
            return train + self.delay, self.weight[kind] * releases(train, **self.plasticity[kind])
        found = find_bursts(np.zeros(len(train), dtype=int), train, self.burst_interval)
        times = found.event_time if kind == "event" else found.burst_time
        return times, np.full(len(times), self.weight[kind])

    def conductance(self, kind: str, train: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Conductance at the begin of the steps at `time` (s), in units of the leak.

        The sum of what has arrived, each decaying by 1 - dt/tau a step as in forward Euler. What arrives in a step is
        seen at the begin of the next.
        """
        arrival, amount = self.transmitted(kind, train)
        if not len(arrival):
            return np.zeros(len(time))
        step = np.rint(arrival / self.dt).astype(int) + 1
        decay = 1 - self.dt / self.tau
        # Just after each arrival, then from the last arrival on to each moment.
        after = np.empty(len(step))
        for k, new in enumerate(amount):
            after[k] = new + (after[k - 1] * decay ** (step[k] - step[k - 1]) if k else 0.0)
        moment = np.rint(time / self.dt).astype(int)
        last = np.searchsorted(step, moment, side="right") - 1
        since = np.where(last >= 0, moment - step[np.maximum(last, 0)], 0)
        return np.where(last >= 0, after[np.maximum(last, 0)] * decay**since, 0.0)


def probe_ratios(kinds: Sequence[str], conductance: np.ndarray) -> dict[str, float]:
    """Conductance after a burst relative to that after a single spike: of the area and of the peak.

    Parameters
    ----------
    kinds : sequence of str
    conductance : array, shape (kinds, 2, samples)
        After a single spike and after a burst.

    Returns
    -------
    dict
        `burst_to_single_ratio_KIND` and `burst_to_single_peak_ratio_KIND`; NaN where a single spike passes nothing.
    """
    result = {}
    for name, measured in (("ratio", conductance.sum(axis=-1)), ("peak_ratio", conductance.max(axis=-1))):
        for kind, (single, burst) in zip(kinds, measured.astype(float), strict=True):
            result[f"burst_to_single_{name}_{kind}"] = burst / single if single > 0 else float("nan")
    return result


def deviations(kinds: Sequence[str], conductance: np.ndarray, closed: np.ndarray) -> dict[str, Any]:
    """Largest difference to the closed form over all sources and moments, relative to the largest conductance.

    Both arrays have the shape (kinds, sources, moments).
    """
    largest = np.abs(conductance - closed).max(axis=(1, 2)) / closed.max(axis=(1, 2))
    return {
        "closed_form_deviation": {kind: float(value) for kind, value in zip(kinds, largest, strict=True)},
        "closed_form_deviation_max": float(largest.max()),
    }


def gains(kinds: Sequence[str], mean: np.ndarray, time: np.ndarray, begin: np.ndarray, length: float) -> dict[str, Any]:
    """Mean conductance of each segment, and how much more it is with more bursts and with more events.

    Parameters
    ----------
    kinds : sequence of str
    mean : array, shape (kinds, moments)
        Conductance averaged over sources.
    time : array, shape (moments,)
        In s.
    begin : array, shape (3,)
        Of the segments (s): at first, more bursts among as many events, more events with as many bursts.
    length : float
        Of a segment (s); its first fifth is left out, in which what came before is still seen.
    """
    inside = [(time > first + length / 5) & (time < first + length) for first in begin]
    of_segments = np.stack([mean[:, chosen].mean(axis=1) for chosen in inside], axis=1).astype(float)
    return {
        "mean_conductance": {kind: values.tolist() for kind, values in zip(kinds, of_segments, strict=True)},
        **{
            f"gain_{name}": {
                kind: float(values[k] / values[0]) if values[0] > 0 else float("nan")
                for kind, values in zip(kinds, of_segments, strict=True)
            }
            for k, name in ((1, "more_bursts"), (2, "more_events"))
        },
    }


# ---- figure ----------------------------------------------------------------------------------------------------------

# Kinds in the order of the arrays: their names, and their lines. Blue reads events, red and orange read bursts; direct
# transmission, which nothing in a cell does, is dashed.
SHOWN = (
    ("events, direct", tint(BLUE, 0), "--"),
    ("depressing", BLUE, "-"),
    ("bursts, direct", ORANGE, "--"),
    ("facilitating", RED, "-"),
)
SITES = ("soma", "dendrite")
FIRST_TRAIN = 2  # sources before it are probes
EXCERPT = 1.0  # s of a train around the begin of the second segment
_CONDUCTANCE = "conductance\n(× leak)"


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """What synapses onto soma and dendrite make of one burst, of a train, and of more bursts or more events."""
    drawn = canvas(11, 9.5)
    grid = drawn.add_gridspec(4, 4, height_ratios=[1, 1, 1.1, 1.2])
    for k, site in enumerate(SITES):
        kinds, column = (2 * k, 2 * k + 1), slice(2 * k, 2 * k + 2)
        _probe(drawn, grid[0, column], arrays, kinds, f"Two spikes of a burst, onto the {site}")
        _excerpt(drawn, grid[1, column], arrays, kinds, "conductance", f"A train with events and bursts, {site}")
        _excerpt(drawn, grid[2, column], arrays, kinds, "voltage", f"Voltage of the {site} in that train")
    _means(drawn, grid[3, :3], arrays, summary)
    _gains(drawn, grid[3, 3], summary)
    return drawn


def _probe(drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], kinds: Sequence[int], title: str) -> None:
    axes = panel(drawn, position, title, "time since the first spike (ms)", _CONDUCTANCE)
    time = 1e3 * arrays["probe/time"]
    every = arrays["probe/conductance"][list(kinds)]
    begin = time[int(np.argmax(every.max(axis=(0, 1)) > 0))]
    for kind, (_, burst) in zip(kinds, every, strict=True):
        name, colour, dash = SHOWN[kind]
        axes.plot(time - begin, burst, color=colour, ls=dash, lw=1.3, label=name, zorder=3 if dash == "--" else 2)
    axes.plot(time - begin, every[1, 0], color=GREY, lw=0.9, label=f"{SHOWN[kinds[1]][0]}, one spike", zorder=4)
    axes.set_xlim(-5, min(60, time[-1] - begin))
    axes.set_ylim(0, 1.05 * max(every.max(), 1e-9))
    legend(axes)


def _excerpt(
    drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], kinds: Sequence[int], what: str, title: str
) -> None:
    voltage = what == "voltage"
    axes = panel(drawn, position, title, "time (s)" if voltage else "", "voltage (mV)" if voltage else _CONDUCTANCE)
    middle = arrays["segment/begin"][1]
    time = arrays["train/time"]
    shown = np.abs(time - middle) <= EXCERPT
    for kind in kinds:
        name, colour, dash = SHOWN[kind]
        values = (1e3 if voltage else 1.0) * arrays[f"train/{what}"][kind, shown]
        axes.plot(time[shown], values, color=colour, lw=1.2, ls=dash, label=name, zorder=3 if dash == "--" else 2)
    if not voltage:
        top = arrays["train/conductance"][list(kinds)][:, shown].max()
        for mark, colour, size in (("event", BLUE, 6), ("burst", RED, 10)):
            times = arrays[f"{mark}s/time"][arrays[f"{mark}s/cell"] == FIRST_TRAIN]
            inside = times[np.abs(times - middle) <= EXCERPT]
            heights = np.full(len(inside), 1.2 * top)
            axes.plot(inside, heights, "|", color=colour, ms=size, mew=1.3, label=f"{mark}s of the train")
        axes.set_ylim(0, 1.35 * top)
        axes.tick_params(labelbottom=False)
        legend(axes)
    axes.set_xlim(middle - EXCERPT, middle + EXCERPT)


def _means(drawn: Any, position: Any, arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any]) -> None:
    title = "Mean conductance over all trains, relative to the first segment"
    axes = panel(drawn, position, title, "time (s)", "relative\nconductance")
    time, begin = arrays["train/time"], arrays["segment/begin"]
    width = max(1, round(0.2 / (time[1] - time[0])))
    kernel = np.ones(width) / width
    top = 0.0
    for kind, (name, colour, dash) in enumerate(SHOWN):
        first = list(summary["mean_conductance"].values())[kind][0]
        # Few and short trains may be without a burst at first.
        values = np.convolve(arrays["train/mean_conductance"][kind], kernel, "valid") / (first if first > 0 else 1.0)
        axes.plot(time[: len(values)] + 0.1, values, color=colour, ls=dash, lw=1.2, label=name)
        top = max(top, values.max())
    rates = zip(summary["segment_event_rate_Hz"], summary["segment_burst_probability"], strict=True)
    guide(axes, begin[1:])
    for edge, (rate, p) in zip(begin, rates, strict=True):
        note(axes, edge + 0.01 * time[-1], 1.3 * top, f"events {rate:g} Hz,\nbursts {p * rate:g} Hz", va="top")
    axes.set_ylim(0, 1.32 * top)
    axes.set_xlim(0, time[-1])
    legend(axes)


def _gains(drawn: Any, position: Any, summary: Mapping[str, Any]) -> None:
    """How many times the mean conductance grows, from the first segment to each of the others."""
    axes = panel(drawn, position, "Growth", "with more bursts (×)", "with more events (×)")
    guide(axes, [1], [1])
    right, top = 3.5, 2.5
    for kind, (name, colour, dash) in zip(summary["gain_more_bursts"], SHOWN, strict=True):
        x, y = summary["gain_more_bursts"][kind], summary["gain_more_events"][kind]
        if x is None or y is None:
            continue
        right, top = max(right, 1.2 * x), max(top, 1.2 * y)
        axes.plot([x], [y], "o", color=colour, mfc=colour if dash == "-" else "white", ms=6, label=name)
    axes.set_xlim(0, right)
    axes.set_ylim(0.5, top)
    if axes.lines[2:]:
        legend(axes)
