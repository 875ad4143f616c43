"""Pairing of one synapse under the burst-dependent rule (Payeur et al. 2021, Fig 2b-d).

Three protocols, each with one synapse per condition and realisation, all in one run of the simulator:

* periodic: 5 coincident spikes of both cells at a frequency, a pause of 10 s, 15 times (in the published program 11 s
  and one more period pass between two trains, and the figure's curve needs them: `rest`);
* Poisson: both cells fire independently for 100 s, with a refractory time of 2 ms;
* burst-Poisson: events of both cells are Poisson; with probability p a second spike follows an event after 2 to 12 ms;
  then there is a refractory time of 20 ms.

Rates are mean rates: with a refractory time r the hazard is E/(1 - r E), and where bursts take their time it is
1/(1/E - r - p ISI). Events and bursts are detected on-line from the spikes.

The rule is that of the XOR network, without homeostasis. The dots of the figure are simulated, the lines are the closed
forms of analysis/pairing.py.

Deviations
----------
* Spikes fall on time steps. Periods of the periodic protocol are rounded to whole steps, so that all intervals of a
  train are equal; frequencies are given as they are after rounding.
* In the published burst-Poisson protocol the hazard is not corrected, so its event rates are below those it names.
* The rates and burst probabilities of the conditions and the numbers of realisations are ours (the paper has 20 of the
  Poisson protocol); the crossings need more for a standard error of half a Hz.
* Weights begin at 0 and are not bounded, as the changes alone matter.
"""

from __future__ import annotations

from ..experiment import Experiment
from . import network, results
from .settings import PRESETS, Config

__all__ = ["EXPERIMENT", "PRESETS", "Config", "network", "results"]

EXPERIMENT = Experiment(
    name="pairing",
    meaning="periodic, Poisson and burst-Poisson pairing of one synapse, beside the closed form",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 20, "paper": 80},
    references=results.REFERENCES,
    build=network.build,
    values=network.values,
    analyse=results.analyse,
    plot=results.plot,
)
