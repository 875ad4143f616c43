"""Cells without a membrane that fire at given times, with on-line detection of events and bursts.

`spike_times(t, i)` is a function of the run: for the k-th spike of cell i, the time given at t = (k + 1/2) s.
"""

from brian2 import Equations

from .burst_detection import BURST_DETECTION
from .burst_detection import ON_SPIKE as DETECT

SPIKE_TIMES = BURST_DETECTION + Equations("""
    t_next : second  # when the next spike is due
    spikes_so_far : integer
    """)

# Half a step keeps rounding from deciding in which step a spike comes.
THRESHOLD = "t > t_next - 0.5*dt"

ON_SPIKE = (
    DETECT
    + """
    spikes_so_far += 1
    t_next = spike_times((spikes_so_far + 0.5)*second, i)
    """
)
