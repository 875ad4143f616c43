"""What a study of many runs costs beside the runs: time for each run, and memory, with a run that takes no time.

    python benchmarks/many_runs.py [SAMPLES]

All parameters of `current_steps` but one vary; 512 samples are some 12 000 runs, 1024 some 24 000. Needs the extra
`vary`.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import burstlab
from burstlab.experiments.runs import sensitivity, sweep_plan, sweeping


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("samples", type=int, nargs="?", default=512)
    samples = parser.parse_args().samples
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    planned = sensitivity.plan("current_steps", of="spike_count,first_spike_s", over="all", samples=samples)
    planning = time.perf_counter() - begin
    first = sweep_plan.work(planned.order(planned.runs[0]))

    def work(order: Any, stop: Any = None, folder: Any = None) -> dict[str, Any]:
        count = len(order["parameters"]["tau_d"]) + int(1e3 * float(order["parameters"]["tau_d"].split()[0])) % 17
        return first | {"summary": first["summary"] | {"spike_count": [count], "seed": order["seed"]}}

    sweeping.work = work
    with tempfile.TemporaryDirectory() as place:
        begin = time.perf_counter()
        processor = time.process_time()
        sweeping.execute(planned, Path(place) / "study", jobs=2)
        making, processor = time.perf_counter() - begin, time.process_time() - processor
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{planned.total} runs: planned in {1e3 * planning / planned.total:.2f} ms each")
    print(f"ordered, kept and tabulated in {1e3 * making / planned.total:.2f} ms each ({processor:.1f} s of processor)")
    print(f"memory {after / 1024:.0f} MB at most, {before / 1024:.0f} MB before")


if __name__ == "__main__":
    try:
        main()
    except (burstlab.ParameterError, burstlab.RunError) as error:
        raise SystemExit(str(error)) from None
