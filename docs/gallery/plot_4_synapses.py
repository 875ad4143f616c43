"""
Synapses that read events, and synapses that read bursts
========================================================

Short-term depression passes on little of the second spike of a burst, so it transmits events. Short-term facilitation
passes on little of the first, so it transmits bursts. Direct transmission of events and bursts, as in the published XOR
network, is shown beside them.
"""

# %%
import tempfile

from burstlab.experiments import run

result = run("transmission", out=f"{tempfile.mkdtemp()}/transmission")
for kind in ("stf", "std"):
    print(
        f"a burst of two spikes through {kind.upper()}:",
        result.summary[f"burst_to_single_ratio_{kind}"],
        "single spikes",
    )
figure = result.figure()
