"""What there is and how much is allowed: values that options name before anything else is loaded."""

BACKENDS = ("cpp", "cython", "numpy")
MEMORY_LIMIT = "2 GB"
MOST_SEEDS = 10_000
