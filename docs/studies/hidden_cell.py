"""A recording to fit: f-I and BP curves of a cell of which five parameters are not those of the paper.

    python docs/studies/hidden_cell.py

writes fI.csv and BP.csv into the current folder. For docs/fit.md.
"""

import csv

import numpy as np

from burstlab import run

HIDDEN = {"tau_s": "13.5 ms", "b": "240 pA", "tau_d": "8.2 ms", "g_d": "1320 pA", "a": "11 nS"}
CURRENTS = ", ".join(f"{current} pA" for current in range(-200, 601, 100))
# Of a point where no cell differs from another the error is 0; a recording is never that exact.
LEAST_ERROR = {"event_rate": 0.05, "burst_probability": 0.01}


def write(result, name, along, measured, unit):
    """A curve as CSV: units in the header, a standard error for each point."""
    current = 1e12 * result.arrays[f"{along}/current"]
    value, error = (result.arrays[f"{along}/{what}"][0] for what in (measured, f"{measured}_error"))
    with open(name, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([f"{along} (pA)", f"{measured} ({unit})", f"{measured}_error ({unit})"])
        for row in zip(current, value, np.maximum(error, LEAST_ERROR[measured]), strict=True):
            if np.isfinite(row).all():
                rows.writerow([f"{number:.5g}" for number in row])


if __name__ == "__main__":
    recorded = run(
        "response_curves", seed=77, cells_per_current=50, somatic_sweep=CURRENTS, dendritic_sweep=CURRENTS,
        out="results/hidden", force=True, **HIDDEN,
    )  # fmt: skip
    write(recorded, "fI.csv", "somatic_sweep", "event_rate", "Hz")
    write(recorded, "BP.csv", "dendritic_sweep", "burst_probability", "1")
