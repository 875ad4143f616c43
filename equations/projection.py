"""Projections with fixed weights: what reaches a receptor when the source emits a spike, an event or a burst.

Payeur et al. (2021), Methods and Fig 4: event-transmitting synapses act once per event, burst-transmitting ones once
per burst; static synapses act at every spike, those with short-term plasticity in proportion to the release.
"""

from brian2 import Equations

WEIGHT = Equations("w : 1 (constant, shared)")
OWN_WEIGHT = Equations("w : 1 (constant)")


def released(suffix: str = "") -> str:
    """The amount behind the source's short-term plasticity of the kind `suffix`."""
    return f"w*release{suffix}_pre"


def raise_conductance(receptor: str, amount: str) -> str:
    """The statement that adds `amount` to the target's `receptor`."""
    return f"{receptor}_post += {amount}"
