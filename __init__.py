"""A laboratory for burst-dependent learning, on Brian2.

>>> import burstlab
>>> result = burstlab.run("xor", preset="quick", seed=1)  # doctest: +SKIP

What it offers is loaded when it is used; type checkers read it in __init__.pyi.
"""

import sys as _sys
from typing import Any

from .equations.loading import offered

_get, __dir__ = offered(
    __name__,
    {
        "Analysis": "experiments.experiment.Analysis",
        "Array": "experiments.experiment.Array",
        "Experiment": "experiments.experiment.Experiment",
        "Model": "experiments.experiment.Model",
        "Output": "experiments.experiment.Output",
        "ParameterError": "equations.errors.ParameterError",
        "Population": "experiments.experiment.Population",
        "Reference": "experiments.experiment.Reference",
        "RunError": "experiments.errors.RunError",
        "Work": "experiments.experiment.Work",
        "compare": "experiments.cli.compare.compare",
        "explore": "experiments.explore.server.serve",
        "fit": "experiments.runs.fitting.fit",
        "inspect": "experiments.cli.inspection.inspect",
        "load": "experiments.runs.loading.load",
        "reproduce": "experiments.cli.reproducing.reproduce",
        "resume": "experiments.runs.resuming.resume",
        "run": "experiments.runs.runner.run",
        "script": "experiments.cli.script.script",
        "sensitivity": "experiments.runs.sensitivity.sensitivity",
        "sweep": "experiments.runs.sweeping.sweep",
    },
)


if "IPython" in _sys.modules:
    from .experiments.cli.ipython import register as _register

    _register()


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        return metadata.version(__name__)
    return _get(name)


__all__ = [
    "Analysis",
    "Array",
    "Experiment",
    "Model",
    "Output",
    "ParameterError",
    "Population",
    "Reference",
    "RunError",
    "Work",
    "__version__",
    "compare",
    "explore",
    "fit",
    "inspect",
    "load",
    "reproduce",
    "resume",
    "run",
    "script",
    "sensitivity",
    "sweep",
]
