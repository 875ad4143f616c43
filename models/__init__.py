"""What experiments are made of: frozen parameter sets with units, and factories that return Brian2 objects.

Everything here works in any Brian2 script::

    from brian2 import Network, pA, ms
    from burstlab.models import pyramidal

    cells = pyramidal(10)
    cells.I_s = 500*pA
    Network(cells).run(500*ms, namespace={})
"""

from ..equations.preferences import import_brian2

import_brian2()  # the current folder may be another one than when burstlab was imported

from .background import PoissonDrive
from .burst_plasticity import BurstPlasticity, plastic_projection
from .conductance import Conductance
from .interneuron import Interneuron, interneurons, pv_parameters, som_parameters
from .parameters import ParameterError
from .poisson_pool import PoissonPool
from .projection import projection
from .pyramidal import Pyramidal, pyramidal
from .reduced_pyramidal import ReducedPyramidal, reduced_pyramidal
from .short_term_plasticity import ShortTermPlasticity, released, std_parameters, stf_parameters

__all__ = [
    "BurstPlasticity",
    "Conductance",
    "Interneuron",
    "ParameterError",
    "PoissonDrive",
    "PoissonPool",
    "Pyramidal",
    "ReducedPyramidal",
    "ShortTermPlasticity",
    "interneurons",
    "plastic_projection",
    "projection",
    "pv_parameters",
    "pyramidal",
    "reduced_pyramidal",
    "released",
    "som_parameters",
    "std_parameters",
    "stf_parameters",
]
