"""Cells without a membrane: their spikes are a renewal process, and come in trains or bursts if told so.

The interval to the next spike is a fixed part plus an exponential one: a Poisson process with a refractory time, or a
periodic train where the exponential part is zero. After every `per_train` spikes a pause is added. With probability
`p_burst` an event is followed by a second spike after `isi_min` + U(0, 1) `isi_range`, and only then by such an
interval (Payeur et al. 2021, Fig 2b-d). Events and bursts are detected on-line from the spikes (burst_detection.py).
"""

from brian2 import Equations

from .burst_detection import BURST_DETECTION, IS_BURST, IS_EVENT
from .burst_detection import ON_SPIKE as DETECT

# Due times are absolute and in continuous time, so that rounding to steps does not accumulate.
RENEWAL = BURST_DETECTION + Equations("""
    t_next : second  # when the next spike is due
    kind : integer   # of the spike in this step: 1 an event, 2 a burst, 0 neither
    t_stop : second (constant)
    interval : second (constant)
    mean_wait : second (constant)
    pause : second (constant)
    per_train : integer (constant)
    spikes_so_far : integer
    p_burst : 1 (constant)
    isi_min : second (constant, shared)
    isi_range : second (constant, shared)
    never : second (constant, shared)
    """)

THRESHOLD = "t > t_next"
# What a spike is, is found out once, for the few cells that fire: a search for events or bursts then reads one small
# number of each cell. rand() once per statement; 1 - rand() is never 0.
ON_SPIKE = (
    f"kind = int({IS_EVENT}) + 2*int({IS_BURST})"
    + DETECT
    + """
    spikes_so_far += 1
    continued = int(rand() < p_burst)*int(kind == 1)
    to_second = isi_min + isi_range*rand()
    to_next = interval - mean_wait*log(1 - rand()) + pause*int(spikes_so_far % per_train == 0)
    t_next += continued*to_second + (1 - continued)*to_next
    t_next += never*int(t_next > t_stop)
    """
)
EVENT = "kind == 1"
BURST = "kind == 2"
# At an event and at a burst: it is over.
DONE = "kind = 0\n"
