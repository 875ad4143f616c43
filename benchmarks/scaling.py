"""How time and memory of the XOR network grow with its size, at a constant number of synapses per cell.

For N from 125 to 8000 per population, one process and two at once: simulated seconds per wall second and time per cell,
both without the set-up (connecting the cells), the set-up itself, and the memory of a process. Writes
benchmarks/scaling.json and the plot docs/figures/scaling.png. Needs the extra `test`. Run it on an otherwise idle
machine:

    python benchmarks/scaling.py [--seconds 12]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

try:
    import psutil
except ImportError:
    sys.exit("this needs psutil: pip install 'burstlab[test]'")
from matplotlib.figure import Figure

from burstlab.experiments import xor
from burstlab.experiments.engine import cache, process
from burstlab.models.parameters import with_changes

SIZES = (125, 250, 500, 1000, 2000, 4000, 8000)
ROOT = Path(__file__).parent.parent


def settings(n: int, seconds: float) -> xor.Config:
    """Twelve examples, four of them with learning, in `seconds` of simulated time."""
    changes = {"n": str(n), "epochs": "1", "settling": "0 s", "example_duration": f"{seconds / 12:g} s"}
    return with_changes(xor.PRESETS["paper"], changes)


def simulate(n: int, seconds: float, seed: int, folder: str) -> tuple[float, float, float]:
    """Wall time of set-up and of a simulated second (s), and memory (MB), of a program that is already compiled."""
    return timed(xor.EXPERIMENT, settings(n, seconds), seed, folder)


def timed(experiment: Any, config: Any, seed: int, folder: str) -> tuple[float, float, float]:
    """Wall time of set-up and of a simulated second (s), and memory (MB), of one run of an experiment."""
    built = cache.compiled(experiment, config, 32, cache=Path(folder) / "cache")
    values = experiment.values(config, seed)
    seen, memory = [], []

    def look(now: float, total: float) -> None:
        seen.append((time.perf_counter(), now))
        if now > total / 2 and not memory:  # the program is the only child of this process
            memory.append(psutil.Process().children()[0].memory_info().rss / 1e6)

    began = time.perf_counter()
    process.run_program(built, values, seed, Path(folder), progress=look)
    (first, at_first), (last, at_last) = seen[0], seen[-1]
    return first - began, (last - first) / (at_last - at_first), memory[0]


def measure(n: int, jobs: int, seconds: float, folder: str) -> dict[str, Any]:
    """Run `jobs` simulations at once; the slowest counts."""
    cache.compiled(xor.EXPERIMENT, settings(n, seconds), 32, cache=Path(folder) / "cache")
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = [pool.submit(simulate, n, seconds, seed, folder) for seed in range(jobs)]
        setup, wall, memory = (max(column) for column in zip(*(run.result() for run in runs), strict=True))
    return {
        "n": n,
        "jobs": jobs,
        "speed": 1 / wall,
        "us_per_cell_and_simulated_s": 1e6 * wall / (5 * n),
        "setup_s": setup,
        "memory_MB": memory,
    }


def draw(rows: list[dict[str, Any]]) -> None:
    """Speed, time per cell and memory against size."""
    figure = Figure(figsize=(10, 3), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for jobs, marker in ((1, "o"), (2, "s")):
        some = [row for row in rows if row["jobs"] == jobs]
        sizes = [row["n"] for row in some]
        label = f"{jobs} process{'es' * (jobs > 1)}"
        left.loglog(sizes, [row["speed"] for row in some], marker=marker, label=label)
        middle.semilogx(sizes, [row["us_per_cell_and_simulated_s"] for row in some], marker=marker, label=label)
        right.semilogx(sizes, [row["memory_MB"] for row in some], marker=marker, label=label)
    left.axhline(1, color="0.7", linewidth=0.8)  # as fast as the brain
    left.set_ylabel("simulated s per wall s, each")
    middle.set_ylabel("µs per cell and simulated s")
    left.set_yticks((0.5, 1, 2, 5, 10, 20, 50, 100), ("0.5", "1", "2", "5", "10", "20", "50", "100"))
    for axes in (middle, right):
        axes.set_ylim(bottom=0)
    right.set_ylabel("memory of a process (MB)")
    for axes in (left, middle, right):
        axes.set_xlabel("cells per population")
        axes.set_xticks(SIZES, [f"{size / 1000:g}k" if size >= 1000 else str(size) for size in SIZES])
        axes.minorticks_off()
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(ROOT / "docs" / "figures" / "scaling.png", dpi=150)


def main() -> None:
    """Measure every size, write the table and the plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=12, help="simulated time of each")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n in SIZES:
            for jobs in (1, 2):
                if jobs <= (os.cpu_count() or 1):
                    rows.append(measure(n, jobs, options.seconds, folder))
                    print(json.dumps(rows[-1]), flush=True)
    (ROOT / "benchmarks" / "scaling.json").write_text(json.dumps(rows, indent=1) + "\n")
    draw(rows)


if __name__ == "__main__":
    main()
