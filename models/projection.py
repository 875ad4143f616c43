"""Projections with fixed weights (equations/projection.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from brian2 import Quantity, Synapses, ms

from ..equations import projection as equations
from .cell import require_event, require_variable
from .parameters import ParameterError


def projection(
    source: Any,
    target: Any,
    receptor: str,
    on: str = "spike",
    weight: float = 0.0,
    amount: str = "w",
    delay: Quantity = 0 * ms,
    name: str = "projection*",
    also: Mapping[str, tuple[str, str, str]] | None = None,
    own_weight: bool = False,
) -> Synapses:
    """Synapses that raise a receptor's conductance at every spike, event or burst of the source; not yet connected.

    Parameters
    ----------
    source, target : NeuronGroup
        With the events `event` and `burst` where `on` is one of these.
    receptor : str
        The target's conductance, such as "g_exc_d".
    on : {"spike", "event", "burst"}
        What is transmitted.
    weight : float
        The projection's own weight, in units of the target's leak.
    amount : str
        What is added: "w", the projection's own weight (the default); `released()` behind short-term plasticity of the
        source, or `released("_std")` where the source has several kinds; or a variable of the target such as
        "w_feedback_post".
    delay : Quantity
        Conduction delay; none by default. Behind short-term plasticity at least one time step.
    name : str
        Name of the object.
    also : mapping of str to (str, str, str), optional
        What the same synapses do besides, by name: on which event, at which receptor, and how much.
    own_weight : bool
        Whether each synapse has a weight `w` of its own, 0 until it is set, in place of one for all.

    Raises
    ------
    ParameterError
        If the target has no such receptor or the source no such event or release.
    """
    pathways = {"pre": (on, receptor, amount), **(also or {})}
    check_sent(source, target, pathways, delay)
    synapses = Synapses(
        source,
        target,
        model=equations.OWN_WEIGHT if own_weight else equations.WEIGHT,
        on_pre={which: equations.raise_conductance(onto, much) for which, (_, onto, much) in pathways.items()},
        on_event={which: event for which, (event, _, _) in pathways.items()},
        delay=dict.fromkeys(pathways, delay),
        namespace={},
        name=name,
    )
    if not own_weight:
        # Brian2 lets nobody write to a synaptic variable before there are synapses; this one is shared by them all.
        synapses.variables["w"].set_value(weight)
    return synapses


def check_sent(source: Any, target: Any, pathways: Mapping[str, tuple[str, str, str]], delay: Quantity) -> None:
    """Refuse pathways that one of the populations lacks something for.

    Parameters
    ----------
    source, target : NeuronGroup
    pathways : mapping of str to (str, str, str)
        On which event of the source, at which receptor of the target, and how much, by name.
    delay : Quantity
        Of all of them.

    Raises
    ------
    ParameterError
        Naming what is missing.
    """
    for event, receptor, amount in pathways.values():
        check_delay(amount, delay)
        check_amount(source, amount)
        require_variable(target, receptor, f"receptor = {receptor}")
        require_event(source, event)


def check_amount(source: Any, amount: str) -> None:
    """Refuse to transmit the release of a source without short-term plasticity, or without that of this kind.

    Raises
    ------
    ParameterError
        Naming what is missing.
    """
    for name in re.findall(r"\b(release\w*)_pre\b", amount):
        require_variable(source, name, f"amount = {amount}")


def check_delay(amount: str, delay: Quantity) -> None:
    """Refuse to transmit a release in the step of the spike, before the source knows it.

    Raises
    ------
    ParameterError
        If there is no delay.
    """
    if "release" in amount and not delay > 0 * ms:
        raise ParameterError(f"delay = {delay}: release is known a step after the spike, a delay of a step is needed")
