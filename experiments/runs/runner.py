"""Making runs: simulate, measure, keep, draw."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..elsewhere import blamed
from ..engine import cache, process, removal
from ..engine.in_process import Simulated, simulate_here
from ..errors import RunError
from ..experiment import Analysis, analysed
from ..limits import MEMORY_LIMIT
from . import arrays, folders, media
from . import checkpoint as checkpoints
from .bars import Bars, Progress
from .computing import computed
from .plans import Plan, plan
from .result import Result


def run(
    experiment: str | Path,
    preset: str | None = None,
    *,
    seed: int = 1,
    backend: str | None = None,
    float_bits: int = 32,
    out: str | Path | None = None,
    force: bool = False,
    checkpoint: int | None = None,
    progress: Progress | bool = True,
    record: Mapping[str, int | Sequence[int]] | None = None,
    window: Sequence[Any] | None = None,
    memory_limit: str | float = MEMORY_LIMIT,
    weights: str | Path | None = None,
    **changes: Any,
) -> Result:
    """Run an experiment once.

    Parameters
    ----------
    experiment : str or path
        A name of `burstlab list`, or a file that ends with an `Experiment`.
    preset : str
        "quick" or "paper", or another name of the experiment's; its first one by default.
    seed : int
        Label of the run; the same label, version, backend and machine type give the same bytes.
    backend : {"cpp", "cython", "numpy"}, optional
        Code generation of Brian2, "cpp" by default; there is none where no Brian2 network is simulated.
    float_bits : {32, 64}
        Precision of states; times are always float64.
    out : path, optional
        The run directory; results/EXPERIMENT/PRESET-seedS by default.
    force : bool
        Overwrite a run that is there.
    checkpoint : int, optional
        Examples between two checkpoints, from which `resume` goes on with a run that was stopped; 0 for none. By
        default 40 in experiments with examples, and 1 unit (epoch) in those that compute something else. A compiled run
        that diverges ends at the next checkpoint.
    progress : callable or bool
        Called with simulated and total time in seconds, or what else the experiment counts in. By default (True) a bar
        shows them, where somebody looks: in a terminal or a notebook; False for none.
    record : mapping of str to int or sequence of int, optional
        Cells whose traces are kept, by population: {"output": [0, 1]}.
    window : two times, optional
        When they are kept, with spikes, events and bursts of these populations: Quantities or seconds of simulated
        time; the whole run by default.
    memory_limit : str or float
        What that may take, as text ("2 GB") or in bytes.
    weights : path, optional
        A run whose final weights and connectivity replace the random ones; without a preset, its parameters are the
        defaults too. Or an .npz file with such arrays as the run would have in `Result.arrays`.
    **changes
        Parameters of `burstlab params EXPERIMENT`: Quantities, numbers, or texts as on the command line.

    Returns
    -------
    Result
        Its `status` is "done", or "diverged" if a state became NaN or left its range.

    Raises
    ------
    ParameterError
        If something about the run is not allowed.
    RunError
        If it could not be made.

    Examples
    --------
    >>> from brian2 import ms
    >>> from burstlab.experiments import run
    >>> result = run("current_steps", tau_d=9*ms)  # doctest: +SKIP
    >>> result.summary["burst_count"]  # doctest: +SKIP
    """
    planned = plan(experiment, preset, seed, backend, float_bits, changes, record, window, memory_limit, weights)
    folder = Path(out) if out is not None else planned.default_folder
    with contextlib.closing(Bars()) as bars:
        return execute(planned, folder, force, bars.chosen(progress, planned), checkpoint=checkpoint)


def execute(
    planned: Plan,
    folder: Path,
    force: bool = False,
    progress: Progress | None = None,
    compiled: cache.Program | None = None,
    checkpoint: int | None = None,
) -> Result:
    """Make a planned run in `folder`: whole, or not there at all, or with a checkpoint from which `go_on` goes on.

    A program that is at hand can be given.
    """
    examples = checkpoints.examples_between(planned.experiment, planned.backend, checkpoint)
    if examples:
        with removal.parents(folder):
            checkpoints.begin(folder, planned.describe(), examples, force)
            return go_on(folder, planned, progress, compiled)
    with folders.new_folder(folder, force) as partial:
        folders.write_json(partial, folders.CONFIG, planned.describe())
        _make(planned, partial, progress, compiled)
    return Result(folder)


def go_on(
    folder: Path, planned: Plan, progress: Progress | None = None, compiled: cache.Program | None = None
) -> Result:
    """Make the run that is under construction in a folder, from its checkpoint if there is one."""
    examples = checkpoints.examples_of(folder)
    with checkpoints.construction(folder) as place:
        built = compiled or program_of(planned)
        _make(planned, place, progress, built, checkpoints.of_run(planned, place, examples, built))
    return Result(folder)


def program_of(planned: Plan) -> cache.Program | None:
    """The compiled program of a run; None on the other backends."""
    return cache.compiled(planned.experiment, planned.config, planned.float_bits) if planned.backend == "cpp" else None


def _make(
    planned: Plan,
    place: Path,
    progress: Progress | None,
    compiled: cache.Program | None,
    checkpoint: checkpoints.Checkpoint | None = None,
) -> None:
    analysis, summary = measure(planned, place, progress, compiled, checkpoint)
    if analysis.divergence is None:
        arrays.write_arrays(place, analysis.arrays)
        arrays.read_arrays(place)  # what cannot be read back is not done
    folders.write_json(place, folders.SUMMARY, summary)
    if analysis.divergence is None:
        draw_or_say(place, summary)


def measure(
    planned: Plan,
    work: Path,
    progress: Progress | None = None,
    compiled: cache.Program | None = None,
    checkpoint: checkpoints.Checkpoint | None = None,
) -> tuple[Analysis, dict[str, Any]]:
    """Simulate and analyse, with temporary files in `work`: what is to be kept, and the summary."""
    with blamed(planned.experiment):
        simulated = _simulate(planned, work, progress, compiled, checkpoint)
        seen = simulated.diverged_s
        analysis = analysed(planned.experiment, planned.config, simulated.raw, planned.seed, early=seen is not None)
    diverged = analysis.divergence
    if diverged is not None and seen is not None:
        diverged += f", seen at {seen} s"
    summary = {
        "experiment": planned.experiment.name,
        "preset": planned.preset,
        "seed": planned.seed,
        "status": "done" if diverged is None else "diverged",
        **_times(planned, simulated),
        **(analysis.summary if diverged is None else {"diverged": diverged}),
    }
    return analysis, finite(summary)


def _times(planned: Plan, simulated: Simulated) -> dict[str, float | None]:
    """Wall times; and simulated time, which is None where nothing is simulated."""
    simulated_s = float(planned.config.duration) if planned.experiment.compute is None else None
    if simulated.diverged_s is not None:
        simulated_s = simulated.diverged_s
    return {
        "simulated_s": simulated_s,
        "compile_s": round(simulated.compile_s, 3),
        "run_s": round(simulated.run_s, 3),
        "speed": None if simulated_s is None else round(simulated_s / simulated.run_s, 3),
    }


def _simulate(
    planned: Plan,
    folder: Path,
    progress: Progress | None,
    compiled: cache.Program | None,
    checkpoint: checkpoints.Checkpoint | None,
) -> Simulated:
    if planned.experiment.compute is not None:
        return computed(planned, progress, checkpoint)
    compiled = compiled or program_of(planned)
    if compiled is None:
        return simulate_here(
            planned.experiment, planned.config, planned.seed, planned.backend, planned.float_bits, progress
        )
    values = planned.experiment.values(planned.config, planned.seed)
    return process.run_program(compiled, values, planned.seed, folder, progress, checkpoint)


def finite(value: Any) -> Any:
    """The same with None in place of NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def draw(result: Any, medium: str = "screen") -> list[Path]:
    """Draw figure.png and figure.pdf of a run, seeds or a sweep from what is saved; returns their paths.

    For another medium than a screen they have its name, such as figure-paper.pdf.
    """
    with _DRAWING:
        figure = result.figure(medium)
        return [] if figure is None else list(folders.write_figure(result.folder, media.name(medium), figure))


def draw_or_say(folder: Path, summary: dict[str, Any]) -> dict[str, Any]:
    """Draw what is saved; or add to its summary, there too, why it cannot be drawn: no reason to lose a run."""
    try:
        draw(Result(folder))
    except OSError:
        raise
    except Exception as error:
        # The cause alone: the folder where it is drawn is not there for long.
        error = error.__cause__ if isinstance(error.__cause__, Exception) else error
        why = str(error) if isinstance(error, RunError) else f"{type(error).__name__}: {error}"
        summary = finite(summary | {"undrawn": why})
        folders.write_json(folder, folders.SUMMARY, summary)
    return summary


# Matplotlib reads its texts with one parser that threads would share, and runs end in several at once.
_DRAWING = threading.Lock()
