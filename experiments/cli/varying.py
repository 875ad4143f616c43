"""Commands that make many runs of one experiment: sweep, sensitivity, fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..catalogue import find
from ..limits import METHODS
from . import completion, terminal
from .options import changes as read_changes
from .options import named, named_experiment, preset_option, set_option

if TYPE_CHECKING:  # it loads numpy, which short commands do without
    from ..runs.sweep_plan import SweepPlan


def _of_many(folder: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What all of these commands take; `folder` is the name of theirs behind the preset."""
    options = (
        named_experiment,
        preset_option(),
        set_option("Change a parameter in all runs."),
        click.option("--seed", type=int, default=1, show_default=True, help="Label of the first run."),
        click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at once here."),
        click.option(
            "--scheduler", metavar="tcp://HOST:PORT", help="Make the runs on the workers of a Dask scheduler."
        ),
        click.option("--out", type=click.Path(path_type=Path), help=f"Folder [results/EXPERIMENT/PRESET-{folder}]."),
        click.option("--resume", is_flag=True, help="Run only what is not done yet."),
        click.option("--force", is_flag=True, help="Overwrite what is there."),
    )

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for one in reversed(options):
            command = one(command)
        return command

    return decorate


over = click.option(
    "--over", multiple=True, required=True, metavar="NAME[=A:B],...|all", shell_complete=completion.ranges,
    help="What varies.",
)  # fmt: skip
within = click.option("--within", default="20%", show_default=True, help="To either side, where no range is given.")


@click.command()
@_of_many("sweep-NAME")
@click.option(
    "--vary", multiple=True, required=True, metavar="NAME=VALUES", shell_complete=completion.settings,
    help="A:B:N, log:A:B:N or [a,b,c].",
)  # fmt: skip
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Seeds for each set of values.")
def sweep(
    experiment: str, vary: tuple[str, ...], preset: str | None, changes: tuple[str, ...], seed: int, seeds: int,
    **how: Any,
) -> None:  # fmt: skip
    """Run EXPERIMENT over values of its parameters and write one table: --vary tau_d="5 ms:9 ms:20"."""
    find(experiment)  # an unknown one is refused before anything is loaded
    varied = named(vary, "--vary", '--vary tau_d="5 ms:9 ms:20"')

    from ..runs import sweep_plan

    planned = sweep_plan.plan(experiment, preset, vary=varied, seed=seed, seeds=seeds, changes=read_changes(changes))
    make(planned, **how)


@click.command()
@_of_many("sensitivity-METHOD")
@click.option(
    "--of", required=True, metavar="KEY[,KEY]", shell_complete=completion.numbers,
    help="Numbers of summary.json, such as burst_count[0].",
)  # fmt: skip
@over
@within
@click.option("--samples", type=int, help="Blocks of runs [sobol: 64, morris: 10].")
@click.option(
    "--method", default=METHODS[0], show_default=True, shell_complete=completion.words(METHODS),
    help=" | ".join(METHODS),
)  # fmt: skip
@click.option("--seeds", type=click.IntRange(min=1), default=2, show_default=True, help="Seeds of the same parameters.")
def sensitivity(
    experiment: str, of: str, over: tuple[str, ...], within: str, samples: int | None, method: str, seeds: int,
    preset: str | None, changes: tuple[str, ...], seed: int, **how: Any,
) -> None:  # fmt: skip
    """Which parameters of EXPERIMENT move what it gives, and how much of it is the seed's."""
    find(experiment)  # an unknown one is refused before anything is loaded

    from ..runs import sensitivity as sensitivity_

    planned = sensitivity_.plan(
        experiment, preset, of=of, over=over, within=within, samples=samples, method=method, seed=seed, seeds=seeds,
        changes=read_changes(changes),
    )  # fmt: skip
    make(planned, **how)


@click.command()
@_of_many("fit")
@click.option(
    "--target", multiple=True, required=True, metavar="KEY=VALUE[+-TOL]|FILE.csv", shell_complete=completion.targets,
    help="What is to come out.",
)  # fmt: skip
@over
@within
@click.option("--trials", type=int, default=320, show_default=True, help="Runs in all.")
def fit(
    experiment: str, target: tuple[str, ...], over: tuple[str, ...], within: str, trials: int, preset: str | None,
    changes: tuple[str, ...], seed: int, **how: Any,
) -> None:  # fmt: skip
    """Which parameters of EXPERIMENT give what was measured."""
    find(experiment)  # an unknown one is refused before anything is loaded

    from ..runs import fitting

    planned = fitting.plan(
        experiment, preset, target=target, over=over, within=within, trials=trials, seed=seed,
        changes=read_changes(changes),
    )  # fmt: skip
    make(planned, **how)


def make(
    planned: SweepPlan,
    out: Path | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    resume: bool = False,
    force: bool = False,
) -> None:
    """Make the runs of a plan, with a bar, and say what came of them."""
    from ..runs import sweep_plan, sweeping
    from ..runs.bars import runs_bar

    folder = out or planned.default_folder
    sweeping.check_folder(planned, folder, resume, force)  # before anybody is told to wait
    if len(planned.structures) > 1:
        click.echo(f"burstlab: {sweep_plan.structural_warning(planned)}", err=True)
    elif scheduler is None:
        terminal.announce_compile(planned.base)
    with runs_bar(planned.title, planned.total) as progress:
        result = sweeping.execute(planned, folder, jobs, scheduler, resume, force, progress)
    terminal.report_sweep(result.summary, folder)
    for line in terminal.found(result):
        click.echo(f"  {line}")
    click.echo(f"  results  {folder}")
    if result.status != "done" or result.summary.get("reached") is False:
        raise SystemExit(1)
