"""The figure of current steps: voltages of each cell over the steps into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .figures import BLACK, BLUE, ORANGE, RED, beside, canvas, key, legend, plain

# Above every spike, and below every voltage (mV).
MARKS = (("events", "o", BLUE, 47), ("bursts", "v", RED, 62))
_STEPS, _STEP = -145, 40
_HEIGHT = (_STEPS - 8, 74)
_SECONDS = {"ms": 1e-3, "s": 1.0, "us": 1e-6}


def figure(arrays: Mapping[str, np.ndarray], summary: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """Somatic and dendritic voltage of each cell; events as dots, bursts as triangles; below them the steps."""
    n = len(arrays["trace/v_s"])
    drawn = canvas(8, 1.2 + 1.7 * n)
    every = drawn.subplots(n, 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    time = 1e3 * arrays["trace/time"]
    for k, axes in enumerate(every):
        plain(axes, _title(k, summary), ylabel="voltage (mV)")
        axes.plot(time, 1e3 * arrays["trace/v_d"][k], color=ORANGE, lw=0.9, label="dendrite v_d")
        axes.plot(time, 1e3 * arrays["trace/v_s"][k], color=BLUE, lw=0.9, label="soma v_s")
        for name, marker, colour, height in MARKS:
            times = 1e3 * arrays[f"{name}/time"][arrays[f"{name}/cell"] == k]
            axes.plot(times, np.full(len(times), height), marker, color=colour, ms=4.5, label=name)
        _steps(axes, k, summary, config["parameters"], time[-1])
    key(every[0], "current into soma", color=BLUE, lw=1)
    key(every[0], "current into dendrite", color=ORANGE, lw=1, ls="--")
    every[0].set_xlim(time[0], 2 * time[-1] - time[-2])
    every[0].set_ylim(_HEIGHT)
    every[0].set_yticks([-80, -40, 0, 40])
    every[-1].set_xlabel("time (ms)")
    legend(every[0], every[0].get_legend_handles_labels()[0])
    return drawn


def _steps(axes: Any, k: int, summary: Mapping[str, Any], parameters: Mapping[str, Any], end: float) -> None:
    """The currents into a cell below its voltages, on an axis of their own up to the largest of all cells."""
    begin = 1e3 * _seconds(parameters["onset"])
    times = [0, begin, begin, *[begin + 1e3 * _seconds(parameters["step_duration"])] * 2, end]
    every = [np.array(summary[f"{part}_current_pA"], dtype=float) for part in ("somatic", "dendritic")]
    largest = np.abs(every).max() or 1.0
    right = beside(axes, "current (pA)", BLACK)
    right.set_ylim(largest * (np.array(_HEIGHT) - _STEPS) / _STEP)
    right.set_yticks([0, largest])
    for current, colour, dash in zip(every, (BLUE, ORANGE), ("-", "--"), strict=True):
        right.plot(times, [0, 0, current[k], current[k], 0, 0], color=colour, lw=1, ls=dash)


def _seconds(value: str) -> float:
    number, unit = value.split()
    return float(number) * _SECONDS[unit]


def _title(k: int, summary: Mapping[str, Any]) -> str:
    currents = f"soma {summary['somatic_current_pA'][k]:g} pA, dendrite {summary['dendritic_current_pA'][k]:g} pA"
    numbers = ((summary[f"{name}_count"][k], name) for name in ("spike", "event", "burst"))
    counts = ", ".join(f"{number} {name}{'s' * (number != 1)}" for number, name in numbers)
    return f"cell {k}: {currents} · {counts}"
