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
from .cell import require_event, require_variable
from .projection import check_amount, check_delay
from .rule import Rule

CELLS = equations.CELLS


def fading(rule: Rule) -> Rule:
    """The same rule with weights that fade at events of their target, as learned feedback does."""
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
    for event, receptor, much in sent.values():
        check_delay(much, delay)
        check_amount(source, much)
        require_variable(target, receptor, f"receptor = {receptor}")
        require_event(source, event)
    for name_ in sorted({*rule.cells.names, *CELLS.names}):
        for cells in (source, target):
            require_variable(cells, name_, "learned feedback: both populations need the rule's part and its own")
    change = "follow_post" if sign == "exc" else "-follow_post"
    follows = {
        end: {pathway: (event, _mirrored(text, change)) for pathway, (event, text) in pathways.items()}
        for end, pathways in (("pre", rule.at_target), ("post", rule.at_source))
    }
    follows["pre"]["fade"] = ("event", equations.FADE_DOWN)
    return Synapses(
        source,
        target,
        model=rule.synapses,
        on_pre={which: raise_conductance(onto, much) for which, (_, onto, much) in sent.items()}
        | {pathway: text for pathway, (_, text) in follows["pre"].items()},
        on_post={pathway: text for pathway, (_, text) in follows["post"].items()},
        on_event={which: event for which, (event, *_) in {**sent, **follows["pre"], **follows["post"]}.items()},
        delay=dict.fromkeys(sent, delay),
        namespace={},
        name=name,
    )


def _mirrored(text: str, change: str) -> str:
    """What the rule does at one end of the weight up, at the other end of the weight down."""
    other = {"pre": "post", "post": "pre"}
    swapped = re.sub(r"\b(\w+)_(pre|post)\b", lambda found: f"{found[1]}_{other[found[2]]}", text)
    return word_substitute(swapped, {"M_pre": f"{change}*M_pre", "w_min_pre": "0", "w_max_pre": "largest_down_post"})
