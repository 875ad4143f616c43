"""Plans: a run that is about to be made, with everything about it checked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from burstlab.equations.errors import ParameterError

from ..catalogue import configure, find, of_run
from ..contract import source
from ..contract.settings import settings
from ..elsewhere import blamed
from ..engine import identity
from ..engine.recorders import recorded
from ..engine.traces import Recording, plan_recording, recorded_in
from ..errors import RunError, check_whole, option
from ..experiment import Experiment
from ..limits import BACKENDS, COMPUTED, MEMORY_LIMIT
from . import folders
from .folders import using
from .weights import GivenWeights, read_weights, with_weights


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
    weights: GivenWeights | None = None
    data: Mapping[str, Any] | None = None

    @property
    def default_folder(self) -> Path:
        """results/EXPERIMENT/PRESET-seedS, or PRESET-given-seedS with given weights."""
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
        words += ["--backend", self.backend] if self.backend not in ("cpp", COMPUTED) else []
        words += ["--float", str(self.float_bits)] if self.float_bits != 32 else []
        words += ["--weights", str(self.weights.path)] if self.weights is not None else []
        words += self.recording.options() if self.recording is not None else []
        return shlex.join(words)

    def describe(self) -> dict[str, Any]:
        """The content of config.json."""
        return {
            "format": folders.FORMAT,
            "experiment": self.experiment.name,
            **source.described(self.experiment),
            "preset": self.preset,
            "seed": self.seed,
            "float_bits": self.float_bits,
            "parameters": settings(self.config),
            **identity.program(self.backend, self.experiment.packages),
            **({"data": dict(self.data)} if self.data is not None else {}),
            **({"weights": self.weights.describe()} if self.weights is not None else {}),
            **({"recording": self.recording.describe()} if self.recording is not None else {}),
        }


def plan(
    experiment: str | Path | Experiment,
    preset: str | None = None,
    seed: int = 1,
    backend: str | None = None,
    float_bits: int = 32,
    changes: dict[str, Any] | None = None,
    record: Mapping[str, int | Sequence[int]] | None = None,
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
    with blamed(module):
        return _plan(module, preset, seed, backend, float_bits, changes, record, window, memory_limit, weights)


def _plan(
    module: Any,
    preset: str | None,
    seed: int,
    backend: str | None,
    float_bits: int,
    changes: dict[str, Any] | None,
    record: Mapping[str, int | Sequence[int]] | None,
    window: Sequence[Any] | None,
    memory_limit: str | float,
    weights: str | Path | None,
) -> Plan:
    backend = _backend(module, backend, float_bits)
    check_whole("seed", seed, 0)
    changes, given = changes or {}, None
    if weights is not None:
        given = read_weights(module, weights)
        # A trained network is tested as what it was trained as, unless something else is asked for.
        if preset is None and given.config is not None:
            preset, changes = given.config["preset"], {**given.config["parameters"], **changes}
    preset = preset or next(iter(module.presets))
    config = configure(module, preset, changes)
    if given is not None:
        with using(given.path):
            config, module = with_weights(module, config, given)
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
        data=data_of(module, config),
    )


def _backend(experiment: Experiment, backend: str | None, float_bits: int) -> str:
    if experiment.compute is not None:
        if backend not in (None, COMPUTED):
            raise ParameterError(f"{option('backend', backend)}: {experiment.name} is no Brian2 network and has none")
        if float_bits != 32:
            raise ParameterError(f"{option('float_bits', float_bits)}: {experiment.name} is computed with 32 bits")
        return COMPUTED
    backend = backend or BACKENDS[0]
    if backend not in BACKENDS:
        raise ParameterError(f"{option('backend', backend)}: not one of {' | '.join(BACKENDS)}")
    if float_bits not in (32, 64):
        raise ParameterError(f"{option('float_bits', float_bits)}: not one of 32 | 64")
    return backend


def data_of(experiment: Experiment, config: Any) -> Mapping[str, Any] | None:
    """What is said of the data that a run reads; None where it reads none."""
    return None if experiment.data is None else experiment.data(config)


def planned_in(folder: Path, config: dict[str, Any], seed: int | None = None) -> Plan:
    """The plan of the unfinished run that config.json of a folder describes; of several seeds, with one of them.

    Raises
    ------
    RunError
        If it describes none, or one that another program began.
    """
    weights = config.get("weights", {})
    try:
        planned = plan(
            of_run(folder, config),
            config["preset"],
            config["seed"] if seed is None else seed,
            config["backend"],
            config["float_bits"],
            dict(config["parameters"]),
            **recorded_in(config),
            weights=weights.get("folder", weights.get("file")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder / folders.CONFIG} does not describe a run: {error}") from None
    identity.check_same(str(folder), config, planned.describe(), but=("seed",) if seed is not None else ())
    return planned
