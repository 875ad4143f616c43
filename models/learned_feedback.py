"""Feedback whose weights follow those of the way up (equations/learned_feedback.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from brian2 import Quantity, Synapses, ms
from brian2.utils.stringtools import word_substitute

from ..equations import learned_feedback as equations
from ..equations.projection import raise_conductance
from .cell import require_variable
from .projection import check_sent
from .rule import Pathway, Rule

CELLS = equations.CELLS


def fading(rule: Rule) -> Rule:
    """The same rule with weights that fade at events of their target, as learned feedback does.

    Parameters
    ----------
    rule : Rule
        What the weights up follow.

    Returns
    -------
    Rule
        For cells that are made with `CELLS`, too.
    """
    return replace(rule, at_target={**rule.at_target, "fade": ("event", equations.FADE_UP)})


def learned_feedback(
    source: Any,
    target: Any,
    rule: Rule,
    sign: str,
    on: str = "burst",
    amount: str = "w",
    delay: Quantity = 0 * ms,
    name: str = "feedback*",
    also: Mapping[str, tuple[str, str, str]] | None = None,
) -> Synapses:
    """Synapses onto dendrites that change as the plastic ones from their target to their source do; not yet connected.

    Parameters
    ----------
    source, target : NeuronGroup
        The cells above and below, both made with the `part` of the rule and with `CELLS`.
    rule : Rule
        What the weights up follow, without `fading`.
    sign : {"exc", "inh"}
        The dendritic receptor; inhibitory weights change by the opposite.
    on, amount, delay, also
        What is transmitted, as of `projection`.
    name : str
        Name of the object.

    Returns
    -------
    Synapses
        Each with a weight `w` of its own, 0 until it is set.

    Raises
    ------
    ParameterError
        If the cells lack something that is needed.
    """
    sent = {"pre": (on, f"g_{sign}_d", amount), **(also or {})}
    check_sent(source, target, sent, delay)
    for variable in sorted({*rule.cells.names, *CELLS.names}):
        for cells in (source, target):
            require_variable(cells, variable, "learned feedback: both populations need the rule's part and its own")
    at_source, at_target = _following(rule, sign)
    return Synapses(
        source,
        target,
        model=rule.synapses,
        on_pre={which: raise_conductance(onto, much) for which, (_, onto, much) in sent.items()}
        | {pathway: text for pathway, (_, text) in at_source.items()},
        on_post={pathway: text for pathway, (_, text) in at_target.items()},
        on_event={which: event for which, (event, *_) in {**sent, **at_source, **at_target}.items()},
        delay=dict.fromkeys(sent, delay),
        namespace={},
        name=name,
    )


def _following(rule: Rule, sign: str) -> tuple[dict[str, Pathway], dict[str, Pathway]]:
    """What a weight down does at events of its source and of its target: as the rule at the other end; and it fades."""
    change = "follow_post" if sign == "exc" else "-follow_post"
    at_source, at_target = (
        {pathway: (event, _mirrored(text, change)) for pathway, (event, text) in pathways.items()}
        for pathways in (rule.at_target, rule.at_source)
    )
    return at_source | {"fade": ("event", equations.FADE_DOWN)}, at_target


def _mirrored(text: str, change: str) -> str:
    """What the rule does at one end of the weight up, at the other end of the weight down."""
    other = {"pre": "post", "post": "pre"}
    swapped = re.sub(r"\b(\w+)_(pre|post)\b", lambda found: f"{found[1]}_{other[found[2]]}", text)
    return word_substitute(swapped, {"M_pre": f"{change}*M_pre", "w_min_pre": "0", "w_max_pre": "largest_down_post"})
