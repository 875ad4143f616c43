"""A meaningful start for every mechanism that lives in cells: published parameters, at rest.

Factories call `begin`; cells of your own (a NeuronGroup with such equations) need one call of it. What is set can be
changed afterwards, as any variable; the functions that do it for one mechanism take parameters.
"""

from __future__ import annotations

from typing import Any

from . import burst_plasticity, short_term_plasticity
from .conductance import Conductance
from .parameters import assign

# A variable of each mechanism that nothing else has, by which its presence is known.
_CONDUCTANCE, _RULE, _SLOW = "tau_inh", "E_floor", "t_rate"
_RELEASE = "t_stp"


def begin(cells: Any) -> None:
    """Start the synapses, the short-term plasticity and the learning rule of cells, where they have them.

    Parameters
    ----------
    cells : NeuronGroup
        Conductances get the parameters `Conductance()`; short-term plasticity with the suffix "_std" those of
        depressing synapses, any other those of facilitating ones, at rest; the rule `BurstPlasticity()`, averages of
        5 Hz and 0.2, the learning rate `ETA`, and plasticity switched on.
    """
    variables = cells.variables
    if _CONDUCTANCE in variables:
        assign(cells, Conductance())
    for name in variables:
        if name.startswith(_RELEASE):
            suffix = name.removeprefix(_RELEASE)
            short_term_plasticity.rest(cells, short_term_plasticity.usual(suffix), suffix)
    if _RULE in variables:
        burst_plasticity.begin_averages(cells, burst_plasticity.BurstPlasticity())
        cells.eta = burst_plasticity.ETA
        cells.M = 1
    if _SLOW in variables:
        burst_plasticity.begin_slow_rate(cells, burst_plasticity.SlowHomeostasis())
