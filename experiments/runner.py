"""The verbs of burstlab as functions: run, draw. The command line calls these."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from . import arrays, cache, identity, program, record, source, trained
from . import checkpoint as checkpoints
from .catalogue import configure, find, of_run
from .errors import RunError
from .experiment import Analysis, Experiment, analysed
from .limits import BACKENDS, MEMORY_LIMIT
from .record import using
from .recorded import recorded
from .recording import Recording, plan_recording, recorded_in
from .result import Result, load
from .settings import settings
from .simulation import Simulated, simulate_here

__all__ = ["Plan", "Result", "draw", "execute", "finite", "load", "plan", "run"]

Progress = Callable[[float, float], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A run that is about to be made."""

    experiment: Any
    preset: str
    config: Any
    seed: int
    backend: str = "cpp"
    float_bits: int = 32
    recording: Recording | None = None
    weights: Result | None = None

    @property
    def default_folder(self) -> Path:
        """results/EXPERIMENT/PRESET-seedS, or PRESET-given-seedS with the weights of another run."""
        given = "-given" if self.weights is not None else ""
        return Path("results") / self.experiment.name / f"{self.preset}{given}-seed{self.seed}"

    def command(self, seeds: int | None = None) -> str:
        """The command line that makes this run, or `seeds` runs with this seed as the first."""
        about = self.experiment.source
        named = self.experiment.name if about is None or about.text is None else about.place
        words = ["burstlab", "run", named, "--preset", self.preset]
        preset = settings(self.experiment.presets[self.preset])
        for name, value in settings(self.config).items():
            if value != preset[name]:
                words += ["--set", f"{name}={', '.join(map(str, value)) if isinstance(value, list) else value}"]
        words += ["--seed", str(self.seed)]
        words += ["--seeds", str(seeds)] if seeds is not None else []
        words += ["--backend", self.backend] if self.backend != "cpp" else []
        words += ["--float", str(self.float_bits)] if self.float_bits != 32 else []
        words += ["--weights", str(self.weights.folder)] if self.weights is not None else []
        words += self.recording.options() if self.recording is not None else []
        return shlex.join(words)

    def describe(self) -> dict[str, Any]:
        """The content of config.json."""
        return {
            "format": record.FORMAT,
            "experiment": self.experiment.name,
            **source.described(self.experiment),
            "preset": self.preset,
            "seed": self.seed,
            "float_bits": self.float_bits,
            "parameters": settings(self.config),
            **identity.program(self.backend),
            **({"weights": trained.describe(self.weights)} if self.weights is not None else {}),
            **({"recording": self.recording.describe()} if self.recording is not None else {}),
        }


def plan(
    experiment: str | Path | Experiment,
    preset: str | None = None,
    seed: int = 1,
    backend: str = "cpp",
    float_bits: int = 32,
    changes: dict[str, Any] | None = None,
    record: Mapping[str, Sequence[int]] | None = None,
    window: Sequence[Any] | None = None,
    memory_limit: str | float = MEMORY_LIMIT,
    weights: str | Path | None = None,
) -> Plan:
    """Check everything about a run before it begins; parameters are those of `run`.

    Raises
    ------
    ParameterError
        Naming what is wrong and what is allowed.
    """
    module: Any = experiment if isinstance(experiment, Experiment) else find(str(experiment))
    with source.blamed(module):
        return _plan(module, preset, seed, backend, float_bits, changes, record, window, memory_limit, weights)


def _plan(
    module: Any,
    preset: str | None,
    seed: int,
    backend: str,
    float_bits: int,
    changes: dict[str, Any] | None,
    record: Mapping[str, Sequence[int]] | None,
    window: Sequence[Any] | None,
    memory_limit: str | float,
    weights: str | Path | None,
) -> Plan:
    if backend not in BACKENDS:
        raise ParameterError(f"backend = {backend}: not one of {' | '.join(BACKENDS)}")
    if float_bits not in (32, 64):
        raise ParameterError(f"float = {float_bits}: not one of 32 | 64")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError(f"seed = {seed}: a whole number from 0 on is needed")
    changes, given = changes or {}, None
    if weights is not None:
        given = trained.read_trained(module, weights)
        # A trained network is tested as what it was trained as, unless something else is asked for.
        if preset is None:
            preset, changes = given.config["preset"], {**given.config["parameters"], **changes}
    preset = preset or next(iter(module.presets))
    config = configure(module, preset, changes)
    if given is not None:
        with using(given.folder):
            config, module = trained.with_weights(module, config, given)
    recording = plan_recording(module, config, record, window, float_bits, memory_limit)
    return Plan(
        experiment=module if recording is None else recorded(module, recording),
        preset=preset,
        config=config,
        seed=int(seed),
        backend=backend,
        float_bits=float_bits,
        recording=recording,
        weights=given,
    )


def planned_in(folder: Path, config: dict[str, Any], seed: int | None = None) -> Plan:
    """The plan of the unfinished run that config.json of a folder describes; of several seeds, with one of them.

    Raises
    ------
    RunError
        If it describes none, or one that another program began.
    """
    try:
        planned = plan(
            of_run(folder, config),
            config["preset"],
            config["seed"] if seed is None else seed,
            config["backend"],
            config["float_bits"],
            dict(config["parameters"]),
            **recorded_in(config),
            weights=config.get("weights", {}).get("folder"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder / record.CONFIG} does not describe a run: {error}") from None
    identity.check_same(str(folder), config, planned.describe(), but=("seed",) if seed is not None else ())
    return planned


def run(
    experiment: str | Path,
    preset: str | None = None,
    *,
    seed: int = 1,
    backend: str = "cpp",
    float_bits: int = 32,
    out: str | Path | None = None,
    force: bool = False,
    checkpoint: int | None = None,
    progress: Progress | None = None,
    record: Mapping[str, Sequence[int]] | None = None,
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
    backend : {"cpp", "cython", "numpy"}
        Code generation of Brian2.
    float_bits : {32, 64}
        Precision of states; times are always float64.
    out : path, optional
        The run directory; results/EXPERIMENT/PRESET-seedS by default.
    force : bool
        Overwrite a run that is there.
    checkpoint : int, optional
        Examples between two checkpoints, from which `resume` goes on with a run that was stopped; 0 for none. By
        default 40 in experiments with examples.
    progress : callable, optional
        Called with simulated and total time in seconds.
    record : mapping of str to sequence of int, optional
        Cells whose traces are kept, by population: {"output": [0, 1]}.
    window : two times, optional
        When they are kept, with spikes, events and bursts of these populations: Quantities or seconds of simulated
        time; the whole run by default.
    memory_limit : str or float
        What that may take, as text ("2 GB") or in bytes.
    weights : path, optional
        A run whose final weights and connectivity replace the random ones. Without a preset, its parameters are the
        defaults too.
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
    return execute(planned, folder, force, progress, checkpoint=checkpoint)


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
        checkpoints.begin(folder, planned.describe(), examples, force)
        return go_on(folder, planned, progress, compiled)
    with record.new_folder(folder, force) as partial:
        record.write_json(partial, record.CONFIG, planned.describe())
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
    record.write_json(place, record.SUMMARY, summary)
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
    with source.blamed(planned.experiment):
        simulated = _simulate(planned, work, progress, compiled, checkpoint)
        analysis = analysed(planned.experiment, planned.config, simulated.raw, planned.seed)
    simulated_s = float(planned.config.duration)
    diverged = analysis.divergence
    summary = {
        "experiment": planned.experiment.name,
        "preset": planned.preset,
        "seed": planned.seed,
        "status": "done" if diverged is None else "diverged",
        "simulated_s": simulated_s,
        "compile_s": round(simulated.compile_s, 3),
        "run_s": round(simulated.run_s, 3),
        "speed": round(simulated_s / simulated.run_s, 3),
        **(analysis.summary if diverged is None else {"diverged": diverged}),
    }
    return analysis, finite(summary)


def _simulate(
    planned: Plan,
    folder: Path,
    progress: Progress | None,
    compiled: cache.Program | None,
    checkpoint: checkpoints.Checkpoint | None,
) -> Simulated:
    compiled = compiled or program_of(planned)
    if compiled is None:
        return simulate_here(
            planned.experiment, planned.config, planned.seed, planned.backend, planned.float_bits, progress
        )
    values = planned.experiment.values(planned.config, planned.seed)
    return program.run_program(compiled, values, planned.seed, folder, progress, checkpoint)


def finite(value: Any) -> Any:
    """The same with None in place of NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def draw(result: Any) -> list[Path]:
    """Draw figure.png and figure.pdf of a run, seeds or a sweep from what is saved; returns their paths."""
    with _DRAWING:
        figure = result.figure()
        return [] if figure is None else list(record.write_figure(result.folder, "figure", figure))


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
        record.write_json(folder, record.SUMMARY, summary)
    return summary


# Matplotlib reads its texts with one parser that threads would share, and runs end in several at once.
_DRAWING = threading.Lock()
