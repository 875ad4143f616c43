"""Command lines in texts: found, and looked at by all that the commands themselves look at before their work begins."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from burstlab.experiments.catalogue import configure, find
from burstlab.experiments.cli import main as cli
from burstlab.experiments.cli import options
from burstlab.experiments.cli.reproducing import parts_of
from burstlab.experiments.engine import traces
from burstlab.experiments.runs import fitting, sensitivity, sweep_plan
from burstlab.experiments.runs.plans import plan

ROOT = Path(__file__).parent.parent
# What a text leaves to its reader.
EXAMPLES = {"EXPERIMENT": "xor", "DIR": "results/xor/quick-seed1"}


def command_lines(text: str, experiment: str | None = None) -> list[str]:
    """All command lines of a text, in blocks and within sentences and tables.

    A run of options alone, such as `--set n=125`, is one of `burstlab run EXPERIMENT` where the text is about an
    experiment.
    """
    fence = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    lines = [line for block in fence.findall(text) for line in block.splitlines()]
    # In a sentence a line may be broken.
    lines += [" ".join(code.split()) for code in re.findall(r"`+([^`]+)`+", fence.sub("", text))]
    if experiment is not None:
        lines = [f"burstlab run {experiment} {line}" if re.match(r"--\w+[ =]", line) else line for line in lines]
    return sorted({line.partition("  #")[0].rstrip() for line in lines if line.split(" ")[0] in CHECKS and " " in line})


def check(line: str) -> None:
    """Assert that a command line is accepted: commands, options, experiments, presets, parameters and their values."""
    words = shlex.split(line)
    CHECKS[words[0]]([EXAMPLES.get(word, word) for word in words[1:]])


def _burstlab(words: Sequence[str]) -> None:
    name, command, rest = cli.cli.resolve_command(cli.cli.make_context("burstlab", ["list"]), list(words))
    assert command is not None
    given = command.make_context(name, rest).params
    if command in ACCEPTED:
        ACCEPTED[command](**given)


def _run(
    experiment: str,
    preset: str | None,
    seed: int,
    backend: str,
    float_bits: int,
    changes: tuple[str, ...],
    record: tuple[str, ...],
    window: str | None,
    memory_limit: str,
    weights: Path | None,
    **others: Any,
) -> None:
    cells, within = traces.read_cells(record), traces.read_window(window) if window is not None else None
    changed = cli._changes(changes)
    if weights is not None:
        # There is no such run here. What is shown to a trained network is one example of each input.
        assert find(experiment).given is not None
        changed = {"inputs": "00,10,01,11"} | changed
    planned = plan(_without_files(experiment), preset, seed, backend, float_bits, changed, cells, within, memory_limit)
    assert (planned.recording is not None) == bool(record)


def _without_files(experiment: str) -> Any:
    """An experiment, but for the data that it reads: the reader's files are not here."""
    return replace(find(experiment), data=None)


def _sweep(
    experiment: str, preset: str, vary: tuple[str, ...], seed: int, seeds: int, changes: tuple[str, ...], **others: Any
) -> None:
    varied = options.named(vary, "--vary", "")
    without = _without_files(experiment)
    planned = sweep_plan.plan(without, preset, vary=varied, seed=seed, seeds=seeds, changes=cli._changes(changes))
    assert len(planned.runs) > 1


def _sensitivity(experiment: str, changes: tuple[str, ...], out: Any, **others: Any) -> None:
    how = {name: others[name] for name in ("preset", "of", "over", "within", "samples", "method", "seed", "seeds")}
    planned = sensitivity.plan(_file(experiment), changes=options.changes(changes), **how)
    assert planned.total > 1


def _fit(experiment: str, target: tuple[str, ...], changes: tuple[str, ...], **others: Any) -> None:
    how = {name: others[name] for name in ("preset", "over", "within", "trials", "seed")}
    # A recording is its reader's.
    known = [text for text in target if not text.endswith(".csv")] or ["x=1"]
    assert fitting.plan(_file(experiment), target=known, changes=options.changes(changes), **how).total > 1


def _file(experiment: str) -> str:
    return str(ROOT / experiment) if experiment.endswith(".py") else experiment


def _params(experiment: str, preset: str | None) -> None:
    known = find(experiment)
    configure(known, preset or next(iter(known.presets)), {})


def _inspect(directory: Path, neuron: str | None, window: str | None) -> None:
    if neuron is not None:
        ((_, cells),) = traces.read_cells([neuron]).items()
        assert len(cells) == 1
    if window is not None:
        traces.read_window(window)


ACCEPTED = {
    cli.run: _run,
    cli.sweep: _sweep,
    cli.sensitivity: _sensitivity,
    cli.fit: _fit,
    cli.inspect: _inspect,
    cli.params: _params,
    cli.reproduce_all: lambda preset, **others: parts_of(preset),
}


def _make(words: Sequence[str]) -> None:
    (known,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(words) <= set(known.split()), f"make knows {known}"


def _python(words: Sequence[str]) -> None:
    assert (ROOT / words[0]).is_file(), words[0]


def _pip(words: Sequence[str]) -> None:
    assert words[0] == "install"
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extras,) = re.fullmatch(r"(?:\.|burstlab)\[([\w,]+)\]", words[-1]).groups()
    assert set(extras.split(",")) <= set(known), f"the extras are {', '.join(known)}"


CHECKS = {"burstlab": _burstlab, "make": _make, "python": _python, "pip": _pip}


def unknown_options(text: str) -> set[str]:
    """Options that a text names by themselves, such as `--seeds`, and that no command has."""
    named = set(re.findall(r"`(--[\w-]+)(?: \S+)?`", text))
    return named - {name for command in cli.cli.commands.values() for option in command.params for name in option.opts}


def python_blocks(page: str) -> list[str]:
    """The Python of a page of docs/."""
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)
