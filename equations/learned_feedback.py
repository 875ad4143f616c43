"""Feedback that is learned: a weight down changes as the weight up between the same cells does, and both fade.

Kolen & Pollack (1994), Akrout et al. (2019); with bursts Payeur et al. (2021), Fig 5, Greedy et al. (2022). The rule
changes the weight from a cell below to a cell above by delta of the cell above times the eligibility of the cell below
(burst_plasticity.py). Both are known at the synapse that leads down, too, with the ends exchanged, so it does the same:
what the two weights have in common grows, and what they began with fades.

A weight down has a sign, and synapses have not: an excitatory and an inhibitory one share it. What makes the first
stronger makes the second weaker, and neither goes below 0.

Weights up fade to where they begin on average, since errors of outputs are told by what their weights differ in, and
weights down to 0.
"""

from brian2 import Equations

# follow: the change of a weight down, in units of that of the weight up.
CELLS = Equations("""
    follow : 1 (constant)
    largest_down : 1 (constant)
    fading : 1 (constant, shared)
    w_middle : 1 (constant)
    """)

# At events of the cell above, which is the target of the weight up and the source of the weight down.
FADE_UP = "w += M_post*fading_post*(w_middle_post - w)"
FADE_DOWN = "w -= M_pre*fading_pre*w"
