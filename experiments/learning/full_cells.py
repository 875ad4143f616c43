"""Full cells, synapses behind short-term plasticity and interneurons, as `xor_full` and `learn` are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brian2 import Equations

from burstlab.models import INTERNEURON, Part, ShortTermPlasticity, interneurons, pyramidal
from burstlab.models import short_term_plasticity as stp
from burstlab.models.conductance import interneuron_synapses, pyramidal_synapses

# Ends of the names of depressing synapses, which lead up, and of facilitating ones, all others.
STD, STF = "_std", "_stf"


def full_cells(config: Any, n: int, extra: Equations, parts: Sequence[Part], dynamic: bool = True) -> Any:
    """Full pyramidal cells, `dynamic` with depressing and facilitating synapses at rest."""
    made = pyramidal(
        n,
        synapses=pyramidal_synapses(config.driving_force),
        extra=extra,
        parts=[*parts, *([stp.cell_part(STD, STF)] if dynamic else [])],
        name="cells",
    )
    if dynamic:
        stp.rest(made, config.std, STD)
        stp.rest(made, config.stf, STF)
    return made


def interneuron_groups(config: Any, of_pv: Equations, of_som: Equations) -> dict[str, Any]:
    """Groups of PV and of SOM cells with further variables, {name: make(n, equations)}."""

    def make(name: str, parameters: Any, more: Equations) -> Any:
        def made(n: int, wiring: Equations) -> Any:
            return interneurons(n, parameters, interneuron_synapses() + more + wiring, name=name)

        return made

    return {"pv": make("pv", config.pv, of_pv), "som": make("som", config.som, of_som)}


def releases(std: ShortTermPlasticity, stf: ShortTermPlasticity) -> dict[str, Any]:
    """Values of a run: of short-term plasticity."""
    return {**stp.resting("cells", std, STD), **stp.resting("cells", stf, STF)}


def interneuron_values(config: Any) -> dict[str, Any]:
    """Values of a run: of interneurons."""
    return {
        **INTERNEURON.values("pv", config.pv, config.synapse),
        **INTERNEURON.values("som", config.som, config.synapse),
    }
