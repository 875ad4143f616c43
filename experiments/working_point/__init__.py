"""Where the XOR network of full cells works: events set by the soma, bursts by the dendrite, and what synapses read.

Hidden cells of xor_full.py outside the loop: input cells with a somatic current drive them and PV cells through
depressing synapses, PV cells that also hear them inhibit them, they inhibit their own kind's dendrites through
facilitating synapses, and a current goes into their dendrites. Every pair of the two currents has cells of its own.
Measured are event rate and burst probability, and what each cell's depressing and facilitating synapses release in a
second, which is what the next cell gets of it.
"""

from __future__ import annotations

from ..experiment import Experiment
from . import network, results
from .settings import PRESETS, Config

__all__ = ["EXPERIMENT", "PRESETS", "Config", "network", "results"]

EXPERIMENT = Experiment(
    name="working_point",
    meaning="event rates, burst probabilities and releases of the cells of xor_full, outside its loop",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 8, "paper": 60},
    seeds={"quick": 1, "paper": 1},
    references=results.REFERENCES,
    build=network.build,
    values=network.values,
    analyse=results.analyse,
    plot=results.plot,
    populations=network.populations,
)
