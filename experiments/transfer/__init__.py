"""How burst probability answers to dendritic current, and what moves and straightens the curve (Payeur et al. 2021).

The dendritic current of whole ensembles goes up in steps, and event rate and burst probability are measured in each.
Noise comes from two pools of Poisson sources that all cells share. Three sets of full cells live side by side:

* an ensemble with PV and SOM cells (supplementary figure on the dendritic transfer function): SOM inhibition of the
  dendrites off, half and full; with full inhibition, less current into SOM cells (as VIP cells would do), another
  release probability of the facilitating synapses onto them, and a stronger regenerative current of the dendrites;
* an ensemble without interneurons (supplementary figure on linearity), without and with facilitating inhibition of its
  own dendrites, each at three somatic currents;
* isolated cells without noise and synapses, one for each pair of a somatic and a dendritic current: the f-I curves.

What a condition changes it changes at run time, so all conditions are one simulation: an ensemble goes through its
staircases of current one after the other. Copies of it side by side would have nine times 19 million synapses.

Deviations
----------
* The published program makes a new network for every curve. Here each staircase follows the one before it, after one
  more step at its first current, which is not measured.
* `facilitation` "program" is the published program, and the default: u jumps by U at a spike, where the text has
  f = 0.1 ("text"). With f the same inhibition by SOM cells moves the curve half as far again.
* `decay` "exact" is the published program, and the default; see models/conductance.py.
* A burst ends with the first interval of 16 ms (equations/burst_detection.py). The window of the published program is
  some ms longer after several spikes, so the late spikes of long bursts are none of its events: at strong currents its
  burst probability stays at 1 where ours falls again. Below 0.6 both agree within 0.005.
* Each pathway of a pool has connections of its own, drawn with the probability that gives the published mean number;
  both ensembles have the same pools.
"""

from __future__ import annotations

from ..experiment import Experiment
from . import network, results
from .settings import PRESETS, Config

__all__ = ["EXPERIMENT", "PRESETS", "Config", "network", "results"]

EXPERIMENT = Experiment(
    name="transfer",
    meaning="burst probability against dendritic current, and what moves and straightens the curve",
    about=__doc__,
    presets=PRESETS,
    expected_s={"quick": 10, "paper": 170},
    headlines=("current_at_half_pA", "line_R2", "spread_over_I_s"),
    references=results.REFERENCES,
    build=network.build,
    values=network.values,
    analyse=results.analyse,
    plot=results.plot,
    populations=network.populations,
)
