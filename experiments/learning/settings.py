"""Settings of every learning network, whatever its cells and its task are: schedule, stimuli, teacher, rule."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from brian2 import Hz, Quantity, ms, nA, pA, second

from burstlab.models import BurstPlasticity, Rule
from burstlab.models.burst_plasticity import FIXED, HOMEOSTASIS, MOVING, TIMINGS, SlowHomeostasis, burst_rule
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR,
    PAYEUR_PROGRAM,
    ParameterError,
    check,
    choice,
    choices,
    component,
    integer,
    integers,
    quantity,
)

from ..checks import check_inputs
from .task import XOR, Task

LEARNING = ("epochs",)
GREEDY = "Greedy et al. 2022"
# Some events of each cell.
MEASURED_IN = 1 * second


def targets_of(task: Task) -> Any:
    """The field `targets` of settings for a task, pattern by pattern."""
    of = " ".join(task.labels) + (f", {task.n_outputs} each" if task.n_outputs > 1 else "")
    return integers([bit for row in task.targets for bit in row], 0, 1, f"wanted output for {of}", PAYEUR)


def inputs_of(task: Task) -> Any:
    """The field `inputs` of settings for a task."""
    return choices(
        LEARNING,
        (*LEARNING, *task.names),
        "inputs shown: a test, the epochs and a test; or only these, in this order and without a teacher",
        PAYEUR,
    )


@dataclass(frozen=True, kw_only=True)
class Taught(ABC):
    """What a network of any cells and populations is shown, taught and measured by; defaults of the paper's Fig 4.

    Settings that are made of it say what is learned.
    """

    dt: Quantity = quantity(0.1, ms, 0.01, 1, "time step", PAYEUR_PROGRAM, structural=True)
    settling: Quantity = quantity(
        6, second, 0, 100, "time before the first test", PAYEUR_PROGRAM, structural=True, multiple_of="dt"
    )
    example_duration: Quantity = quantity(
        8, second, 0.2, 100, "length of an example", PAYEUR, structural=True, multiple_of="dt"
    )
    prediction: Quantity = quantity(
        0.9, None, 0.1, 1, "fraction of an example before the teacher, to the nearest step", PAYEUR, structural=True
    )
    epochs: int = integer(500, 1, 10000, "times that all examples are taught", PAYEUR, structural=True)

    eta_hidden: Quantity = quantity(8e-3, None, 0, 1, "learning rate of synapses onto hidden cells", PAYEUR_PROGRAM)
    eta_output: Quantity = quantity(4e-3, None, 0, 1, "learning rate of synapses onto output cells", PAYEUR_PROGRAM)
    eta_final: Quantity = quantity(
        1, None, 1e-3, 1, "learning rates in the last example in units of those in the first; in between they fall "
        "by as much in each", BURSTLAB,
    )  # fmt: skip
    learning: str = choice(
        "two_phase",
        ("two_phase", "one_phase"),
        "teacher and plasticity in the last part of each example (see teaching), or in all of it, with learning rates "
        "that are smaller by as much as this is longer",
        PAYEUR,
        structural=True,
    )
    reference: str = choice(
        "auto",
        ("auto", "moving", "measured", "given", "slow"),
        "burst probability at which no weight changes: P_bar of each cell; P_b of its population, measured while "
        "settling or given; P_b of each cell over its last reference_events events, from the given one on; auto: "
        "moving where learning is in two phases, measured in one",
        GREEDY,
        structural=True,
    )
    P_b_hidden: Quantity = quantity(0.18, None, 0, 1, "P_b of hidden cells, given or until it is measured", GREEDY)
    P_b_output: Quantity = quantity(0.401, None, 0, 1, "P_b of output cells, given or until it is measured", GREEDY)
    timing: str = choice(
        "paper",
        TIMINGS,
        "when a burst changes weights: at its second spike; the same, by the eligibility of its event; or with its "
        "event, when the window of the burst closes",
        PAYEUR_PROGRAM,
        structural=True,
    )
    order: str = choice("fixed", ("fixed", "random"), "order of the examples in an epoch", PAYEUR)
    teaching: str = choice(
        "two_phase",
        ("two_phase", "one_phase", "shuffled", "off"),
        "teacher in the last part of each example, in all of it, with the targets in random order, or never",
        PAYEUR,
    )
    plasticity: str = choice("on", ("on", "off"), "the switch M of all plastic synapses")
    hidden_plasticity: str = choice("on", ("on", "off"), "plasticity of synapses onto hidden cells")
    homeostasis: str = choice("slow", HOMEOSTASIS, "rate that the term G acts on", PAYEUR_PROGRAM, structural=True)

    I_input_low: Quantity = quantity(-350, pA, -5000, 5000, "somatic current of input 0", PAYEUR_PROGRAM)
    I_input_high: Quantity = quantity(150, pA, -5000, 5000, "somatic current of input 1", PAYEUR_PROGRAM)
    I_d_output: Quantity = quantity(400, pA, -5000, 5000, "dendritic bias of output", PAYEUR_PROGRAM)
    c_teach: Quantity = quantity(1, nA * Hz, 0, 100, "strength of the teacher", PAYEUR_PROGRAM)
    margin: Quantity = quantity(
        1, Hz, 0.01, 10, "distance to e_min or e_max that counts as reached; the largest current is c_teach/margin",
        PAYEUR_PROGRAM,
    )  # fmt: skip
    teacher: str = choice(
        "inverse",
        ("inverse", "linear"),
        "current of the teacher: c_teach over the distance to the other goal, as in the paper; or in proportion to "
        "what a rate is short of its goal, without a margin, c_teach/margin where it is e_max - e_min",
        BURSTLAB,
        structural=True,
    )
    teacher_reads: str = choice(
        "cell",
        ("cell", "unit"),
        "whose event rate the teacher of a cell goes by: its own, or the mean of its population, which has less noise",
        PAYEUR_PROGRAM,
        structural=True,
    )
    I_s_teach: Quantity = quantity(
        0, pA, -5000, 5000,
        "somatic current into output cells while the teacher is on, for target 1; for target 0 its opposite", BURSTLAB,
    )  # fmt: skip

    rule: BurstPlasticity = component(BurstPlasticity)
    slow: SlowHomeostasis = component(SlowHomeostasis)

    def __post_init__(self) -> None:
        check(self)
        if self.tick_steps * float(self.dt) < 0.0099:
            raise ParameterError(
                f"example_duration = {self.example_duration}: settling, example and prediction have no common step of "
                "10 ms or more; take rounder durations"
            )
        # A rule of one's own has other parameters, of which the network asks later (experiment.py).
        if isinstance(rule := self.rule, BurstPlasticity) and rule.e_min >= rule.e_max:
            raise ParameterError(
                f"e_min = {rule.e_min / Hz:g} Hz: not below e_max = {rule.e_max / Hz:g} Hz; the teacher leads target 0 "
                "to the one and target 1 to the other"
            )
        if self.measures and self.settling < MEASURED_IN:
            raise ParameterError(
                f"settling = {self.settling}: shorter than the {MEASURED_IN} that it takes to measure the reference; "
                "take a longer one, or reference=given with P_b_hidden and P_b_output"
            )

    @property
    @abstractmethod
    def learned_task(self) -> Task:
        """What is learned."""

    @property
    @abstractmethod
    def learns(self) -> bool:
        """Whether there are epochs of learning between two tests, or patterns are shown and nothing else."""

    @property
    @abstractmethod
    def shown(self) -> np.ndarray:
        """Without learning, the patterns that are shown, as they are numbered."""

    @property
    @abstractmethod
    def wanted(self) -> np.ndarray:
        """Targets, shape (n_patterns, n_outputs)."""

    @abstractmethod
    def tested(self) -> Taught:
        """The same without learning: every pattern of a test is shown once."""

    @property
    def measures(self) -> bool:
        """Whether the reference is P_b of the population, measured while the network settles."""
        return self.reference == "measured" or (self.reference == "auto" and self.learning == "one_phase")

    @property
    def constant(self) -> bool:
        """Whether the reference is a P_b, and not a moving average: constant, or slow beside an example."""
        return self.measures or self.reference in ("given", "slow")

    @property
    def taught_part(self) -> float:
        """What learning rates are multiplied with: 1, or in one phase the part of an example that two phases teach."""
        return 1.0 if self.learning == "two_phase" else max(1 - float(self.prediction), 0.0) or 1.0

    def plasticity_rule(self) -> Rule:
        """The rule that these settings ask for."""
        reference = FIXED if self.constant else MOVING
        return burst_rule(self.homeostasis, self.timing, reference, follows=self.reference == "slow")

    @property
    def tick_steps(self) -> int:
        """Steps between the moments at which a phase may begin."""
        example = round(float(self.example_duration / self.dt))
        return math.gcd(round(float(self.settling / self.dt)), example, round(example * float(self.prediction)))

    @property
    def bin_steps(self) -> int:
        """Steps of a bin of the record: at most 100 ms."""
        return self.bins_of(0.1)

    def bins_of(self, longest: float) -> int:
        """Steps of bins of at most so many seconds, and a whole number of them in a tick."""
        most = max(1, round(longest / float(self.dt)))
        return max(steps for steps in range(1, most + 1) if self.tick_steps % steps == 0)

    @property
    def n_examples(self) -> int:
        """Examples of both tests and all epochs, or the patterns that are shown."""
        task = self.learned_task
        return 2 * len(task.tested) + self.epochs * task.n_taught if self.learns else len(self.shown)

    @property
    def epoch_duration(self) -> Quantity:
        """Simulated time in which every pattern that is taught is shown once."""
        return self.learned_task.n_taught * self.example_duration

    @property
    def duration(self) -> Quantity:
        """Simulated time; one tick more than the schedule, for the last bin to be recorded."""
        return self.settling + self.n_examples * self.example_duration + self.tick_steps * self.dt

    @property
    def decision_threshold(self) -> Quantity:
        """Event rate between 0 and 1: halfway from e_min to e_max."""
        return (self.rule.e_min + self.rule.e_max) / 2


@dataclass(frozen=True, kw_only=True)
class Learning(Taught):
    """Settings of a network of named populations, two of them hidden, for one task."""

    # What the weights of another run must have been made with.
    sizes: ClassVar[tuple[str, ...]] = ("n",)
    # What is learned; settings for another task have its `targets` and `inputs` too (experiment.py).
    task: ClassVar[Task] = XOR

    n: int = integer(500, 125, 10000, "cells per population", PAYEUR, structural=True)
    inputs_per_cell: int = integer(
        100, 1, 1000, "mean number of synapses per cell and route", PAYEUR_PROGRAM, structural=True
    )
    targets: tuple = targets_of(XOR)
    inputs: tuple = inputs_of(XOR)
    I_d_hidden2: Quantity = quantity(500, pA, -5000, 5000, "dendritic bias of hidden2", PAYEUR_PROGRAM)

    def __post_init__(self) -> None:
        super().__post_init__()
        if LEARNING[0] in self.inputs and len(self.inputs) > 1:
            raise ParameterError(f"inputs = {', '.join(self.inputs)}: epochs stands alone")
        check_inputs(self)

    @property
    def learned_task(self) -> Task:
        """The same in an instance."""
        return self.task

    @property
    def learns(self) -> bool:
        """Whether there are epochs of learning between two tests, or inputs and nothing else."""
        return LEARNING[0] in self.inputs

    @property
    def shown(self) -> np.ndarray:
        """Without learning, the patterns that are shown, as they are numbered."""
        return np.array([self.task.names.index(name) for name in self.inputs])

    @property
    def wanted(self) -> np.ndarray:
        """Targets, shape (n_patterns, n_outputs)."""
        return np.reshape(self.targets, (self.task.n_patterns, self.task.n_outputs))

    def tested(self) -> Learning:
        """The same without learning: every pattern is shown once."""
        return replace(self, inputs=tuple(self.task.names))
