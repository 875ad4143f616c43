"""What a learning network is shown when: inputs, teacher and plasticity at each tick of an experiment."""

from __future__ import annotations

import numpy as np
from brian2 import Quantity, TimedArray, pA

from ..contract.randomness import experiment_generator
from .settings import Taught
from .task import Task


def channels(task: Task) -> dict[str, list[int]]:
    """The columns of `input_current` and `target` that belong to the inputs, to hidden cells and to the outputs."""
    n = task.n_inputs
    return {"input": list(range(n)), "hidden": [n], "output": list(range(n + 1, n + 1 + task.n_outputs))}


def stimuli(config: Taught, tick: Quantity) -> dict[str, TimedArray]:
    """The model's `functions`, whose values `schedule` gives."""
    ticks = round(float(config.duration / tick))
    wide = (ticks, sum(map(len, channels(config.learned_task).values())))
    # An array each: the numpy and Cython backends write their values into it.
    return {
        "input_current": TimedArray(np.zeros(wide) * pA, dt=tick, name="input_current"),
        "target": TimedArray(np.zeros(wide), dt=tick, name="target"),
        **{
            name: TimedArray(np.zeros(ticks), dt=tick, name=name)
            for name in ("plasticity", "teaching", "teaching_begins", *(["measuring"] if config.measures else []))
        },
    }


def presented(config: Taught, seed: int) -> np.ndarray:
    """Which pattern each example shows, shape (n_examples,); tests show them as they are numbered."""
    task = config.learned_task
    if not config.learns:
        return config.shown
    test, epochs = task.tested, np.tile(task.order, (config.epochs, 1))
    if config.order == "random":
        epochs = experiment_generator(seed).permuted(epochs, axis=1)
    return np.concatenate([test, epochs.ravel(), test])


def shown_targets(config: Taught, seed: int) -> np.ndarray:
    """What the outputs are to say to each example, shape (n_examples, n_outputs)."""
    return config.wanted[presented(config, seed)]


def schedule(config: Taught, seed: int) -> dict[str, np.ndarray]:
    """Stimuli, teacher and plasticity at each tick, {"name.values": array}."""
    tick = config.tick_steps * config.dt
    example, settle = (round(float(value / tick)) for value in (config.example_duration, config.settling))
    predict = round(example * float(config.prediction))
    taught = np.full(config.n_examples, config.learns)
    tests = len(config.learned_task.tested)
    taught[:tests] = taught[-tests:] = False
    # What learning rates are multiplied with in each example: M may be less than 1.
    rates = np.ones(config.n_examples)
    rates[taught] = float(config.eta_final) ** np.linspace(0, 1, np.count_nonzero(taught))
    # Plasticity is on in the last part of an example, and so is the teacher, whose currents are set at its start. In
    # one phase both are on all the time, and the currents follow the rates tick by tick.
    ticks, always = np.arange(example), config.learning == "one_phase"
    begins = 0 if always or config.teaching == "one_phase" else predict
    learning_on, teacher_on, first = (
        np.outer(taught, phase).ravel()
        for phase in (ticks >= (0 if always else predict), ticks >= begins, (ticks == begins) | always)
    )
    target = shown_targets(config, seed)
    if config.teaching == "shuffled" and config.learns:
        target = _shuffled(target, config.learned_task, seed)
    target = np.repeat(target, example, axis=0)
    inputs = config.learned_task.patterns[presented(config, seed)]
    # In this form 0 and 1 are exactly the two currents.
    currents = (1 - inputs) * float(config.I_input_low) + inputs * float(config.I_input_high)
    teacher_on = teacher_on * (config.teaching != "off")
    columns = channels(config.learned_task)
    current, goal = np.zeros((2, len(target), 1 + columns["output"][-1]))
    current[:, columns["input"]] = np.repeat(currents, example, axis=0)
    current[:, columns["output"]] = teacher_on[:, np.newaxis] * float(config.I_s_teach) * (2 * target - 1)
    goal[:, columns["output"]] = target

    def whole(part: np.ndarray) -> np.ndarray:
        silence = [(settle, 1)] + [(0, 0)] * (part.ndim - 1)
        return np.pad(part.astype(float), silence)

    return {
        "input_current.values": whole(current),
        "plasticity.values": whole(learning_on * (config.plasticity == "on") * np.repeat(rates, example)),
        "teaching.values": whole(teacher_on),
        "teaching_begins.values": whole(first),
        "target.values": whole(goal),
        **({"measuring.values": _measuring(settle, len(whole(first)))} if config.measures else {}),
    }


def _measuring(settle: int, ticks: int) -> np.ndarray:
    """When counts for the reference begin (1) and end (2): twice while the network settles, after a tick each."""
    moments = np.zeros(ticks)
    moments[[0, settle // 2]] = 1
    moments[[settle // 2 - 1, settle - 1]] = 2
    return moments


def _shuffled(target: np.ndarray, task: Task, seed: int) -> np.ndarray:
    """Targets of each epoch in random order, each output's by itself; those of tests are of no effect."""
    n = len(task.tested)
    taught = slice(n, -n) if task.n_train else slice(None)
    mixed = target.copy()
    epochs = target[taught].reshape(-1, task.n_taught, task.n_outputs)
    mixed[taught] = experiment_generator(seed, stream=1).permuted(epochs, axis=1).reshape(-1, task.n_outputs)
    return mixed
