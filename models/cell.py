"""What a kind of cell is: what it is made with, what it starts from, and what can be seen of it.

One `Cell` for each kind says all of it once: the factory, the values of a run (`Cell.values`), what is recorded and the
page of inspection take it from there. A cell of your own is one more `Cell` (docs/extending/cell.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from brian2 import Equations, NeuronGroup, Quantity, SpikeSource

from .parameters import ParameterError, assign, assignments, nearest, walk

# The initial value of a variable: a value, or the name of the parameter that it is.
Start = dict[str, str | float | Quantity]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A kind of cell.

    Attributes
    ----------
    make : callable
        make(n, parameters, synapses=..., parts=..., name=...): a NeuronGroup at rest.
    parameters : callable
        Makes its parameter set, with the defaults.
    start : mapping of str to str, float or Quantity
        What variables begin with: a value, or the name of a parameter; all others begin with 0.
    traces : mapping of str to str
        What can be traced of it, and the SI unit of each.
    receptors : mapping of str to str
        The same of its conductances, where it is made with synapses.
    events : tuple of str
        `spike`, `event`, `burst`, or those of them that it has.
    meanings : mapping of str to str
        What traces and receptors are, in words, for exports and scripts.
    """

    make: Callable[..., NeuronGroup]
    parameters: Callable[[], Any]
    start: Start
    traces: dict[str, str]
    receptors: dict[str, str]
    events: tuple[str, ...]
    meanings: Mapping[str, str] = field(default_factory=dict)

    def values(self, group: str, *parameters: Any) -> dict[str, float]:
        """Every parameter and every initial value of cells, in SI units, for the values of a run.

        Parameters
        ----------
        group : str
            The name of the cells.
        *parameters : dataclass
            Their parameter set, and those of their synapses and of what else they have.

        Returns
        -------
        dict
            {"group.variable": value}.
        """
        known = {name: float(value) for name, value in initial_values(self.start, *parameters).items()}
        given = {name: value for one in parameters for name, value in assignments(group, one).items()}
        return given | {f"{group}.{name}": value for name, value in known.items()}


def initial_values(start: Start, *parameters: Any) -> dict[str, Any]:
    """The values of a `Start`, with those of the parameters that it names.

    Raises
    ------
    ParameterError
        If it names one that is not there.
    """
    known = {name: value for one in parameters for name, _, value in walk(one)}
    found = {}
    for variable, value in start.items():
        if isinstance(value, str) and value not in known:
            raise ParameterError(
                f"{variable} starts from {value!r}: no parameter of that name{nearest(value, [*known])}"
            )
        found[variable] = known[value] if isinstance(value, str) else value
    return found


def set_rest(group: Any, start: Start, parameters: Any) -> None:
    """Give cells their parameters and initial values."""
    assign(group, parameters)
    for variable, value in initial_values(start, parameters).items():
        setattr(group, variable, value)


# ---- what mechanisms add to cells ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a mechanism adds to cells.

    Attributes
    ----------
    equations : Equations
        Further variables.
    on_spike, on_event, on_burst : str
        Statements for every spike, event or burst.
    every_spike : str
        Statements for every spike, also of cells whose every spike is an event or a burst and which have no event
        `spike`; the others run them with `on_spike`.
    events : mapping of str to (str, str)
        Further events: their conditions, and statements.
    dtype : mapping of str to type
        Data types of what holds times.
    begin : tuple of callable
        begin(cells): what gives the variables a start.
    """

    equations: Equations = field(default_factory=lambda: Equations(""))
    on_spike: str = ""
    on_event: str = ""
    on_burst: str = ""
    every_spike: str = ""
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    dtype: dict[str, type] = field(default_factory=dict)
    begin: tuple[Callable[[Any], None], ...] = ()


def joined(parts: Iterable[Part]) -> Part:
    """Several parts as one; statements run in their order."""
    parts = tuple(parts)
    return Part(
        equations=sum((part.equations for part in parts), Equations("")),
        on_spike="".join(part.on_spike for part in parts),
        on_event="".join(part.on_event for part in parts),
        on_burst="".join(part.on_burst for part in parts),
        every_spike="".join(part.every_spike for part in parts),
        events={name: event for part in parts for name, event in part.events.items()},
        begin=tuple(each for part in parts for each in part.begin),
        dtype={name: kind for part in parts for name, kind in part.dtype.items()},
    )


# ---- checks ----------------------------------------------------------------------------------------------------------


def require_variable(group: Any, name: str, what: str) -> None:
    """Refuse cells without a variable.

    Raises
    ------
    ParameterError
        Naming what there is.
    """
    if name not in group.variables:
        receptors = [known for known in group.variables if known.startswith(("g_exc", "g_inh"))]
        there = f" (there are {', '.join(receptors)})" if receptors and name.startswith("g_") else ""
        raise ParameterError(
            f"{what}: {group.name} has no variable {name}{nearest(name, list(group.variables))}{there}"
        )


def require_event(source: SpikeSource, name: str) -> None:
    """Refuse a source without an event.

    Raises
    ------
    ParameterError
        Naming those that it has.
    """
    if name not in source.events:
        there = ", ".join(source.events) or "none"
        raise ParameterError(f"on = {name}: {source.name} has no event of that name (it has {there})")
