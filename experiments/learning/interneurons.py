"""PV and SOM cells of a hierarchy of full cells (../learn.py), as in `xor_full`.

Each layer but the first has PV cells, which hear the layer below and their own one and inhibit its somata. Each unit
whose bursts come down has SOM cells, which inhibit dendrites below. Within each unit cells inhibit each other's
dendrites, in place of SOM cells of its own.

Weights are those of cells that hear as many others as in `xor_full`; with more or fewer each has as much less or more
effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from brian2 import Equations

from burstlab.models.network import fixed
from burstlab.models.tables import Block, Drive, Kind, Population

from .full_cells import interneuron_groups

# How many a cell hears in `xor_full`: a PV cell of the layer below, and of its own; others.
_BELOW, _OWN_HIDDEN, _OWN_OUTPUT, _INHIBITORY, _WITHIN = 100, 100, 50, 12, 50
KINDS = ("up_to_pv", "from_pv", "down_to_som", "feedback_inh", "within")
_OWN = Equations("population : integer (constant)")


def _pv(layer: int, last: int) -> str:
    if layer == last:
        return "pv_output"
    return "pv_hidden" if last == 2 else f"pv_hidden{layer}"


def populations(config: Any, names: Sequence[Sequence[str]]) -> list[Population]:
    """Those of PV cells, one of each layer but the first; and of SOM cells, one of each unit from the third on."""
    last = len(names) - 1
    return [
        *(
            Population(
                name=_pv(k, last), size=config.n_pv, group="pv",
                values={"I": config.I_pv_output if k == last else config.I_pv_hidden},
            )
            for k in range(1, last + 1)
        ),
        *(
            Population(name=f"som_{name}", size=config.n_som, group="som", values={"I": config.I_som})
            for layer in names[2:]
            for name in layer
        ),
    ]  # fmt: skip


def projections(
    config: Any, names: Sequence[Sequence[str]], inhibited: Mapping[str, float], down: Sequence[np.ndarray]
) -> list[Block]:
    """Rows of the table.

    Parameters
    ----------
    config : Config
    names : sequence of sequence of str
        Units of all layers.
    inhibited : mapping of str to float
        Of each hidden unit, how much of its feedback inhibits, 0 to 1.
    down : sequence of array
        Weights from the SOM cells of each layer's units to the units below.
    """
    w, last, blocks = config.interneuron_weights, len(names) - 1, []
    # PV cells hear each unit of a layer as densely as the layer above does, and outputs as dendrites do.
    heard = [*config.inputs, config.feedback_inputs[-1]]
    for k in range(1, last + 1):
        pv, to_hidden, below, own = [_pv(k, last)], k < last, names[k - 1], names[k]
        unit = _BELOW / (heard[k - 1] * len(below))
        to_output = [w.w_pv_output + inhibited.get(name, 0.0) * (w.w_pv_inhibited - w.w_pv_output) for name in below]
        of_below = unit * w.w_pv_hidden if to_hidden else [[unit * weight] for weight in to_output]
        blocks.append(Block("up_to_pv", below, pv, heard[k - 1], of_below))
        unit = (_OWN_HIDDEN if to_hidden else _OWN_OUTPUT) / (heard[k] * len(own))
        blocks.append(Block("up_to_pv", own, pv, heard[k], unit * (w.w_pv_hidden if to_hidden else w.w_pv_output)))
        inhibition = (w.w_inh_hidden if to_hidden else w.w_inh_output) * _INHIBITORY / config.inhibitory_inputs
        blocks.append(Block("from_pv", pv, own, config.inhibitory_inputs, inhibition))
    on = 0.0 if config.feedback == "cut" else 1.0
    for k, (below, above) in enumerate(pairwise(names[1:])):
        inputs, som = min(config.feedback_inputs[k], config.cells[k + 2]), [f"som_{name}" for name in above]
        told = on * w.w_som * _WITHIN / inputs
        blocks += [Block("down_to_som", [name], [own], inputs, told) for name, own in zip(above, som, strict=True)]
        blocks.append(Block("feedback_inh", som, below, config.inhibitory_inputs, down[k]))
    for layer, size in zip(names, config.cells, strict=True):
        inputs = min(_WITHIN, size)
        blocks += [Block("within", [name], [name], inputs, w.w_within * _WITHIN / inputs) for name in layer]
    return blocks


def scale(config: Any, above: int) -> float:
    """What a weight of SOM cells onto dendrites is in place of that of `xor_full`."""
    return float(_INHIBITORY / (config.inhibitory_inputs * np.sqrt(above)))


def background(config: Any, names: Sequence[Sequence[str]]) -> list[Drive]:
    """Rows of the table."""
    noise, last = config.interneuron_background, len(names) - 1
    pv = tuple(_pv(k, last) for k in range(1, last + 1))
    som = tuple(f"som_{name}" for layer in names[2:] for name in layer)
    return [
        Drive(receptor=receptor, onto=onto, rate=noise.rate_interneuron, weight=weight)
        for receptor, onto, weight in (
            ("g_exc", pv, noise.exc_pv),
            ("g_inh", pv, noise.inh_pv),
            ("g_exc", som, noise.exc_som),
            ("g_inh", som, noise.inh_som),
        )
    ]


def groups(config: Any) -> dict[str, Any]:
    """One group of each."""
    return interneuron_groups(config, _OWN, _OWN)


def kinds(config: Any, up: tuple[str, str], down: tuple[str, str]) -> list[Kind]:
    """What pyramidal cells tell interneurons is what they tell each other; these tell every spike.

    Parameters
    ----------
    config : Config
    up, down : (str, str)
        On what, and how much.
    """
    delay = config.conduction
    return [
        fixed("up_to_pv", "g_exc", up[1], on=up[0], delay=delay, own_weight=True),
        fixed("from_pv", "g_inh_s", delay=delay, own_weight=True),
        fixed("down_to_som", "g_exc", down[1], on=down[0], delay=delay, own_weight=True),
        fixed("feedback_inh", "g_inh_d", delay=delay, own_weight=True),
        fixed("within", "g_inh_d", down[1], on=down[0], delay=delay, own_weight=True),
    ]
