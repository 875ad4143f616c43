"""What stands behind the page with sliders (server.py): parameters, presets, runs, and how to repeat them.

Two experiments see the same cell: current_steps traces one cell without noise, response_curves measures a population in
background noise. A parameter that both have is one slider. Every number comes from a run of a compiled program with the
settings of preset quick and seed 1, so that `burstlab run` with the same changes gives the same numbers.
"""

from __future__ import annotations

import functools
import shlex
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from burstlab.analysis.figures import round_step
from burstlab.models.parameters import Parameter, walk

from .. import current_steps, response_curves
from ..catalogue import configure
from ..engine import cache, process
from ..experiment import Analysis, Experiment, analysed

EXPERIMENTS: tuple[Experiment, ...] = (current_steps.EXPERIMENT, response_curves.EXPERIMENT)
PRESET, SEED, FLOAT_BITS = "quick", 1, 32
CURRENTS = ("somatic_current", "dendritic_current")
_CURRENTS_REACH = (-500.0, 1500.0)  # pA; the paper's are from -350 to 800
_TIMES_DEFAULT = 4

GROUPS: dict[str, tuple[str, ...]] = {
    "currents": CURRENTS,
    "soma": ("E_L", "tau_s", "C_s", "b", "tau_ws", "V_T", "delta_theta", "tau_theta"),
    "dendrite": ("tau_d", "C_d", "a", "tau_wd", "E_d", "D_d"),
    "coupling": ("g_s", "g_d", "c_d", "K_duration"),
    "synapses": (
        "E_exc", "E_inh", "tau_exc", "tau_inh", "background_rate_s", "background_exc_s", "background_inh_s",
        "background_rate_d", "background_exc_d", "background_inh_d",
    ),
    "bursts": ("burst_interval",),
}  # fmt: skip

# {name of a parameter: value in the parameter's unit}
Settings = Mapping[str, float]


# ---- sliders ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Slider:
    """A parameter as something to move: values are numbers in the parameter's unit."""

    name: str
    group: str
    known: Parameter
    default: float
    experiments: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name and unit."""
        return self.name if self.known.unit is None else f"{self.name} ({self.known.unit})"

    @property
    def range_text(self) -> str:
        """What is allowed, with unit."""
        unit = "" if self.known.unit is None else f" {self.known.unit}"
        return f"{self.known.low:g} to {self.known.high:g}{unit}"

    @property
    def reach(self) -> tuple[float, float]:
        """Where the slider ends; the number beside it takes what is allowed."""
        if self.name in CURRENTS:
            return _CURRENTS_REACH
        low, high = self.known.low, self.known.high
        # Ranges from about zero are wide; in the others, such as those of voltages, every value is of interest.
        return (low, min(high, _TIMES_DEFAULT * self.default) if low >= 0 and self.default > 0 else high)

    @property
    def step(self) -> float:
        """About a 400th of the reach: 1, 2 or 5 times a power of ten."""
        low, high = self.reach
        return float(f"{round_step((high - low) / 400):.6g}")


@functools.cache
def sliders() -> dict[str, Slider]:
    """Every parameter that can be changed without another program, by name, in the order of the groups."""
    found: dict[str, tuple[Parameter, Any]] = {}
    where: dict[str, list[str]] = {}
    for module in EXPERIMENTS:
        for name, known, value in walk(module.presets[PRESET]):
            # Lists other than the currents, such as the currents of a sweep, are no parameters of the cell.
            if known.kind == "quantity" and not known.structural and (not known.several or name in CURRENTS):
                found.setdefault(name, (known, value[0] if known.several else value))
                where.setdefault(name, []).append(module.name)
    return {
        name: Slider(
            name=name,
            group=group,
            known=found[name][0],
            default=_number(found[name][1], found[name][0]),
            experiments=tuple(where[name]),
        )
        for group, names in GROUPS.items()
        for name in names
    }


def _number(value: Any, known: Parameter) -> float:
    return float(f"{float(value) / (1.0 if known.unit is None else float(known.unit)):.12g}")


def defaults() -> dict[str, float]:
    """Where the sliders stand at first."""
    return {name: slider.default for name, slider in sliders().items()}


@functools.cache
def presets() -> dict[str, dict[str, float]]:
    """Settings of the paper by name: the currents of its program's test of a cell, then those of its networks."""
    paper = current_steps.PRESETS["paper"]
    pairs = {
        f"{I_s:g} pA soma, {I_d:g} pA dendrite": dict(zip(CURRENTS, (I_s, I_d), strict=True))
        for I_s, I_d in zip(*(_picoamperes(paper, name) for name in CURRENTS), strict=True)
    }
    others: dict[str, dict[str, float]] = {
        "Fig 3, lower population (mean currents)": {"somatic_current": 0, "dendritic_current": 50},
        "Fig 3, upper population (mean currents)": {"somatic_current": -100, "dendritic_current": 100},
        "Supplement, g_d 1300 pA": {"g_d": 1300},
        "Supplement, g_d 1400 pA": {"g_d": 1400},
    }
    whole = {name: defaults() | changes for name, changes in (pairs | others).items()}
    # The one that the page opens with comes first.
    return dict(sorted(whole.items(), key=lambda item: item[1] != defaults()))


def _picoamperes(config: Any, name: str) -> list[float]:
    return [_number(value, sliders()[name].known) for value in getattr(config, name)]


# ---- from settings to runs -------------------------------------------------------------------------------------------


def changes(experiment: Any, settings: Settings) -> dict[str, str]:
    """What differs from the experiment's preset, as texts that `--set` takes."""
    different = {}
    for name, known, value in walk(experiment.presets[PRESET]):
        if name in settings and name in sliders():
            text = _text(settings[name], known)
            before = known.format(value)
            if text != (before[0] if known.several else before):
                different[name] = text
    return different


def _text(number: float, known: Parameter) -> str:
    return f"{number:.12g}" if known.unit is None else f"{number:.12g} {known.unit}"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A run of an experiment: its settings, what came out, and how long it took (s)."""

    settings: Settings
    analysis: Analysis
    took_s: float


def are_compiled() -> bool:
    """Whether making the simulators of all experiments needs no compiler."""
    return all(cache.is_compiled(module, module.presets[PRESET], FLOAT_BITS) for module in EXPERIMENTS)


class Simulator:
    """An experiment whose program is compiled when this is made, and never again.

    Parameters
    ----------
    experiment : Experiment
        One of `EXPERIMENTS`.

    Raises
    ------
    RunError
        If the program cannot be had.
    """

    def __init__(self, experiment: Any) -> None:
        self.experiment = experiment
        self._program = cache.compiled(experiment, experiment.presets[PRESET], FLOAT_BITS)
        self._folder = tempfile.TemporaryDirectory(prefix="burstlab-explore-")

    def __call__(self, settings: Settings) -> Seen:
        """Run with these settings.

        Raises
        ------
        ParameterError
            For a setting that `--set` would refuse.
        RunError
            If the program fails.
        """
        began = time.perf_counter()
        config = configure(self.experiment, PRESET, dict(changes(self.experiment, settings)))
        values = self.experiment.values(config, SEED)
        simulated = process.run_program(self._program, values, SEED, Path(self._folder.name))
        analysis = analysed(self.experiment, config, simulated.raw, SEED)
        return Seen(settings=dict(settings), analysis=analysis, took_s=time.perf_counter() - began)


# ---- how to repeat it ------------------------------------------------------------------------------------------------


def command_lines(settings: Settings) -> str:
    """The command lines that give what the page shows, one for each experiment."""
    lines = []
    for module in EXPERIMENTS:
        words = [part for name, text in changes(module, settings).items() for part in ("--set", f"{name}={text}")]
        words += ["--out", f"results/explore/{module.name}", "--force"]
        lines.append(shlex.join(["burstlab", "run", module.name, *words]))
    return "\n".join(lines)


def python_code(settings: Settings) -> str:
    """A script that gives what the page shows."""
    units, calls = set(), []
    for module in EXPERIMENTS:
        arguments = [f'"{module.name}"']
        for name in changes(module, settings):
            known = sliders()[name].known
            number = f"{settings[name]:.12g}"
            arguments.append(f"{name}={number}" if known.unit is None else f"{name}={number} * {known.unit}")
            units |= set() if known.unit is None else {str(known.unit)}
        arguments += [f'out="results/explore/{module.name}"', "force=True"]
        calls.append(_call(module.name, arguments))
    imports = [f"from brian2 import {', '.join(sorted(units, key=str.lower))}"] if units else []
    return "\n".join([*imports, "from burstlab.experiments import run", "", *calls])


_PRINTED = {
    current_steps.EXPERIMENT.name: ("steps", ("spike_count", "event_count", "burst_count")),
    response_curves.EXPERIMENT.name: ("curves", ("event_rate_Hz", "burst_probability")),
}


def _call(experiment: str, arguments: list[str]) -> str:
    result, numbers = _PRINTED[experiment]
    printed = "\n".join(f'print("{name}", {result}.summary["{name}"])' for name in numbers)
    return f"{result} = run(\n    " + ",\n    ".join(arguments) + f",\n)\n{printed}\n"
