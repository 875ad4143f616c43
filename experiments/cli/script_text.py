"""Values, arrays and equations as lines of a script that people read: units, repetitions, no digits of rounding."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container, Iterable, Iterator
from typing import Any

import numpy as np
from brian2 import Hz, Mohm, amp, farad, ms, mV, nS, ohm, pA, pF, second, siemens, volt
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION

from burstlab.models.quantities import decimal

# What values are written in, and what equations are, by dimensions.
_VALUES = {
    unit.dim: (name, float(unit))
    for name, unit in (
        ("ms", ms), ("mV", mV), ("pA", pA), ("pF", pF), ("nS", nS), ("Hz", Hz), ("Mohm", Mohm), ("pA*Hz", pA * Hz),
    )
}  # fmt: skip
_EQUATIONS = {
    unit.dim: name
    for name, unit in (
        ("second", second), ("volt", volt), ("amp", amp), ("farad", farad), ("siemens", siemens), ("Hz", Hz),
        ("ohm", ohm), ("amp*Hz", amp * Hz),
    )
}  # fmt: skip
_BASES = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
WIDTH = 120  # letters of a line
_SHORT = 24  # numbers that are written out
_LONGEST_PERIOD = 2000
_BETTER = 1.05  # how much more a longer period has to repeat


class NoShortTextError(ValueError):
    """An array has no form that anybody would read."""


# ---- values ----------------------------------------------------------------------------------------------------------


def in_base_units(dim: Any) -> str:
    """Dimensions as a product of base units; "1" for none."""
    powers = [(name, power) for name, power in zip(_BASES, dim._dims, strict=True) if power]
    return "*".join(name if power == 1 else f"{name}**{power:g}" for name, power in powers) or "1"


def number(value: Any, scale: float = 1.0) -> str:
    """A number in units of `scale`, without the digits of rounding."""
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value)
    return decimal(float(value) / scale + 0.0)  # no minus before zero


def quantity(value: Any, dim: Any) -> str:
    """A value in SI units as a script has it: "7*ms"."""
    name, scale = _unit(dim, value)
    text = number(value, scale)
    return text if name == "1" else f"{text}*{name}"


def _unit(dim: Any, values: Any) -> tuple[str, float]:
    if dim is second.dim and np.min(np.abs(np.asarray(values))) >= 1:
        return "second", 1.0
    return _VALUES.get(dim, (in_base_units(dim), 1.0))


def array(values: np.ndarray, dim: Any) -> str:
    """An array in SI units: a number where all are one, repetitions otherwise.

    Raises
    ------
    NoShortTextError
        If it is neither.
    """
    if np.all(values == values.flat[0]):
        return quantity(values.flat[0], dim)
    name, scale = _unit(dim, values)
    text = _rows(values, scale, depth=2)
    return text if name == "1" else f"{text}*{name}"


def timed(values: np.ndarray, dim: Any) -> str:
    """The same of values in time, which stay an array where all are one."""
    if not np.all(values == values.flat[0]):
        return array(values, dim)
    name, scale = _unit(dim, values)
    text = f"np.full({values.shape if values.ndim > 1 else len(values)}, {_decimal(number(values.flat[0], scale))})"
    return text if name == "1" else f"{text}*{name}"


def _decimal(text: str) -> str:
    # numpy would make an array of whole numbers of it
    return text if any(sign in text for sign in ".en") else f"{text}.0"


def _rows(values: np.ndarray, scale: float, depth: int) -> str:
    begins = np.flatnonzero(np.r_[True, _differ(values[1:], values[:-1])])
    if len(values) <= _SHORT and values.size <= 2 * _SHORT and len(begins) > len(values) / 2:
        return f"np.array([{_listed(values, scale)}])"
    if len(begins) <= _SHORT:
        lengths = np.diff(np.r_[begins, len(values)])
        often = str(lengths[0]) if np.all(lengths == lengths[0]) else f"[{', '.join(map(str, lengths))}]"
        axis = ", axis=0" if values.ndim > 1 else ""
        return f"np.repeat([{_listed(values[begins], scale)}], {often}{axis})"
    if depth:
        first, period, count = _periodic(values)
        last = first + period * count
        block = _rows(values[first : first + period], scale, depth - 1)
        parts = [_rows(part, scale, depth - 1) for part in (values[:first], values[last:]) if len(part)]
        parts.insert(1 if first else 0, f"np.tile({block}, {(count, 1) if values.ndim > 1 else count})")
        return parts[0] if len(parts) == 1 else f"np.concatenate([{', '.join(parts)}])"
    raise NoShortTextError


def _differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.any(a != b, axis=1) if a.ndim > 1 else a != b


def _listed(values: np.ndarray, scale: float) -> str:
    if values.ndim > 1:
        return ", ".join(f"[{_listed(row, scale)}]" for row in values)
    words = [number(value, scale) for value in values]
    if values.dtype.kind == "f":
        words[0] = _decimal(words[0])
    return ", ".join(words)


def _periodic(values: np.ndarray) -> tuple[int, int, int]:
    """Begin, period and count of the repetitions that make up most of an array."""
    best = (0, 0, 0, 0)
    for period in range(1, min(_LONGEST_PERIOD, len(values) // 2) + 1):
        if len(values) <= best[0] * _BETTER:
            break  # nothing that is longer can be that much longer
        # Where rows equal those a period later, and the longest stretch of that.
        edges = np.flatnonzero(np.r_[True, _differ(values[period:], values[:-period]), True])
        stretch = int(np.argmax(np.diff(edges)))
        first = int(edges[stretch])
        count = (int(edges[stretch + 1]) - 1 - first) // period + 1
        if count > 1 and period * count > best[0] * _BETTER:
            best = (period * count, first, period, count)
    if best[0] < len(values) / 2:
        raise NoShortTextError
    return best[1:]


# ---- equations and statements ----------------------------------------------------------------------------------------


def _ordered(given: Any) -> list[Any]:
    """Equations in an order to read them: what changes, what follows from it, what is set."""
    kinds = (DIFFERENTIAL_EQUATION, SUBEXPRESSION, PARAMETER)
    return sorted(given.values(), key=lambda one: kinds.index(one.type))


def names(given: Any) -> list[str]:
    """The variables of equations, in that order."""
    return [one.varname for one in _ordered(given)]


def equations(given: Any, without: Container[str] = ()) -> list[str]:
    """The lines of equations, those of some variables left out."""
    lines = []
    for one in _ordered(given):
        if one.varname in without:
            continue
        left = f"d{one.varname}/dt" if one.type == DIFFERENTIAL_EQUATION else one.varname
        right = "" if one.type == PARAMETER else f" = {one.expr.code}"
        flags = f" ({', '.join(one.flags)})" if one.flags else ""
        line = f"{left}{right} : {_type(one)}{flags}"
        # Brian2 reads an expression in several lines, if none but the last can be the end of it.
        lines += [f"{'    ' * (k > 0)}{part}" for k, part in enumerate(_broken(line, r" (?=[+-] )", WIDTH - 8))]
    return lines


def _type(one: Any) -> str:
    return str(one.var_type) if one.var_type != "float" else in_equations(one.dim)


def in_equations(dim: Any) -> str:
    """A unit as equations have it."""
    return _EQUATIONS.get(dim, in_base_units(dim))


def statements(code: str) -> list[str]:
    """The lines of statements without empty ones and indentation."""
    return [line.strip() for line in code.splitlines() if line.strip()]


def block(lines: Iterable[str], indent: str = "    ") -> str:
    """Lines as one text of a script: in quotes of one line, or of several."""
    lines = list(lines)
    if len(lines) == 1 and len(lines[0]) < 80:
        return f'"{lines[0]}"'
    return '"""\n' + "".join(f"{indent}{line}\n" for line in lines) + f'{indent}"""'


# ---- lines -----------------------------------------------------------------------------------------------------------


# Behind which a line may be broken: commas that are in no text.
_ANY_COMMA = r'(?<=,) (?=(?:[^"]*"[^"]*")*[^"]*$)'
_COMMA = rf"{_ANY_COMMA}(?![-.\de+]+[\],])"


def wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Lines of a script, those that are too long in several: a comment before them, breaks behind commas."""
    inside = False  # of a text of several lines
    for line in lines:
        if not inside and len(line) > WIDTH:
            indent = line[: len(line) - len(line.lstrip())]
            code, comment = re.fullmatch(r'((?:"[^"]*"|[^"#])*?)\s*(#.*)?', line).groups()  # type: ignore[union-attr]
            if comment:
                yield from textwrap.wrap(
                    comment[1:], WIDTH, initial_indent=f"{indent}#", subsequent_indent=f"{indent}# "
                )
            # First not within rows of numbers, then there, too.
            parts = [
                short for part in _broken(code, _COMMA, WIDTH - 4) for short in _broken(part, _ANY_COMMA, WIDTH - 4)
            ]
            first, *more = parts
            yield from (first, *(f"{indent}    {part}" for part in more))
        else:
            yield line
        inside ^= line.count('"""') % 2 == 1


def _broken(line: str, where: str, width: int) -> list[str]:
    """A line in parts that are as long as may be, broken at places of a pattern."""
    parts: list[str] = []
    for word in re.split(where, line):
        if parts and len(parts[-1]) + 1 + len(word) <= width:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts
