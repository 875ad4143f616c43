"""What an experiment is to the rest of the program: the network it describes, what it measures, what it offers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from brian2 import Network, Quantity

from burstlab.models.parameters import ParameterError

from .reference import Reference
from .states import Bounds, bounds_of_last, last_states


@dataclass(frozen=True, kw_only=True)
class Output:
    """An array that is kept of a run.

    Attributes
    ----------
    owner : Brian2 object
        A group, synapses or a monitor.
    variable : str
        Its variable; of a StateMonitor, rows are moments and columns recorded cells.
    rows : int or None
        Expected length, where it is known before the run.
    """

    owner: Any
    variable: str
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """What an experiment's `build` returns.

    Attributes
    ----------
    network : Network
        Everything that runs.
    duration : Quantity
        Simulated time.
    connect : callable
        Makes synapses and initial states; called when the parameters have their values.
    outputs : dict of str to Output
        What is kept; the last state of every group and synapse (states.py) is added to it.
    functions : dict of str to TimedArray
        Stimuli that are set at run time, by name.
    """

    network: Network
    duration: Quantity
    connect: Callable[[], None]
    outputs: Mapping[str, Output]
    functions: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        last = {
            name: Output(owner=owner, variable=variable, rows=rows)
            for name, (owner, variable, rows) in last_states(self.network).items()
        }
        object.__setattr__(self, "outputs", {**last, **self.outputs})


class Array(NamedTuple):
    """An array to keep, its unit (SI) and the names of its dimensions."""

    values: np.ndarray
    units: str
    dims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What an experiment makes of the raw arrays of a run.

    Attributes
    ----------
    arrays : dict of str to Array
        For results.h5.
    summary : dict
        The headline numbers; rates in Hz, times in s, weights in units of the leak, burst probability a fraction.
    bounds : dict of str to (array, low, high, unit)
        States that must be finite and inside these bounds, or the run has diverged.
    """

    arrays: Mapping[str, Array]
    summary: Mapping[str, Any]
    bounds: Bounds

    @property
    def divergence(self) -> str | None:
        """Which variable left its bounds and how, or None."""
        for name, (values, low, high, unit) in self.bounds.items():
            if not np.all(np.isfinite(values)):
                return f"{name} is not finite in {np.count_nonzero(~np.isfinite(values))} of {values.size} values"
            # float32 rounds a bound that it cannot hold
            slack = 1e-6 * max(abs(low), abs(high))
            if values.size and (values.min() < low - slack or values.max() > high + slack):
                return (
                    f"{name} went from {values.min():g} to {values.max():g} {unit}, outside {low:g} to {high:g} {unit}"
                )
        return None


@dataclass(frozen=True, kw_only=True)
class Given:
    """How a run of an experiment begins with the final weights and connectivity of another run.

    Attributes
    ----------
    build : callable
        As `Experiment.build`; its network takes weights and connectivity as arguments.
    config : callable
        config(config): what a config becomes with them.
    values : callable
        values(config, result): {"object.variable": array} read from a run.
    """

    build: Callable[[Any], Model]
    config: Callable[[Any], Any]
    values: Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """An experiment: all that the program asks of one. A member that there is not is an error where it is made.

    Attributes
    ----------
    name : str
        What it is called on the command line: small letters, digits and `_`.
    meaning : str
        What it shows, in one line.
    presets : mapping of str to parameter set
        Its settings by name, the first one the default; each has a `duration`.
    build : callable
        build(config): the network as a `Model`; only structural settings of the config matter to it.
    values : callable
        values(config, seed): every parameter and stimulus of a run, {"object.variable": value or array}, in SI units.
    analyse : callable
        analyse(config, raw, seed): what is kept of the raw arrays of a run, an `Analysis`.
    plot : callable
        plot(result): the figure, from saved arrays alone.
    about : str
        What is done and how, in paragraphs; a module's docstring.
    expected_s : mapping of str to float
        Wall time of each preset on one core, in s.
    seeds : mapping of str to int
        How many seeds a preset needs to be compared with what is published; 1 where it is not named.
    headlines : tuple of str, optional
        Entries of the summary that the table of a sweep shows; all single numbers by default.
    references : tuple of Reference
        Published numbers that every preset is compared with.
    preset_references : mapping of str to tuple of Reference
        Further ones of a preset.
    populations : callable, optional
        populations(config): {name: Population} of the cells that can be recorded.
    overlay : callable, optional
        overlay(runs): two runs in one figure; their figures beside each other by default.
    plot_seeds : callable, optional
        plot_seeds(summaries, n_seeds): a figure over several seeds, or None.
    over_seeds : callable, optional
        over_seeds(config, results): what a summary over seeds holds beside means and deviations.
    example_duration : callable, optional
        example_duration(config): simulated time between two moments at which a run may leave a checkpoint; runs of an
        experiment without it have none.
    given : Given, optional
        How a run begins with the weights of another.
    recorded : mapping of str to int
        How many cells of each population are recorded; set by recorded.py.
    is_given : bool
        Whether weights are given; set by trained.py.
    """

    name: str
    meaning: str
    presets: Mapping[str, Any]
    build: Callable[[Any], Model]
    values: Callable[[Any, int], dict[str, Any]]
    analyse: Callable[[Any, dict[str, np.ndarray], int], Analysis]
    plot: Callable[[Any], Any]
    about: str = ""
    expected_s: Mapping[str, float] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    headlines: tuple[str, ...] | None = None
    references: tuple[Reference, ...] = ()
    preset_references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    populations: Callable[[Any], Mapping[str, Any]] | None = None
    overlay: Callable[[Sequence[Any]], Any] | None = None
    plot_seeds: Callable[[Sequence[Mapping[str, Any]], int], Any] | None = None
    over_seeds: Callable[[Any, Sequence[Any]], dict[str, Any]] | None = None
    example_duration: Callable[[Any], Quantity] | None = None
    given: Given | None = None
    recorded: Mapping[str, int] = field(default_factory=dict)
    is_given: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise ParameterError(f"name = {self.name!r}: small letters, digits and _ are needed")
        if not self.presets:
            raise ParameterError(f"{self.name}: no presets; one set of parameters is needed at least")
        for preset, config in self.presets.items():
            if not (dataclasses.is_dataclass(config) and hasattr(config, "duration")):
                raise ParameterError(f"{self.name}: preset {preset} is no parameter set with a duration")
        for member in ("expected_s", "seeds", "preset_references"):
            for preset in getattr(self, member):
                if preset not in self.presets:
                    there = ", ".join(self.presets)
                    raise ParameterError(f"{self.name}: {member} of {preset!r}, which is no preset (there are {there})")

    def references_of(self, preset: str) -> tuple[Reference, ...]:
        """What runs of a preset are compared with."""
        return self.references + self.preset_references.get(preset, ())


def analysed(experiment: Experiment, config: Any, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """The experiment's analysis of a run; nothing but the reason of a run in which a last state has diverged."""
    last = Analysis(arrays={}, summary={}, bounds=bounds_of_last(raw))
    return last if last.divergence is not None else experiment.analyse(config, raw, seed)
