"""What is kept of a run of multiplexing, what it amounts to over seeds, and the published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from burstlab.analysis import bursts, multiplexing

from ..experiment import Analysis, Array, Reference
from .network import currents, tables
from .settings import Config


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Spikes, rates in bins, what the rates tell of the currents, and how far they range."""
    layout, width = tables(config), float(config.bin)
    edges = np.arange(round(float(config.duration / config.bin)) + 1) * width
    found = bursts.find_bursts(raw["cells_cell"], raw["cells_time"], float(config.cell.burst_interval))
    populations = layout.names(group="cells")

    def rate(time: np.ndarray, size: int) -> np.ndarray:
        # A spike of the step that begins at an edge belongs to the bin that begins there.
        return bursts.rate_in_bins(time + float(config.dt) / 2, edges, size)

    def rates(cell: np.ndarray, time: np.ndarray) -> np.ndarray:
        spans = {name: layout.span([name]) for name in populations}
        return np.stack([rate(time[(cell >= begin) & (cell < end)], end - begin) for begin, end in spans.values()])

    stimuli = currents(config)
    bin_steps = np.searchsorted(edges, (np.arange(len(stimuli["somatic_sine"])) + 0.5) * float(config.dt)) - 1
    binned = {
        name: np.bincount(bin_steps, weights=current) / np.bincount(bin_steps) for name, current in stimuli.items()
    }
    arrays = {
        "bin/time": Array(edges[:-1], "s", ("bin",)),
        "bin/event_rate": Array(rates(found.event_cell, found.event_time), "Hz", ("population", "bin")),
        "bin/burst_rate": Array(rates(found.burst_cell, found.burst_time), "Hz", ("population", "bin")),
        "bin/pv_rate": Array(rate(raw["pv_time"], config.n_pv), "Hz", ("bin",)),
        "bin/som_rate": Array(rate(raw["som_time"], config.n_som), "Hz", ("bin",)),
        "bin/somatic_current": Array(binned["somatic_sine"], "A", ("bin",)),
        "bin/dendritic_current": Array(binned["dendritic_sine"], "A", ("bin",)),
        "spikes/cell": Array(raw["cells_cell"], "1", ("spike",)),
        "spikes/time": Array(raw["cells_time"], "s", ("spike",)),
        "bursts/cell": Array(found.burst_cell, "1", ("burst",)),
        "bursts/time": Array(found.burst_time, "s", ("burst",)),
    }
    bins = {name: array.values for name, array in arrays.items() if name.startswith("bin/")}
    return Analysis(arrays=arrays, summary=multiplexing.measure(bins, float(config.burn_in)), bounds={})


def over_seeds(config: Config, results: Sequence[Any]) -> dict[str, Any]:
    """The same measures of the bins averaged over seeds, as published."""
    names = [name for name in results[0].arrays if name.startswith("bin/")]
    bins = {name: np.mean([result.arrays[name] for result in results], axis=0) for name in names}
    return multiplexing.measure(bins, float(config.burn_in))


def plot(results: Any) -> Any:
    """Rasters, rates and what they tell of the currents, in the manner of the paper's Fig 3."""
    return multiplexing.figure(results.arrays, results.summary, results.config)


# ---- published numbers -----------------------------------------------------------------------------------------------


def _correlation(name: str, key: str, value: float) -> Reference:
    return Reference(name=name, key=f"correlation.{key}", value=value, low=value - 0.03, high=value + 0.03)


def _cross_talk(name: str, key: str, value: float) -> Reference:
    return Reference(name=name, key=f"correlation.{key}", value=value, low=-0.15, high=0.15)


def _range(name: str, key: str, published: Sequence[float], unit: str = "") -> list[Reference]:
    return [
        Reference(
            name=f"{name}, {word}", key=f"range.{key}[{k}]", value=value, low=0.9 * value, high=1.1 * value, unit=unit
        )
        for k, (word, value) in enumerate(zip(("minimum", "maximum", "mean"), published, strict=True))
    ]


def _rate(name: str, key: str, value: float) -> Reference:
    return Reference(name=name, key=key, value=value, low=0.9 * value, high=1.1 * value, unit="Hz")


# Means hold for every seed; how far bins reach, and how well they correlate, was published of bins averaged over seeds.
_EXTREMES_AND_MEANS = (
    *_range("lower ER", "lower_er_Hz", (2.88, 8.58, 5.51), "Hz"),
    *_range("upper ER", "upper_er_Hz", (3.61, 8.60, 5.65), "Hz"),
    *_range("lower BP", "lower_bp", (0.122, 0.484, 0.240)),
    *_range("upper BP", "upper_bp", (0.133, 0.441, 0.284)),
)
REFERENCES: tuple[Reference, ...] = (
    *(known for known in _EXTREMES_AND_MEANS if known.name.endswith("mean")),
    _rate("PV rate", "pv_rate_Hz", 13.2),
    _rate("SOM rate", "som_rate_Hz", 16.5),
)
PAPER_REFERENCES: tuple[Reference, ...] = (
    _correlation("dendritic current and upper BP", "dendritic_current_upper_bp", 0.969),
    _correlation("somatic current and lower ER", "somatic_current_lower_er", 0.945),
    _correlation("lower ER and upper ER", "lower_er_upper_er", 0.941),
    _correlation("upper BR and lower BP", "upper_br_lower_bp", 0.907),
    _cross_talk("dendritic current and lower ER", "dendritic_current_lower_er", -0.06),
    _cross_talk("dendritic current and upper ER", "dendritic_current_upper_er", -0.13),
    _cross_talk("somatic current and upper BP", "somatic_current_upper_bp", 0.06),
    *(known for known in _EXTREMES_AND_MEANS if not known.name.endswith("mean")),
)
