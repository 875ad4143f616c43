"""How long a user waits for nothing but the start: the median of some repeats of each short command, in s.

python benchmarks/start.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 7
BURSTLAB = str(Path(sys.executable).with_name("burstlab"))
# Each with the time that it may take.
STARTS: dict[tuple[str, ...], float] = {
    (sys.executable, "-c", "import burstlab"): 0.2,
    (BURSTLAB, "--help"): 0.6,
    (BURSTLAB, "list"): 0.6,
    (BURSTLAB, "nonsense"): 0.6,
    (BURSTLAB, "run", "xro"): 0.6,
    (BURSTLAB, "params", "xor"): 1.5,
    (BURSTLAB, "run", "xor", "--set", "tau_d=9 s"): 1.5,
}


def main() -> None:
    """Print the medians beside what is allowed."""
    for words, allowed in STARTS.items():
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            subprocess.run(words, capture_output=True, check=False)
            times.append(time.perf_counter() - began)
        shown = " ".join((Path(words[0]).name, *words[1:]))
        print(f"{shown:<40} {statistics.median(times):6.2f} s (at most {allowed} s)")


if __name__ == "__main__":
    main()
