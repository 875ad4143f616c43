"""What is kept of a run of pairing beside the closed form, and the published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from burstlab.analysis import pairing as measures
from burstlab.models.parameters import in_si

from ..experiment import Analysis, Array, Reference
from .network import WEIGHT_BOUND
from .settings import Config

# How far from a crossing means are fitted, and by a polynomial of which degree.
WINDOW_HZ, POISSON_DEGREE = 25.0, 3
# Frequencies (Hz) at which there are numbers to compare with.
COMPARED = (1.0, 58.3, 63.5, 100.0)


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Weight changes of every synapse, the closed form beside them, and where they cross zero."""
    changes = _by_protocol(config, raw["w"])
    frequency = config.realised_frequencies
    flip, below, above = measures.flip(frequency, changes["periodic"])
    rates = in_si(config.rates)
    p = in_si(config.burst_probabilities)
    event_rates = [float(rate) for rate in config.event_rates]
    P_start = [float(P) for P in config.P_start_poisson]
    poisson = [measures.crossing(rates, each, POISSON_DEGREE, WINDOW_HZ) for each in changes["poisson"]]
    bursting = [measures.crossing(p, each, 1) for each in changes["burst_poisson"]]
    slopes = [measures.line(p, each) for each in changes["burst_poisson"]]
    ratio = slopes[-1][0] / slopes[0][0]
    ratio_error = abs(ratio) * float(np.hypot(slopes[0][1] / slopes[0][0], slopes[-1][1] / slopes[-1][0]))
    nearest = [int(np.argmin(np.abs(frequency - f))) for f in COMPARED]
    summary = {
        "periodic_sign_flip_Hz": flip,
        "periodic_sign_flip_between_Hz": [below, above],
        "periodic_change": changes["periodic"][nearest].tolist(),
        "periodic_change_at_Hz": frequency[nearest].tolist(),
        "poisson_P_start": P_start,
        "poisson_zero_crossing_Hz": [found for found, _ in poisson],
        "poisson_zero_crossing_se_Hz": [error for _, error in poisson],
        "burst_poisson_rate_Hz": event_rates,
        "burst_poisson_zero_crossing": [found for found, _ in bursting],
        "burst_poisson_zero_crossing_se": [error for _, error in bursting],
        "burst_poisson_slope": [slope for slope, _ in slopes],
        "slope_ratio": ratio,
        "slope_ratio_se": ratio_error,
        "n_synapses": config.n_synapses,
    }
    arrays = {
        "periodic/frequency": Array(frequency, "Hz", ("frequency",)),
        "periodic/change": Array(changes["periodic"], "1", ("frequency",)),
        "poisson/rate": Array(rates, "Hz", ("rate",)),
        "poisson/change": Array(changes["poisson"], "1", ("curve", "rate", "realisation")),
        "burst_poisson/probability": Array(p, "1", ("probability",)),
        "burst_poisson/change": Array(changes["burst_poisson"], "1", ("curve", "probability", "realisation")),
        **closed_form(config),
        **_counts(config, raw),
    }
    bounds = {
        "w": (raw["w"], -WEIGHT_BOUND, WEIGHT_BOUND, "1"),
        "E_bar": (raw["E_bar"], 0.0, 1000.0, "Hz"),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def _by_protocol(config: Config, of_synapses: np.ndarray) -> dict[str, np.ndarray]:
    """An array over synapses as one over conditions and realisations for each protocol."""
    shapes = config.shapes
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    parts = np.split(np.asarray(of_synapses, dtype=float), ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def _counts(config: Config, raw: dict[str, np.ndarray]) -> dict[str, Array]:
    """Mean counts of postsynaptic events and bursts in each condition."""
    n = config.n_synapses
    counts = {}
    for kind in ("events", "bursts"):
        of = _by_protocol(config, raw[f"n_{kind}"][n:])
        counts[f"periodic/{kind}"] = Array(of["periodic"], "1", ("frequency",))
        counts[f"poisson/{kind}"] = Array(of["poisson"].mean(axis=2), "1", ("curve", "rate"))
        counts[f"burst_poisson/{kind}"] = Array(of["burst_poisson"].mean(axis=2), "1", ("curve", "probability"))
    return counts


def closed_form(config: Config, points: int = 300) -> dict[str, Array]:
    """Predicted weight changes: at the conditions (`predicted`) and as smooth curves (`curve` over `curve_x`)."""
    rule = {
        "eta": float(config.eta), "tau_pre": float(config.tau_eligibility), "tau_avg": float(config.tau_avg),
    }  # fmt: skip

    def periodic(frequency: np.ndarray) -> np.ndarray:
        return measures.periodic_change(
            frequency, **rule, pairings=config.pairings, trains=config.trains, pause=config.gap,
            onset=float(config.onset),
            event_rate=float(config.E_start), burst_probability=float(config.P_start_periodic),
            burst_interval=float(config.burst_interval),
        )  # fmt: skip

    def poisson(rates: np.ndarray) -> np.ndarray:
        E, p = measures.detected(rates, float(config.refractory_poisson), float(config.burst_interval))
        return np.array([
            measures.stationary_change(
                E, p, **rule, presynaptic_rate=E, duration=float(config.duration_poisson),
                event_rate_start=float(config.E_start), burst_probability_start=float(P),
            )
            for P in config.P_start_poisson
        ])  # fmt: skip

    def burst_poisson(p: np.ndarray) -> np.ndarray:
        return np.array([
            measures.stationary_change(
                float(E), p, **rule, presynaptic_rate=float(E), duration=float(config.duration_poisson),
                event_rate_start=float(E), burst_probability_start=float(config.P_start_burst_poisson),
            )
            for E in config.event_rates
        ])  # fmt: skip

    conditions = {
        "periodic": (periodic, config.realised_frequencies, "Hz", ("frequency",)),
        "poisson": (poisson, in_si(config.rates), "Hz", ("curve", "rate")),
        "burst_poisson": (
            burst_poisson, in_si(config.burst_probabilities), "1", ("curve", "probability"),
        ),
    }  # fmt: skip
    arrays = {}
    for name, (form, x, unit, dims) in conditions.items():
        fine = np.linspace(x[0], x[-1], points)
        arrays[f"{name}/predicted"] = Array(form(x), "1", dims)
        arrays[f"{name}/curve_x"] = Array(fine, unit, (f"{name}_point",))
        arrays[f"{name}/curve"] = Array(form(fine), "1", (*dims[:-1], f"{name}_point"))
    return arrays


def plot(results: Any) -> Any:
    """Weight change against frequency, rate and burst probability, with the closed form."""
    return measures.figure(results.arrays, results.summary, results.config)


# ---- published numbers -----------------------------------------------------------------------------------------------

REFERENCES = (
    Reference(
        name="periodic: the weight change turns positive at", key="periodic_sign_flip_Hz", value=62.5,
        low=62, high=63, unit="Hz",
    ),
    Reference(
        name="periodic: weight change at 1 Hz", key="periodic_change[0]", value=-0.239, low=-0.249, high=-0.229,
    ),
    Reference(
        name="periodic: weight change at 58.3 Hz", key="periodic_change[1]", value=-0.615, low=-0.635, high=-0.595,
    ),
    Reference(
        name="periodic: weight change at 63.5 Hz", key="periodic_change[2]", value=0.150, low=0.140, high=0.160,
    ),
    Reference(
        name="periodic: weight change at 100 Hz", key="periodic_change[3]", value=0.284, low=0.274, high=0.294,
    ),
    Reference(
        name="Poisson: zero crossing, P_bar(0) = 0.30", key="poisson_zero_crossing_Hz[0]", value=24.2,
        low=22.7, high=25.7, unit="Hz",
    ),
    Reference(
        name="Poisson: zero crossing, P_bar(0) = 0.50", key="poisson_zero_crossing_Hz[1]", value=45.0,
        low=43.0, high=47.0, unit="Hz",
    ),
    Reference(
        name="burst-Poisson: zero crossing, events at 5 Hz", key="burst_poisson_zero_crossing[0]", value=0.20,
        low=0.185, high=0.215,
    ),
    Reference(
        name="burst-Poisson: zero crossing, events at 10 Hz", key="burst_poisson_zero_crossing[1]", value=0.20,
        low=0.185, high=0.215,
    ),
    Reference(
        name="burst-Poisson: slope at 10 Hz over slope at 5 Hz", key="slope_ratio", value=4, low=3.6, high=4.4,
    ),
)  # fmt: skip
