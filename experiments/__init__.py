"""What was done: the experiments, and running them.

>>> from burstlab.experiments import run
>>> result = run("xor", preset="quick", seed=1)  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from burstlab.equations.loading import offered

if TYPE_CHECKING:
    from .errors import RunError
    from .reproducing import reproduce
    from .result import Result, load
    from .resuming import resume
    from .runner import run
    from .sweeping import SweepResult, sweep
else:
    __getattr__, __dir__ = offered(
        __name__,
        {
            "Result": "result.Result",
            "RunError": "errors.RunError",
            "SweepResult": "sweeping.SweepResult",
            "load": "result.load",
            "reproduce": "reproducing.reproduce",
            "resume": "resuming.resume",
            "run": "runner.run",
            "sweep": "sweeping.sweep",
        },
    )

__all__ = ["Result", "RunError", "SweepResult", "load", "reproduce", "resume", "run", "sweep"]
