"""A pool of Poisson sources that several cells share, so that their inputs are correlated."""

from __future__ import annotations

import numpy as np
from brian2 import Clock, Group, Hz, Quantity, defaultclock
from brian2.core.spikesource import SpikeSource
from brian2.core.variables import Variables
from brian2.groups.group import CodeRunner

from .code_objects import code_object_class

# Spikes of a pool in one step are kept in a list of n places; at this many spikes per source and step it cannot be full
# by chance for any n: P(Poisson(0.01 n) > n) is below 1e-4 for n = 1 and vanishes for the pools in use.
MOST_PER_STEP = 0.01


class PoissonPool(Group, CodeRunner, SpikeSource):
    """Independent Poisson sources of one rate, to be connected by any number of projections.

    It means what a PoissonGroup means, and costs a small part of it: n independent Poisson processes of rate r are one
    process of rate n r whose spikes fall on uniformly chosen sources, so a step draws as many random numbers as there
    are spikes in place of n. Exact; unlike a PoissonGroup a source may fire twice in a step.

    A cell that makes synapses with the pool through `projection(pool, cells, receptor, ...)` sees the same spikes as
    every other cell that is connected to the same source.

    Parameters
    ----------
    n : int
        Number of sources.
    rate : Quantity
        Of each source; at most 0.01 per time step. The shared variable `rate` can be changed like any parameter.
    clock : Clock, optional
        Brian2's default clock, if none is given.
    name : str
        Name of the object.

    Examples
    --------
    >>> from brian2 import Hz, NeuronGroup
    >>> pool = PoissonPool(25000, 5*Hz, name="pool")
    >>> cells = NeuronGroup(10, "g_exc : 1", name="cells")
    >>> synapses = projection(pool, cells, "g_exc", weight=0.17, name="synapses")  # doctest: +SKIP
    """

    add_to_magic_network = True

    def __init__(self, n: int, rate: Quantity, clock: Clock | None = None, name: str = "poisson_pool*") -> None:
        if n < 1 or int(n) != n:
            raise ValueError(f"n = {n}: a pool needs one source or more")
        clock = clock or defaultclock
        if not 0 <= float(rate) * float(clock.dt) <= MOST_PER_STEP:
            raise ValueError(
                f"rate = {rate}: a pool allows 0 to {MOST_PER_STEP} spikes per source and step, "
                f"{Quantity(MOST_PER_STEP / float(clock.dt), dim=Hz.dim)} at most"
            )
        Group.__init__(self, clock=clock, when="thresholds", order=0, name=name)
        self.events = {"spike": None}
        self.start, self.stop = 0, int(n)
        self.variables = Variables(self)
        self.variables.add_constant("N", value=int(n))
        self.variables.add_arange("i", int(n))
        self.variables.create_clock_variables(self._clock)
        self.variables.add_array("rate", size=1, scalar=True, dimensions=Hz.dim, dtype=np.float64)
        self.variables.add_array("_spikespace", size=int(n) + 1, dtype=np.int32)
        CodeRunner.__init__(
            self,
            group=self,
            template="poisson_pool",
            clock=self._clock,
            when="thresholds",
            order=0,
            name=self.name,
            codeobj_class=code_object_class(),
        )
        self._enable_group_attributes()
        self.rate = rate
