"""Cells with on-line detection of events and bursts (equations/burst_detection.py), whatever makes their spikes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brian2 import Equations, NeuronGroup
from numpy import float64

from ..equations import burst_detection
from ..equations.conductance import NO_SYNAPSES
from .begin import begin
from .cell import Part, Start, joined, set_rest
from .integration import LONG_AGO, euler


def bursting_cells(
    n: int,
    equations: Equations,
    threshold: str,
    reset: str,
    parameters: Any,
    start: Start,
    synapses: Equations = NO_SYNAPSES,
    parts: Sequence[Part] = (),
    name: str = "cells*",
) -> NeuronGroup:
    """Cells of two compartments at rest, of given equations; what a factory of pyramidal cells returns.

    Parameters
    ----------
    n : int
        Number of cells.
    equations : Equations
        Of soma and dendrite, which use `drive_s` and `drive_d`; integrated by forward Euler.
    threshold, reset : str
        The condition of a spike, and the statements for it.
    parameters : dataclass
        A parameter set with a variable for each of its parameters in the equations, and a `burst_interval`.
    start : dict
        What variables begin with, as of a `Cell`.
    synapses : Equations
        `pyramidal_synapses()`; none by default.
    parts : sequence of Part
        Mechanisms that live in the cells.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `spike`, `event` and `burst`. Synapses and parts have the published parameters and are at rest.
    """
    more = joined((Part(equations=synapses), *parts))
    group = NeuronGroup(
        n,
        equations + burst_detection.BURST_DETECTION + more.equations,
        threshold=threshold,
        reset=reset + burst_detection.ON_SPIKE + more.on_spike + more.every_spike,
        events={
            "event": f"{threshold} and {burst_detection.IS_EVENT}",
            "burst": f"{threshold} and {burst_detection.IS_BURST}",
            **{event: condition for event, (condition, _) in more.events.items()},
        },
        method=euler,
        # Times stay in double precision: after an hour a float32 second has steps of 0.2 ms.
        dtype={"t_spike": float64, **more.dtype},
        namespace={},
        name=name,
    )
    # With the spikes, so that statements run on them in "after_thresholds" come after the test, not a step late.
    statements_of = {"event": more.on_event, "burst": more.on_burst}
    statements_of |= {event: statements for event, (_, statements) in more.events.items()}
    for event, statements in statements_of.items():
        group.set_event_schedule(event, when="thresholds")
        if statements:
            group.run_on_event(event, statements, when="after_thresholds")
    group.t_spike = LONG_AGO
    set_rest(group, start, parameters)
    begin(group, more)
    return group
