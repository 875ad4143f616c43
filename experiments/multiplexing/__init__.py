"""Two streams at once: event rates go up and burst probabilities come down (Payeur et al. 2021, Fig 3).

A lower and an upper population of full pyramidal cells. A current into the lower somata changes the lower event rate,
which depressing synapses carry to the upper somata; a current into the upper dendrites changes the upper burst
probability, which facilitating synapses carry, as a burst rate, to the lower dendrites. PV cells make the upper event
rate follow the lower one linearly, SOM cells and facilitating inhibition within each population do so for the bursts.

Correlations and ranges are those of population means in bins. The published numbers are of bins averaged over five
seeds (`over_seeds`: `burstlab run multiplexing --preset paper --seeds 5`); one seed is noisier and reaches further.

Deviations
----------
* `driving_force` "somatic" is the published program, and the default; "local" is what the text says.
* `facilitation` "program" is the published program, and the default: u jumps by U at a spike, where the text has
  f = 0.1 ("text"). With f both populations fire together in volleys, and neither stream can be read.
* Synapses begin at rest (u = U). In the published program u begins at 0.01; it has reached U when the sines begin.
* Background arrivals are Poisson numbers in each step. The published program has at most one arrival a source and step,
  which takes 5 % off their variance: with ours pyramidal cells fire 4 % more and PV cells, far below threshold, 10 %.
* Conductances decay by forward Euler, not by exp(-dt/tau) after use: 1 % less excitation, 2 % lower rates.
* Those of the equations (pyramidal.py, interneuron.py, short_term_plasticity.py).
"""

from __future__ import annotations

from ..experiment import Experiment
from . import network, results
from .settings import PRESETS, Config

__all__ = ["EXPERIMENT", "PRESETS", "Config", "network", "results"]

EXPERIMENT = Experiment(
    name="multiplexing",
    meaning="event rates go up while burst probabilities come down between two populations",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 2, "paper": 6},
    seeds={"paper": 5},
    references=results.REFERENCES,
    preset_references={"paper": results.PAPER_REFERENCES},
    build=network.build,
    values=network.values,
    analyse=results.analyse,
    plot=results.plot,
    populations=network.populations,
    over_seeds=results.over_seeds,
)
