"""burstlab compare: what differs between two runs in config and summary, and their curves in one figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.analysis.overlays import Run, laid_over
from burstlab.models.html import table
from burstlab.models.quantities import parse_quantity

from ..catalogue import of_run
from ..engine import removal
from ..errors import RunError
from ..runs import folders, html, media
from ..runs.result import Result, load_run

# A list is shown whole up to this length.
_LONGEST = 8
_ABSENT = "-"
# Of the same run they are never the same.
_OF_THE_MACHINE = ("compile_s", "run_s", "speed")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that differs: where, its two values as text, and what the second has more, for numbers."""

    part: str
    name: str
    first: str
    second: str
    change: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs beside each other.

    Attributes
    ----------
    first, second : Path
        Where they are.
    differences : list of Difference
        In the parts "config", "parameters" and "summary".
    figure : Path or None
        Their curves in one figure.
    no_figure : str
        Why there is none.
    """

    first: Path
    second: Path
    differences: list[Difference]
    figure: Path | None
    no_figure: str

    @property
    def identical(self) -> bool:
        """Whether nothing differs but what is the machine's."""
        return not self.differences

    def rows(self) -> list[tuple[str, ...]]:
        """The differences as rows of text, with a head, and the parts in rows of their own."""
        rows: list[tuple[str, ...]] = [("", str(self.first), str(self.second), "difference")]
        for part in dict.fromkeys(found.part for found in self.differences):
            rows.append((part, "", "", ""))
            rows += [(f"  {d.name}", d.first, d.second, d.change) for d in self.differences if d.part == part]
        return rows

    def _repr_html_(self) -> str:
        head, *rows = self.rows()
        parts = [number for number, row in enumerate(rows) if not row[0].startswith(" ")]
        said = "<strong>identical</strong>" if self.identical else table(head, rows, parts)
        drawn = self.figure if self.figure is not None and self.figure.suffix == ".png" else None
        figure = html.picture(drawn, f"curves of {self.first} and {self.second}")
        return f"<div>{said}{figure}{html.lines([str(self.figure or self.no_figure)])}</div>"


def compare(first: str | Path, second: str | Path, out: str | Path = "compare.png") -> Comparison:
    """Compare two runs: what differs in config and summary, and their curves in one figure.

    Compile and run time and speed are no difference: they are the machine's.

    Parameters
    ----------
    first, second : path
        Run directories.
    out : path
        The figure, with the suffix .png or .pdf, in a folder that is made where it is not there; a figure of
        burstlab's that is there is replaced, nothing else.

    Raises
    ------
    RunError
        If one is no run directory, or the figure cannot be written.

    Examples
    --------
    >>> import burstlab
    >>> burstlab.compare("results/xor/quick-seed1", "results/xor/quick-seed2").differences  # doctest: +SKIP
    """
    path = Path(out)
    folders.check_replaceable(path)
    results = [load_run(folder) for folder in (first, second)]
    with folders.using(f"{first} or {second}"):
        found = list(_differences(*results))
        figure, why = _overlay(results)
    if figure is not None:
        try:
            with removal.parents(path):
                folders.save_figure(figure, path)
        except OSError as error:
            raise RunError(f"cannot write {path}: {error.strerror or error}") from None
    drawn = None if figure is None else path
    return Comparison(first=Path(first), second=Path(second), differences=found, figure=drawn, no_figure=why)


def _overlay(results: list[Result]) -> tuple[Any, str]:
    names = [result.config["experiment"] for result in results]
    if names[0] != names[1]:
        return None, f"no figure: runs of different experiments, {names[0]} and {names[1]}"
    for result in results:
        if result.status != "done" or "runs" in result.summary:
            why = "holds several seeds" if "runs" in result.summary else f"is {result.status}"
            return None, f"no figure: {result.folder} {why}"
    experiment = of_run(results[0].folder, results[0].config)
    folders = [result.folder for result in results]
    labels = [folder.name for folder in folders] if folders[0].name != folders[1].name else list(map(str, folders))
    if experiment.overlay is None:
        try:
            return laid_over(results[0].figure(), results[1].figure(), labels), ""
        except ValueError as error:
            return None, f"no figure: those of {labels[0]} and {labels[1]} have other panels ({error})"
    runs = [
        Run(label=label, arrays=result.arrays, summary=result.summary)
        for label, result in zip(labels, results, strict=True)
    ]
    return media.drawn(lambda: experiment.overlay(runs), "screen", {"experiment": names[0]}), ""


# ---- what differs ----------------------------------------------------------------------------------------------------


def _differences(first: Result, second: Result) -> Iterator[Difference]:
    configs = [
        {key: value for key, value in result.config.items() if key != "parameters"} for result in (first, second)
    ]
    parameters = [result.config.get("parameters", {}) for result in (first, second)]
    summaries = [
        {key: value for key, value in result.summary.items() if not _is_set_aside(key, result.config)}
        for result in (first, second)
    ]
    for part, (a, b) in (("config", configs), ("parameters", parameters), ("summary", summaries)):
        flat_a, flat_b = dict(_flat(a)), dict(_flat(b))
        for name in {**flat_a, **flat_b}:
            if not _same(flat_a.get(name, _ABSENT), flat_b.get(name, _ABSENT)):
                yield _difference(part, name, flat_a.get(name, _ABSENT), flat_b.get(name, _ABSENT))


def _is_set_aside(key: str, config: Mapping[str, Any]) -> bool:
    """Whether a number of the summary is said elsewhere, or is the machine's."""
    return key in (*config, "runs") or key.removesuffix("_mean").removesuffix("_sd") in _OF_THE_MACHINE


def _same(a: Any, b: Any) -> bool:
    """Whether two values say the same: 9 ms is 9.0 ms, 9*ms, and 0.009 s."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if a == b or not (isinstance(a, str) and isinstance(b, str)):
        return bool(a == b)
    x, y = parse_quantity(a), parse_quantity(b)
    # Twelve digits: 9*ms and 0.009 s are not the same float.
    return x is not None and y is not None and x.dim is y.dim and f"{float(x):.12g}" == f"{float(y):.12g}"


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _difference(part: str, name: str, a: Any, b: Any) -> Difference:
    return Difference(part=part, name=name, first=_shown(a), second=_shown(b), change=_change(a, b))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) if len(value) <= _LONGEST else f"{len(value)} values"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _change(a: Any, b: Any) -> str:
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return ""
        numbers = [_numbers(x, y) for x, y in zip(a, b, strict=True)]
        known = [pair for pair in numbers if pair is not None]
        if not known or len(known) < len(numbers):
            return ""
        changes, unit = [y - x for x, y, _ in known], known[0][2]
        if len(changes) > _LONGEST:
            return f"at most {max(changes, key=abs):+.3g}{unit}, {np.mean(changes):+.3g}{unit} on average"
        return ", ".join(f"{change:+.3g}{unit}" for change in changes)
    pair = _numbers(a, b)
    return "" if pair is None else f"{pair[1] - pair[0]:+.4g}{pair[2]}"


def _numbers(a: Any, b: Any) -> tuple[float, float, str] | None:
    """Both as numbers of one unit, and that unit behind a space; None if they are something else."""
    if isinstance(a, bool) or isinstance(b, bool):
        return None
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a, b, ""
    if not (isinstance(a, str) and isinstance(b, str)):
        return None
    (number_a, _, unit_a), (number_b, _, unit_b) = a.partition(" "), b.partition(" ")
    if unit_a != unit_b or parse_quantity(a) is None or parse_quantity(b) is None:
        return None
    try:
        return float(number_a), float(number_b), f" {unit_a}" if unit_a else ""
    except ValueError:  # "9*ms", as it may be written by hand
        return None
