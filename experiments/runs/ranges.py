"""Ranges of parameters: NAME=A:B, a part to either side of the present value, or all that can have such a range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from burstlab.models.parameters import Parameter, ParameterError, check_value, nearest, parse, walk

from ..errors import option
from ..limits import COMPILING

ALL = "all"
Over = str | Sequence[str] | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Range:
    """A parameter and the ends of its range, in the parameter's unit.

    Attributes
    ----------
    name : str
        One of `burstlab params EXPERIMENT`.
    known : Parameter
    low, high : float
    default : float
        Its value in the preset, with what `--set` changes.
    """

    name: str
    known: Parameter
    low: float
    high: float
    default: float

    @property
    def ends(self) -> list[str]:
        """Both ends, written as in config.json."""
        return [self.written(self.low), self.written(self.high)]

    def written(self, number: float) -> str:
        """A number in the parameter's unit, written as in config.json."""
        text = f"{number:.9g}"
        read = parse(self.name, text if self.known.unit is None else f"{text} {self.known.unit}", self.known)
        return str(self.known._format_one(read[0] if self.known.several else read))

    def at(self, part: float | np.ndarray) -> Any:
        """The number at a part of the range, from 0 to 1."""
        return self.low + part * (self.high - self.low)


def read_part(text: str | float) -> float:
    """A part of a value: "20%", "0.2", 0.2.

    Raises
    ------
    ParameterError
        If it is none, or not above 0 and below 1.
    """
    shown = str(text).strip()
    try:
        part = float(shown.removesuffix("%")) / (100 if shown.endswith("%") else 1)
    except ValueError:
        part = float("nan")
    if not 0 < part < 1:
        raise ParameterError(
            f"{option('within', text)}: a part of the value is needed, above 0 and below 100 %, such as 20%"
        )
    return part


def read_ranges(config: Any, over: Over, within: str | float) -> tuple[Range, ...]:
    """The ranges that texts as on the command line, or a mapping, stand for.

    Parameters
    ----------
    config : parameter set
    over : str, sequence of str, or mapping
        "NAME=A:B", "NAME" and "all", also several with commas between them; or {NAME: "A:B"}, {NAME: (A, B)},
        {NAME: None}. A range by name replaces that of `all`.
    within : str or float
        The part of its value to either side for parameters without ends: "20%".

    Raises
    ------
    ParameterError
        Naming what is wrong and what is allowed.
    """
    named, part = _named(over), read_part(within)
    parameters = {name: (known, value) for name, known, value in walk(config)}
    found: dict[str, Range] = {}
    if ALL in named and ALL not in parameters:
        found = {name: _around(name, *parameters[name], part) for name in parameters if _has_range(*parameters[name])}
    for name, given in named.items():
        if name == ALL and ALL not in parameters:
            continue
        if name not in parameters:
            raise ParameterError(f"unknown parameter {name!r}{nearest(name, list(parameters))}")
        known, value = parameters[name]
        _check_can_vary(name, known, value)
        found[name] = _around(name, known, value, part) if given is None else _read(name, given, known, value)
    if not found:
        such = option("over", {"tau_d": "5 ms:9 ms"})
        raise ParameterError(f"something has to vary: {option('over')} is needed, such as {such}")
    return tuple(found.values())


def _named(over: Over) -> dict[str, Any]:
    if isinstance(over, Mapping):
        return dict(over)
    found: dict[str, Any] = {}
    such = f"a parameter or all is needed, such as {option('over', {'tau_d': '5 ms:9 ms'})}"
    texts = [over] if isinstance(over, str) else over
    if not isinstance(texts, Iterable):
        raise ParameterError(f"{option('over', over)}: {such}")
    for text in (part for whole in texts for part in str(whole).split(",")):
        name, equals, given = text.partition("=")
        if not name.strip():
            raise ParameterError(f"{option('over', text)}: {such}")
        found[name.strip()] = given if equals else None
    return found


def _check_can_vary(name: str, known: Parameter, value: Any) -> None:
    if known.structural:
        raise ParameterError(
            f"{name} is structural: each of its values needs a compiled program, {COMPILING} each; "
            "set one of them for all runs, or take a few in a sweep"
        )
    if known.kind != "quantity":
        raise ParameterError(f"{name}: only a number with a range can vary here; it is {_what(known)}")
    if known.several and len(value) != 1:
        raise ParameterError(f"{name}: a parameter of {len(value)} values has no range; give it one value only")


def _what(known: Parameter) -> str:
    return "a whole number" if known.kind == "integer" else f"one of {' | '.join(known.choices)}"


def _has_range(known: Parameter, value: Any) -> bool:
    """Whether `all` means this parameter: a number that is data, whose value is not 0."""
    if known.structural or known.kind != "quantity" or known.multiple_of or (known.several and len(value) != 1):
        return False
    return _number(known, value) != 0


def _number(known: Parameter, value: Any) -> float:
    one = value[0] if known.several else value
    return float(str(known._format_one(one)).split()[0])


def _around(name: str, known: Parameter, value: Any, part: float) -> Range:
    number = _number(known, value)
    if number == 0:
        ends = option("over", {name: "A:B"})
        raise ParameterError(f"{name}: a part of 0 is no range; give its ends, {ends} ({known.range_text})")
    low, high = sorted((number * (1 - part), number * (1 + part)))
    return Range(name=name, known=known, low=max(low, known.low), high=min(high, known.high), default=number)


def _read(name: str, given: Any, known: Parameter, value: Any) -> Range:
    if isinstance(given, str):
        ends: list[Any] = [end.strip() for end in given.split(":")]
    else:
        ends = list(given) if np.ndim(given) else [given]
    if len(ends) != 2:
        raise ParameterError(f"{name} = {given}: A:B is needed, both ends of the range ({known.range_text})")
    read = [
        _number(known, parse(name, end, known) if isinstance(end, str) else check_value(name, end, known))
        for end in ends
    ]
    if not read[0] < read[1]:
        raise ParameterError(f"{name} = {given}: the first end must be below the second ({known.range_text})")
    return Range(name=name, known=known, low=read[0], high=read[1], default=_number(known, value))
