"""
XOR, learned in continuous time
===============================

Bursts of the output teach the hidden layer. Here with 125 cells in each population and 150 epochs, forty minutes of
simulated time: the rates begin to part. ``burstlab run xor`` goes on until all four are on their side of 6 Hz.
"""

# %%
import tempfile

from burstlab.experiments import run

result = run("xor", n=125, epochs=150, out=f"{tempfile.mkdtemp()}/xor")
print("output rates before:", [round(rate, 1) for rate in result.summary["event_rate_before_Hz"]], "Hz")
print("output rates after: ", [round(rate, 1) for rate in result.summary["event_rate_after_Hz"]], "Hz")
figure = result.figure()
