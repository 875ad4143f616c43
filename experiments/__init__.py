"""What was done: the experiments on this floor, and in its rooms what runs them.

>>> from burstlab.experiments import run
>>> result = run("xor", preset="quick", seed=1)  # doctest: +SKIP
"""

from burstlab.equations.loading import offered

__getattr__, __dir__ = offered(
    __name__,
    {
        "FitResult": "runs.fit_result.FitResult",
        "Result": "runs.result.Result",
        "RunError": "errors.RunError",
        "SensitivityResult": "runs.sensitivity_result.SensitivityResult",
        "SweepResult": "runs.sweep_result.SweepResult",
        "fit": "runs.fitting.fit",
        "load": "runs.loading.load",
        "reproduce": "cli.reproducing.reproduce",
        "resume": "runs.resuming.resume",
        "run": "runs.runner.run",
        "sensitivity": "runs.sensitivity.sensitivity",
        "sweep": "runs.sweeping.sweep",
    },
)

__all__ = [
    "FitResult",
    "Result",
    "RunError",
    "SensitivityResult",
    "SweepResult",
    "fit",
    "load",
    "reproduce",
    "resume",
    "run",
    "sensitivity",
    "sweep",
]
