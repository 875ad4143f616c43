"""How time and memory of the XOR network grow with its size, at a constant number of synapses per cell.

For N from 125 to 8000 per population, one process and two at once: wall time per cell and simulated second, and peak
memory. Writes benchmarks/scaling.json and the plot docs/figures/scaling.png.

    python benchmarks/scaling.py [--seconds 16]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from burstlab.experiments import program, xor
from burstlab.models.parameters import with_changes

SIZES = (125, 250, 500, 1000, 2000, 4000, 8000)
ROOT = Path(__file__).parent.parent


def measure(n: int, jobs: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Run `jobs` simulations at once; the slowest counts."""
    config = with_changes(
        xor.PRESETS["paper"], {"n": str(n), "epochs": "1", "settling": "0 s", "example_duration": f"{seconds / 12:g} s"}
    )
    built = program.compiled(xor, config, 32, cache=folder / "cache")
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda seed: program.run_program(built, xor.values(config, seed), seed, folder), range(jobs)))
    wall = time.perf_counter() - began
    simulated = float(config.duration)
    return {
        "n": n,
        "jobs": jobs,
        "speed": simulated / wall,
        "ns_per_cell_and_step": 1e9 * wall / (5 * n * simulated / float(config.dt)),
        "us_per_cell_and_simulated_s": 1e6 * wall / (5 * n * simulated),
        "peak_memory_MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def draw(rows: list[dict[str, Any]]) -> None:
    """Speed and time per cell against size."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for jobs, marker in ((1, "o"), (2, "s")):
        some = [row for row in rows if row["jobs"] == jobs]
        sizes = [row["n"] for row in some]
        label = f"{jobs} process{'es' * (jobs > 1)}"
        left.loglog(sizes, [row["speed"] for row in some], marker=marker, label=label)
        right.loglog(sizes, [row["us_per_cell_and_simulated_s"] for row in some], marker=marker, label=label)
    left.set_ylabel("simulated s per wall s, each")
    right.set_ylabel("µs per cell and simulated s")
    for axes in (left, right):
        axes.set_xlabel("cells per population")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(ROOT / "docs" / "figures" / "scaling.png", dpi=150)


def main() -> None:
    """Measure every size, write the table and the plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=12, help="simulated time of each")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for n in SIZES:
            for jobs in (1, 2):
                if jobs <= (os.cpu_count() or 1):
                    rows.append(measure(n, jobs, options.seconds, Path(name)))
                    print(json.dumps(rows[-1]), flush=True)
    (ROOT / "benchmarks" / "scaling.json").write_text(json.dumps(rows, indent=1) + "\n")
    draw(rows)


if __name__ == "__main__":
    main()
