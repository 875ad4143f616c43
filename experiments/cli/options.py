"""What several commands take."""

from __future__ import annotations

from typing import Any

import click

from burstlab.equations.errors import ParameterError

# Naming the file is what allows it to be run.
own_file = click.option("--experiment", metavar="FILE.py", help="The file of the experiment, if it was made with one.")


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
        found[name.strip()] = value
    return found
