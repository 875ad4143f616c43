"""The verbs of burstlab as functions: run, load, draw. The command line calls these."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.models.parameters import ParameterError

from . import checkpoint as checkpoints
from . import program, record
from .catalogue import configure, find
from .errors import RunError, go_on_with
from .simulation import BACKENDS, Simulated, settings, simulate_here
from .unfinished import is_unfinished

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Result:
    """A finished run, read from its directory."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """Everything needed to repeat the run (config.json)."""
        return record.read_json(self.folder, record.CONFIG)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The headline numbers (summary.json)."""
        return record.read_json(self.folder, record.SUMMARY)

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays of results.h5 by name; units (SI) are in the file."""
        return record.read_arrays(self.folder)

    @property
    def status(self) -> str:
        """done, diverged or failed."""
        return str(self.summary["status"])

    def figure(self) -> Any:
        """The experiment's figure (matplotlib), drawn from the saved arrays.

        Raises
        ------
        RunError
            If the run has nothing to draw.
        """
        if self.status != "done":
            raise RunError(f"{self.folder} has no figure: its status is {self.status}")
        try:
            return find(self.config["experiment"]).plot(self)
        except KeyError as missing:
            raise RunError(f"{self.folder / record.RESULTS} is not whole: it has no {missing}") from None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A run that is about to be made."""

    experiment: Any
    preset: str
    config: Any
    seed: int
    backend: str = "cpp"
    float_bits: int = 32

    @property
    def default_folder(self) -> Path:
        """results/EXPERIMENT/PRESET-seedS."""
        return Path("results") / self.experiment.NAME / f"{self.preset}-seed{self.seed}"

    def command(self, seeds: int | None = None) -> str:
        """The command line that makes this run, or `seeds` runs with this seed as the first."""
        words = ["burstlab", "run", self.experiment.NAME, "--preset", self.preset]
        preset = settings(self.experiment.PRESETS[self.preset])
        for name, value in settings(self.config).items():
            if value != preset[name]:
                words += ["--set", f"{name}={', '.join(map(str, value)) if isinstance(value, list) else value}"]
        words += ["--seed", str(self.seed)]
        words += ["--seeds", str(seeds)] if seeds is not None else []
        words += ["--backend", self.backend] if self.backend != "cpp" else []
        words += ["--float", str(self.float_bits)] if self.float_bits != 32 else []
        return shlex.join(words)

    def describe(self) -> dict[str, Any]:
        """The content of config.json."""
        from .device import COMPILE_FLAGS

        return {
            "format": record.FORMAT,
            "experiment": self.experiment.NAME,
            "preset": self.preset,
            "seed": self.seed,
            "backend": self.backend,
            "float_bits": self.float_bits,
            "parameters": settings(self.config),
            "versions": record.versions(),
            "compile_flags": COMPILE_FLAGS if self.backend == "cpp" else [],
        }


def plan(
    experiment: str,
    preset: str = "quick",
    seed: int = 1,
    backend: str = "cpp",
    float_bits: int = 32,
    changes: dict[str, Any] | None = None,
) -> Plan:
    """Check everything about a run before it begins.

    Raises
    ------
    ParameterError
        Naming what is wrong and what is allowed.
    """
    module = find(experiment)
    if backend not in BACKENDS:
        raise ParameterError(f"backend = {backend}: not one of {' | '.join(BACKENDS)}")
    if float_bits not in (32, 64):
        raise ParameterError(f"float = {float_bits}: not one of 32 | 64")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError(f"seed = {seed}: a whole number from 0 on is needed")
    return Plan(
        experiment=module,
        preset=preset,
        config=configure(module, preset, changes or {}),
        seed=int(seed),
        backend=backend,
        float_bits=float_bits,
    )


def planned_in(folder: Path, config: dict[str, Any], seed: int | None = None) -> Plan:
    """The plan of the run that config.json of a folder describes; of several seeds, with one of them.

    Raises
    ------
    RunError
        If it describes none.
    """
    try:
        return plan(
            config["experiment"],
            config["preset"],
            config["seed"] if seed is None else seed,
            config["backend"],
            config["float_bits"],
            dict(config["parameters"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder / record.CONFIG} does not describe a run: {error}") from None


def run(
    experiment: str,
    preset: str = "quick",
    *,
    seed: int = 1,
    backend: str = "cpp",
    float_bits: int = 32,
    out: str | Path | None = None,
    force: bool = False,
    checkpoint: int | None = None,
    progress: Progress | None = None,
    **changes: Any,
) -> Result:
    """Run an experiment once.

    Parameters
    ----------
    experiment : str
        A name of `burstlab list`.
    preset : str
        "quick" or "paper".
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
    planned = plan(experiment, preset, seed, backend, float_bits, changes)
    folder = Path(out) if out is not None else planned.default_folder
    return execute(planned, folder, force, progress, checkpoint=checkpoint)


def execute(
    planned: Plan,
    folder: Path,
    force: bool = False,
    progress: Progress | None = None,
    compiled: program.Program | None = None,
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
    folder: Path, planned: Plan, progress: Progress | None = None, compiled: program.Program | None = None
) -> Result:
    """Make the run that is under construction in a folder, from its checkpoint if there is one."""
    examples = checkpoints.examples_of(folder)
    with checkpoints.construction(folder) as place:
        _make(planned, place, progress, compiled, checkpoints.of_run(planned, place, examples))
    return Result(folder)


def _make(
    planned: Plan,
    place: Path,
    progress: Progress | None,
    compiled: program.Program | None,
    checkpoint: checkpoints.Checkpoint | None = None,
) -> None:
    analysis, summary = measure(planned, place, progress, compiled, checkpoint)
    if analysis.divergence is None:
        record.write_arrays(place, analysis.arrays)
        record.read_arrays(place)  # what cannot be read back is not done
    record.write_json(place, record.SUMMARY, summary)
    if analysis.divergence is None:
        try:
            draw(Result(place))
        except OSError:
            raise
        except Exception as error:  # a picture that cannot be drawn is no reason to lose the run
            why = str(error) if isinstance(error, RunError) else f"{type(error).__name__}: {error}"
            record.write_json(place, record.SUMMARY, finite(summary | {"undrawn": why}))


def measure(
    planned: Plan,
    work: Path,
    progress: Progress | None = None,
    compiled: program.Program | None = None,
    checkpoint: checkpoints.Checkpoint | None = None,
) -> tuple[record.Analysis, dict[str, Any]]:
    """Simulate and analyse, with temporary files in `work`: what is to be kept, and the summary."""
    simulated = _simulate(planned, work, progress, compiled, checkpoint)
    analysis = planned.experiment.analyse(planned.config, simulated.raw, planned.seed)
    simulated_s = float(planned.config.duration)
    diverged = analysis.divergence
    summary = {
        "experiment": planned.experiment.NAME,
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
    compiled: program.Program | None,
    checkpoint: checkpoints.Checkpoint | None,
) -> Simulated:
    if planned.backend != "cpp":
        return simulate_here(
            planned.experiment, planned.config, planned.seed, planned.backend, planned.float_bits, progress
        )
    compiled = compiled or program.compiled(planned.experiment, planned.config, planned.float_bits)
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


def load(folder: str | Path) -> Result:
    """A run that was made before.

    Raises
    ------
    RunError
        If the folder is no run directory, or is not finished.
    """
    result = Result(Path(folder))
    if is_unfinished(result.folder) and not (result.folder / record.SUMMARY).exists():
        raise RunError(f"{folder} is unfinished{go_on_with(folder)}")
    for part in (result.config, result.summary):
        if "experiment" not in part:
            raise RunError(f"{folder} is not a run directory")
    return result


def draw(result: Any) -> list[Path]:
    """Draw figure.png and figure.pdf of a run or a sweep from what is saved; returns their paths."""
    paths = [result.folder / "figure.png", result.folder / "figure.pdf"]
    with _DRAWING:
        figure = result.figure()
        for path in paths:
            partial = path.with_name(f".unfinished-{path.name}")
            # Without the date that matplotlib writes, the same run gives the same bytes.
            figure.savefig(partial, dpi=200, metadata={"CreationDate": None} if path.suffix == ".pdf" else None)
            partial.rename(path)
    return paths


# Matplotlib reads its texts with one parser that threads would share, and runs end in several at once.
_DRAWING = threading.Lock()
