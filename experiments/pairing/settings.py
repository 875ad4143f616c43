"""Settings of pairing: the conditions of the three protocols, and the rule."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from brian2 import Hz, Quantity, ms, second

from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    integer,
    quantities,
    quantity,
)

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
