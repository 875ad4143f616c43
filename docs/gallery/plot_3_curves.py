"""
Event rate and burst probability against currents
=================================================

What a population can transmit: the event rate follows the current into somata (f-I curve), the burst probability that
into dendrites (BP curve).
"""

# %%
# Cells in background noise, as many equal ones for each pair of currents as a standard error takes, in one simulation.
import tempfile

from burstlab.experiments import run

result = run("response_curves", out=f"{tempfile.mkdtemp()}/curves")
figure = result.figure()
