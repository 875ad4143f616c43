"""A laboratory for burst-dependent learning, on Brian2.

>>> import burstlab
>>> result = burstlab.run("xor", preset="quick", seed=1)  # doctest: +SKIP

What it offers is loaded when it is used.
"""

from typing import TYPE_CHECKING, Any

from .equations.loading import offered

if TYPE_CHECKING:
    from .equations.errors import ParameterError
    from .experiments.errors import RunError
    from .experiments.experiment import Analysis, Array, Experiment, Model, Output
    from .experiments.explore import serve as explore
    from .experiments.recording import Population
    from .experiments.reference import Reference
    from .experiments.reproducing import reproduce
    from .experiments.result import load
    from .experiments.resuming import resume
    from .experiments.runner import run
    from .experiments.sweeping import sweep

    __version__: str
else:
    _get, __dir__ = offered(
        __name__,
        {
            "Analysis": "experiments.experiment.Analysis",
            "Array": "experiments.experiment.Array",
            "Experiment": "experiments.experiment.Experiment",
            "Model": "experiments.experiment.Model",
            "Output": "experiments.experiment.Output",
            "ParameterError": "equations.errors.ParameterError",
            "Population": "experiments.recording.Population",
            "Reference": "experiments.reference.Reference",
            "RunError": "experiments.errors.RunError",
            "explore": "experiments.explore.serve",
            "load": "experiments.result.load",
            "reproduce": "experiments.reproducing.reproduce",
            "resume": "experiments.resuming.resume",
            "run": "experiments.runner.run",
            "sweep": "experiments.sweeping.sweep",
        },
    )

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
    "__version__",
    "explore",
    "load",
    "reproduce",
    "resume",
    "run",
    "sweep",
]
