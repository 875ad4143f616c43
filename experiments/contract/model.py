"""The network of an experiment, what is kept of a run of it, and what becomes of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from brian2 import EventMonitor, Network, PopulationRateMonitor, Quantity, StateMonitor

from .states import Bounds, last_states


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
        Makes synapses and initial states; called when the parameters have their values. Nothing by default.
    outputs : dict of str to Output
        What is kept, all that monitors record by default; the last state of every group and synapse (states.py) is
        added to it.
    functions : dict of str to TimedArray
        Stimuli that are set at run time, by name.
    """

    network: Network
    duration: Quantity
    connect: Callable[[], None] = lambda: None
    outputs: Mapping[str, Output] = None  # type: ignore[assignment]  # set below
    functions: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        last = {
            name: Output(owner=owner, variable=variable, rows=rows)
            for name, (owner, variable, rows) in last_states(self.network).items()
        }
        kept = monitored(self.network) if self.outputs is None else self.outputs
        object.__setattr__(self, "outputs", {**last, **kept})


def monitored(network: Network) -> dict[str, Output]:
    """All that the monitors of a network record: "name/time" with "name/cell", "name/rate" or "name/VARIABLE"."""
    found = {}
    for owner in sorted(network.objects, key=lambda object_: object_.name):
        if isinstance(owner, StateMonitor | EventMonitor):
            variables = [*owner.record_variables, "t"]
        elif isinstance(owner, PopulationRateMonitor):
            variables = ["rate", "t"]
        else:
            continue
        for variable in variables:
            name = {"t": "time", "i": "cell"}.get(variable, variable)
            found[f"{owner.name}/{name}"] = Output(owner=owner, variable=variable)
    return found


class Array(NamedTuple):
    """An array to keep.

    Attributes
    ----------
    values : array
        In SI units.
    units : str
        Their unit: "Hz", "V", "1".
    dims : tuple of str
        The names of its dimensions.
    """

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
