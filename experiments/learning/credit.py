"""Of a run of `learn` (../learn.py): whether hidden units were told the sign of their gradient, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from burstlab.analysis import credit
from burstlab.analysis import learning as measures
from burstlab.models.tables import Tables

from ..experiment import Array
from . import results
from .settings import Taught

# A read-out of fewer examples than these says more of them than of the rates.
_ENOUGH = 100


def while_taught(config: Taught, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Rates of all populations in each example that is taught, while the teacher is on."""
    first, last = results.tests(config)
    begin = arrays["example/begin"].values[first.stop : last.start]
    since = 0.0 if config.learning == "one_phase" else float(config.prediction)
    width, duration = config.bin_steps * float(config.dt), float(config.example_duration)
    return {
        f"taught/{name}_rate": Array(
            measures.mean_in_windows(
                arrays[f"bin/{name}_rate"].values, width, begin + since * duration, begin + duration
            ),
            "Hz",
            ("population", "taught"),
        )
        for name in ("event", "burst")
    }


def assigned(tables: Tables, config: Taught, arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Summary of the last hidden layer: its burst signal beside the gradient; of classes, read-outs of the test part.

    The gradient is that of the weights at the end. Read-outs are fitted to the last epoch, which is answered before it
    is taught where learning is in phases.
    """
    known = {
        name: array.values for name, array in arrays.items() if name.startswith(("taught/", "example/", "weights/"))
    }
    targets = config.wanted[known["example/shown"]]
    names = [tables[name].layer for name in tables.names(group="cells")]
    outputs = np.array([layer == "output" for layer in names])
    weights = credit.pair_weights(
        known["weights/source"], known["weights/target"], known["weights/w"], tables.numbers("cells")
    )
    above = np.flatnonzero(weights[:, outputs].any(axis=1))
    first, last = results.tests(config)
    taught = slice(first.stop, len(targets) + last.start)
    events, bursts = (known[f"taught/{name}_rate"][above] for name in ("event", "burst"))
    goal = credit.wanted(weights[np.ix_(above, np.flatnonzero(outputs))], targets[taught])
    found = credit.agreement(credit.burst_signal(events, bursts), goal)
    said: dict[str, Any] = {
        "burst_signal_with_gradient": float(found.mean()) if len(found) else 0.0,
        "units_of_its_sign": float(np.mean(found > 0)) if len(found) else 0.0,
    }
    if not tables.names(group="som"):
        # Errors of outputs are told by what weights differ in.
        up = weights[np.ix_(above, np.flatnonzero(outputs))]
        down = feedback(known, tables.numbers("cells"))[np.ix_(np.flatnonzero(outputs), above)].T
        said["feedback_angle_deg"] = credit.angle(up - up.mean(), down - down.mean())
    n_taught = config.learned_task.n_taught
    if measures.is_one_hot(targets) and config.learned_task.n_train and n_taught >= _ENOUGH:
        classes, rate = targets.argmax(axis=1), known["example/event_rate"]
        fitted = slice(taught.stop - n_taught, taught.stop)
        for name, rows in (("inputs", [k for k, layer in enumerate(names) if layer == "input"]), ("hidden", above)):
            answers = credit.read_out(rate[rows][:, fitted], classes[fitted], rate[rows][:, last])
            said[f"readout_{name}"] = float(np.mean(answers == classes[last]))
    return said


def feedback(arrays: Mapping[str, np.ndarray], unit: np.ndarray) -> np.ndarray:
    """Weights down between units, what excites less what inhibits; rows are sources."""

    def of(sign: str) -> np.ndarray:
        source, target, w = (arrays[f"weights/feedback_{sign}/{name}"] for name in ("source", "target", "w"))
        return credit.pair_weights(source, target, w, unit)

    return of("exc") - of("inh")
