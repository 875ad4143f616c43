"""The rule in a network: postsynaptic bursts teach the weights, presynaptic ones do not (Payeur et al. 2021, Fig 2e-g).

Presynaptic full cells drive postsynaptic ones through plastic synapses; both populations find their events and bursts
on-line. Noise reaches soma and dendrite of the presynaptic cells from shared pools of Poisson sources. The postsynaptic
dendrites share a few sources, the teacher. In the second segment of six its weight is stronger, bursts become more
likely than their moving average, and weights grow; in the fourth it is weaker, and they shrink; in the last one bursts
of the presynaptic cells become more likely, and nothing happens. P_bar follows within `tau_avg`, so changes fade: the
ends of segments compare extremes.

Deviations
----------
* `decay` "exact" is the published program, and the default: it makes conductances 1 % larger than they are in the text.
  With "euler" presynaptic cells fire 2 % and postsynaptic ones 6 % less, and weights drift up by a further percent.
* Each pathway of a pool has connections of its own (a source that reaches a cell's soma need not reach its dendrite),
  drawn with the probability that gives the published mean number.
* Those of the equations (pyramidal.py, burst_plasticity.py).
"""

from __future__ import annotations

from ..experiment import Experiment
from . import network, results
from .settings import PRESETS, Config

__all__ = ["EXPERIMENT", "PRESETS", "Config", "network", "results"]

EXPERIMENT = Experiment(
    name="plasticity_network",
    meaning="the rule in a network: postsynaptic bursts teach, presynaptic bursts do not",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 6, "paper": 30},
    seeds={"paper": 5},
    headlines=("post_burst_probability", "weight_change", "presynaptic_bursts_change"),
    preset_references={"quick": results.QUICK_REFERENCES, "paper": results.PAPER_REFERENCES},
    build=network.build,
    values=network.values,
    analyse=results.analyse,
    plot=results.plot,
    populations=network.populations,
)
