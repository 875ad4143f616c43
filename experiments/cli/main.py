"""The command line."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from burstlab.equations.errors import ParameterError

from ..catalogue import LISTED, configure, find, others
from ..errors import RunError, StoppedError, command_line, option
from ..limits import BACKENDS, COMPILING, FORMATS, MEMORY_LIMIT, MOST_SEEDS
from ..runs.bars import Bars
from ..runs.media import MEDIA
from . import completion, terminal
from .options import changes as _changes
from .options import named_experiment, own_file, preset_option, set_option
from .report import duration
from .varying import fit, make, sensitivity, sweep
from .watch import watch

# Every command imports what it needs: most of the time of a short one is that of Brian2's imports.

_LATER = 0.05  # s, after an interrupt that Python has ignored, until the next


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="burstlab", prog_name="burstlab")
def cli() -> None:
    """Spiking experiments on burst-dependent learning, on Brian2."""


@cli.command("list")
def list_experiments() -> None:
    """Experiments, presets, simulated time and expected wall time."""
    rows = [("EXPERIMENT", "PRESET", "SIMULATED", "WALL TIME", "")]
    for name, listed in LISTED.items():
        for preset, (simulated, expected) in listed.presets.items():
            about = "" if expected is None else f"about {duration(expected)}"
            shown = simulated if isinstance(simulated, str) else duration(simulated)
            rows.append((name, preset, shown, about, listed.meaning))
    found, troubles = others()
    for name, experiment in found.items():
        for preset, config in experiment.presets.items():
            about = f"about {duration(experiment.expected_s[preset])}" if preset in experiment.expected_s else ""
            shown = terminal.extent(experiment, config)
            rows.append((name, preset, shown, about, experiment.meaning))
    terminal.table(rows)
    for trouble in troubles:
        click.echo(f"burstlab: {trouble}", err=True)


@cli.command()
@named_experiment
@preset_option()
def params(experiment: str, preset: str | None) -> None:
    """Every parameter of EXPERIMENT: name, value, range, meaning, source."""
    found = find(experiment)

    from ..contract.settings import parameter_rows

    rows = parameter_rows(configure(found, preset or next(iter(found.presets)), {}))
    terminal.table(rows)
    if any(row[0].endswith("*") for row in rows):
        click.echo(f"\n* another value needs another compiled program ({COMPILING}, once)")


@cli.command()
@named_experiment
@preset_option()
@click.option("--from", "begun", type=click.Path(path_type=Path), help="Parameters of this run, or the best of a fit.")
@set_option('Change a parameter: --set tau_d="9 ms".')
@click.option("--seed", type=int, default=1, show_default=True, help="Label of the run.")
@click.option("--seeds", type=click.IntRange(1, MOST_SEEDS), help="Run this many seeds, from --seed on.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at once, with --seeds.")
@click.option(
    "--backend", help=f"{' | '.join(BACKENDS)} [{BACKENDS[0]}]; of Brian2 networks.",
    shell_complete=completion.words(BACKENDS),
)  # fmt: skip
@click.option(
    "--float", "float_bits", type=int, default=32, show_default=True, shell_complete=completion.words(("32", "64")),
    help="Bits of states: 32 or 64.",
)  # fmt: skip
@click.option("--checkpoint", type=click.IntRange(min=0), help="Examples [40] or epochs [1] between checkpoints.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="Begin with the final weights of this run directory, or with those of an .npz file.",
)
@click.option(
    "--record",
    multiple=True,
    metavar="POPULATION:I,J",
    shell_complete=completion.populations,
    help="Keep traces of these cells: output:0,1,2.",
)
@click.option("--window", metavar="A:B", help="Keep them from A to B only (s of simulated time).")
@click.option("--memory-limit", default=MEMORY_LIMIT, show_default=True, help="What the traces may take.")
@click.option("--out", type=click.Path(path_type=Path), help="Run directory [results/EXPERIMENT/PRESET-seedS].")
@click.option("--force", is_flag=True, help="Overwrite a run that is there.")
def run(
    experiment: str,
    preset: str | None,
    begun: Path | None,
    changes: tuple[str, ...],
    seed: int,
    seeds: int | None,
    jobs: int,
    backend: str | None,
    float_bits: int,
    checkpoint: int | None,
    weights: Path | None,
    record: tuple[str, ...],
    window: str | None,
    memory_limit: str,
    out: Path | None,
    force: bool,
) -> None:
    """Run EXPERIMENT and write a run directory: config, results, summary, figure."""
    find(experiment)  # an unknown one is refused before anything is loaded
    changed = _changes(changes)

    from ..engine.traces import read_cells, read_window
    from ..runs import runner
    from ..runs import seeds as seeds_
    from ..runs.fit_result import parameters_of
    from ..runs.folders import check_free
    from ..runs.plans import plan

    if begun is not None:
        preset, changed = parameters_of(begun, find(experiment), preset, changed)
    cells, within = read_cells(record), read_window(window) if window is not None else None
    plans = [
        plan(experiment, preset, label, backend, float_bits, changed, cells, within, memory_limit, weights)
        for label in range(seed, seed + (seeds or 1))
    ]
    first = plans[0]
    folder = out or first.default_folder
    if seeds is not None and out is None:
        folder = Path("results") / first.experiment.name / f"{first.preset}-seeds{seed}-{seed + seeds - 1}"
    check_free(folder, force)  # before anybody is told to wait
    terminal.announce_compile(first)
    bars = Bars()
    try:
        if seeds is None:
            result = runner.execute(first, folder, force, bars.of(first), checkpoint=checkpoint)
            summary = result.summary
        else:
            summary = seeds_.run_seeds(plans, folder, jobs, force, bars.of, checkpoint)
    finally:
        bars.close()
    terminal.report(summary, folder)
    click.echo(f"  again    {first.command(seeds)}")
    _exit_unless_done(summary)


def _exit_unless_done(summary: dict[str, Any]) -> None:
    if summary["status"] != "done" or terminal.undrawn(summary):
        raise SystemExit(1)


@cli.command("reproduce")
@click.option(
    "--preset", default="quick", show_default=True, shell_complete=completion.words(("quick", "paper")),
    help="quick or paper.",
)  # fmt: skip
@click.option(
    "--only",
    multiple=True,
    metavar="EXPERIMENT",
    shell_complete=completion.words(LISTED),
    help="This experiment alone, or these.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at once.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the report [results/reproduce/PRESET].")
@click.option("--force", is_flag=True, help="Overwrite a report that is there.")
def reproduce_all(preset: str, only: tuple[str, ...], jobs: int, out: Path | None, force: bool) -> None:
    """Run every experiment and write one report of ours beside the published numbers."""
    from .reproducing import reproduce

    made = reproduce(preset, only=only, jobs=jobs, out=out, force=force, finished=terminal.report_section)
    click.echo(f"  report   {made.html}")
    if not made.agrees:
        raise SystemExit(1)


for command in (sweep, sensitivity, fit, watch):
    cli.add_command(command)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at once on this machine.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Make a sweep's runs on the workers of a Dask scheduler.")
@own_file
def resume(directory: Path, jobs: int, scheduler: str | None, experiment: str | None) -> None:
    """Go on with what was stopped in DIRECTORY: a run, several seeds, a sweep, or the like."""
    if experiment is not None:
        find(experiment)
    from ..runs import resuming

    kind = resuming.stopped_kind(directory)
    if kind == "sweep":
        return make(resuming.read_plan(directory), directory, jobs, scheduler, resume=True)
    with contextlib.closing(Bars()) as bars:
        summary = resuming.resume_runs(directory, kind, jobs, bars.of)
    terminal.report(summary, directory)
    _exit_unless_done(summary)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--for", "medium", type=click.Choice(MEDIA), default=MEDIA[0], show_default=True,
    help="Widths and sizes of letters: paper is 7.2 or 3.5 in wide with 7 pt or more, talk a slide with 14 pt or more.",
)  # fmt: skip
@own_file
def figure(directory: Path, medium: str, experiment: str | None) -> None:
    """Draw the figures of a run, of several seeds or of a sweep again, from what is saved alone."""
    if experiment is not None:
        find(experiment)
    from ..runs import loading, runner

    if (swept := loading.swept(directory)) is not None:
        saved: list[Any] = [swept]
    else:
        whole = loading.load(directory)
        saved = [*whole.runs, whole]
        for run_ in whole.summary.get("runs", ()):
            if run_["status"] != "done":
                click.echo(f"seed {run_['seed']} has no figure: its status is {run_['status']}", err=True)
    for each in saved:
        for path in runner.draw(each, medium):
            click.echo(path)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--neuron", metavar="POPULATION:I", shell_complete=completion.recorded,
    help="The cell to show [the recorded one with the most bursts].",
)  # fmt: skip
@click.option("--window", metavar="A:B", help="From A to B only (s of simulated time).")
def inspect(directory: Path, neuron: str | None, window: str | None) -> None:
    """Voltage traces of a recorded cell over its inputs, its bursts, and the rates of its population."""
    from ..engine.traces import read_window
    from . import inspection as inspect_

    within = read_window(window) if window is not None else None
    # The first figure is there while the others are drawn.
    _, missing = inspect_.inspect(directory, neuron, within, drawn=click.echo)
    if missing:
        click.echo(missing, err=True)


@cli.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default="compare.png", show_default=True, help="The figure.")
@own_file
def compare(first: Path, second: Path, out: Path, experiment: str | None) -> None:
    """What differs between two runs in config and summary, and their curves in one figure."""
    if experiment is not None:
        find(experiment)
    from . import compare as comparison

    found = comparison.compare(first, second, out)
    if found.identical:
        click.echo("identical")
    else:
        terminal.table(found.rows())
    click.echo(found.figure or found.no_figure)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--to", metavar="FORMAT", shell_complete=completion.words(FORMATS), help=f"{' | '.join(FORMATS)}.")
@click.option("--out", type=click.Path(path_type=Path), help="File, or folder of csv [export.* in DIRECTORY].")
def export(directory: Path, to: str | None, out: Path | None) -> None:
    """Write the run in DIRECTORY for other programs: what was recorded, or with netcdf all arrays."""
    if to is None:
        raise ParameterError(f"{option('to')} FORMAT is needed: {' | '.join(FORMATS)}")
    from ..runs.export_files import export_run
    from ..runs.result import load_run

    click.echo(export_run(load_run(directory), to, out))


@cli.command()
@named_experiment
@preset_option()
@set_option('Change a parameter: --set tau_d="9 ms".')
@click.option("--seed", type=int, default=1, show_default=True, help="Label of the run.")
@click.option("--out", type=click.Path(path_type=Path), help="The script [EXPERIMENT.py].")
def script(experiment: str, preset: str | None, changes: tuple[str, ...], seed: int, out: Path | None) -> None:
    """Write EXPERIMENT as a plain Brian2 script, which needs nothing of burstlab."""
    find(experiment)
    changed = _changes(changes)
    from .script import write_script

    for path in write_script(experiment, preset, changed, seed, out):
        click.echo(path)


@cli.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5006, show_default=True, help="On 127.0.0.1.")
@click.option("--no-browser", is_flag=True, help="Only say where the page is.")
def explore(port: int, no_browser: bool) -> None:
    """A local page with sliders: the cell and its synapses, live."""
    from ..explore import server as explore_

    explore_.serve(port, open_browser=not no_browser, say=click.echo)


@cli.command("doctor")
@click.option("--clear", is_flag=True, help="Remove all compiled programs from the cache.")
def examine(clear: bool) -> None:
    """Compiler, make, versions, cache, disk; compiles and runs a tiny model."""
    from ..engine import cache
    from . import doctor

    if clear:
        click.echo(f"removed {cache.clear_cache()} programs from {cache.cache_folder()}")
        return
    well = True
    for right, what, details in doctor.examine(lambda text: click.echo(text, err=True)):
        click.echo(f"{'ok ' if right else 'BAD'}  {what:<20} {details}")
        well &= right
    if not well:
        raise SystemExit(1)


def _terminate(signal_number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _terminate_later(lost: Any) -> None:
    """Terminate a moment after Python has ignored it, as it does within imports and while it cleans up."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, _LATER)
    else:
        sys.__unraisablehook__(lost)


def main() -> None:
    """Entry point: every error that is the user's to mend is one line and an exit code that is not 0."""
    # Brian2 puts a handler of its own over SIGINT, which fails where the shell has the signal ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _terminate)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _terminate_later
    os.environ["MPLBACKEND"] = "agg"  # whatever the user's is: nothing is shown in a window
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # no word about a home folder that is not there
    logging.raiseExceptions = False  # Brian2's log on a full disk: the run says so itself, in one line
    try:
        with command_line():
            code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt) as stopped:
        # click turns an interrupt into an Abort that it caused.
        kept = next(
            (error for error in (stopped, stopped.__cause__, stopped.__context__) if isinstance(error, StoppedError)),
            None,
        )
        _fail(str(kept) if kept else "interrupted; no unfinished run was kept", 130)
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except (ParameterError, RunError) as error:
        _fail(str(error), 2 if isinstance(error, ParameterError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}", 1)
    raise SystemExit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    click.echo(f"burstlab: {' '.join(message.split())}", err=True)
    raise SystemExit(code)
