"""What the command line shows while runs are made, and of what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..contract.columns import columns
from ..limits import COMPILING
from .report import band, duration

if TYPE_CHECKING:  # it loads numpy, which short commands do without
    from ..runs.plans import Plan


def announce_compile(first: Plan) -> None:
    """Say that the user has to wait for the compiler, if so."""
    from ..engine import cache

    if first.backend == "cpp" and not cache.is_compiled(first.experiment, first.config, first.float_bits):
        click.echo(f"compiling {first.experiment.name} (once for this structure, {COMPILING}) ...", err=True)


def extent(experiment: Any, config: Any) -> str:
    """How long a run is: simulated time, or a number of what the experiment counts in."""
    length = float(config.duration)
    return duration(length) if experiment.counted == "s" else f"{length:g} {experiment.counted}"


_HEADLINES = (
    "solved",
    "solved_count",
    "event_rate_before_Hz",
    "event_rate_after_Hz",
    "event_rate_after_Hz_mean",
    "event_rate_after_Hz_sd",
    "inputs",
    "output_event_rate_Hz",
    "final_epoch_cost",
    "spike_count",
    "event_count",
    "burst_count",
    "event_rate_Hz",
    "burst_probability",
    "error_percent",
    "error_percent_mean",
    "error_percent_sd",
)


def report(summary: dict[str, Any], folder: Path) -> None:
    """The headline numbers of a run, or of several seeds; why, where one failed."""
    click.echo(f"{summary['experiment']} {summary['preset']}: {summary['status']}")
    if summary["status"] == "diverged":
        click.echo(f"  {summary['diverged']}")
    for name in dict.fromkeys((*_HEADLINES, *_named(summary, folder))):
        if name in summary:
            click.echo(f"  {name}: {_shown(summary[name])}")
    for failed in (entry for entry in summary.get("runs", []) if entry["status"] != "done"):
        click.echo(f"  seed {failed['seed']} {failed['status']}: {failed.get('reason') or failed.get('diverged')}")
    for entry in undrawn(summary):
        which = f"seed {entry['seed']} has no figure" if "seed" in entry else "there is no figure over the seeds"
        click.echo(f"  {which}, it cannot be drawn: {entry['undrawn']}")
    if summary.get("speed") is not None:
        click.echo(
            f"  speed    {summary['simulated_s']:g} s simulated in {summary['run_s']:.1f} s ({summary['speed']:.1f} x)"
        )
    elif "run_s" in summary:
        click.echo(f"  computed in {summary['run_s']:.1f} s")
    click.echo(f"  results  {folder}")


def _named(summary: dict[str, Any], folder: Path) -> list[str]:
    """What the experiment of a single run calls its headlines."""
    from ..catalogue import of_run
    from ..runs import folders, sweep_table

    if summary["status"] != "done" or "runs" in summary:
        return []
    return sweep_table.named(of_run(folder, folders.read_json(folder, folders.CONFIG)), summary)


def undrawn(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """What has no figure though it is done: the run itself, or each of several seeds and the whole of them."""
    return [entry for entry in [*summary.get("runs", ()), summary] if "undrawn" in entry]


def report_section(section: Mapping[str, Any]) -> None:
    """One experiment of a report: what is not as it should be, or that all is."""
    from tqdm import tqdm

    numbers = section["numbers"]
    good = sum(row["agrees"] for row in numbers)
    found = f"{good} of {len(numbers)} numbers in band" if numbers else "no published number to compare with"
    lines = [f"{section['experiment']} {section['preset']}: {section['status']}, {found}"]
    lines += [f"  {section[name]}" for name in ("reason", "no_figure") if section[name]]
    if section["status"] == "done":
        lines += [
            f"  {row['name']}: {_shown(row['ours']) if row['ours'] is not None else 'missing'}, outside {band(row)}"
            for row in numbers
            if not row["agrees"]
        ]
    tqdm.write("\n".join(lines))  # above the bars of the runs that go on


def report_sweep(summary: dict[str, Any], folder: Path) -> None:
    """How many runs are done, and why the others are not."""
    count = summary["runs_count"]
    name = summary.get("method", "sweep")
    click.echo(f"{summary['experiment']} {summary['preset']} {name}: {summary['done_count']} of {count} runs done")
    for entry in summary["not_done"][:_MOST_LINES]:
        where = ", ".join(f"{name} = {value}" for name, value in entry.items() if name not in _ABOUT_A_RUN)
        click.echo(f"  run {entry['run']} ({where}, seed {entry['seed']}) {entry['status']}: {entry['reason']}")
    if len(summary["not_done"]) > _MOST_LINES:
        click.echo(f"  and {len(summary['not_done']) - _MOST_LINES} more, see {folder / 'table.csv'}")


def found(result: Any) -> list[str]:
    """What a study of sensitivity or a fit found, in lines; nothing of a sweep."""
    say = getattr(result, "lines", None)
    return say() if say else []


_MOST_LINES = 20
_ABOUT_A_RUN = ("run", "seed", "status", "reason")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_shown(item) for item in value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def table(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows in columns as wide as they need to be."""
    for line in columns(rows):
        click.echo(line)
