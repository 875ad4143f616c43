"""Stimuli and teacher of the learning networks, and what is recorded of their populations.

Payeur et al. (2021), Fig 4 and Methods. In an example the inputs are currents into the somata of input populations. The
teacher is a current into each output dendrite, fixed at the start of the teaching phase from the cell's own average
E_bar: c/(E_bar - e_min) for target 1, -c/(e_max - E_bar) for target 0, none where the rate is already within `margin`
of its goal, and c/margin where the denominator is below `margin` (teacher `inverse`).

Deviation
---------
That current is as good as constant where rates are near the middle. The teacher `linear` has one in proportion to what
a rate is short of its goal, and c/margin where it is short of it by e_max - e_min: an error, which vanishes when it is
mended.
"""

from brian2 import Equations

# What the teacher needs of a rule: `event_rate`, the estimate of a cell's rate that it reads (E_bar, decayed until
# now). It leads to the rates e_off and e_on: e_min and e_max of the paper, where these bound homeostasis, too.
#
# channel: the column of input_current(t, channel) and target(t, channel): one of each input and each output, and one
# for hidden cells, which is zero.
SCHEDULED_CELL = Equations("""
    I_s_bias : amp
    I_d_bias : amp
    I_teach : amp
    channel : integer
    is_output : 1
    e_off : Hz (constant, shared)
    e_on : Hz (constant, shared)
    c_teach : amp*Hz (constant, shared)
    margin : Hz (constant, shared)
    """)

# Run when a phase may begin, a few times in an example: nothing of this costs anything in a step. E_read is what the
# teacher of a cell goes by, of `OWN_RATE` or `UNIT_RATE`; the currents for targets 1 and 0, up and down, are of one of
# the two teachers.
_STIMULI = """
    M = plasticity(t)
    I_s = I_s_bias + input_current(t, channel)
    E_now = E_read
    """
_INVERSE = """
    up = c_teach/clip(E_now - e_off, margin, e_on)*int(E_now < e_on - margin)
    down = -c_teach/clip(e_on - E_now, margin, e_on)*int(E_now > e_off + margin)
    """
_LINEAR = """
    up = c_teach/margin*clip((e_on - E_now)/(e_on - e_off), 0, 1)
    down = -c_teach/margin*clip((E_now - e_off)/(e_on - e_off), 0, 1)
    """
_TEACH = """
    begun = target(t, channel)*up + (1 - target(t, channel))*down
    I_teach = is_output*teaching(t)*(teaching_begins(t)*begun + (1 - teaching_begins(t))*I_teach)
    I_d = I_d_bias + I_teach
    """
SCHEDULES = {"inverse": _STIMULI + _INVERSE + _TEACH, "linear": _STIMULI + _LINEAR + _TEACH}

# What a teacher reads is the cell's own estimate, or the mean of those of its population, which has less noise: their
# sum is told at the ends of bins.
OWN_RATE = Equations("E_read = event_rate : Hz")
UNIT_RATE = Equations("""
    E_read = E_sum*part_of_unit : Hz
    E_sum : Hz
    part_of_unit : 1 (constant)
    """)
TELL_RATE = "E_sum_pre = E_bar_sum_post"

# A constant reference of each population is its burst probability while the network settles, measured twice: the second
# time with the event route that the first one sets. `measuring` is 1 where counts begin and 2 where they end. Of fewer
# than 100 events it would be noise (an SD of 0.05 and more) that pushes its weights one way ever after: a population
# that is nearly silent keeps the one that it was given.
REFERENCE = Equations("""
    P_b : 1
    events_before : 1
    bursts_before : 1
    """)
MEASURE = """
    ends = int(measuring(t) > 1.5)*int(events - events_before > 99.5)
    P_b += ends*((bursts - bursts_before)/clip(events - events_before, 1, inf) - P_b)
    begins = int(measuring(t) > 0.5)*int(measuring(t) < 1.5)
    events_before += begins*(events - events_before)
    bursts_before += begins*(bursts - bursts_before)
    """
TELL = "P_b_pre = P_b_post"

# What is summed over each population beside its events and bursts: E_bar, the teaching current and G.
POPULATION = Equations("""
    E_bar_sum : Hz
    I_teach_sum : amp
    G_sum : Hz
    """)
POPULATION_SUMS = Equations("""
    E_bar_sum_post = event_rate_pre : Hz (summed)
    I_teach_sum_post = I_teach_pre : amp (summed)
    G_sum_post = G_pre : Hz (summed)
    """)
