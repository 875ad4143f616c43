"""Of a run of `learn` (../learn.py): whether units were told the sign of their gradient, when, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What is known of who is told what in a run: the last hidden layer and the outputs, and their gradients.

    Attributes
    ----------
    above, outputs : array of int
        The populations whose plastic synapses lead to outputs, and the outputs.
    goal : array, shape (hidden populations, taught examples)
        The gradient onto their rates, by the weights at the end.
    targets : array, shape (examples, outputs)
    taught : slice
        The examples that are taught.
    weights : array, shape (populations, populations)
        Sums of plastic weights from one to the other.
    """

    above: np.ndarray
    outputs: np.ndarray
    goal: np.ndarray
    targets: np.ndarray
    taught: slice
    weights: np.ndarray


def known(tables: Tables, config: Taught, arrays: Mapping[str, Array]) -> Credit:
    """Populations, weights and gradients of a run."""
    source, target, w, shown = (
        arrays[name].values for name in ("weights/source", "weights/target", "weights/w", "example/shown")
    )
    targets = config.wanted[shown]
    is_output = np.array([tables[name].layer == "output" for name in tables.names(group="cells")])
    weights = credit.pair_weights(source, target, w, tables.numbers("cells"))
    above, outputs = np.flatnonzero(weights[:, is_output].any(axis=1)), np.flatnonzero(is_output)
    first, last = results.tests(config)
    taught = slice(first.stop, len(targets) + last.start)
    goal = credit.wanted(weights[np.ix_(above, outputs)], targets[taught])
    return Credit(above=above, outputs=outputs, goal=goal, targets=targets, taught=taught, weights=weights)


def assigned(found: Credit, tables: Tables, config: Taught, arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Summary of the last hidden layer: its burst signal beside the gradient; of classes, read-outs of the test part.

    Read-outs are fitted to the last epoch, which is answered before it is taught where learning is in phases.
    """
    events, bursts = (arrays[f"taught/{name}_rate"].values[found.above] for name in ("event", "burst"))
    agreed = credit.agreement(credit.burst_signal(events, bursts), found.goal)
    said: dict[str, Any] = {
        "burst_signal_with_gradient": float(agreed.mean()) if len(agreed) else 0.0,
        "units_of_its_sign": float(np.mean(agreed > 0)) if len(agreed) else 0.0,
    }
    if not tables.names(group="som"):
        # Errors of outputs are told by what weights differ in.
        up = found.weights[np.ix_(found.above, found.outputs)]
        down = feedback(arrays, tables.numbers("cells"))[np.ix_(found.outputs, found.above)].T
        said["feedback_angle_deg"] = credit.angle(up - up.mean(), down - down.mean())
    if not enough(config):
        return said
    _, last = results.tests(config)
    classes, rate = found.targets.argmax(axis=1), arrays["example/event_rate"].values
    fitted = slice(found.taught.stop - config.learned_task.n_taught, found.taught.stop)
    inputs = [k for k, name in enumerate(tables.names(group="cells")) if tables[name].layer == "input"]
    for name, rows in (("inputs", inputs), ("hidden", found.above)):
        answers = credit.read_out(rate[rows][:, fitted], classes[fitted], rate[rows][:, last])
        said[f"readout_{name}"] = float(np.mean(answers == classes[last]))
    return said


def enough(config: Taught) -> bool:
    """Whether there are classes, a test part, and examples enough in an epoch to say something of it."""
    task = config.learned_task
    return measures.is_one_hot(task.targets) and bool(task.n_train) and task.n_taught >= _ENOUGH


def over_learning(found: Credit, config: Taught, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Burst signals beside gradients in each epoch; and in the steps of an example, after right and wrong answers.

    The gradient onto an output's rate is its target less how often it is the target.
    """
    events, bursts = (arrays[f"taught/{name}_rate"].values for name in ("event", "burst"))
    targets = found.targets[found.taught]
    wanted = (targets - targets.mean(axis=0)).T
    made = {}
    for name, rows, goal in (("hidden", found.above, found.goal), ("output", found.outputs, wanted)):
        agreed, of_sign = credit.agreement_by_epoch(events[rows], bursts[rows], goal, config.epochs)
        made[f"epoch/{name}_agreement"] = Array(agreed, "1", ("epoch",))
        made[f"epoch/{name}_of_sign"] = Array(of_sign, "1", ("epoch",))
    width = config.bin_steps * float(config.dt)
    steps = round(float(config.example_duration) / width)
    bins = np.rint(arrays["example/begin"].values[found.taught] / width).astype(int)[:, np.newaxis] + np.arange(steps)
    events, bursts = (arrays[f"bin/{name}_rate"].values[found.above][:, bins] for name in ("event", "burst"))
    answers = arrays["example/event_rate"].values[found.outputs, found.taught].argmax(axis=0)
    right = answers == targets.argmax(axis=1)
    made["step/time"] = Array(width * np.arange(steps), "s", ("step",))
    for name, chosen in (("right", right), ("wrong", ~right)):
        made[f"step/hidden_{name}"] = Array(credit.course(events, bursts, found.goal, chosen), "1", ("step",))
    return made


def fields(found: Credit, config: Any, tables: Tables) -> dict[str, Array]:
    """What units of the first hidden layer are excited by: weight of a cell from an input; of pairs, on less off."""
    numbers = np.bincount(tables.numbers("cells").astype(int))
    n = config.units[0]
    hidden = slice(n, n + config.units[1])
    mean = (found.weights[:n, hidden] / numbers[hidden]).T
    if config.coding == "pairs":
        mean = mean[:, ::2] - mean[:, 1::2]
    return {"field/weight": Array(mean, "1", ("hidden_unit", "input"))}


def feedback(arrays: Mapping[str, Array], unit: np.ndarray) -> np.ndarray:
    """Weights down between units, what excites less what inhibits; rows are sources."""

    def of(sign: str) -> np.ndarray:
        source, target, w = (arrays[f"weights/feedback_{sign}/{name}"].values for name in ("source", "target", "w"))
        return credit.pair_weights(source, target, w, unit)

    return of("exc") - of("inh")
