"""Two streams at once: event rates go up and burst probabilities come down (Payeur et al. 2021, Fig 3).

A lower and an upper population of full pyramidal cells. A current into the lower somata changes the lower event rate,
which depressing synapses carry to the upper somata; a current into the upper dendrites changes the upper burst
probability, which facilitating synapses carry, as a burst rate, to the lower dendrites. PV cells make the upper event
rate follow the lower one linearly, SOM cells and facilitating inhibition within each population do so for the bursts.

Correlations and ranges are those of population means in bins. The published numbers are of bins averaged over five
seeds (`over_seeds`: `burstlab run multiplexing --preset paper --seeds 5`); one seed is noisier and reaches further.

Deviations
----------
* `driving_force` "somatic" is the published program, and the default; "local" is what the text says.
* `facilitation` "program" is the published program, and the default: u jumps by U at a spike, where the text has
  f = 0.1 ("text"). With f both populations fire together in volleys, and neither stream can be read.
* Synapses begin at rest (u = U). In the published program u begins at 0.01; it has reached U when the sines begin.
* Background arrivals are Poisson numbers in each step. The published program has at most one arrival a source and step,
  which takes 5 % off their variance: with ours pyramidal cells fire 4 % more and PV cells, far below threshold, 10 %.
* Conductances decay by forward Euler, not by exp(-dt/tau) after use: 1 % less excitation, 2 % lower rates.
* Those of the equations (pyramidal.py, interneuron.py, short_term_plasticity.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from brian2 import Equations, Hz, Network, Quantity, SpikeMonitor, TimedArray, defaultclock, ms, mV, pA, second

from burstlab.analysis import bursts, multiplexing
from burstlab.models import (
    INTERNEURON,
    PYRAMIDAL,
    Conductance,
    Interneuron,
    PoissonDrive,
    Pyramidal,
    ShortTermPlasticity,
    interneurons,
    projection,
    pv_parameters,
    pyramidal,
    released,
    som_parameters,
    std_parameters,
    stf_parameters,
)
from burstlab.models import short_term_plasticity as stp
from burstlab.models.background import Source, background_values
from burstlab.models.conductance import DRIVING_FORCES, interneuron_synapses, pyramidal_synapses
from burstlab.models.interneuron import interneuron_values
from burstlab.models.parameters import (
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    component,
    integer,
    quantity,
)

from .checks import conduction_delay
from .experiment import Analysis, Array, Experiment, Model, Output, Population, Reference


class Route(NamedTuple):
    """A projection: its populations, the target's receptor, and the kind of its synapses."""

    source: str
    target: str
    receptor: str
    kind: str


# Static synapses act the same at every spike; "std" ones carry events, "stf" ones bursts.
ROUTES = {
    "lower_to_upper": Route("lower", "upper", "g_exc_s", "std"),
    "lower_to_pv": Route("lower", "pv", "g_exc", "std"),
    "pv_to_upper": Route("pv", "upper", "g_inh_s", "static"),
    "upper_to_lower": Route("upper", "lower", "g_exc_d", "stf"),
    "upper_to_som": Route("upper", "som", "g_exc", "stf"),
    "som_to_lower": Route("som", "lower", "g_inh_d", "static"),
    "within": Route("cells", "cells", "g_inh_d", "stf"),
}


def _weight(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, f"weight, {meaning}", PAYEUR_PROGRAM)


def _probability(meaning: str) -> Any:
    return quantity(0.05, None, 0, 1, f"connection probability, {meaning}", PAYEUR_PROGRAM, structural=True)


@dataclass(frozen=True, kw_only=True)
class Projections:
    """Weights (in units of the target's leak) and connection probabilities of the projections in `ROUTES`."""

    w_lower_to_upper: Quantity = _weight(0.05, "lower to upper somata, depressing")
    w_lower_to_pv: Quantity = _weight(0.05, "lower to PV, depressing")
    w_pv_to_upper: Quantity = _weight(0.07, "PV to upper somata")
    w_upper_to_lower: Quantity = _weight(0.37, "upper to lower dendrites, facilitating")
    w_upper_to_som: Quantity = _weight(0.3, "upper to SOM, facilitating")
    w_som_to_lower: Quantity = _weight(0.035, "SOM to lower dendrites")
    w_within: Quantity = _weight(0.1, "facilitating inhibition of dendrites within each population")
    p_lower_to_upper: Quantity = _probability("lower to upper")
    p_lower_to_pv: Quantity = _probability("lower to PV")
    p_pv_to_upper: Quantity = _probability("PV to upper")
    p_upper_to_lower: Quantity = _probability("upper to lower")
    p_upper_to_som: Quantity = _probability("upper to SOM")
    p_som_to_lower: Quantity = _probability("SOM to lower")
    p_within: Quantity = _probability("within each population")

    def __post_init__(self) -> None:
        check(self)


def _background(value: float, meaning: str) -> Any:
    return quantity(value, None, 0, 10, meaning, PAYEUR_PROGRAM)


@dataclass(frozen=True, kw_only=True)
class Background:
    """Poisson input of every compartment: one excitatory and one inhibitory source for each."""

    rate: Quantity = quantity(500, Hz, 0, 5000, "rate of every background source", PAYEUR_PROGRAM)
    exc_soma: Quantity = _background(0.35, "excitatory weight, somata of pyramidal cells")
    inh_soma: Quantity = _background(0.35, "inhibitory weight, somata of pyramidal cells")
    exc_dendrite: Quantity = _background(0.05, "excitatory weight, their dendrites")
    inh_dendrite: Quantity = _background(0.05, "inhibitory weight, their dendrites")
    exc_pv: Quantity = _background(0.75, "excitatory weight, PV cells")
    inh_pv: Quantity = _background(1.125, "inhibitory weight, PV cells")
    exc_som: Quantity = _background(0.4, "excitatory weight, SOM cells")
    inh_som: Quantity = _background(0.5, "inhibitory weight, SOM cells")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment; the defaults are those of the paper's Fig 3."""

    n: int = integer(4000, 10, 20000, "pyramidal cells per population", PAYEUR, structural=True)
    n_pv: int = integer(1000, 1, 20000, "PV cells", PAYEUR, structural=True)
    n_som: int = integer(1000, 1, 20000, "SOM cells", PAYEUR, structural=True)
    dt: Quantity = quantity(0.1, ms, 0.01, 0.5, "time step", PAYEUR_PROGRAM, structural=True)
    burn_in: Quantity = quantity(
        1, second, 0, 100, "time before the sines, not measured", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    measured: Quantity = quantity(
        3, second, 0.1, 1000, "time with the sines, measured", PAYEUR_PROGRAM, structural=True, multiple_of="bin"
    )
    bin: Quantity = quantity(
        50, ms, 1, 1000, "width of the bins of rates", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    delay: Quantity = conduction_delay()
    facilitation: str = choice(
        "program", stp.FACILITATIONS, "jump of u at a spike: U (program) or f (text)", PAYEUR_PROGRAM
    )
    driving_force: str = choice(
        "somatic", DRIVING_FORCES, "voltage that dendritic synapses see", PAYEUR_PROGRAM, structural=True
    )

    I_s_amplitude: Quantity = quantity(200, pA, -5000, 5000, "sine into the lower somata, amplitude", PAYEUR_PROGRAM)
    I_s_period: Quantity = quantity(500, ms, 10, 100000, "its period", PAYEUR_PROGRAM)
    I_d_amplitude: Quantity = quantity(100, pA, -5000, 5000, "sine into the upper dendrites, amplitude", PAYEUR_PROGRAM)
    I_d_period: Quantity = quantity(500 * 5**0.5, ms, 10, 100000, "its period", PAYEUR_PROGRAM)
    I_d_upper: Quantity = quantity(100, pA, -5000, 5000, "constant current into the upper dendrites", PAYEUR_PROGRAM)
    I_s_upper: Quantity = quantity(-100, pA, -5000, 5000, "constant current into the upper somata", PAYEUR_PROGRAM)
    I_d_lower: Quantity = quantity(50, pA, -5000, 5000, "constant current into the lower dendrites", PAYEUR_PROGRAM)
    I_pv: Quantity = quantity(205, pA, -5000, 5000, "constant current into PV cells", PAYEUR_PROGRAM)
    v_spread: Quantity = quantity(5, mV, 0, 20, "standard deviation of the first somatic voltages", PAYEUR_PROGRAM)

    weights: Projections = component(Projections)
    background: Background = component(Background, prefix="background_")
    cell: Pyramidal = component(Pyramidal)
    synapse: Conductance = component(Conductance)
    std: ShortTermPlasticity = component(std_parameters, prefix="std_")
    stf: ShortTermPlasticity = component(stf_parameters, prefix="stf_")
    pv: Interneuron = component(pv_parameters, prefix="pv_")
    som: Interneuron = component(som_parameters, prefix="som_")

    def __post_init__(self) -> None:
        check(self)
        if round(float(self.measured / self.bin)) < 3:
            raise ParameterError(f"bin = {self.bin}: at least three are needed in the {self.measured} measured")

    @property
    def duration(self) -> Quantity:
        """Simulated time."""
        return self.burn_in + self.measured


PRESETS = {
    # A quarter of the cells, each with as many inputs.
    "quick": Config(
        n=1000, n_pv=250, n_som=250,
        weights=Projections(**{f"p_{name}": 0.2 for name in ROUTES}),
    ),
    "paper": Config(),
}  # fmt: skip


# ---- the network -----------------------------------------------------------------------------------------------------


def build(config: Config) -> Model:
    """Describe the network: both populations as one group of cells, PV, SOM, and a synapse object per route."""
    defaultclock.dt = config.dt
    n = config.n
    part = stp.cell_part("_std", "_stf")
    cells = pyramidal(
        2 * n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=part.equations + Equations("v_spread : volt (constant, shared)"),
        on_spike=part.on_spike,
        dtype=part.dtype,
        name="cells",
    )
    populations = {"cells": cells, "lower": cells[:n], "upper": cells[n:]}
    for name, size, parameters in (("pv", config.n_pv, config.pv), ("som", config.n_som, config.som)):
        populations[name] = interneurons(size, parameters, interneuron_synapses(), name=name)
    # The cells' own clock: before the state update of each step, currents have their value of that step.
    populations["lower"].run_regularly("I_s = somatic_sine(t)", clock=cells.clock, name="lower_current")
    populations["upper"].run_regularly("I_d = dendritic_sine(t)", clock=cells.clock, name="upper_current")
    projections = {
        name: projection(
            populations[route.source],
            populations[route.target],
            route.receptor,
            amount="w" if route.kind == "static" else released(f"_{route.kind}"),
            delay=config.delay,
            name=name,
        )
        for name, route in ROUTES.items()
    }
    spikes = {name: SpikeMonitor(populations[name], name=f"{name}_spikes") for name in ("cells", "pv", "som")}
    drives = [
        PoissonDrive(populations[name], sources, name=f"{name}_background")
        for name, sources in _sources(config).items()
    ]

    def connect() -> None:
        for name, synapses in projections.items():
            p = float(getattr(config.weights, f"p_{name}"))
            # Cells of the group's first half belong together, and so do those of the second.
            own = "k for k in sample(int(i >= n)*n, int(i >= n)*n + n, p=p)"
            if name == "within":
                synapses.connect(j=own, namespace={"n": n, "p": p})
            else:
                synapses.connect(p=p)
        cells.v_s = "E_L + v_spread*randn()"

    return Model(
        network=Network(cells, populations["pv"], populations["som"], *projections.values(), *drives, *spikes.values()),
        duration=config.duration,
        connect=connect,
        functions=_stimuli(config),
        outputs={
            **{f"{name}_cell": Output(owner=monitor, variable="i") for name, monitor in spikes.items()},
            **{f"{name}_time": Output(owner=monitor, variable="t") for name, monitor in spikes.items()},
        },
    )


def populations(config: Config) -> dict[str, Population]:
    """Both populations of pyramidal cells and the interneurons, whose cells can be recorded."""
    n = config.n
    cells = {name: Population.of(PYRAMIDAL, "cells", k * n, (k + 1) * n) for k, name in enumerate(("lower", "upper"))}
    point = {
        name: Population.of(INTERNEURON, name, 0, size) for name, size in (("pv", config.n_pv), ("som", config.n_som))
    }
    return cells | point


def _sources(config: Config) -> dict[str, list[Source]]:
    given = config.background
    receptors = {
        "cells": {
            "g_exc_s": given.exc_soma, "g_inh_s": given.inh_soma,
            "g_exc_d": given.exc_dendrite, "g_inh_d": given.inh_dendrite,
        },
        "pv": {"g_exc": given.exc_pv, "g_inh": given.inh_pv},
        "som": {"g_exc": given.exc_som, "g_inh": given.inh_som},
    }  # fmt: skip
    sizes = {"cells": 2 * config.n, "pv": config.n_pv, "som": config.n_som}
    return {
        name: [
            Source(receptor=receptor, start=0, stop=sizes[name], rate=given.rate, weight=float(weight))
            for receptor, weight in weights.items()
        ]
        for name, weights in receptors.items()
    }


def _stimuli(config: Config) -> dict[str, TimedArray]:
    steps = round(float(config.duration / config.dt))
    # An array each: the numpy and Cython backends write their values into it.
    return {
        name: TimedArray(np.zeros(steps) * pA, dt=config.dt, name=name) for name in ("somatic_sine", "dendritic_sine")
    }


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and stimulus of a run, in SI units."""
    n = config.n
    return {
        **PYRAMIDAL.values("cells", config.cell, config.synapse),
        **stp.resting("cells", stp.facilitated(config.std, config.facilitation), "_std"),
        **stp.resting("cells", stp.facilitated(config.stf, config.facilitation), "_stf"),
        "cells.v_spread": float(config.v_spread),
        "cells.I_s": np.repeat([0.0, float(config.I_s_upper)], n),
        "cells.I_d": np.repeat([float(config.I_d_lower), 0.0], n),
        **interneuron_values("pv", config.pv, config.synapse, config.I_pv),
        **interneuron_values("som", config.som, config.synapse),
        **{f"{name}.w": float(getattr(config.weights, f"w_{name}")) for name in ROUTES},
        **background_values(_sources(config)),
        **{f"{name}.values": current for name, current in currents(config).items()},
    }


def currents(config: Config) -> dict[str, np.ndarray]:
    """The current into the lower somata and into the upper dendrites at each time step, in A."""
    time = np.arange(round(float(config.duration / config.dt))) * float(config.dt)
    # Half a step keeps rounding from deciding about the first one.
    on = time > float(config.burn_in - config.dt / 2)
    sines = {
        "somatic_sine": (0.0, config.I_s_amplitude, config.I_s_period),
        "dendritic_sine": (float(config.I_d_upper), config.I_d_amplitude, config.I_d_period),
    }
    return {
        name: constant + on * float(amplitude) * np.sin(2 * np.pi * time / float(period))
        for name, (constant, amplitude, period) in sines.items()
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Spikes, rates in bins, what the rates tell of the currents, and how far they range."""
    n, width = config.n, float(config.bin)
    edges = np.arange(round(float(config.duration / config.bin)) + 1) * width
    found = bursts.find_bursts(raw["cells_cell"], raw["cells_time"], float(config.cell.burst_interval))
    populations = [(k * n, (k + 1) * n) for k in range(2)]

    def rate(time: np.ndarray, size: int) -> np.ndarray:
        # A spike of the step that begins at an edge belongs to the bin that begins there.
        return bursts.rate_in_bins(time + float(config.dt) / 2, edges, size)

    def rates(cell: np.ndarray, time: np.ndarray) -> np.ndarray:
        return np.stack([rate(time[(cell >= first) & (cell < stop)], n) for first, stop in populations])

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


EXPERIMENT = Experiment(
    name="multiplexing",
    meaning="event rates go up while burst probabilities come down between two populations",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 2, "paper": 6},
    seeds={"paper": 5},
    references=REFERENCES,
    preset_references={"paper": PAPER_REFERENCES},
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
    populations=populations,
    over_seeds=over_seeds,
)
