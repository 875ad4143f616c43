"""Speed of burstlab's XOR network against the same network written straightforwardly in Brian2 (straightforward.py).

Both at N 500 and dt 0.1 ms, in their training phase, one after the other on one pinned core, compilation excluded.
Prints one JSON line. Needs the extra `test`. Run on an otherwise idle core:

    python benchmarks/xor_speed.py [--seconds 60] [--core 1]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import psutil
except ImportError:
    sys.exit("this needs psutil: pip install 'burstlab[test]'")

from burstlab.experiments import xor
from burstlab.experiments.engine import cache, process
from burstlab.models.parameters import with_changes


def settings(seconds: float) -> xor.Config:
    """Tests and settling are short here: 8 of 9 examples are taught, with the cycle of the paper's preset."""
    epochs = max(1, round(seconds / 32))
    return with_changes(xor.PRESETS["paper"], {"epochs": str(epochs), "settling": "0.8 s"})


def burstlab_run(seconds: float, folder: str) -> tuple[float, float]:
    """Simulated seconds per wall second of the run, and its memory (MB); compiled already."""
    config = settings(seconds)
    built = cache.compiled(xor.EXPERIMENT, config, 32, cache=Path(folder) / "cache")
    memory = []

    def look(now: float, total: float) -> None:
        if now > total / 2 and not memory:  # a look through all processes takes time from the pinned core: once
            memory.append(psutil.Process().children()[0].memory_info().rss / 1e6)

    done = process.run_program(built, xor.EXPERIMENT.values(config, 1), 1, Path(folder), progress=look)
    return float(config.duration) / done.run_s, memory[0]


def straightforward_run(seconds: float, folder: str) -> tuple[float, float]:
    """Simulated seconds per wall second of the run, and compile time (s)."""
    script = Path(__file__).with_name("straightforward.py")
    done = subprocess.run(
        [sys.executable, str(script), f"{folder}/straightforward", str(seconds), "500"],
        capture_output=True,
        text=True,
        check=True,
    )
    compile_s, speed = done.stdout.split()[-2:]
    return float(speed), float(compile_s)


def main() -> None:
    """Run both and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=64, help="simulated time of each")
    parser.add_argument("--core", type=int, default=os.cpu_count() - 1 if os.cpu_count() else 0)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):  # Linux
        os.sched_setaffinity(0, {options.core})
    with tempfile.TemporaryDirectory() as folder:
        compile_s = cache.compiled(
            xor.EXPERIMENT, settings(options.seconds), 32, cache=Path(folder) / "cache"
        ).compile_s
        ours, memory = burstlab_run(options.seconds, folder)
        theirs, their_compile_s = straightforward_run(options.seconds, folder)
    line = {
        "burstlab_speed": round(ours, 2),
        "straightforward_speed": round(theirs, 2),
        "ratio": round(ours / theirs, 2),
        "burstlab_compile_s_one_core": round(compile_s, 1),
        "straightforward_compile_s_one_core": round(their_compile_s, 1),
        "burstlab_memory_MB": round(memory),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
