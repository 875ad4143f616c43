"""What was done: the experiments on this floor, and in its rooms what runs them.

>>> from burstlab.experiments import run
>>> result = run("xor", preset="quick", seed=1)  # doctest: +SKIP
"""

from burstlab.equations.loading import offered

__getattr__, __dir__ = offered(
    __name__,
    {
        "Result": "runs.result.Result",
        "RunError": "errors.RunError",
        "SweepResult": "runs.sweeping.SweepResult",
        "load": "runs.result.load",
        "reproduce": "cli.reproducing.reproduce",
        "resume": "runs.resuming.resume",
        "run": "runs.runner.run",
        "sweep": "runs.sweeping.sweep",
    },
)

__all__ = ["Result", "RunError", "SweepResult", "load", "reproduce", "resume", "run", "sweep"]
