"""What the XOR network (xor.py) is shown when: inputs, teacher and plasticity at each tick of an experiment."""

from __future__ import annotations

import numpy as np
from brian2 import Quantity, TimedArray, pA

from .simulation import experiment_generator
from .xor_task import EXAMPLES, INPUTS, Task


def stimuli(config: Task, tick: Quantity) -> dict[str, TimedArray]:
    """The model's `functions`, whose values `schedule` gives."""
    ticks = round(float(config.duration / tick))
    # An array each: the numpy and Cython backends write their values into it.
    flat = ("plasticity", "teaching", "teaching_begins", "target")
    return {
        "input_current": TimedArray(np.zeros((ticks, 4)) * pA, dt=tick, name="input_current"),
        **{name: TimedArray(np.zeros(ticks), dt=tick, name=name) for name in flat},
    }


def presented(config: Task, seed: int) -> np.ndarray:
    """Which of the four inputs each example shows, shape (n_examples,); tests are always in the fixed order."""
    if not config.learns:
        return np.array([INPUTS.index(shown) for shown in config.inputs])
    shown = np.tile(np.arange(4), config.epochs + 2)
    if config.order == "random":
        epochs = shown.reshape(-1, 4)
        epochs[1:-1] = experiment_generator(seed).permuted(epochs[1:-1], axis=1)
    return shown


def schedule(config: Task, seed: int) -> dict[str, np.ndarray]:
    """Stimuli, teacher and plasticity at each tick, {"name.values": array}."""
    tick = config.tick_steps * config.dt
    example, settle = (round(float(value / tick)) for value in (config.example_duration, config.settling))
    predict = round(example * float(config.prediction))
    shown = presented(config, seed)
    taught = np.full(config.n_examples, config.learns)
    taught[:4] = taught[-4:] = False
    # Plasticity is on in the last part of an example. So is the teacher, unless it is on all the time.
    ticks = np.arange(example)
    begins = 0 if config.teaching == "one_phase" else predict
    learning_on, teacher_on, first = (
        np.outer(taught, phase).ravel() for phase in (ticks >= predict, ticks >= begins, ticks == begins)
    )
    inputs, target = np.array(EXAMPLES)[shown], np.array(config.targets)[shown]
    if config.teaching == "shuffled":
        target = experiment_generator(seed, stream=1).permuted(target.reshape(-1, 4), axis=1).ravel()
    target = np.repeat(target, example)
    currents = np.where(inputs == 1, float(config.I_input_high), float(config.I_input_low))
    teacher_on = teacher_on * (config.teaching != "off")
    with_teacher = teacher_on * float(config.I_s_teach) * (2 * target - 1)
    channels = np.column_stack([np.repeat(currents, example, axis=0), np.zeros(len(with_teacher)), with_teacher])

    def whole(part: np.ndarray) -> np.ndarray:
        silence = [(settle, 1)] + [(0, 0)] * (part.ndim - 1)
        return np.pad(part.astype(float), silence)

    return {
        "input_current.values": whole(channels),
        "plasticity.values": whole(learning_on * (config.plasticity == "on")),
        "teaching.values": whole(teacher_on),
        "teaching_begins.values": whole(first),
        "target.values": whole(target),
    }
