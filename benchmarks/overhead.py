"""What a run costs beside its simulation: 100 runs of `current_steps` with different parameters, and one compile.

Prints one JSON line: compile time, number of compiles, and the median wall time of a run in ms (800 ms simulated).

    python benchmarks/overhead.py
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from burstlab.experiments import current_steps
from burstlab.experiments.engine import cache, process
from burstlab.models.parameters import with_changes


def main() -> None:
    """Measure and print."""
    times, compiles = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for k in range(100):
            config = with_changes(current_steps.PRESETS["quick"], {"tau_d": f"{5 + 0.05 * k:g} ms"})
            began = time.perf_counter()
            built = cache.compiled(current_steps.EXPERIMENT, config, 32, cache=folder / "cache")
            compiles += [built.compile_s] if built.compile_s else []
            raw = process.run_program(built, current_steps.values(config, 1), 1, folder).raw
            current_steps.analyse(config, raw, 1)
            times.append(time.perf_counter() - began)
    line = {
        "compiles": len(compiles),
        "compile_s": round(sum(compiles), 2),
        "median_ms": round(1e3 * statistics.median(times[1:]), 1),
        "longest_ms": round(1e3 * max(times[1:]), 1),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
