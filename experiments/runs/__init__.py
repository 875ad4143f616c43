"""How runs are made and kept: plans, runs, seeds, sweeps, their folders and results."""
