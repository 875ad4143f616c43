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

from burstlab.analysis import figures
from burstlab.experiments import xor
from burstlab.experiments.engine import cache, process
from burstlab.experiments.runs import folders
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
    figure = figures.drawn(
        lambda: _panels(rows), title="The network of xor, 100 synapses per cell and route, dt 0.1 ms"
    )
    folders.save_figure(figure, ROOT / "docs" / "figures" / "scaling.png")


def _panels(rows: list[dict[str, Any]]) -> Any:
    figure = figures.canvas(10, 3.4)
    grid = figure.add_gridspec(1, 3)
    titles = ("Speed of each process", "Time", "Memory")
    labels = ("simulated s per wall s", "µs per cell and simulated s", "memory of a process (MB)")
    left, middle, right = (
        figures.panel(figure, place, title, "cells per population", label)
        for place, title, label in zip(grid, titles, labels, strict=True)
    )
    # The second is open and dashed: it is seen where it lies on the first.
    one, two = ({"color": figures.shade(part), "ms": 5, "mfc": "white"} for part in (0, 1))
    looks = (one | {"marker": "o"}, two | {"marker": "s", "ls": "--"})
    for jobs, look in zip((1, 2), looks, strict=True):
        some = [row for row in rows if row["jobs"] == jobs]
        sizes = [row["n"] for row in some]
        label = f"{jobs} process{'es' * (jobs > 1)}"
        left.loglog(sizes, [row["speed"] for row in some], label=label, **look)
        middle.semilogx(sizes, [row["us_per_cell_and_simulated_s"] for row in some], label=label, **look)
        if memory := [row["memory_MB"] for row in some if "memory_MB" in row]:
            right.semilogx(sizes, memory, label=label, **look)
    figures.threshold(left, 1)
    figures.note(left, SIZES[0], 1.05, "real time", va="bottom")
    left.set_yticks((0.5, 1, 2, 5, 10, 20, 50, 100), ("0.5", "1", "2", "5", "10", "20", "50", "100"))
    for axes in (middle, right):
        axes.set_ylim(bottom=0)
    for axes in (left, middle, right):
        axes.set_xticks(SIZES, [f"{size / 1000:g}k" if size >= 1000 else str(size) for size in SIZES])
        axes.minorticks_off()
        figures.legend(axes)
    return figure


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
