"""Rate cells with two sites of synaptic integration: Koerding & Koenig (2001), J Comput Neurosci 11:207-215.

A cell has two variables. A, its activity, comes from the basal dendrite: A = s(W A_pre), s(z) = 1/(1 + exp(-z)). D, its
rate of bursts, comes from the apical dendrite and the activity: D = (V D_pre) A (1 - A), where V carries the bursts of
the cells above. Basal synapses learn at bursts, dW = beta D_post A_pre; then D is the error of backpropagation.

Mixing: each site receives a fraction of the other's signal, so that the cell's activity is (1 - m) A + m D and its
bursts are (1 - m) D + m A. At m = 1/2 the two are one variable: a cell with one site.

All of this is done at presentations, statement after statement, bottom-up and then top-down.
"""

from brian2 import Equations

# A and D are the two sites alone; `activity` and `bursts` are what the cell sends and what its synapses learn from.
CELL = Equations("""
    basal : 1
    apical : 1
    A : 1
    D : 1
    activity : 1
    bursts : 1
    mixing : 1 (constant)
    beta : 1 (constant, shared)
    apical_hebb : 1 (constant, shared)
    M : 1 (shared)
    """)

# Inputs show what they are given, and everything is computed from there. In the response activity is A alone: the
# apical site is silent until the top-down sweep.
WIRING = Equations("""
    is_input : 1 (constant)
    is_output : 1 (constant)
    channel : integer (constant)
    spread : 1 (constant, shared)
    """)
SHOW = """
    A = is_input*given(t, channel)
    basal = 0
    """
SUM_BASAL = "basal_post += w*A_pre"
RESPOND = """
    A = is_input*A + (1 - is_input)/(1 + exp(-basal))
    basal = 0
    """

# The error enters at the apical site of the output; hidden cells begin with nothing there.
TEACH = "apical = is_output*(target(t) - A)"
MIX = """
    D = apical*A*(1 - A)
    bursts = (1 - mixing)*D + mixing*A
    activity = (1 - mixing)*A + mixing*D
    """
SUM_APICAL = "apical_post += v*bursts_pre"

SWITCH = "M = learning(t)"
BASAL_SYNAPSE = Equations("w : 1")
APICAL_SYNAPSE = Equations("v : 1")
LEARN_BASAL = "w += M_post*beta_post*bursts_post*activity_pre"
# apical_hebb 0: what comes in through an apical synapse is bursts; 1: the Hebbian rule with activities on both sides.
LEARN_APICAL = """
    arriving = (1 - apical_hebb_pre)*bursts_pre + apical_hebb_pre*activity_pre
    v += M_post*beta_post*activity_post*arriving
    """
