"""Every experiment of the catalogue, and one report of ours beside the published numbers.

An experiment may state how many seeds a preset needs to be compared, and what it is compared with. Runs
are folders of the report's folder, each whole or not there. Whatever goes wrong with one experiment is said in its
place in the report, and the others go on.
"""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError, nearest
from burstlab.models.html import table

from ..catalogue import EXPERIMENTS
from ..contract.reference import Compared, Reference, compare
from ..engine import identity, removal
from ..errors import check_whole, option
from ..runs import folders
from ..runs.bars import Bars
from ..runs.plans import Plan, plan
from ..runs.runner import Progress, execute, finite
from ..runs.seeds import run_seeds, stoppable, together
from . import report


@dataclass(frozen=True, kw_only=True)
class Part:
    """One experiment of a report: its runs, which differ in the seed, and what they are compared with."""

    plans: Sequence[Plan]
    references: Sequence[Reference]

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.plans[0].experiment.name

    @property
    def command(self) -> str:
        """The command line that makes its runs."""
        return self.plans[0].command(len(self.plans) if len(self.plans) > 1 else None)


@dataclass(frozen=True)
class Report:
    """A finished report, read from its folder."""

    folder: Path

    @property
    def html(self) -> Path:
        """The page, with all figures in it."""
        return self.folder / report.HTML

    @cached_property
    def content(self) -> dict[str, Any]:
        """Everything that the page says (report.json)."""
        return folders.read_json(self.folder, report.JSON)

    def _repr_html_(self) -> str:
        rows = [
            (
                one["experiment"], one["preset"], one["status"],
                f"{sum(row['agrees'] for row in one['numbers'])} of {len(one['numbers'])}" if one["numbers"] else "-",
                one["reason"] or one["no_figure"] or "",
            )
            for one in self.content["experiments"]
        ]  # fmt: skip
        bad = [number for number, one in enumerate(self.content["experiments"]) if not one["agrees"]]
        numbers = table(("experiment", "preset", "run", "numbers in band", ""), rows, bad)
        return f"<div>{numbers}<code>{escape(str(self.html))}</code></div>"

    @property
    def agrees(self) -> bool:
        """Whether every run and every figure was made and every number lies in its band."""
        return bool(self.content["agrees"])


def reproduce(
    preset: str = "quick",
    *,
    only: str | Sequence[str] | None = None,
    jobs: int = 1,
    out: str | Path | None = None,
    force: bool = False,
    progress: Callable[[Plan], Progress] | bool = True,
    finished: Callable[[dict[str, Any]], None] | None = None,
) -> Report:
    """Run every experiment and write report.html and report.json.

    Parameters
    ----------
    preset : str
        "quick" or "paper"; with "paper", experiments that are not in the paper run as "full".
    only : str or sequence of str, optional
        This experiment alone, or these.
    jobs : int
        How many runs at once; results do not depend on it.
    out : path, optional
        The report's folder; results/reproduce/PRESET by default.
    force : bool
        Overwrite a report that is there, and its runs.
    progress : callable or bool
        Gives each run its own progress function. By default (True) a bar shows each, where somebody looks; False for
        none.
    finished : callable, optional
        Called with what the report says of an experiment when that is done.

    Returns
    -------
    Report
        Its `agrees` tells whether everything was made and lies in its band.

    Raises
    ------
    ParameterError
        For an unknown preset or experiment.
    RunError
        If the folder cannot be written.

    Examples
    --------
    >>> from burstlab.experiments import reproduce
    >>> reproduce("quick", jobs=2).agrees  # doctest: +SKIP
    """
    check_whole("jobs", jobs)
    folder = Path(out) if out is not None else Path("results") / "reproduce" / preset
    parts = parts_of(preset, [only] if isinstance(only, str) else only)
    with contextlib.closing(Bars()) as bars:
        shown = progress if callable(progress) else bars.of if progress else None
        return make(parts, folder, jobs, force, shown, finished)


def parts_of(preset: str, only: Sequence[str] | None = None) -> list[Part]:
    """Every experiment of the catalogue, or some, with as many seeds as its preset needs."""
    for name in only or ():
        if name not in EXPERIMENTS:
            raise ParameterError(
                f"{option('only', name)}: no experiment of burstlab's{nearest(name, list(EXPERIMENTS))} "
                f"(there are {', '.join(EXPERIMENTS)})"
            )
    return [_part(name, _preset(name, preset)) for name in EXPERIMENTS if not only or name in only]


def _preset(name: str, preset: str) -> str:
    # What the paper does not have has no preset of the paper's, but a full one; or only one that needs no files.
    known = EXPERIMENTS[name].presets
    if preset != "paper":
        return preset
    return next((each for each in ("full", "paper") if each in known), next(iter(known)))


def _part(name: str, preset: str) -> Part:
    experiment = EXPERIMENTS[name]
    return Part(
        plans=[plan(name, preset, seed) for seed in range(1, experiment.seeds.get(preset, 1) + 1)],
        references=experiment.references_of(preset),
    )


def make(
    parts: Sequence[Part],
    folder: Path,
    jobs: int = 1,
    force: bool = False,
    progress: Callable[[Plan], Progress] | None = None,
    finished: Callable[[dict[str, Any]], None] | None = None,
) -> Report:
    """Make the runs of the parts and the report of them; see `reproduce`.

    If it is stopped there is no report, but the runs that are done stay.
    """
    config = {
        "format": folders.FORMAT,
        "experiments": {part.name: part.command for part in parts},
        "versions": identity.versions(),
    }
    made = removal.report(list(EXPERIMENTS))
    # Nothing of an older report is left when the first run begins.
    with folders.new_folder(folder, force, made) as partial:
        folders.write_json(partial, folders.CONFIG, config)

    def one(part: Part, stop: threading.Event) -> dict[str, Any]:
        section = _made(part, folder, jobs, stop, progress)
        if finished is not None:
            finished(section)
        return section

    # Single runs side by side; of several seeds, the seeds.
    single = [part for part in parts if len(part.plans) == 1]
    several = [part for part in parts if len(part.plans) > 1]
    try:
        sections = together(one, single, jobs) + [one(part, threading.Event()) for part in several]
    except BaseException:
        if [entry.name for entry in folder.iterdir()] == [folders.CONFIG]:
            removal.remove(folder, made)
        raise
    order = [part.name for part in parts]
    content = {
        "format": folders.FORMAT,
        "agrees": all(section["agrees"] for section in sections),
        "written": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "versions": identity.versions(),
        "experiments": sorted(sections, key=lambda section: order.index(section["experiment"])),
    }
    report.write(folder, finite(content))
    return Report(folder)


def _made(
    part: Part, folder: Path, jobs: int, stop: threading.Event, progress: Callable[[Plan], Progress] | None
) -> dict[str, Any]:
    first, target = part.plans[0], folder / part.name
    try:
        if len(part.plans) == 1:
            watched = stoppable(stop, progress(first) if progress is not None else None)
            summary = execute(first, target, progress=watched, checkpoint=0).summary
        else:
            summary = run_seeds(part.plans, target, jobs, progress=progress, checkpoint=0)
    except Exception as error:  # hours of other experiments are not lost to a mistake in one
        summary = {"status": "failed", "reason": _said(error)}
    return section_of(part, target, summary)


def _said(error: Exception) -> str:
    # Errors of our own say all that is needed in their text.
    text = " ".join(str(error).split())
    return text if type(error).__module__.startswith("burstlab.") else f"{type(error).__name__}: {text}"


def section_of(part: Part, target: Path, summary: Mapping[str, Any]) -> dict[str, Any]:
    """What the report says of one experiment.

    Parameters
    ----------
    part : Part
    target : Path
        The folder of its run, or of its seeds.
    summary : mapping
        Of the run, or over the seeds; only its `status` and `reason` where there is nothing else.
    """
    first = part.plans[0]
    runs = [dict(run) for run in summary.get("runs", [summary])]
    numbers = [_row(compared) for compared in compare(summary, part.references)]
    figure, no_figure = _figure(target, runs)
    status = summary["status"]
    return {
        "experiment": part.name,
        "meaning": first.experiment.meaning,
        "about": [" ".join(text.split()) for text in inspect.cleandoc(first.experiment.about).split("\n\n")[:2]],
        "preset": first.preset,
        "seeds": [item.seed for item in part.plans],
        "command": part.command,
        "status": status,
        "reason": _reason(runs, len(part.plans)),
        "simulated_s": _simulated_s(part, runs),
        "compile_s": sum(run.get("compile_s", 0.0) for run in runs),
        "run_s": sum(run.get("run_s", 0.0) for run in runs),
        "numbers": numbers,
        "figure": None if figure is None else str(figure.relative_to(target.parent)),
        "no_figure": no_figure,
        "agrees": status == "done" and figure is not None and all(row["agrees"] for row in numbers),
    }


def _simulated_s(part: Part, runs: Sequence[Mapping[str, Any]]) -> float | None:
    """What all runs say, which may have ended early, and else what is planned; None if nothing is simulated."""
    first = part.plans[0]
    if first.experiment.compute is not None:
        return None
    said = [run["simulated_s"] for run in runs if run.get("simulated_s") is not None]
    return float(sum(said)) + float(first.config.duration) * (len(part.plans) - len(said))


def _row(compared: Compared) -> dict[str, Any]:
    known = compared.reference
    return {
        "name": known.name, "key": known.key, "unit": known.unit, "ours": compared.ours, "sd": compared.sd,
        "reference": known.value, "difference": compared.difference, "low": known.low, "high": known.high,
        "agrees": compared.agrees, "source": known.source,
    }  # fmt: skip


def _reason(runs: Sequence[Mapping[str, Any]], planned: int) -> str | None:
    said = [
        (f"seed {run['seed']} {run['status']}: " if planned > 1 and "seed" in run else "")
        + str(run.get("reason") or run.get("diverged"))
        for run in runs
        if run["status"] != "done"
    ]
    return "; ".join(said) or None


def _figure(target: Path, runs: Sequence[Mapping[str, Any]]) -> tuple[Path | None, str | None]:
    """The figure of the first run that has one, or why there is none."""
    done = [run for run in runs if run["status"] == "done"]
    for run in done:
        figure = target / run.get("folder", "") / "figure.png"
        if figure.is_file():
            return figure, None
    if done:
        return None, f"the figure cannot be drawn: {done[0].get('undrawn', 'there is no figure.png')}"
    return None, "no figure, since no run was finished"
