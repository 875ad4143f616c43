"""Runs, sweeps and the like as a notebook shows them: status, numbers with units, the figure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError
from burstlab.models.html import table
from burstlab.models.quantities import brief

from ..catalogue import of_run
from ..errors import RunError
from .sweep_table import NOT_NUMBERS

# What the names of numbers in a summary end with, before which of several one is: event_rate_after_Hz[0].
_UNITS = ("Hz", "s", "pA", "mV", "nS", "ms", "MB")
_NAME = re.compile(rf"(.+?)(?:_({'|'.join(_UNITS)}))?((?:\[|\.).*)?")
_ALWAYS = ("experiment", "preset", "seed", "seeds", "status", "simulated_s", "compile_s", "run_s", "speed")
_MOST, _MOST_ROWS = 12, 60


def run(result: Any) -> str:
    """A run, or several seeds."""
    summary = result.summary
    rows = [(*_named(name), value) for name, value in _headlines(result)]
    shown_rows = [(words, _beside(value, summary), unit) for words, unit, value in rows]
    if summary.get("speed") is not None:  # it is None where nothing is simulated
        shown_rows.append(("speed", f"{summary['speed']:.3g}", "simulated s per s"))
    shown_rows += [(name, summary[name], "") for name in ("diverged", "undrawn") if name in summary]
    seeds = f"seed {summary['seed']}" if "seed" in summary else f"seeds {shown(summary.get('seeds', ''))}"
    return page(result, seeds, table(("number", "value", "unit"), shown_rows))


def sweep(result: Any) -> str:
    """A sweep: how far it is, what it goes through, and between what its numbers lie."""
    vary = result.config["vary"]
    rows = [(name, len(values), shown([_short(value) for value in values])) for name, values in vary.items()]
    rows.append(("seed", len(result.config["seeds"]), shown(result.config["seeds"])))
    numbers = [
        (words, *(shown(float(each)) for each in (found.min(), found.mean(), found.max())), unit)
        for name, column in result.table.items()
        if name not in (*NOT_NUMBERS, *vary) and len(found := column[np.isfinite(column)])
        for words, unit in [_named(name)]
    ]
    found_table = table(("number", "lowest", "mean", "highest", "unit"), numbers[:_MOST]) if numbers else ""
    found_table += lines([f"and {len(numbers) - _MOST} numbers more in table.csv"]) if len(numbers) > _MOST else ""
    return page(result, many("sweep", result), table(("varied", "count", "values"), rows), found_table)


def _short(value: Any) -> Any:
    """A value of config.json, as people read it: "1133.33333333 pA" with six digits."""
    number, space, unit = str(value).partition(" ")
    try:
        return brief(float(number)) + space + unit
    except ValueError:  # a word, or several values
        return value


def many(what: str, result: Any) -> str:
    """What something with many runs is, and how many are done."""
    return f"{what}, {result.summary['done_count']} of {result.summary['runs_count']} runs done"


def page(result: Any, what: str, *parts: str) -> str:
    """A page of a result: what it is and its status, its folder, parts in HTML, its figure."""
    summary = result.summary
    title = f"{summary['experiment']} {summary['preset']}, {what}: {summary['status']}"
    image = picture(result.folder / "figure.png", f"figure of {title}")
    head = f"<strong>{escape(title)}</strong><br><code>{escape(str(result.folder))}</code>"
    return f"<div>{head}{''.join(parts)}{image}</div>"


def picture(figure: Path | None, meaning: str) -> str:
    """A figure within a page; nothing where there is none."""
    if figure is None or not figure.is_file():
        return ""
    data = base64.b64encode(figure.read_bytes()).decode()
    return f'<img alt="{escape(meaning)}" style="max-width: 100%" src="data:image/png;base64,{data}">'


def lines(said: Sequence[str]) -> str:
    """Sentences, each in a line of its own."""
    return "".join(f"<br>{escape(line)}" for line in said)


def columns(named: Mapping[str, np.ndarray]) -> str:
    """A table of columns; of a long one, its first rows."""
    rows = list(zip(*(column.tolist() for column in named.values()), strict=True))
    more = f"<p>and {len(rows) - _MOST_ROWS} rows more</p>" if len(rows) > _MOST_ROWS else ""
    return table(tuple(named), [tuple(map(shown, row)) for row in rows[:_MOST_ROWS]]) + more


def _headlines(result: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of the numbers that an experiment calls its headlines; of others the single ones."""
    summary = result.summary
    try:
        names = of_run(result.folder, result.config).headlines
    except (RunError, ParameterError):  # the file of the experiment has not been named
        names = None
    if names is None:
        known = (*_ALWAYS, "runs", "diverged", "undrawn")
        names = [name for name, value in summary.items() if name not in known and isinstance(value, int | float | str)]
    for name in list(names)[:_MOST]:
        key = next((key for key in (name, f"{name}_mean") if key in summary), None)
        if key is not None:
            yield name, summary[key]


def _named(name: str) -> tuple[str, str]:
    """The name of a number in words, and its unit."""
    parts = _NAME.fullmatch(name)
    words, unit, which = parts.groups("") if parts else (name, "", "")
    return f"{words.replace('_', ' ')} {which}".strip(), unit


def _beside(value: Any, summary: Mapping[str, Any]) -> str:
    """A value; of one for each input of a task, each with its input, or with what is wanted of it."""
    for name, word in (("inputs", ""), ("targets", "target ")):
        each = summary.get(name)
        if isinstance(value, list) and isinstance(each, list) and len(value) == len(each) <= _MOST:
            return ", ".join(f"{shown(one)} ({word}{shown(beside)})" for one, beside in zip(value, each, strict=True))
    return shown(value)


def shown(value: Any) -> str:
    """A number or several for people."""
    if isinstance(value, list):
        words = [shown(item) for item in value]
        return ", ".join(words if len(words) <= 8 else [*words[:6], "...", words[-1]])
    if value is None or value != value:
        return "\u2013"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
