"""Settings of `learn` (../learn.py): a hierarchy by its layers, a task by its name; the others are in settings.py."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from brian2 import Hz, Quantity, ms, mV, pA, second

from burstlab.models import BurstPlasticity
from burstlab.models.parameters import (
    BURSTLAB,
    PAYEUR_PROGRAM,
    ParameterError,
    as_in,
    check,
    choice,
    component,
    integer,
    integers,
    quantities,
    quantity,
    text,
)

from . import tasks
from .learn_full_settings import OfFullCells
from .schedule import channels
from .settings import GREEDY, Taught
from .task import Task
from .xor_settings import OfReducedCells, XorBackground

FEEDBACKS = ("opposite", "random", "symmetric", "learned", "cut")
KOLEN = "Kolen & Pollack 1994"
# What a synapse takes in memory, in bytes: weight, eligibility, both ends, its place in two lists and its delay; target
# and weight as doubles in the lists that this process gives and in those that the program reads.
_SYNAPSE = 40 + 4 * 8
# Units times patterns that are taught, beyond which a record has coarser bins.
_LONG_RECORD = 1e5


@dataclass(frozen=True, kw_only=True)
class UnitWeights:
    """Weights, in units of the target's leak, of cells that hear as many others as those of `xor` do.

    That are 200 from the layer below, and 100 from the layer above. With more or fewer of them each has as much less
    or more effect, so that layers of any size begin with the same input.
    """

    w_initial: Quantity = quantity(0.234, None, 0, 10, "plastic excitatory weights at the start, mean", PAYEUR_PROGRAM)
    w_spread: Quantity = quantity(0.8, None, 0, 2, "their SD over pairs of units, in units of the mean", BURSTLAB)
    output_part: Quantity = quantity(
        1, None, 0, 10, "those onto outputs at the start, in units of the others", BURSTLAB
    )
    w_inhibition: Quantity = quantity(
        0.25, None, 0, 10, "fixed event-transmitted inhibition, same routes", PAYEUR_PROGRAM
    )
    feedback_exc: Quantity = quantity(0.5, None, 0, 10, "bursts to dendrites below, where they excite", BURSTLAB)
    feedback_inh: Quantity = quantity(
        0.5, None, 0, 10, "bursts to dendrites below, where they inhibit; or of SOM cells", BURSTLAB
    )
    feedback_max: Quantity = quantity(2, None, 0, 100, "the largest of these two where feedback is learned", BURSTLAB)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, kw_only=True)
class Config(OfFullCells, OfReducedCells, Taught):
    """Settings of the experiment."""

    sizes: ClassVar[tuple[str, ...]] = ("layers", "coding", "cells_per_unit", "cell", "transmission", "interneurons")

    layers: tuple = integers(
        (2, 12, 1), 1, 10000, "units of the layers: inputs, one hidden layer or more, outputs", length=None,
        structural=True,
    )  # fmt: skip
    cells_per_unit: tuple = integers(
        (60,), 1, 10000, "cells of each unit; one number, or one for each layer", length=None, structural=True
    )
    inputs_per_unit: tuple = quantities(
        (30,), None, 0.001, 1000,
        "mean number of synapses of a cell from each unit of the layer below; one number, or one for each layer but "
        "the first", structural=True,
    )  # fmt: skip
    task: str = text("xor", f"what is learned: {tasks.ALLOWED}")
    train_patterns: int = integer(1000, 1, 100_000, "of a task with a test part, patterns that are taught at most")
    test_patterns: int = integer(100, 1, 100_000, "and patterns of the test part at most")
    pool: int = integer(1, 1, 100, "of images: each input is the mean of a square of this many pixels each way")
    coding: str = choice(
        "pairs", ("pairs", "plain"), "two units for each input, on with it and on without it; or one", structural=True
    )
    feedback: str = choice(
        "opposite",
        FEEDBACKS,
        "bursts of a layer to dendrites of the one below: units of one half excited, of the other inhibited; random "
        "for each pair of units; as the weights up differ from their mean at the start; random, and then as the "
        "weights up change; none",
    )

    dt: Quantity = as_in(Taught, "dt", 0.2 * ms)
    settling: Quantity = as_in(Taught, "settling", 8 * second)
    example_duration: Quantity = as_in(Taught, "example_duration", 1 * second)
    prediction: Quantity = as_in(
        Taught, "prediction",
        meaning="fraction of an example before the teacher, to the nearest step, where learning = two_phase; in one "
        "phase nobody waits, costs are of this moment, and learning rates are 1 - prediction times as large",
    )  # fmt: skip
    epochs: int = integer(150, 0, 10000, "times that all patterns are taught; without any, a test", structural=True)
    learning: str = as_in(Taught, "learning", "one_phase")
    teaching: str = as_in(
        Taught, "teaching",
        meaning="teacher in the last part of each example, or in all of it (the same where learning = one_phase, in "
        "which it is on all the time); with the targets in random order; or never",
    )  # fmt: skip
    timing: str = as_in(Taught, "timing", "event")
    # What dendrites with these currents do on average, for units that are nearly silent while others are measured.
    P_b_hidden: Quantity = as_in(Taught, "P_b_hidden", 0.48)
    P_b_output: Quantity = as_in(Taught, "P_b_output", 0.46)
    order: str = as_in(Taught, "order", "random")
    eta_hidden: Quantity = as_in(Taught, "eta_hidden", 20e-3)
    eta_output: Quantity = as_in(Taught, "eta_output", 60e-3)
    eta_feedback: Quantity = quantity(
        2, None, 0, 1000, "feedback=learned: change of a weight down, in units of that of the weight up", GREEDY
    )
    feedback_decay: Quantity = quantity(
        0, None, 0, 0.1, "feedback=learned: what a weight down loses at each event of the cell above while it learns; "
        "a weight up loses as much of its distance to the mean at the start", KOLEN,
    )  # fmt: skip
    # Far apart, or hidden cells are nearly linear in them and parity has no part in what they say.
    I_input_low: Quantity = as_in(Taught, "I_input_low", -700 * pA)
    I_input_high: Quantity = as_in(Taught, "I_input_high", 600 * pA)
    I_d_hidden: Quantity = quantity(450, pA, -5000, 5000, "dendritic bias of hidden cells", BURSTLAB)
    I_s_hidden: Quantity = quantity(-300, pA, -5000, 5000, "somatic bias of hidden cells", BURSTLAB)
    I_s_output: Quantity = quantity(0, pA, -5000, 5000, "somatic bias of output cells", BURSTLAB)

    e_min_hidden: Quantity = quantity(
        2, Hz, 0, 1000, "event rate below which all inputs of hidden cells are potentiated", BURSTLAB
    )
    e_max_hidden: Quantity = quantity(
        10, Hz, 0.1, 1000, "event rate above which all inputs of hidden cells are depressed", BURSTLAB
    )

    # With homeostasis=range these are limits of mean rates, and a narrow range keeps the means of all outputs alike.
    e_min_output: Quantity = quantity(
        2, Hz, 0, 1000, "event rate below which all inputs of output cells are potentiated", BURSTLAB
    )
    e_max_output: Quantity = quantity(
        10, Hz, 0.1, 1000, "event rate above which all inputs of output cells are depressed", BURSTLAB
    )

    # With the dendrite's own voltage both routes cancel at any rate of the cell; somata come closer to threshold.
    driving_force: str = as_in(OfReducedCells, "driving_force", "local")
    V_balance: Quantity = as_in(
        OfReducedCells, "V_balance", -57 * mV,
        meaning="dendritic voltage at which they do, excitatory beside inhibitory synapses",
    )  # fmt: skip

    rule: BurstPlasticity = component(BurstPlasticity, tau_avg=0.5 * second)
    # Somatic noise of outputs keeps all of them at some rate: at events only can a cell learn.
    background: XorBackground = component(XorBackground, prefix="background_", rate_output=500 * Hz)
    weights: UnitWeights = component(UnitWeights)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.layers) < 3:
            raise ParameterError(
                f"layers = {', '.join(map(str, self.layers))}: inputs, one hidden layer or more, and outputs are needed"
            )
        for name, many in (("cells_per_unit", len(self.layers)), ("inputs_per_unit", len(self.layers) - 1)):
            if len(given := getattr(self, name)) not in (1, many):
                raise ParameterError(f"{name}: {len(given)} numbers; 1 or {many} are possible for these layers")
        for inputs, cells in zip(self.inputs, self.cells[:-1], strict=True):
            if inputs > cells:
                raise ParameterError(f"inputs_per_unit = {inputs:g}: more than the {cells} cells of a unit")
        self.check_cells(self.feedback, self.constant and self.event_route == "on")
        if self.feedback == "symmetric" and not self.weights.w_spread > 0:
            raise ParameterError("feedback = symmetric: with w_spread = 0 no weights differ; take another feedback")
        needed, there = self.memory, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if needed > there:
            raise ParameterError(
                f"layers = {', '.join(map(str, self.layers))}: about {needed / 1e9:.1f} GB of memory are needed, this "
                f"machine has {there / 1e9:.1f}; take fewer or smaller units, fewer epochs or fewer train_patterns"
            )

    @property
    def learned_task(self) -> Task:
        """What is learned, as the units of the first layer are shown it."""
        task = self.plain_task
        return task.paired if self.coding == "pairs" else task

    @property
    def plain_task(self) -> Task:
        """What is learned, as it was given."""
        return tasks.read(
            self.task, self.layers[0], self.layers[-1], self.train_patterns, self.test_patterns, self.pool
        )

    def stand_ins(self) -> dict[str, Any]:
        """What stands for all values of a setting that need the same program; synapses that learn need another one."""
        follows = {"feedback": self.feedback} if self.feedback == "learned" else {}
        # Where there is no event route, its setting has one value alone, which is not the default.
        without = {"event_route": self.event_route} if self.constant and not self.has_route else {}
        return {"task": tasks.blank(self.plain_task), "pool": 1, **follows, **without}

    @property
    def has_route(self) -> bool:
        """Whether synapses down act at events too; with event_route=off by nothing."""
        return self.constant and not self.dynamic and self.interneurons == "off"

    @property
    def cells(self) -> tuple[int, ...]:
        """Cells of a unit of each layer."""
        return self.cells_per_unit * (len(self.layers) if len(self.cells_per_unit) == 1 else 1)

    @property
    def inputs(self) -> tuple[float, ...]:
        """Synapses of a cell from each unit of the layer below, for each layer but the first."""
        many = len(self.layers) - 1 if len(self.inputs_per_unit) == 1 else 1
        return tuple(map(float, self.inputs_per_unit)) * many

    @property
    def feedback_inputs(self) -> tuple[float, ...]:
        """Synapses of a dendrite of each hidden layer from each unit above: the way down is as dense as the way up."""
        routes = zip(self.inputs[1:], self.cells[1:-1], self.cells[2:], strict=True)
        return tuple(inputs / below * above for inputs, below, above in routes)

    @property
    def units(self) -> tuple[int, ...]:
        """Units of each layer as they are built."""
        first, *rest = self.layers
        return (first * (2 if self.coding == "pairs" else 1), *rest)

    @property
    def bin_steps(self) -> int:
        """Steps of a bin of the record: at most 200 ms in place of 100 where many units are shown many patterns."""
        return self.bins_of(0.2 if self.plain_task.n_taught * sum(self.units) > _LONG_RECORD else 0.1)

    @property
    def learns(self) -> bool:
        """Whether there are epochs of learning between two tests."""
        return self.epochs > 0

    @property
    def shown(self) -> np.ndarray:
        """Without learning, the patterns that are shown: those of a test."""
        return self.learned_task.tested

    @property
    def wanted(self) -> np.ndarray:
        """Targets, shape (n_patterns, n_outputs)."""
        return self.learned_task.targets

    def tested(self) -> Config:
        """The same without learning: a test."""
        return replace(self, epochs=0)

    @property
    def memory(self) -> float:
        """About how many bytes a run takes: synapses, schedule and record."""
        routes = zip(self.units[:-1], self.units[1:], self.cells[1:], self.inputs, strict=True)
        up, *further = [below * above * cells * inputs for below, above, cells, inputs in routes]
        synapses = 2 * up + 4 * sum(further)
        ticks = float(self.duration / (self.tick_steps * self.dt))
        columns = sum(map(len, channels(self.learned_task).values()))
        bins = float(self.duration / (self.bin_steps * self.dt))
        return synapses * _SYNAPSE + ticks * columns * 32 + bins * sum(self.units) * 100
