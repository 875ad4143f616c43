"""Rates and mean weight of a network under a changing teacher, by segment, and their figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import figures
from .bursts import burst_probability
from .learning import mean_in_windows

POPULATIONS = ("pre", "post")


def measure(arrays: Mapping[str, np.ndarray], transient: float) -> dict[str, Any]:
    """Headline numbers of each segment.

    Parameters
    ----------
    arrays : mapping
        "bin/time" (s), "bin/event_rate" and "bin/burst_rate" (Hz, shape (2, bins), presynaptic cells first),
        "weight_mean/time" (s), "weight_mean/value", "segment/begin" and "segment/end" (s).
    transient : float
        Time (s) at the begin of each segment that its rates leave out.

    Returns
    -------
    dict
        For both populations burst probability and event rate (Hz), and the mean weight at the end of each segment, also
        relative to its start; and how much the last segment changed it.
    """
    time, begin, end = arrays["bin/time"], arrays["segment/begin"], arrays["segment/end"]
    width = time[1] - time[0]
    events, bursts = (
        mean_in_windows(arrays[f"bin/{kind}_rate"], width, begin + transient, end) for kind in ("event", "burst")
    )
    probability = burst_probability(bursts, events)
    at = np.rint(np.append(begin[0], end) / width).astype(int)
    start, *ends = arrays["weight_mean/value"][at].tolist()
    summary: dict[str, Any] = {}
    for k, name in enumerate(POPULATIONS):
        summary[f"{name}_burst_probability"] = probability[k].tolist()
        summary[f"{name}_event_rate_Hz"] = events[k].tolist()
    return summary | {
        "mean_weight_start": start,
        "mean_weight_end": ends,
        "weight_change": [weight / start - 1 for weight in ends],
        "presynaptic_bursts_change": ends[-1] / ends[-2] - 1,
    }


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Burst probability and event rate of both populations, and the mean weight; segments as bands."""
    canvas = figures.canvas(7.5, 6.5)
    every = canvas.subplots(3, 1, sharex=True)
    time = arrays["bin/time"]
    width = time[1] - time[0]
    begin, end = arrays["segment/begin"], arrays["segment/end"]
    kernel = np.ones(max(1, round((end[0] - begin[0]) / 10 / width)))

    def smooth(rate: np.ndarray) -> np.ndarray:
        # The ends are averaged over the part of the window that there is.
        return np.convolve(rate, kernel, "same") / np.convolve(np.ones_like(rate), kernel, "same")

    rows = (("pre", "presynaptic", figures.GREEN), ("post", "postsynaptic", figures.DARK_PURPLE))
    for k, (_, label, colour) in enumerate(rows):
        events, bursts = (smooth(arrays[f"bin/{kind}_rate"][k]) for kind in ("event", "burst"))
        middle = time + width / 2
        every[0].plot(middle, 100 * burst_probability(bursts, events), color=colour, lw=1.4, label=label)
        every[1].plot(middle, events, color=colour, lw=1.4, label=label)
    change = 100 * (arrays["weight_mean/value"] / summary["mean_weight_start"] - 1)
    every[2].plot(arrays["weight_mean/time"], change, color="black", lw=1.6)
    figures.threshold(every[2], 0)
    for axes, title, label in zip(
        every,
        ("Burst probability", "Event rate", "Mean plastic weight, from its start"),
        ("bursts per\nevent (%)", "rate (Hz)", "change (%)"),
        strict=True,
    ):
        figures.plain(axes, title, ylabel=label)
        _bands(axes, arrays)
        axes.set_xlim(time[0], end[-1])
    every[0].set_ylim(bottom=0)
    every[1].set_ylim(bottom=0)
    every[2].set_xlabel("time (s)")
    for axes in every:
        low, high = axes.get_ylim()
        axes.set_ylim(low, high + 0.6 * (high - low))  # room for the names of the segments
        _names(axes, arrays)
    figures.legend(every[0])
    return canvas


def _bands(axes: Any, arrays: Mapping[str, np.ndarray]) -> None:
    for begin, end, factor, current in _segments(arrays):
        if factor > 1:
            axes.axvspan(begin, end, color=figures.ORANGE, alpha=0.16, lw=0)
        elif factor < 1:
            axes.axvspan(begin, end, color=figures.GREY, alpha=0.18, lw=0)
        elif current != 0:
            axes.axvspan(begin, end, color=figures.GREEN, alpha=0.16, lw=0)


def _names(axes: Any, arrays: Mapping[str, np.ndarray]) -> None:
    height = axes.get_xaxis_transform()
    how = {"transform": height, "ha": "center", "va": "top", "color": "black"}
    figures.note(axes, arrays["segment/begin"][0] / 2, 0.99, "no\nplasticity", **how)
    for begin, end, factor, current in _segments(arrays):
        name = "presynaptic\nbursts" if current != 0 else f"teacher\n× {factor:g}"
        figures.note(axes, (begin + end) / 2, 0.99, name, **how)


def _segments(arrays: Mapping[str, np.ndarray]) -> Any:
    names = ("begin", "end", "teacher_factor", "pre_current")
    return zip(*(arrays[f"segment/{name}"] for name in names), strict=True)
