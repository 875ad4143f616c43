"""What a sweep varies: a parameter and its values, read from NAME=A:B:N, NAME=log:A:B:N or NAME=[a,b,c]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burstlab.models.parameters import Parameter, ParameterError, check_value, nearest, parse, walk

MOST_VALUES = 10_000
_WORDS = ("choice", "text")


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A parameter and the values that it takes, written as in config.json.

    Attributes
    ----------
    name : str
        One of `burstlab params EXPERIMENT`.
    known : Parameter
    values : tuple
        Texts with units, whole numbers or words: the same on every machine, and read again without loss.
    """

    name: str
    known: Parameter
    values: tuple[Any, ...]

    @property
    def unit(self) -> str:
        """The unit of `numbers`, or an empty text."""
        return "" if self.known.unit is None else str(self.known.unit)

    @property
    def numbers(self) -> np.ndarray:
        """The values in their unit; words and texts themselves."""
        return numbers(self.known, self.values)


def numbers(known: Parameter, values: Sequence[Any]) -> np.ndarray:
    """Values of a parameter, written as in config.json, in its unit; words and texts themselves."""
    if known.kind in _WORDS:
        return np.array(values, dtype=np.str_)
    if known.kind == "integer":
        return np.array(values, dtype=np.int64)
    return np.array([float(str(text).split()[0]) for text in values], dtype=float)


def read_axis(config: Any, name: str, given: str | Sequence[Any]) -> Axis:
    """The axis that a text as on the command line, or a sequence of values, stands for.

    Raises
    ------
    ParameterError
        For an unknown parameter, a text of another form, or a value that is not allowed.
    """
    parameters = {name: known for name, known, _ in walk(config)}
    if name not in parameters:
        raise ParameterError(f"unknown parameter {name!r}{nearest(name, list(parameters))}")
    known = parameters[name]
    if known.length is not None:
        raise ParameterError(f"{name}: a parameter of {known.length} values cannot be varied, only set")
    if not isinstance(given, str) and np.ndim(given) == 0:
        raise ParameterError(f"{name} = {given}: several values are needed, {known.range_text}")
    values = _read_text(name, given, known) if isinstance(given, str) else _read_list(name, list(given), known)
    return Axis(name=name, known=known, values=tuple(values))


def _read_text(name: str, text: str, known: Parameter) -> list[Any]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return _read_list(name, [item.strip() for item in text[1:-1].split(",")], known)
    parts = [part.strip() for part in text.split(":")]
    logarithmic = parts[0] == "log"
    ends = parts[1:] if logarithmic else parts
    if len(ends) != 3 or known.kind in _WORDS:
        forms = "[a,b,c]" if known.kind in _WORDS else "A:B:N, log:A:B:N or [a,b,c]"
        raise ParameterError(f"{name} = {text}: not of the form {forms} ({known.range_text})")
    if not ends[2].isascii() or not ends[2].isdigit() or len(ends[2]) > 5 or not 1 <= int(ends[2]) <= MOST_VALUES:
        raise ParameterError(f"{name} = {text}: the number of values must be 1 to {MOST_VALUES}, not {ends[2]!r}")
    low, high = (_number(name, end, known) for end in ends[:2])
    if logarithmic and not (low > 0 and high > 0):
        raise ParameterError(f"{name} = {text}: both ends of a logarithmic range must be positive")
    numbers = (np.geomspace if logarithmic else np.linspace)(low, high, int(ends[2]))
    # Twelve digits hide the rounding of the division of the range; the ends stay what was given.
    written = [f"{number:.12g}" for number in numbers]
    if known.kind == "integer":
        return _whole(name, text, written, known)
    return _read_list(name, [part if known.unit is None else f"{part} {known.unit}" for part in written], known)


def _whole(name: str, text: str, written: list[str], known: Parameter) -> list[int]:
    for part in written:
        if not float(part).is_integer():
            raise ParameterError(f"{name} = {text}: {part} is not a whole number; give a list of whole numbers")
    return _read_list(name, [int(float(part)) for part in written], known)


def _read_list(name: str, items: list[Any], known: Parameter) -> list[Any]:
    if not items:
        raise ParameterError(f"{name}: no value given; allowed: {known.range_text}")
    values = []
    for item in items:
        value = parse(name, item, known) if isinstance(item, str) else check_value(name, item, known)
        if known.several and len(value) != 1:
            raise ParameterError(f"{name}: one value at a time is needed, {known.range_text}")
        written = known.format(value)
        values.append(written[0] if known.several else written)
    if len(set(values)) < len(values):
        raise ParameterError(f"{name}: a value is given twice; {known.range_text}")
    return values


def _number(name: str, text: str, known: Parameter) -> float:
    """A text as a number in the parameter's unit."""
    value = parse(name, text, known)
    value = value[0] if known.several else value
    written = known._format_one(value)
    return float(written) if isinstance(written, int) else float(written.split()[0])
