"""Pairing of one synapse under the burst-dependent rule (Payeur et al. 2021, Fig 2b-d).

Three protocols, each with one synapse per condition and realisation, all in one run of the simulator:

* periodic: 5 coincident spikes of both cells at a frequency, a pause of 10 s, 15 times (in the published program 11 s
  and one more period pass between two trains, and the figure's curve needs them: `rest`);
* Poisson: both cells fire independently for 100 s, with a refractory time of 2 ms;
* burst-Poisson: events of both cells are Poisson; with probability p a second spike follows an event after 2 to 12 ms;
  then there is a refractory time of 20 ms.

Rates are mean rates: with a refractory time r the hazard is E/(1 - r E), and where bursts take their time it is
1/(1/E - r - p ISI). Events and bursts are detected on-line from the spikes.

The rule is that of the XOR network, without homeostasis. The dots of the figure are simulated, the lines are the closed
forms of analysis/pairing.py.

Deviations
----------
* Spikes fall on time steps. Periods of the periodic protocol are rounded to whole steps, so that all intervals of a
  train are equal; frequencies are given as they are after rounding.
* In the published burst-Poisson protocol the hazard is not corrected, so its event rates are below those it names.
* The rates and burst probabilities of the conditions and the numbers of realisations are ours (the paper has 20 of the
  Poisson protocol); the crossings need more for a standard error of half a Hz.
* Weights begin at 0 and are not bounded, as the changes alone matter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Equations, Hz, Network, Quantity, defaultclock, ms, second

from burstlab.analysis import pairing as analysis
from burstlab.equations.population_counts import COUNT_BURST, COUNT_EVENT
from burstlab.models import Part, burst_rule, plastic_projection
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    in_si,
    integer,
    quantities,
    quantity,
)
from burstlab.models.renewal import renewal_cells

from .contract.randomness import experiment_generator
from .contract.reference import Reference
from .experiment import Analysis, Array, Experiment, Model, Output

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

# Homeostasis is off: no rate is below 0 or beyond this. Nor is any weight beyond the bounds.
NO_RATE, WEIGHT_BOUND = 1e9 * Hz, 1e9
# How far from a crossing means are fitted, and by a polynomial of which degree.
WINDOW_HZ, POISSON_DEGREE = 25.0, 3
# Frequencies (Hz) at which there are numbers to compare with.
COMPARED = (1.0, 58.3, 63.5, 100.0)

_FREQUENCIES = (
    1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 58.3, 60, 61, 62, 62.5, 63, 63.5, 65, 70, 75, 80, 85, 90, 95, 100
)  # fmt: skip
_RATES = (5, 10, 14, 17, 20, 23, 26, 29, 33, 37, 41, 44, 47, 50, 55, 60)
_PROBABILITIES = tuple(k / 20 for k in range(11))


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment."""

    frequencies: tuple = quantities(
        _FREQUENCIES,
        Hz,
        0.2,
        500,
        "periodic: frequencies of pairing, increasing; periods are whole steps",
        PAYEUR,
        structural=True,
    )
    pairings: int = integer(5, 1, 100, "periodic: spikes in a train", PAYEUR, structural=True)
    trains: int = integer(15, 1, 1000, "periodic: number of trains", PAYEUR, structural=True)
    pause: Quantity = quantity(10, second, 0, 100, "periodic: pause between trains", PAYEUR, structural=True)
    rest: Quantity = quantity(
        1, second, 0, 100, "periodic: before the pause, beside a last period", PAYEUR_PROGRAM, structural=True
    )
    onset: Quantity = quantity(
        10, ms, 1, 1000, "periodic: time of the first pairing, in the nearest step", PAYEUR_PROGRAM
    )
    rates: tuple = quantities(_RATES, Hz, 0.1, 200, "Poisson: firing rates of both cells, increasing")
    burst_probabilities: tuple = quantities(
        _PROBABILITIES, None, 0, 1, "burst-Poisson: burst probabilities of both cells, increasing"
    )
    event_rates: tuple = quantities((5, 10), Hz, 0.1, 45, "burst-Poisson: event rates of both cells", PAYEUR)
    poisson_realisations: int = integer(500, 2, 5000, "Poisson: synapses of each condition", structural=True)
    burst_realisations: int = integer(400, 2, 5000, "burst-Poisson: synapses of each condition", structural=True)
    duration_poisson: Quantity = quantity(
        100, second, 1, 1000, "length of both Poisson protocols", PAYEUR, structural=True
    )
    dt: Quantity = quantity(0.1, ms, 0.01, 1, "time step", structural=True)

    E_start: Quantity = quantity(5, Hz, 0.1, 100, "periodic and Poisson: E_bar at the start", PAYEUR)
    P_start_periodic: Quantity = quantity(0.15, None, 0, 1, "periodic: P_bar at the start", PAYEUR)
    P_start_poisson: tuple = quantities((0.30, 0.50), None, 0, 1, "Poisson: P_bar at the start, a curve each", PAYEUR)
    P_start_burst_poisson: Quantity = quantity(0.2, None, 0, 1, "burst-Poisson: P_bar at the start", PAYEUR)
    refractory_poisson: Quantity = quantity(2, ms, 0, 4.9, "Poisson: refractory time", PAYEUR)
    refractory_event: Quantity = quantity(20, ms, 0, 100, "burst-Poisson: refractory time before an event", PAYEUR)
    isi_min: Quantity = quantity(2, ms, 0, 15, "burst-Poisson: shortest interval in a burst", PAYEUR)
    isi_max: Quantity = quantity(12, ms, 0, 16, "burst-Poisson: longest interval in a burst", PAYEUR)
    burst_interval: Quantity = quantity(16, ms, 1, 100, "spikes closer than this belong to one burst", PAYEUR)
    eta: Quantity = quantity(0.1, None, 0, 1, "learning rate", PAYEUR)
    tau_avg: Quantity = quantity(15, second, 0.05, 100, "moving averages of event and burst rate", PAYEUR)
    tau_eligibility: Quantity = quantity(50, ms, 1, 1000, "trace of presynaptic events (tau_pre)", PAYEUR)

    def __post_init__(self) -> None:
        check(self)
        for name in ("frequencies", "rates", "burst_probabilities"):
            if np.any(np.diff([float(value) for value in getattr(self, name)]) < 0):
                raise ParameterError(f"{name}: values must not decrease")
        if self.isi_max < self.isi_min:
            raise ParameterError(f"isi_max = {self.isi_max}: below isi_min = {self.isi_min}")
        for name, rates, busy in (
            ("rates", self.rates, self.refractory_poisson),
            ("event_rates", self.event_rates, self.refractory_event + max(self.burst_probabilities) * self.mean_isi),
        ):
            if float(max(rates) * busy) >= 1:
                raise ParameterError(f"{name} = {max(rates)}: refractory times leave no room for this rate")

    @property
    def period_steps(self) -> np.ndarray:
        """Periods of the periodic protocol in whole time steps."""
        return np.array([max(1, round(1 / float(f * self.dt))) for f in self.frequencies])

    @property
    def realised_frequencies(self) -> np.ndarray:
        """Frequencies (Hz) of these periods."""
        return 1 / (self.period_steps * float(self.dt))

    @property
    def mean_isi(self) -> Quantity:
        """Mean interval in a burst."""
        return (self.isi_min + self.isi_max) / 2

    @property
    def gap(self) -> float:
        """What is added to the interval between two trains, s."""
        return float(self.pause + self.rest)

    @property
    def duration(self) -> Quantity:
        """Simulated time: the longest of the protocols and a second, rounded up to whole seconds and whole steps."""
        longest = self.period_steps.max() * float(self.dt)
        periodic = longest * self.pairings * self.trains + self.gap * (self.trains - 1)
        seconds = math.ceil(max(periodic, float(self.duration_poisson)) + 1)
        steps = seconds / float(self.dt)
        # What rounding adds to a whole number of steps is no step.
        return seconds * second if abs(steps - round(steps)) < 1e-6 else math.ceil(steps) * self.dt

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Conditions and realisations of each protocol; synapses are in this order."""
        return {
            "periodic": (len(self.frequencies),),
            "poisson": (len(self.P_start_poisson), len(self.rates), self.poisson_realisations),
            "burst_poisson": (len(self.event_rates), len(self.burst_probabilities), self.burst_realisations),
        }

    @property
    def n_synapses(self) -> int:
        """All of them; each has two cells of its own."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())


PRESETS = {
    "quick": Config(poisson_realisations=200, burst_realisations=120, dt=0.2 * ms),
    "paper": Config(),
}


def build(config: Config) -> Model:
    """Cells that fire as told, the presynaptic ones first, and a synapse for each pair."""
    defaultclock.dt = config.dt
    n = config.n_synapses
    rule = burst_rule("off")
    cells = renewal_cells(
        2 * n,
        parts=[rule.part, Part(equations=_CELL, on_event=COUNT_EVENT, on_burst=COUNT_BURST)],
        name="cells",
    )
    synapses = plastic_projection(cells, cells, rule, name="synapses")

    def connect() -> None:
        synapses.connect(i=np.arange(n), j=n + np.arange(n))
        synapses.w = 0

    return Model(
        network=Network(cells, synapses),
        duration=config.duration,
        connect=connect,
        outputs={
            "w": Output(owner=synapses, variable="w", rows=n),
            "n_events": Output(owner=cells, variable="n_events", rows=2 * n),
            "n_bursts": Output(owner=cells, variable="n_bursts", rows=2 * n),
            "E_bar": Output(owner=cells, variable="E_bar", rows=2 * n),
        },
    )


_CELL = Equations("""
    g_exc_s : 1
    n_events : integer
    n_bursts : integer
    """)


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter of the cells, in SI units: both cells of a pair have the same."""
    tables = (_periodic(config), _poisson(config, seed), _burst_poisson(config, seed))
    shapes = list(config.shapes.values())

    def of_pairs(name: str) -> np.ndarray:
        parts = [np.broadcast_to(table[name], (2, *shape)) for table, shape in zip(tables, shapes, strict=True)]
        return np.concatenate([part.reshape(2, -1) for part in parts], axis=1).ravel()

    return {
        **{f"cells.{name}": of_pairs(name) for name in tables[0] if name != "P_bar"},
        "cells.B_bar": of_pairs("E_bar") * of_pairs("P_bar"),
        "cells.isi_min": float(config.isi_min),
        "cells.isi_range": float(config.isi_max - config.isi_min),
        "cells.burst_interval": float(config.burst_interval),
        "cells.eta": float(config.eta),
        "cells.M": 1.0,
        "cells.tau_avg": float(config.tau_avg),
        "cells.tau_eligibility": float(config.tau_eligibility),
        "cells.e_min": 0.0,
        "cells.e_max": float(NO_RATE),
        "cells.w_min": -WEIGHT_BOUND,
        "cells.w_max": WEIGHT_BOUND,
    }


def _periodic(config: Config) -> dict[str, Any]:
    period = config.period_steps * float(config.dt)
    spikes = config.pairings * config.trains
    return {
        # half a step early, so that rounding never decides about a step
        "t_next": float(config.onset - 0.5 * config.dt),
        "t_stop": float(config.onset) + period * (spikes - 0.5) + config.gap * (config.trains - 1),
        "interval": period,
        "mean_wait": 0.0,
        "pause": config.gap,
        "per_train": config.pairings,
        "p_burst": 0.0,
        "E_bar": float(config.E_start),
        "P_bar": float(config.P_start_periodic),
    }


def _poisson(config: Config, seed: int) -> dict[str, Any]:
    rates = in_si(config.rates)[:, None]
    P_start = in_si(config.P_start_poisson)[:, None, None]
    wait = 1 / rates - float(config.refractory_poisson)
    return {
        **_independent(config, seed, "poisson", wait),
        "interval": float(config.refractory_poisson),
        "p_burst": 0.0,
        "E_bar": float(config.E_start),
        "P_bar": P_start,
    }


def _burst_poisson(config: Config, seed: int) -> dict[str, Any]:
    rates = in_si(config.event_rates)[:, None, None]
    p = in_si(config.burst_probabilities)[:, None]
    wait = 1 / rates - float(config.refractory_event) - p * float(config.mean_isi)
    return {
        **_independent(config, seed, "burst_poisson", wait),
        "interval": float(config.refractory_event),
        "p_burst": p,
        "E_bar": rates,
        "P_bar": float(config.P_start_burst_poisson),
    }


def _independent(config: Config, seed: int, protocol: str, wait: np.ndarray) -> dict[str, Any]:
    """What both Poisson protocols share; the first spikes come after an exponential wait."""
    names = list(config.shapes)
    generator = experiment_generator(seed).spawn(len(names))[names.index(protocol)]
    return {
        "t_next": wait * generator.exponential(size=(2, *config.shapes[protocol])),
        "t_stop": float(config.duration_poisson),
        "mean_wait": wait,
        "pause": 0.0,
        "per_train": 1,
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Weight changes of every synapse, the closed form beside them, and where they cross zero."""
    changes = _by_protocol(config, raw["w"])
    frequency = config.realised_frequencies
    flip, below, above = analysis.flip(frequency, changes["periodic"])
    rates = in_si(config.rates)
    p = in_si(config.burst_probabilities)
    event_rates = [float(rate) for rate in config.event_rates]
    P_start = [float(P) for P in config.P_start_poisson]
    poisson = [analysis.crossing(rates, each, POISSON_DEGREE, WINDOW_HZ) for each in changes["poisson"]]
    bursting = [analysis.crossing(p, each, 1) for each in changes["burst_poisson"]]
    slopes = [analysis.line(p, each) for each in changes["burst_poisson"]]
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
        return analysis.periodic_change(
            frequency, **rule, pairings=config.pairings, trains=config.trains, pause=config.gap,
            onset=float(config.onset),
            event_rate=float(config.E_start), burst_probability=float(config.P_start_periodic),
            burst_interval=float(config.burst_interval),
        )  # fmt: skip

    def poisson(rates: np.ndarray) -> np.ndarray:
        E, p = analysis.detected(rates, float(config.refractory_poisson), float(config.burst_interval))
        return np.array([
            analysis.stationary_change(
                E, p, **rule, presynaptic_rate=E, duration=float(config.duration_poisson),
                event_rate_start=float(config.E_start), burst_probability_start=float(P),
            )
            for P in config.P_start_poisson
        ])  # fmt: skip

    def burst_poisson(p: np.ndarray) -> np.ndarray:
        return np.array([
            analysis.stationary_change(
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
    return analysis.figure(results.arrays, results.summary, results.config)


EXPERIMENT = Experiment(
    name="pairing",
    meaning="periodic, Poisson and burst-Poisson pairing of one synapse, beside the closed form",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 20, "paper": 80},
    references=REFERENCES,
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
)
