"""A meaningful start for every mechanism that lives in cells: published parameters, at rest.

Factories call `begin`; cells of your own (a NeuronGroup with such equations) need one call of it. What is set can be
changed afterwards, as any variable; the functions that do it for one mechanism take parameters.
"""

from __future__ import annotations

from typing import Any

from . import short_term_plasticity
from .cell import Part
from .conductance import Conductance
from .parameters import assign

# A variable of each mechanism that nothing else has, by which its presence is known.
_CONDUCTANCE = "tau_inh"
_RELEASE = "t_stp"


def begin(cells: Any, part: Part | None = None) -> None:
    """Start the synapses and the short-term plasticity of cells, where they have them, and what their parts begin with.

    Parameters
    ----------
    cells : NeuronGroup
        Conductances get the parameters `Conductance()`; short-term plasticity with the suffix "_std" those of
        depressing synapses, any other those of facilitating ones, at rest.
    part : Part, optional
        What else they were made with, such as that of a learning rule.
    """
    variables = cells.variables
    if _CONDUCTANCE in variables:
        assign(cells, Conductance())
    for name in variables:
        if name.startswith(_RELEASE):
            suffix = name.removeprefix(_RELEASE)
            short_term_plasticity.rest(cells, short_term_plasticity.usual(suffix), suffix)
    for start in part.begin if part is not None else ():
        start(cells)
