"""What experiments are made of: frozen parameter sets with units, and factories that return Brian2 objects.

Everything here works in any Brian2 script::

    from brian2 import Network, pA, ms
    from burstlab.models import pyramidal

    cells = pyramidal(10)
    cells.I_s = 500*pA
    Network(cells).run(500*ms, namespace={})
"""

from ..equations.preferences import import_brian2
from ..equations.uncaught import show_own_errors_plainly

import_brian2()  # the current folder may be another one than when burstlab was imported

from .background import PoissonDrive, Source
from .begin import begin
from .burst_plasticity import BurstPlasticity, SlowHomeostasis, begin_averages, burst_rule
from .bursting_cells import bursting_cells
from .cell import Cell, Part
from .compartments import Compartments
from .conductance import Conductance, interneuron_synapses, pyramidal_synapses
from .interneuron import INTERNEURON, Interneuron, interneurons, pv_parameters, som_parameters
from .parameters import ParameterError, assign
from .poisson_pool import PoissonPool
from .projection import projection
from .pyramidal import PYRAMIDAL, Pyramidal, pyramidal
from .reduced_pyramidal import REDUCED_PYRAMIDAL, ReducedPyramidal, reduced_pyramidal
from .rule import Rule, plastic_projection
from .short_term_plasticity import ShortTermPlasticity, released, rest, std_parameters, stf_parameters
from .short_term_plasticity import cell_part as release_part

show_own_errors_plainly()

__all__ = [
    "INTERNEURON",
    "PYRAMIDAL",
    "REDUCED_PYRAMIDAL",
    "BurstPlasticity",
    "Cell",
    "Compartments",
    "Conductance",
    "Interneuron",
    "ParameterError",
    "Part",
    "PoissonDrive",
    "PoissonPool",
    "Pyramidal",
    "ReducedPyramidal",
    "Rule",
    "ShortTermPlasticity",
    "SlowHomeostasis",
    "Source",
    "assign",
    "begin",
    "begin_averages",
    "burst_rule",
    "bursting_cells",
    "interneuron_synapses",
    "interneurons",
    "plastic_projection",
    "projection",
    "pv_parameters",
    "pyramidal",
    "pyramidal_synapses",
    "reduced_pyramidal",
    "release_part",
    "released",
    "rest",
    "som_parameters",
    "std_parameters",
    "stf_parameters",
]
