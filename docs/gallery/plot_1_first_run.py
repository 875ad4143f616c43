"""
A first run
===========

Current steps into soma and dendrite of the two-compartment cell: the same somatic current gives single spikes without,
and a burst with current into the apical dendrite.
"""

# %%
# An experiment is run by its name; parameters are changed by theirs, with units. The first run of an experiment
# compiles a program. Another value of a parameter compiles nothing.
import tempfile

from brian2 import ms, pA

from burstlab.experiments import run

folder = tempfile.mkdtemp()
result = run("current_steps", somatic_current=[500, 500] * pA, dendritic_current=[0, 400] * pA, out=f"{folder}/steps")
for cell in range(2):
    counts = (result.summary[f"{what}_count"][cell] for what in ("spike", "event", "burst"))
    print("cell", cell, "spikes, events, bursts:", *counts)

# %%
# Its figure is that of the run directory, beside ``config.json``, ``summary.json`` and ``results.h5``.
figure = result.figure()

# %%
# A slower dendrite bursts otherwise.
slow = run(
    "current_steps",
    somatic_current=[500, 500] * pA,
    dendritic_current=[0, 400] * pA,
    tau_d=9 * ms,
    out=f"{folder}/slow",
)
print("bursts with tau_d 7 and 9 ms:", result.summary["burst_count"], slow.summary["burst_count"])
print("compiled again:", slow.summary["compile_s"] > 0)
