"""
The learning rule at one synapse
================================

Bursts potentiate, single spikes depress: where the burst probability is that of the moving average, the weight stays.
Periodic, Poisson and burst-Poisson pairing of one synapse for each condition and realisation, beside the closed form.
"""

# %%
# A sixth of the realisations of the preset.
import tempfile

from burstlab.experiments import run

result = run("pairing", poisson_realisations=60, burst_realisations=60, out=f"{tempfile.mkdtemp()}/pairing")
print("periodic pairing turns from depression to potentiation at", result.summary["periodic_sign_flip_Hz"], "Hz")
figure = result.figure()
