"""A simulation as one object: what an experiment builds, compiled once and run with any parameters and seed.

An experiment describes its network (`build`) apart from the values of its parameters and stimuli (`values`). On the C++
backend the description becomes a program (process.py), which is kept and takes the values as arguments; on the others
Brian2 runs it in this process with the same values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import brian2
import numpy as np
from brian2 import prefs

from ..contract.isolation import isolated
from ..contract.randomness import brian_seed
from ..contract.settings import structure
from ..errors import RunError
from ..experiment import Experiment, Model, Output


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """Raw arrays of a run, what it took, and when it ended if that was because it had diverged (simulated time)."""

    raw: dict[str, np.ndarray]
    run_s: float
    compile_s: float
    diverged_s: float | None = None


def simulate_here(
    experiment: Experiment,
    config: Any,
    seed: int,
    backend: str,
    float_bits: int,
    progress: Callable[[float, float], None] | None = None,
) -> Simulated:
    """Run in this process with Brian2's Cython or numpy backend; the user's own Brian2 is left as it is.

    Parameters
    ----------
    progress : callable, optional
        Called with simulated and total time in seconds.

    Raises
    ------
    RunError
        If the backend cannot be used.
    """
    with isolated():
        prefs.codegen.target = backend
        set_precision(float_bits)
        began = time.perf_counter()
        brian2.seed(brian_seed(seed))
        model = experiment.build(structure(config))
        set_values(model, experiment.values(config, seed))
        model.connect()
        report, total = None, float(model.duration)
        if progress is not None:

            def report(elapsed: Any, completed: float, start: Any, duration: Any) -> None:
                progress(completed * total, total)

        compiled = time.perf_counter()
        model.network.run(
            model.duration, report=report, report_period=0.5 * brian2.second, namespace=dict(model.functions)
        )
        if float(model.network.t) < total:
            raise RunError(f"the simulation was stopped at {model.network.t} of {model.duration}")
        raw = {name: _read(output) for name, output in model.outputs.items()}
        return Simulated(raw=raw, run_s=time.perf_counter() - compiled, compile_s=compiled - began)


def set_precision(bits: int) -> None:
    """Let states be float32 or float64; times are always float64.

    Brian2 keeps what it takes out of a loop in the type of states, even a sum of times: after an hour, refractory times
    would be rounded to 0.2 ms. Compilers take constants out of loops by themselves, so it need not.
    """
    prefs.core.default_float_dtype = np.float32 if bits == 32 else np.float64
    prefs.codegen.loop_invariant_optimisations = False


def set_values(model: Model, values: Mapping[str, Any]) -> None:
    """Give the objects of a model their parameters and stimuli, in the running process."""
    objects = {obj.name: obj for obj in model.network.objects}
    for name, value in values.items():
        owner, _, variable = name.partition(".")
        if owner in model.functions:
            timed = model.functions[owner]
            timed.values[...] = np.asarray(value, dtype=timed.values.dtype)
        elif owner in objects and variable in objects[owner].variables:
            target = objects[owner].variables[variable]
            target.set_value(np.asarray(value, dtype=target.dtype))
        else:
            raise RunError(f"{name}: the network has no such variable")


def _read(output: Output) -> np.ndarray:
    array = np.array(output.owner.variables[output.variable].get_value())
    if output.rows is not None and len(array) != output.rows:
        raise RunError(f"{output.variable}: {len(array)} rows recorded, {output.rows} expected")
    return array
