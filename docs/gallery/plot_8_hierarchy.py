"""
A hierarchy and a task of your own
==================================

Layers by their sizes, a task by its name: here 2-12-1 units of 60 cells that learn OR, which the five populations of
``xor`` do not reach. Teacher and plasticity are on all the time. ``burstlab run learn --preset full`` teaches parity of
three inputs, by the same settings in seven times the simulated time.
"""

# %%
import tempfile

from burstlab.experiments import run

result = run("learn", task="or", out=f"{tempfile.mkdtemp()}/or")
print("patterns:", *result.summary["patterns"])
print("output rates before:", [round(rate, 1) for rate in result.summary["event_rate_before_Hz"]], "Hz")
print("output rates after: ", [round(rate, 1) for rate in result.summary["event_rate_after_Hz"]], "Hz")
figure = result.figure()
