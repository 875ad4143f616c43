"""Poisson background: independent excitatory or inhibitory sources, one per cell and receptor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Group, Hz, Quantity
from brian2.core.variables import Variables
from brian2.groups.group import CodeRunner

from .code_objects import code_object_class


@dataclass(frozen=True, kw_only=True)
class Source:
    """Independent Poisson input to the cells `start` to `stop` - 1 of a group: each arrival adds `weight`."""

    receptor: str
    start: int
    stop: int
    rate: Quantity
    weight: float


def source_values(name: str, sources: Sequence[Source]) -> dict[str, np.ndarray]:
    """Rates (Hz) and weights of the sources of a `PoissonDrive` of this name, {"name.variable": array}."""
    return {
        f"{name}.rate": np.array([float(source.rate) for source in sources]),
        f"{name}.weight": np.array([source.weight for source in sources]),
    }


class PoissonDrive(Group, CodeRunner):
    """Background of a whole group: for each source, cells receive independent Poisson arrivals.

    It means what one `PoissonInput(N=1)` per source means, and costs a small part of it: N independent Poisson
    processes of rate r are one process of rate N r whose arrivals fall on uniformly chosen cells, so a step takes one
    Poisson number and that many uniform cell indices in place of N binomial numbers. Exact; unlike PoissonInput two
    arrivals may fall into one step.

    Parameters
    ----------
    group : NeuronGroup
        The cells.
    sources : sequence of Source
        Their inputs. `rate` (Hz) and `weight` of the sources are arrays of this object and can be changed like any
        parameter; a C++ program reads them at its first step.
    name : str
        Name of the object.
    """

    add_to_magic_network = True

    def __init__(self, group: Any, sources: Sequence[Source], name: str = "background*") -> None:
        for source in sources:
            if source.receptor not in group.variables:
                raise KeyError(f"{source.receptor} is not a variable of {group.name}")
            if not 0 <= source.start < source.stop <= len(group):
                raise ValueError(f"cells {source.start} to {source.stop} are not in {group.name} ({len(group)} cells)")
        Group.__init__(self, clock=group.clock, when="synapses", order=0, name=name)
        self.variables = Variables(self)
        self.variables.add_constant("N", value=len(sources))
        self.variables.create_clock_variables(self._clock)
        self.variables.add_array("rate", size=len(sources), dimensions=Hz.dim, dtype=np.float64)
        self.variables.add_array("weight", size=len(sources))
        for receptor in {source.receptor for source in sources}:
            self.variables.add_reference(receptor, group)
        self.start, self.stop = 0, len(sources)
        CodeRunner.__init__(
            self,
            group=self,
            template="poisson_drive",
            clock=group.clock,
            when="synapses",
            order=0,
            name=self.name,
            needed_variables=sorted({source.receptor for source in sources}),
            template_kwds={"sources": [(s.receptor, int(s.start), int(s.stop)) for s in sources]},
            codeobj_class=code_object_class(),
        )
        self._enable_group_attributes()
        self.rate = Quantity([float(source.rate) for source in sources], dim=Hz.dim)
        self.weight = [source.weight for source in sources]
