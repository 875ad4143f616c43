"""Recorders that keep nothing outside a window of time.

The window and the recorded cells are variables of the recorders, so a compiled program takes other ones as arguments:
`window_first` and `window_last` are steps of the group's clock, the last one excluded, and `_indices` are the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2 import EventMonitor, StateMonitor

from .code_objects import code_object_class


class TraceRecorder(StateMonitor):
    """State variables of some cells in every step of a window.

    Values are those at the begin of a step, with the currents that have been set for it.

    Parameters
    ----------
    group : NeuronGroup
        The cells.
    variables : sequence of str
        What is recorded of them.
    cells : sequence of int
        Which of them; another choice of as many is another value of `_indices`.
    name : str
        Name of the object.
    """

    def __init__(self, group: Any, variables: Sequence[str], cells: Sequence[int], name: str) -> None:
        # After the statements of run_regularly, which have order 0 and set the currents.
        super().__init__(group, list(variables), record=list(cells), when="start", order=1, name=name)
        self.variables["_indices"].read_only = False
        _limit(self, "recorded_traces")


class EventRecorder(EventMonitor):
    """Cells and times of an event in a window.

    Parameters
    ----------
    group : NeuronGroup or Subgroup
        The cells; recorded numbers count from the first of them.
    event : str
        "spike", "event" or "burst".
    name : str
        Name of the object.
    """

    def __init__(self, group: Any, event: str, name: str) -> None:
        super().__init__(group, event, name=name)
        _limit(self, "recorded_events")


def _limit(monitor: Any, template: str) -> None:
    monitor.template = template
    monitor.codeobj_class = code_object_class()
    for name in ("window_first", "window_last"):
        monitor.variables.add_array(name, size=1, dtype=np.int64, scalar=True, constant=True)
    monitor.variables["window_last"].set_value(np.iinfo(np.int64).max)
