"""Rules of the experiment `deep` beside each other: error and angles over seeds, as a table and a figure.

python benchmarks/deep_table.py rules --seeds 5 --set epochs=5
python benchmarks/deep_table.py depth --seeds 3
python benchmarks/deep_table.py convolution --seeds 5 --set device=gpu
python benchmarks/deep_table.py depth convolution --seeds 3 --figure harder.png

Each run is a folder of results/deep; what is there and whole is not made again, so that it can be stopped and go on.
The same settings, seeds and numbers of epochs for all rules; --set changes them for all. Needs the extra `deep`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import burstlab
from burstlab.analysis import deep, figures
from burstlab.experiments.runs.folders import save_figure

BACKPROP = {"rule": "backprop"}
LEARNED = {"rule": "burst", "feedback": "learned", "recurrent": "on"}
RANDOM = {"rule": "burst", "feedback": "random", "recurrent": "on"}
NODES = {"rule": "node_perturbation"}
RULES = [
    BACKPROP,
    {"rule": "burst", "feedback": "symmetric", "recurrent": "on"},
    LEARNED,
    {"rule": "burst", "feedback": "learned", "recurrent": "off"},
    RANDOM,
    *({"rule": "one_phase", "feedback": feedback} for feedback in ("symmetric", "learned", "random")),
    {"rule": "feedback_alignment", "feedback": "random"},
]
FEW = [BACKPROP, LEARNED, RANDOM, NODES]
CONVOLUTION = {"network": "convolutional", "filters": "16, 32, 64", "hidden": "128", "epochs": 10}
# Four times Glorot's spread, since the slope of a logistic unit is a quarter: signals neither fade nor grow.
DEPTH = {"gain": 4, "eta": 0.1, "epochs": 5}
TABLES: dict[str, list[dict[str, Any]]] = {
    "rules": RULES,
    "depth": [{**rule, **DEPTH, "hidden": ", ".join(["200"] * n)} for n in (1, 2, 4, 8) for rule in FEW],
    "convolution": [{**rule, **CONVOLUTION} for rule in FEW],
}


def made(folder: Path, settings: dict[str, Any], preset: str, seed: int) -> Any:
    """The run of a folder: found, gone on with, or made now."""
    try:
        return burstlab.load(folder)
    except burstlab.RunError:
        pass
    if (folder / "unfinished" / "state.json").exists():
        return burstlab.resume(folder)
    return burstlab.run("deep", preset, seed=seed, out=folder, **settings)


def shown(values: list[np.ndarray], digits: int) -> str:
    """Means over seeds, with standard deviations where there are several."""
    mean, sd = np.mean(values, axis=0), np.std(values, axis=0, ddof=1) if len(values) > 1 else None
    parts = [f"{m:.{digits}f}" for m in np.atleast_1d(mean)]
    if sd is not None:
        parts = [f"{part} ± {s:.{digits}f}" for part, s in zip(parts, np.atleast_1d(sd), strict=True)]
    return " / ".join(parts)


def line(runs: list[Any]) -> str:
    """A rule's row of the table, of the runs that did not diverge."""
    done = [run for run in runs if run.status == "done"]
    parameters = runs[0].config["parameters"]
    some = "" if len(done) in (0, len(runs)) else f" ({len(done)} of {len(runs)} seeds)"
    head = f"| {deep.rule_name(parameters)}{some} | {len(parameters['hidden'])}"
    if not done:
        return f"{head} | {runs[0].summary['diverged']} | | | |"
    cells = [
        shown([np.array(run.summary[key]) for run in done], digits) if key in done[0].summary else ""
        for key, digits in (("error_percent", 2), ("angle_feedback_deg", 0), ("angle_signal_deg", 1), ("run_s", 0))
    ]
    return f"{head} | {' | '.join(cells)} |"


def main() -> None:
    """Make the runs, print the tables as they come, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", choices=list(TABLES))
    parser.add_argument("--preset", default="fashion")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    if arguments.figure and "rules" in arguments.tables and len(arguments.tables) > 1:
        parser.error("rules has a figure of its own; draw it alone")
    changes = dict(text.split("=", 1) for text in arguments.set)
    found = []
    print("| rule | hidden | test error, % | down against up, degrees | signals against backprop's, degrees | s |")
    print("|---|---|---:|---:|---:|---:|")
    for table in arguments.tables:
        place = Path("results/deep") / f"{table}-{arguments.preset}"
        for k, row in enumerate(TABLES[table]):
            settings = {name: str(value) for name, value in {**row, **changes}.items()}
            seeds = range(1, arguments.seeds + 1)
            runs = [made(place / f"{k:02d}-seed{seed}", settings, arguments.preset, seed) for seed in seeds]
            print(line(runs), flush=True)
            if done := [run.arrays for run in runs if run.status == "done"]:
                found.append((runs[0].config["parameters"], done))
    if arguments.figure is not None and found:
        draw = deep.compared if arguments.tables == ["rules"] else deep.against_depth
        title = f"deep, preset {arguments.preset}, {arguments.seeds} seeds"
        save_figure(figures.drawn(lambda: draw(found), title=title), arguments.figure)


if __name__ == "__main__":
    try:
        main()
    except (burstlab.ParameterError, burstlab.RunError) as error:
        raise SystemExit(str(error)) from None
