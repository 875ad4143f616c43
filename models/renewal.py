"""Cells that fire as a renewal process (equations/renewal.py): periodic, Poisson, or with bursts."""

from __future__ import annotations

from collections.abc import Sequence

from brian2 import NeuronGroup, Quantity, ms, second
from numpy import float64, int8

from ..equations import renewal as equations
from .begin import begin
from .cell import Part, joined
from .integration import LONG_AGO

# Later than the end of every simulation.
NEVER: Quantity = 1e9 * second


def renewal_cells(
    n: int,
    parts: Sequence[Part] = (),
    name: str = "cells*",
) -> NeuronGroup:
    """Cells that fire when their renewal process says so; silent until they are given intervals.

    Parameters
    ----------
    n : int
        Number of cells.
    parts : sequence of Part
        Mechanisms that live in the cells; their statements run before any synapse.
    name : str
        Name of the group.

    Returns
    -------
    NeuronGroup
        With the events `spike`, `event` and `burst`. To be set for each cell: `t_next` (s, the first spike; of a
        periodic train half a step before its step), `interval` and `mean_wait` (s, fixed and exponential part of the
        intervals), `t_stop` (s), `pause` (s) after every `per_train` spikes, `p_burst`; and once for all
        `burst_interval`, `isi_min` and `isi_range` (s).
    """
    more = joined(parts)
    group = NeuronGroup(
        n,
        equations.RENEWAL + more.equations,
        events={"spike": equations.THRESHOLD, "event": equations.EVENT, "burst": equations.BURST},
        dtype={**dict.fromkeys(("t_spike", "t_next", "t_stop"), float64), "kind": int8, **more.dtype},
        namespace={},
        name=name,
    )
    # All in the slot of the spikes, one after the other, so that statements in "after_thresholds" come after the tests.
    group.run_on_event("spike", equations.ON_SPIKE + more.every_spike, when="thresholds", order=1)
    for event, statements in (("event", more.on_event), ("burst", more.on_burst)):
        group.set_event_schedule(event, when="thresholds", order=2)
        group.run_on_event(event, equations.DONE + statements, when="after_thresholds")
    group.never = NEVER
    group.burst_interval = 16 * ms
    group.t_spike = LONG_AGO
    group.t_next = group.t_stop = NEVER
    group.per_train = 1
    begin(group, more)
    return group
