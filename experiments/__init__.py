"""What was done: the experiments, and running them.

>>> from burstlab.experiments import run
>>> result = run("xor", preset="quick", seed=1)  # doctest: +SKIP
"""

from burstlab import equations  # noqa: F401 (it imports Brian2 as it must be)

from .errors import RunError
from .reproduce import reproduce
from .result import Result, load
from .resuming import resume
from .runner import run
from .sweep import SweepResult, sweep

__all__ = ["Result", "RunError", "SweepResult", "load", "reproduce", "resume", "run", "sweep"]
