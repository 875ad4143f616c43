"""
Does the rule follow the gradient?
==================================

The rule knows nothing of a cost. Here its weight changes in the first 40 epochs are compared with the gradient of the
cost in a rate model of the network: 0 degrees is steepest descent, 90 degrees neither better nor worse.

Before learning the cost asks for more of everything, since the output is far below the target for (1,0) and (0,1): the
gradient is nearly the same for all synapses. The weights onto the output and onto hidden2 rise with it; those onto
hidden1 sink at first, up the slope. The noise of single events moves single synapses up to five times as far as their
mean: without the mean all angles are 88 to 90 degrees. What XOR needs, a difference between a cell's two inputs, grows
later.
"""

# %%
# A cell of each population is recorded during the first test, and with it the events of all cells.
import tempfile

import numpy as np
from brian2 import second
from matplotlib import pyplot as plt

from burstlab.analysis import gradient
from burstlab.experiments import run
from burstlab.experiments.xor_task import POPULATIONS

result = run(
    "xor", epochs=40, record=dict.fromkeys(POPULATIONS, (0,)), window=(6, 22), out=f"{tempfile.mkdtemp()}/xor"
)  # fmt: skip
config = result.config["parameters"]
n, begin = config["n"], result.arrays["example/begin"][:4]

# %%
# Rates of every cell for the four inputs, and weights after learning; before it all were equal.
rates = [
    gradient.rates_of_cells(events.cell, events.time / second, n, begin + 1, begin + 3.6)
    for events in (result.events(name) for name in POPULATIONS)
]
layers = np.vstack(rates[:2]), np.vstack(rates[2:4]), rates[4]
cells = slice(0, 2 * n), slice(2 * n, 4 * n), slice(4 * n, 5 * n)
source, target, weight = (result.arrays[f"weights/{name}"] for name in ("source", "target", "w"))
after = [gradient.matrix(source, target, weight, cells[k + 1], cells[k]) for k in range(2)]
synapses = [gradient.matrix(source, target, np.ones(len(weight)), cells[k + 1], cells[k]) > 0 for k in range(2)]
before = [float(config["w_initial"]) * there for there in synapses]

# %%
slopes = gradient.gradients(*before, layers, config["targets"], 2.0, 10.0)
angles = {}
for layer, (sources, targets) in enumerate(((POPULATIONS[:2], POPULATIONS[2:4]), (POPULATIONS[2:4], POPULATIONS[4:]))):
    for row, to in enumerate(targets):
        for column, of in enumerate(sources):
            part = slice(row * n, (row + 1) * n), slice(column * n, (column + 1) * n)
            change = (after[layer] - before[layer])[part]
            there = synapses[layer][part]
            angle = angles[f"{of} to {to}"] = gradient.angle_to_descent(change, slopes[layer][part], there)
            print(f"{of} to {to}: {angle:.0f} degrees, change {change[there].mean():.3f} ± {change[there].std():.3f}")

# %%
figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.barh(list(angles), list(angles.values()), color="0.6")
axes.axvline(90, color="k", lw=0.8)
axes.set(xlabel="angle to steepest descent (degrees)", xlim=(0, 180), xticks=range(0, 181, 45))
axes.invert_yaxis()
