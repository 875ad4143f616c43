"""How fast the XOR network of full cells runs: 500 cells per population, dt 0.1 ms, one core.

Five times the same run, without its set-up; the median counts, and at least 5 simulated seconds per wall second are
asked for. Needs the extra `test`. Run it on an otherwise idle machine:

    taskset -c 0 python benchmarks/xor_full_speed.py
"""

from __future__ import annotations

import statistics
import sys
import tempfile

from scaling import timed

from burstlab.experiments import xor_full
from burstlab.models.parameters import with_changes

ASKED = 5.0
CHANGES = {"dt": "0.1 ms", "epochs": "1", "settling": "0 s", "example_duration": "1 s"}


def main() -> None:
    """Print the speed of every run and the median; exit code 1 if that is below what is asked for."""
    config = with_changes(xor_full.PRESETS["full"], CHANGES)
    with tempfile.TemporaryDirectory() as folder:
        runs = [timed(xor_full.EXPERIMENT, config, seed, folder) for seed in range(5)]
    speeds = [1 / wall for _, wall, _ in runs]
    print("simulated s per wall s:", ", ".join(f"{speed:.2f}" for speed in speeds))
    median = statistics.median(speeds)
    print(f"median {median:.2f} ({ASKED:g} asked for), {max(memory for *_, memory in runs):.0f} MB")
    sys.exit(median < ASKED)


if __name__ == "__main__":
    main()
