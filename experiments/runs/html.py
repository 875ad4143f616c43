"""Runs and sweeps as a notebook shows them: status, headline numbers with units, the figure."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError
from burstlab.models.html import table

from ..catalogue import of_run
from ..errors import RunError

# What the names of numbers in a summary end with.
_UNITS = ("Hz", "s", "pA", "mV", "nS", "ms", "MB")
_ALWAYS = ("experiment", "preset", "seed", "seeds", "status", "simulated_s", "compile_s", "run_s", "speed")
_MOST = 12


def run(result: Any) -> str:
    """A run, or several seeds."""
    summary = result.summary
    rows = [(name, shown(value), unit) for name, value, unit in _headlines(result)]
    if summary.get("speed") is not None:  # it is None where nothing is simulated
        rows.append(("speed", f"{summary['speed']:.3g}", "simulated s per s"))
    rows += [(name, summary[name], "") for name in ("diverged", "undrawn") if name in summary]
    return _page(result.folder, summary, table(("", "", "unit"), rows))


def sweep(result: Any) -> str:
    """A sweep: how far it is, and what it goes through."""
    vary = result.config["vary"]
    rows = [(name, len(values), shown(values)) for name, values in vary.items()]
    rows.append(("seed", len(result.config["seeds"]), shown(result.config["seeds"])))
    summary = result.summary
    done = f"{summary['done_count']} of {summary['runs_count']} runs done"
    return _page(result.folder, summary, table(("varied", "values", ""), rows), f"sweep, {done}")


def _page(folder: Path, summary: Mapping[str, Any], numbers: str, what: str = "") -> str:
    seeds = f"seed {summary['seed']}" if "seed" in summary else f"seeds {shown(summary.get('seeds', ''))}"
    title = f"{summary['experiment']} {summary['preset']}, {what or seeds}: {summary['status']}"
    figure, picture = folder / "figure.png", ""
    if figure.is_file():
        data = base64.b64encode(figure.read_bytes()).decode()
        picture = f'<img alt="figure of {escape(title)}" style="max-width: 100%" src="data:image/png;base64,{data}">'
    return f"<div><strong>{escape(title)}</strong><br><code>{escape(str(folder))}</code>{numbers}{picture}</div>"


def _headlines(result: Any) -> Iterator[tuple[str, Any, str]]:
    """Name, value and unit of the numbers that an experiment calls its headlines; of others the single ones."""
    summary = result.summary
    try:
        names = of_run(result.folder, result.config).headlines
    except (RunError, ParameterError):  # the file of the experiment has not been named
        names = None
    if names is None:
        known = (*_ALWAYS, "runs", "diverged", "undrawn")
        names = [name for name, value in summary.items() if name not in known and isinstance(value, int | float | str)]
    for name in list(names)[:_MOST]:
        for key in (name, f"{name}_mean"):
            if key in summary:
                words = name.split("_")
                yield " ".join(words[:-1] if words[-1] in _UNITS else words), summary[key], _unit(words[-1])
                break


def _unit(word: str) -> str:
    return word if word in _UNITS else ""


def shown(value: Any) -> str:
    """A number or several for people."""
    if isinstance(value, list):
        words = [shown(item) for item in value]
        return ", ".join(words if len(words) <= 8 else [*words[:6], "...", words[-1]])
    if value is None:
        return "\u2013"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
