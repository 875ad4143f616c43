"""From a slider of `burstlab explore` to new data in the browser: 300 ms at most, median of 20 updates.

    taskset -c 0,1 python benchmarks/explore_latency.py

Exits with 1 if the trace takes longer. Curves, which begin when a slider has rested for 150 ms, are stated too.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.explore_page import CHROMIUM, opened, served, time_update

ALLOWED_S = 0.3
UPDATES = 20


def main() -> None:
    """Time updates of the trace and of the curves."""
    if CHROMIUM is None:
        raise SystemExit("no chromium here (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (_, url), opened(url) as page:
        medians = {}
        for what, source in (("trace", "steps-v_s-live"), ("curves", "f-I-curve-live")):
            times = []
            for step in range(1, UPDATES + 1):
                times.append(time_update(page, "tau_d", 7 + 0.1 * step, source))
                page.wait_for_timeout(700)  # one update at a time
            medians[what] = statistics.median(times)
            print(
                f"{what:<7} best {1e3 * min(times):4.0f} ms, median {1e3 * medians[what]:4.0f} ms, "
                f"worst {1e3 * max(times):4.0f} ms"
            )
    if medians["trace"] > ALLOWED_S:
        raise SystemExit(f"the trace takes longer than {1e3 * ALLOWED_S:.0f} ms")


if __name__ == "__main__":
    main()
