"""XOR by rate cells with two sites of synaptic integration (Koerding & Koenig 2001): the precursor of burst coding.

From the paper (J Comput Neurosci 11:207-215): the cell A = s(W A_pre), D = (V D_pre) A (1 - A); dW = beta D_post A_pre;
the apical weights learn by a Hebbian rule; supervised XOR with beta = 2, 10 000 steps and 10 runs; and the control that
learning fails where both sites are mixed into one, since then the learning signal distorts the activity or the
activity distorts the learning signal.

Chosen here, where the paper's text was not to be had: one hidden layer of 4 cells; a bias cell that is always 1;
weights from U(-1, 1) at the start, apical ones independent of the basal ones; examples drawn at random; the error t - A
of the output as its apical input; the error reported as |t - A|; and the form of the mixing: each site receives a
fraction m of the other's signal, (1 - m) A + m D and (1 - m) D + m A. The fractions are ours too.

Deviation
---------
The apical rule is given as dV = beta A_post A_pre. Read literally, with rates between 0 and 1 on both sides, it only
ever raises V, and a third of the runs fail (`apical_rule=activity`, kept for comparison). What arrives through an
apical synapse is bursts, so the presynaptic variable there is D: dV = beta A_post D_pre (`bursts`, the default). That
is the transpose of the basal rule, so V approaches the transpose of W, as identity with backpropagation needs.

All runs with all fractions are one network, simulated at once; a time step is one presentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Network, Quantity, StateMonitor, TimedArray, defaultclock, ms

from burstlab.analysis import two_sites as analysis
from burstlab.models.parameters import check, choice, in_si, integer, integers, quantities, quantity
from burstlab.models.two_sites import two_sites

from .contract.randomness import experiment_generator
from .contract.reference import Reference
from .experiment import Analysis, Array, Experiment, Model, Output

SOURCE = "Koerding & Koenig 2001"
REFERENCES = (
    Reference(
        name="runs of 10 that learn XOR, sites apart", key="without_mixing.runs_solved", value=10, low=9, high=10,
        source=SOURCE,
    ),
    Reference(
        name="error after learning, sites apart", key="without_mixing.error_end", value=None, low=0, high=0.1,
        source=SOURCE,
    ),
    Reference(
        name="runs of 10 that learn XOR, sites mixed", key="with_mixing.runs_solved", value=0, low=0, high=2,
        source=SOURCE,
    ),
    Reference(
        name="error after learning, sites mixed", key="with_mixing.error_end", value=None, low=0.3, high=0.7,
        source=SOURCE,
    ),
)  # fmt: skip

EXAMPLES = ((0, 0), (1, 0), (0, 1), (1, 1))
# A step of the simulator is a presentation; its length has no meaning.
STEP = 1 * ms
# Steps at the start and at the end over which the error is averaged, and blocks of the curve, as parts of all.
ENDS, BLOCKS = 20, 100


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the experiment."""

    steps: int = integer(10000, 100, 1000000, "presentations with learning", SOURCE, structural=True)
    runs: int = integer(10, 1, 1000, "networks for each fraction of mixing", SOURCE, structural=True)
    n_hidden: int = integer(4, 1, 100, "hidden cells", structural=True)
    mixing: tuple = quantities(
        (0, 0.001, 0.003, 0.01, 0.1), None, 0, 0.5, "fraction of the other site's signal in each site; 0.5 is one site"
    )
    beta: Quantity = quantity(2, None, 0, 100, "learning rate", SOURCE)
    spread: Quantity = quantity(1, None, 0, 10, "weights begin uniformly between minus and plus this")
    apical_rule: str = choice(
        "bursts", ("bursts", "activity"), "presynaptic variable of the apical rule: D or A", SOURCE
    )
    targets: tuple = integers((0, 1, 1, 0), 0, 1, "wanted output for (0,0) (1,0) (0,1) (1,1)", SOURCE)

    def __post_init__(self) -> None:
        check(self)

    @property
    def n_presentations(self) -> int:
        """A test of the four examples, learning, and a test."""
        return self.steps + 8

    @property
    def duration(self) -> Quantity:
        """Simulated time, in steps of no meaning."""
        return self.n_presentations * STEP

    @property
    def n_networks(self) -> int:
        """Runs of all fractions."""
        return len(self.mixing) * self.runs

    @property
    def size(self) -> int:
        """Cells of a network: two inputs and the bias, the hidden layer, the output."""
        return 3 + self.n_hidden + 1


PRESETS = {"quick": Config(), "paper": Config()}


def build(config: Config) -> Model:
    """All networks as one: cells, basal and apical synapses, and a record of the outputs."""
    defaultclock.dt = STEP
    networks, size, hidden = config.n_networks, config.size, config.n_hidden
    parts = two_sites(networks * size)
    outputs = np.arange(networks) * size + size - 1
    recorded = StateMonitor(parts.cells, "A", record=outputs, when="end", name="responses")
    functions = {
        # An array each: the numpy and Cython backends write their values into it.
        "given": TimedArray(np.zeros((config.n_presentations, 3)), dt=STEP, name="given"),
        "target": TimedArray(np.zeros(config.n_presentations), dt=STEP, name="target"),
        "learning": TimedArray(np.zeros(config.n_presentations), dt=STEP, name="learning"),
    }
    hidden_cells = 3 + np.arange(hidden)
    # From inputs and bias to the hidden layer, from that and the bias to the output.
    up_from = np.concatenate([np.repeat(np.arange(3), hidden), hidden_cells, [2]])
    up_to = np.concatenate([np.tile(hidden_cells, 3), np.full(hidden + 1, size - 1)])

    def everywhere(cell: np.ndarray) -> np.ndarray:
        return (np.arange(networks)[:, None] * size + cell).ravel()

    def connect() -> None:
        parts.basal.connect(i=everywhere(up_from), j=everywhere(up_to))
        parts.apical.connect(i=np.repeat(outputs, hidden), j=everywhere(hidden_cells))
        parts.basal.w = "spread_post*(2*rand() - 1)"
        parts.apical.v = "spread_post*(2*rand() - 1)"

    return Model(
        network=Network(parts.cells, parts.basal, parts.apical, recorded),
        duration=config.duration,
        connect=connect,
        functions=functions,
        outputs={
            "response": Output(owner=recorded, variable="A", rows=config.n_presentations),
            "w": Output(owner=parts.basal, variable="w", rows=networks * len(up_from)),
            "v": Output(owner=parts.apical, variable="v", rows=networks * hidden),
        },
    )


# ---- values of a run -------------------------------------------------------------------------------------------------


def values(config: Config, seed: int) -> dict[str, Any]:
    """Every parameter and what is presented at each step, the same to all networks."""
    networks, size = config.n_networks, config.size
    cell = np.arange(size)
    shown = presented(config, seed)
    learning = np.ones(config.n_presentations)
    learning[:4] = learning[-4:] = 0
    given = np.column_stack([np.array(EXAMPLES)[shown], np.ones(len(shown))])
    return {
        "cells.is_input": np.tile(cell < 3, networks).astype(float),
        "cells.is_output": np.tile(cell == size - 1, networks).astype(float),
        "cells.channel": np.tile(np.where(cell < 3, cell, 0), networks),
        "cells.mixing": np.repeat([float(fraction) for fraction in config.mixing], config.runs * size),
        "cells.beta": float(config.beta),
        "cells.spread": float(config.spread),
        "cells.apical_hebb": float(config.apical_rule == "activity"),
        "given.values": given,
        "target.values": np.array(config.targets, dtype=float)[shown],
        "learning.values": learning,
    }


def presented(config: Config, seed: int) -> np.ndarray:
    """Which of the four examples each step shows, shape (n_presentations,); the tests in order."""
    shown = experiment_generator(seed).integers(4, size=config.n_presentations)
    shown[:4] = shown[-4:] = np.arange(4)
    return shown


# ---- results ---------------------------------------------------------------------------------------------------------


def analyse(config: Config, raw: dict[str, np.ndarray], seed: int) -> Analysis:
    """Errors of every run at its start and end, and whether it gets every example right."""
    fractions, runs = len(config.mixing), config.runs
    target = np.array(config.targets)[presented(config, seed)]
    response = raw["response"].T.reshape(fractions, runs, -1)
    error = analysis.errors(response, target)[..., 4:-4]
    ends = max(1, config.steps // ENDS)
    at = {"start": error[..., :ends].mean(axis=2), "end": error[..., -ends:].mean(axis=2)}
    test = {"before": response[..., :4].transpose(0, 2, 1), "after": response[..., -4:].transpose(0, 2, 1)}
    n_solved = [analysis.count_solved(each, config.targets) for each in test["after"]]
    width = max(1, config.steps // BLOCKS)
    blocks = analysis.in_blocks(error, width)
    arrays = {
        "network/mixing": Array(in_si(config.mixing), "1", ("fraction",)),
        "network/error_start": Array(at["start"], "1", ("fraction", "run")),
        "network/error_end": Array(at["end"], "1", ("fraction", "run")),
        "block/step": Array((np.arange(blocks.shape[-1]) + 0.5) * width, "1", ("block",)),
        "block/error": Array(blocks, "1", ("fraction", "run", "block")),
        "response/before": Array(test["before"], "1", ("fraction", "example", "run")),
        "response/after": Array(test["after"], "1", ("fraction", "example", "run")),
        "weights/w": Array(raw["w"].reshape(fractions, runs, -1), "1", ("fraction", "run", "synapse")),
        "weights/v": Array(raw["v"].reshape(fractions, runs, -1), "1", ("fraction", "run", "apical_synapse")),
    }
    each = [
        {
            "mixing": float(config.mixing[k]),
            "error_start": float(at["start"][k].mean()),
            "error_end": float(at["end"][k].mean()),
            "runs_solved": n_solved[k],
        }
        for k in range(fractions)
    ]
    least, most = (find(range(fractions), key=lambda k: float(config.mixing[k])) for find in (min, max))
    summary = {
        # Only what is: nothing is "without" in a run whose networks are all mixed.
        "without_mixing": each[least] if config.mixing[least] == 0 else None,
        "with_mixing": each[most] if config.mixing[most] > 0 else None,
        "n_runs": runs,
        "targets": list(config.targets),
        "mixing": [entry["mixing"] for entry in each],
        "error_start": [entry["error_start"] for entry in each],
        "error_end": [entry["error_end"] for entry in each],
        "runs_solved": n_solved,
    }
    bounds = {
        "A": (raw["response"], 0.0, 1.0, "1"),
        "w": (raw["w"], -1e9, 1e9, "1"),
        "v": (raw["v"], -1e9, 1e9, "1"),
    }
    return Analysis(arrays=arrays, summary=summary, bounds=bounds)


def plot(results: Any) -> Any:
    """Error over presentations, error against mixing, and responses before and after learning."""
    return analysis.figure(results.arrays, results.summary, results.config)


EXPERIMENT = Experiment(
    name="two_sites",
    meaning="XOR by rate cells with two sites of integration, apart and mixed (Koerding & Koenig 2001)",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 2, "paper": 2},
    references=REFERENCES,
    build=build,
    values=values,
    analyse=analyse,
    plot=plot,
)
