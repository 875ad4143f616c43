"""Events and bursts of populations: counted in the cells, summed over each population at the ends of bins only.

The sums are those since the start of the simulation, so their differences are the counts in bins of any width.
"""

from brian2 import Equations

# `population` is the number of the cell's population.
COUNTERS = Equations("""
    n_events : 1
    n_bursts : 1
    population : integer
    """)
COUNT_EVENT = "\nn_events += 1\n"
COUNT_BURST = "\nn_bursts += 1\n"

POPULATION = Equations("""
    events : 1
    bursts : 1
    """)
POPULATION_SUMS = Equations("""
    events_post = n_events_pre : 1 (summed)
    bursts_post = n_bursts_pre : 1 (summed)
    """)
