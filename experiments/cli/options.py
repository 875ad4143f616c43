"""What several commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from burstlab.equations.errors import ParameterError

from . import completion

named_experiment = click.argument("experiment", metavar="EXPERIMENT|FILE.py", shell_complete=completion.experiments)
# Naming the file is what allows it to be run.
own_file = click.option(
    "--experiment", metavar="FILE.py", shell_complete=completion.python_files,
    help="The file of the experiment, if it was made with one.",
)  # fmt: skip


def preset_option() -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--preset`, which the shell completes."""
    about = "One of those that burstlab list shows for it [the first]."
    return click.option("--preset", shell_complete=completion.presets, help=about)


def set_option(about: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`--set NAME=VALUE`, any number of times, which the shell completes."""
    return click.option(
        "--set", "changes", multiple=True, metavar="NAME=VALUE", shell_complete=completion.settings, help=about
    )


def changes(texts: tuple[str, ...]) -> dict[str, Any]:
    """Parameters of `--set NAME=VALUE`."""
    return named(texts, "--set", '--set tau_d="9 ms"')


def named(texts: tuple[str, ...], option: str, example: str) -> dict[str, Any]:
    """{NAME: VALUE} of an option that is given as NAME=VALUE any number of times."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ParameterError(f"{option} {text!r}: NAME=VALUE is needed, such as {example}")
        if name.strip() in found:
            raise ParameterError(f"{option} {name.strip()}: given twice; once is needed")
        found[name.strip()] = value
    return found
