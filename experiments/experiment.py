"""What an experiment is to the rest of the program: the network it describes, what it measures, what it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from brian2 import Network, Quantity

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


class Experiment(Protocol):
    """What a module in this folder offers."""

    NAME: str
    MEANING: str
    PRESETS: Mapping[str, Any]

    def build(self, config: Any) -> Model:
        """Describe the network; only structural settings of `config` matter."""

    def values(self, config: Any, seed: int) -> dict[str, Any]:
        """Every parameter and stimulus as {"object.variable": value or array}, in SI units."""

    def analyse(self, config: Any, raw: dict[str, np.ndarray], seed: int) -> Analysis:
        """Results of a run: arrays to keep and headline numbers."""

    def plot(self, results: Any) -> Any:
        """The experiment's figure, from saved arrays alone."""


def analysed(experiment: Experiment, config: Any, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """The experiment's analysis of a run; nothing but the reason of a run in which a last state has diverged."""
    last = Analysis(arrays={}, summary={}, bounds=bounds_of_last(raw))
    return last if last.divergence is not None else experiment.analyse(config, raw, seed)
