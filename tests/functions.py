"""An experiment whose outputs are known functions of its parameters: one cell that does nothing.

It is the text of a file, as a user writes one; tests that share it share its program.
"""

import pytest

FUNCTIONS = '''
"""Functions whose indices are known, as an experiment."""

from dataclasses import dataclass

import numpy as np
from brian2 import Network, NeuronGroup, Quantity, defaultclock, ms

from burstlab import Analysis, Array, Experiment, Model, ParameterError
from burstlab.models.parameters import check, choice, integer, quantities, quantity


HIGHEST = 10


@dataclass(frozen=True, kw_only=True)
class Config:
    x1: Quantity = quantity(1, None, -np.pi, np.pi, "first argument")
    x2: Quantity = quantity(1, None, -np.pi, np.pi, "second argument")
    x3: Quantity = quantity(1, None, -np.pi, np.pi, "third argument")
    unwired: Quantity = quantity(1, None, -np.pi, np.pi, "in no equation")
    count: int = integer(3, 0, 9, "a whole number")
    places: tuple = quantities((1, 2, 3), ms, 0, 100, "where the line is looked at")
    word: str = choice("one", ("one", "two"), "a word")
    duration: Quantity = quantity(1, ms, 1, 10, "simulated time", structural=True)
    dt: Quantity = quantity(1, ms, 0.1, 1, "time step", structural=True)

    def __post_init__(self):
        check(self)
        if self.x1 + self.x2 > HIGHEST:
            raise ParameterError(f"x1 + x2: above {HIGHEST}")


def build(config):
    defaultclock.dt = config.dt
    cell = NeuronGroup(1, "dv/dt = 0*Hz : 1", method="euler", name="cell")
    return Model(network=Network(cell), duration=config.duration)


def ishigami(x):
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def analyse(config, raw, seed):
    x = [float(value) for value in (config.x1, config.x2, config.x3)]
    chance = np.random.default_rng(seed).standard_normal()
    summary = {
        "ishigami": float(ishigami(x)),
        "chance": float(chance),
        "noisy": float(x[0] + np.sqrt(np.pi**2 / 3) * chance),
        "constant": 5,
        "sometimes": float(x[1]) if x[0] > -2 else None,
        "missing": [1.0] * (1 + (x[0] < 2)),
        "several": [x[0], 2.0],
        "text": "word",
    }
    places = 1e3 * np.array([float(place) for place in config.places])
    line = Array(x[0] + x[1] * places, "Hz", ("place",))
    return Analysis(arrays={"places/line": line}, summary=summary, bounds={})


EXPERIMENT = Experiment(
    name="functions", meaning="functions", presets={"quick": Config()}, build=build, analyse=analyse,
    values=lambda config, seed: {},
)
'''


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The file."""
    path = tmp_path_factory.mktemp("functions") / "functions.py"
    path.write_text(FUNCTIONS)
    return path
