"""
Voltage traces of a burst
=========================

Spikes of the soma travel back into the dendrite, whose regenerative current answers with a plateau. The plateau drives
the soma to further spikes: a burst.
"""

# %%
# Traces come with units, and events and bursts as the rule sees them: a burst is a spike less than 16 ms after another.
import tempfile

from brian2 import ms, mV, pA

from burstlab.analysis import figures
from burstlab.experiments import run

result = run("current_steps", somatic_current=500 * pA, dendritic_current=400 * pA, out=f"{tempfile.mkdtemp()}/burst")
time, v_s = result.trace("v_s", "cells", 0)
_, v_d = result.trace("v_d", "cells", 0)
print("events at", result.events("cells").time)
print("bursts at", result.bursts("cells").time)

# %%
# Soma and dendrite around the first burst.
burst = result.bursts("cells").time[0]
near = abs(time - burst) < 60 * ms
figure = figures.canvas(8, 3.5)
axes = figures.panel(figure, figure.add_gridspec(1, 1)[0], "", "time since burst (ms)", "voltage (mV)")
axes.plot((time[near] - burst) / ms, v_d[near] / mV, color=figures.ORANGE, label="dendrite")
axes.plot((time[near] - burst) / ms, v_s[near] / mV, color=figures.BLUE, label="soma")
axes.axvline(0, color=figures.RED, lw=1, label="burst detected")
figures.legend(axes)
