"""On-line detection of events and bursts from the spikes of a cell.

An event is a spike that does not follow another one within the burst interval (16 ms): isolated, or first of a burst.
A burst is two or more spikes with intervals below it, timed at its second spike; later spikes count as nothing.
Payeur et al. (2021), Methods; analysis/bursts.py is the same definition off-line, and a test holds them equal.

Deviation: the published program compares an accumulating spike trace with 1/e, which makes its window a few ms longer
than 16 ms after a burst. Here it is the interval itself.
"""

from brian2 import Equations

# An interval that equals the burst interval but for rounding does not belong to a burst: half a step decides.
BURST_DETECTION = Equations("""
    t_spike : second
    spikes_in_burst : integer
    burst_interval : second (constant, shared)
    """)

FOLLOWS = "t - t_spike < burst_interval - 0.5*dt"
IS_EVENT = f"not ({FOLLOWS})"
IS_BURST = f"{FOLLOWS} and spikes_in_burst == 1"

# For the reset, after the conditions above have been tested.
ON_SPIKE = f"""
    spikes_in_burst = int({FOLLOWS})*spikes_in_burst + 1
    t_spike = t
    """
