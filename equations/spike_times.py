"""Cells without a membrane that fire in given time steps, with on-line detection of events and bursts.

`spike_steps(t, i)` is a function of the run: the step of the k-th spike of cell i is its value at t = (k + 1/2) s.
"""

from brian2 import Equations

from .burst_detection import BURST_DETECTION
from .burst_detection import ON_SPIKE as DETECT

SPIKE_TIMES = BURST_DETECTION + Equations("""
    next_step : integer  # in which the next spike is due
    spikes_so_far : integer
    """)

THRESHOLD = "int(t_in_timesteps) >= next_step"

ON_SPIKE = (
    DETECT
    + """
    spikes_so_far += 1
    next_step = int(spike_steps((spikes_so_far + 0.5)*second, i))
    """
)
