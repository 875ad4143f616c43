"""What the shell completes: experiments, presets, parameters with their words, populations.

Names of experiments and presets need nothing loaded; parameters and populations take the time of Brian2's import.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from burstlab.equations.errors import ParameterError

from ..catalogue import LISTED, find, others
from ..errors import RunError


@add_completion_class
class _Bash(BashComplete):
    """Bash that waits for a value behind a name."""

    source_template = BashComplete.source_template.replace(
        "COMPREPLY+=($value)\n", "COMPREPLY+=($value)\n            [[ $value == *[=:] ]] && compopt -o nospace\n"
    )


Items = list[CompletionItem]


def _items(known: Sequence[tuple[str, str]], incomplete: str) -> Items:
    return [CompletionItem(name, help=meaning) for name, meaning in known if name.startswith(incomplete)]


def experiments(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Ours and those of installed packages; or files."""
    known = [(name, listed.meaning) for name, listed in LISTED.items()]
    found = _items(known, incomplete)
    if not found:
        found = _items([(name, one.meaning) for name, one in others()[0].items()], incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def presets(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Those of the experiment."""
    name = _named(context)
    known: Any = LISTED[name].presets if name in LISTED else getattr(_experiment(context), "presets", {})
    return _items([(preset, "") for preset in known], incomplete)


def settings(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """NAME= for --set and --vary, or NAME=WORD where words are what is allowed."""
    return _items(list(_settings(context)), incomplete)


def ranges(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """NAME= for --over, of what can have a range."""
    return _items([item for item in _settings(context) if item[0].endswith("=")], incomplete)


def _settings(context: click.Context) -> Iterator[tuple[str, str]]:
    experiment = _experiment(context)
    if experiment is None:
        return

    from burstlab.models.parameters import walk

    for name, known, _ in walk(next(iter(experiment.presets.values()))):
        for word in known.choices or ("",):
            yield f"{name}={word}", f"{known.meaning} ({known.range_text})"


def populations(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """POPULATION: of the experiment."""
    experiment = _experiment(context)
    if experiment is None or experiment.populations is None:
        return []
    config = next(iter(experiment.presets.values()))
    known = experiment.populations(config)
    return _items([(f"{name}:", f"cells 0 to {one.stop - one.start - 1}") for name, one in known.items()], incomplete)


def _named(context: click.Context) -> str | None:
    """What has been named before; behind an option that waits for its value click has not told it from the options."""
    return context.params.get("experiment") or next((word for word in context.args if not word.startswith("-")), None)


def _experiment(context: click.Context) -> Any:
    """The experiment that has been named before; None where there is none. No file is run to complete a word."""
    name = _named(context)
    if name is None or name.endswith(".py"):
        return None
    try:
        return find(name)
    except (ParameterError, RunError):
        return None
