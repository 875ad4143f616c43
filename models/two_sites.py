"""Networks of rate cells with two sites of synaptic integration (equations/two_sites.py)."""

from __future__ import annotations

from dataclasses import dataclass

from brian2 import NeuronGroup, Synapses

from ..equations import two_sites as equations


@dataclass(frozen=True, kw_only=True)
class TwoSites:
    """The objects of a network: cells, basal synapses upwards with weights w, apical ones downwards with weights v."""

    cells: NeuronGroup
    basal: Synapses
    apical: Synapses


def two_sites(n: int, name: str = "cells") -> TwoSites:
    """Cells with two sites, and synapses onto both; not yet connected.

    In every time step there is one presentation: inputs are shown, activity goes up through one hidden layer, the error
    comes down, and the synapses learn if M says so. A run needs the functions `given(t, channel)`, the activities of
    input cells, `target(t)`, and `learning(t)`, the switch M.

    Parameters
    ----------
    n : int
        Number of cells, of all layers and all networks.
    name : str
        Name of the cells.

    Returns
    -------
    TwoSites
        To be set for each cell: `is_input`, `is_output` (0 or 1), `channel` (of an input) and
        `mixing` (0 to 1/2); and for all: `beta`, `apical_hebb` (0 or 1).
    """
    cells = NeuronGroup(n, equations.CELL + equations.WIRING, namespace={}, name=name)
    basal = Synapses(cells, cells, equations.BASAL_SYNAPSE, namespace={}, name=f"{name}_basal")
    apical = Synapses(cells, cells, equations.APICAL_SYNAPSE, namespace={}, name=f"{name}_apical")
    statements = [
        (cells, equations.SWITCH + equations.SHOW),
        *[(basal, equations.SUM_BASAL), (cells, equations.RESPOND)] * 2,
        # The output mixes first: its bursts are what comes down.
        (cells, equations.TEACH + equations.MIX),
        (apical, equations.SUM_APICAL),
        (cells, equations.MIX),
        (basal, equations.LEARN_BASAL),
        (apical, equations.LEARN_APICAL),
    ]
    for order, (owner, code) in enumerate(statements):
        owner.run_regularly(code, clock=cells.clock, order=order, name=f"{owner.name}_{order}")
    return TwoSites(cells=cells, basal=basal, apical=apical)
