"""From a slider of `burstlab explore` to new data in the browser: 300 ms at most, median of 20 updates.

    taskset -c 0,1 python benchmarks/explore_latency.py

Exits with 1 if the trace takes longer, or if the last of 20 windows that are opened at once has no numbers after 15 s.
Curves, which begin when a slider has rested for 150 ms, are stated too. Needs the extra `test`, and chromium.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
try:
    from tests.explore_page import CHROMIUM, opened, served, time_update
    from tests.page_windows import NUMBERS, Window
except ImportError as error:
    sys.exit(f"this needs {error.name}: pip install 'burstlab[test]'")

ALLOWED_S, WINDOWS_ALLOWED_S = 0.3, 15
UPDATES = WINDOWS = 20


def main() -> None:
    """Time many windows that are opened at once, then updates of the trace and of the curves in one."""
    if CHROMIUM is None:
        raise SystemExit("no chromium here (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (_, url):
        for count in (1, WINDOWS):
            last = max(asyncio.run(time_windows(url, count)))
        medians = time_updates(url)
    if last > WINDOWS_ALLOWED_S:
        raise SystemExit(f"the last of {WINDOWS} windows has no numbers after {WINDOWS_ALLOWED_S} s")
    if medians["trace"] > ALLOWED_S:
        raise SystemExit(f"the trace takes longer than {1e3 * ALLOWED_S:.0f} ms")


async def time_windows(url: str, count: int) -> list[float]:
    """Seconds until each of so many windows, opened at once, shows the numbers of both experiments."""
    began = time.perf_counter()

    async def one() -> float:
        window = await Window.open(url)
        await window.shows(*NUMBERS)
        took = time.perf_counter() - began
        window.close()
        return took

    times = await asyncio.gather(*(one() for _ in range(count)))
    print(
        f"{count:>2} windows at once: first {min(times):.1f} s, median {statistics.median(times):.1f} s, "
        f"last {max(times):.1f} s"
    )
    return times


def time_updates(url: str) -> dict[str, float]:
    """Median seconds from a movement to the trace, and to the curves."""
    medians = {}
    with opened(url) as page:
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
    return medians


if __name__ == "__main__":
    main()
