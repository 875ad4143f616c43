"""What a learning rule is: what it adds to cells, how it begins, the synapses that carry it, what a teacher reads.

One `Rule` says all of it once. The rule of the paper is `burst_rule()` (burst_plasticity.py), of which one line can be
replaced; a rule of your own is one more `Rule` (docs/extending/rule.md). Networks that learn take any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from brian2 import Equations, Quantity, Synapses, ms
from brian2.utils.stringtools import word_substitute
from numpy import float64

from ..equations.projection import raise_conductance
from .cell import Part, Start, require_event, require_variable, set_rest
from .parameters import ParameterError
from .projection import check_amount, check_delay

# What a projection does at an event: which one, and the statements.
Pathway = tuple[str, str]


def _nothing(cells: Any) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that changes weights at events and bursts.

    Attributes
    ----------
    name : str
        For messages.
    parameters : callable
        Makes its parameter set, with the defaults; cells have a variable for each parameter.
    cells : Equations
        What it adds to the cells of both populations. Among it `eta`, the learning rate of a cell's inputs, and the
        shared `M`, the switch of plasticity.
    start : mapping
        What variables of the cells begin with, as of a `Cell`.
    on_event, on_burst, on_spike : str
        Statements for every event, burst or spike of a cell, before any synapse. Cells whose every spike is an event
        or a burst need no event `spike` for the last.
    events : mapping of str to (str, str)
        Further events of the cells: their conditions, and statements.
    times : tuple of str
        Variables of the cells that hold times.
    synapses : Equations
        Variables of a synapse, `w` among them.
    at_source, at_target : mapping of str to (str, str)
        What a synapse does at events of its source and of its target: a name, the event and the statements. All that
        they do has the factor `M_post`.
    event_rate : str
        The variable of the cells that estimates their event rate, which a teacher reads; it may be a subexpression.
    run : callable
        run(cells): what the cells of a target do beside, called for every projection.
    """

    name: str
    parameters: Callable[[], Any]
    cells: Equations
    start: Start = field(default_factory=dict)
    on_event: str = ""
    on_burst: str = ""
    on_spike: str = ""
    events: Mapping[str, Pathway] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    synapses: Equations = field(default_factory=lambda: Equations("w : 1"))
    at_source: Mapping[str, Pathway] = field(default_factory=dict)
    at_target: Mapping[str, Pathway] = field(default_factory=dict)
    event_rate: str = ""
    run: Callable[[Any], None] = _nothing

    def __post_init__(self) -> None:
        for what, equations, needed in (("cells", self.cells, ("eta", "M")), ("synapses", self.synapses, ("w",))):
            for variable in needed:
                if variable not in equations.names:
                    raise ParameterError(f"rule {self.name}: {what} have no variable {variable}")
        if "transmit" in {**self.at_source, **self.at_target}:
            raise ParameterError(f"rule {self.name}: transmit is what synapses do beside the rule; take another name")

    @property
    def part(self) -> Part:
        """What cells need, source and target of a projection alike: one of the `parts` that they are made with."""
        return Part(
            equations=self.cells,
            on_event=self.on_event,
            on_burst=self.on_burst,
            every_spike=self.on_spike,
            events=self.events,
            dtype=dict.fromkeys(self.times, float64),
            begin=(self.begin,),
        )

    def begin(self, cells: Any, parameters: Any = None) -> None:
        """Give cells that have its `part` parameters of the rule (the defaults, where none are given) and a start."""
        set_rest(cells, self.start, parameters if parameters is not None else self.parameters())


def plastic_projection(
    source: Any,
    target: Any,
    rule: Rule,
    on: str = "event",
    amount: str = "w",
    delay: Quantity = 0 * ms,
    name: str = "plastic*",
    own_eta: bool = False,
) -> Synapses:
    """Excitatory synapses onto the soma that follow a rule; not yet connected.

    They transmit once per event, as in the paper, or with other arguments as those of `projection` do.

    Parameters
    ----------
    source, target : NeuronGroup
        Both made with the `part` of the rule. The target's `eta` is the learning rate of its inputs, its shared `M`
        the one switch of plasticity.
    rule : Rule
        Such as `burst_rule()`.
    on, amount, delay
        What is transmitted, as of `projection`; the rule has no delay.
    name : str
        Name of the object.
    own_eta : bool
        Whether each synapse has a factor `own_eta` to its target's `eta`, so that learning rates may differ between
        projections onto the same cells. It is 0 until it is set.

    Raises
    ------
    ParameterError
        If one of the populations lacks something of the rule.
    """
    check_delay(amount, delay)
    check_amount(source, amount)
    for cells in (source, target):
        for variable in sorted(rule.cells.names):
            require_variable(cells, variable, f"rule {rule.name}: both populations need its part")
    require_variable(target, "g_exc_s", "plastic synapses end on somata with conductances (pyramidal_synapses)")
    for cells, pathways in ((source, {"transmit": (on, ""), **rule.at_source}), (target, rule.at_target)):
        for event, _ in pathways.values():
            require_event(cells, event)
    rule.run(getattr(target, "source", target))  # of a part of a group, the group
    transmit = {"transmit": (on, raise_conductance("g_exc_s", amount))}
    made = {
        end: {pathway: _statements(text, own_eta) for pathway, (_, text) in pathways.items()}
        for end, pathways in (("pre", rule.at_source), ("post", rule.at_target))
    }
    return Synapses(
        source,
        target,
        model=rule.synapses + (_OWN_ETA if own_eta else Equations("")),
        on_pre={"transmit": transmit["transmit"][1], **made["pre"]},
        on_post=made["post"],
        on_event={pathway: event for pathway, (event, _) in {**transmit, **rule.at_source, **rule.at_target}.items()},
        delay={"transmit": delay},
        namespace={},
        name=name,
    )


_OWN_ETA = Equations("own_eta : 1 (constant)")


def _statements(text: str, own_eta: bool) -> str:
    """What a synapse does, with a learning rate of its own in units of that of its target."""
    return word_substitute(text, {"M_post": "own_eta*M_post"}) if own_eta else text


# The sum of the plastic weights onto a cell, for the record.
INCOMING = Equations("incoming : 1")


def sum_incoming(plastic: Synapses, cells: Any, dt: Quantity) -> None:
    """Renew the `incoming` of cells, the sum of the plastic weights onto each, at intervals of `dt`.

    Parameters
    ----------
    plastic : Synapses
        A plastic projection.
    cells : NeuronGroup
        Its target, with the further variable `INCOMING`.
    dt : Quantity
        A multiple of the time step.
    """
    cells.run_regularly("incoming = 0", dt=dt, name="clear_incoming")
    plastic.run_regularly("incoming_post += w", dt=dt, order=1, name="sum_incoming")
