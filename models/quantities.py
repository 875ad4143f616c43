"""Quantities as text: a number, with or without a unit as Brian2 writes it. No code is evaluated."""

from __future__ import annotations

import re

from brian2 import Quantity
from brian2 import units as brian_units

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_UNIT = re.compile(r"\s*([*/ ]?)\s*([A-Za-z]+)(?:(?:\*\*|\^)(-?\d))?")
_PREFIXES = ("", "f", "p", "n", "u", "m", "k", "M", "G")
_BASES = {
    "s": brian_units.second,
    "V": brian_units.volt,
    "A": brian_units.amp,
    "S": brian_units.siemens,
    "F": brian_units.farad,
    "Hz": brian_units.hertz,
    "ohm": brian_units.ohm,
}
_LONG_NAMES = {"second": "s", "volt": "V", "amp": "A", "siemens": "S", "farad": "F", "hertz": "Hz"}


def _units() -> dict[str, Quantity]:
    scale = {"": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
    units = {p + name: scale[p] * base for name, base in _BASES.items() for p in _PREFIXES}
    units |= {p + long: units[p + short] for long, short in _LONG_NAMES.items() for p in _PREFIXES}
    return units


_UNITS = _units()


# What keyboards and papers have in place of u and -: the micro sign, the Greek letter, and the minus sign.
_SIGNS = str.maketrans({"\u00b5": "u", "\u03bc": "u", "\u2212": "-"})


ROUNDED = 4 * 2.0**-52  # what arithmetic, also with units, may leave of a value


def decimal(value: float) -> str:
    """A number with as few digits as tell it apart from others; 12 where only rounding has left more."""
    value = float(value)
    short = f"{value:.12g}"
    return short if abs(float(short) - value) <= ROUNDED * abs(value) else repr(value)


def typed(text: str) -> str:
    """A text with the signs that a keyboard has: u and -."""
    return text.translate(_SIGNS)


def parse_quantity(text: str) -> Quantity | None:
    """A number with or without a unit ("9 ms", "9*ms", "1 nA*Hz"), or None if the text is something else."""
    text = typed(text.strip())
    match = _NUMBER.match(text)
    if match is None:
        return None
    value = Quantity(float(match.group()))
    position = match.end()
    while position < len(text):
        match = _UNIT.match(text, position)
        if match is None or match.group(2) not in _UNITS:
            return None
        unit = _UNITS[match.group(2)] ** int(match.group(3) or 1)
        value = value / unit if match.group(1) == "/" else value * unit
        position = match.end()
    return Quantity(value)  # a unit to the power of 0 leaves a float


def brief(number: float) -> str:
    """A number for people: a whole one below 10^10 in full, of another one six digits."""
    if abs(number) < 1e10 and number == int(number):
        return str(int(number))
    return f"{number:.6g}"
