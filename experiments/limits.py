"""What there is and how much is allowed: values that options name before anything else is loaded."""

BACKENDS = ("cpp", "cython", "numpy")
FORMATS = ("nwb", "netcdf", "csv")  # that runs are exported to
METHODS = ("sobol", "morris", "local")  # of sensitivity
COMPUTED = "python"  # in place of a backend, of what is no Brian2 network
MEMORY_LIMIT = "2 GB"
MOST_SEEDS = 10_000
COMPILING = "half a minute or so"  # what a compile takes, for people
VERBS = ("fit", "run", "sensitivity", "sweep")  # functions that take the parameters of an experiment
