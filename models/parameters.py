"""Parameters as data: every number with a meaning carries its unit, allowed range, meaning and source.

A parameter set is a frozen, keyword-only dataclass whose fields are made with the helpers below. It is checked when
it is constructed (`check`), so a set that exists is valid. What follows from parameters is a property, never a field.
"""

from __future__ import annotations

import dataclasses
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import DimensionMismatchError, Quantity, Unit, have_same_dimensions
from brian2.units.fundamentalunits import DIMENSIONLESS

from ..equations.errors import ParameterError, nearest
from .html import table
from .integration import LAST_STEP
from .quantities import ROUNDED, brief, parse_quantity, typed

# Where the defaults come from; a parameter of the package that names nothing else is its own.
PAYEUR = "Payeur et al. 2021, Methods"
PAYEUR_PROGRAM = "program of Payeur et al. 2021"
NAUD = "Naud & Sprekeler 2018"
BURSTLAB = "burstlab"

# How far a whole number of parts may be off, relative: some ulps of arithmetic. Brian2's C++ clock simulates one step
# more from 1e-14 on, in a duration that may be a sum of times that are multiples of multiples.
_ROUNDING = 3e-15


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What is known of a parameter beside its value.

    Attributes
    ----------
    kind : {"quantity", "integer", "choice", "text"}
    meaning, source : str
        For people: what the number stands for, and where its default was found; empty where nobody says.
    unit : Unit or None
        The unit it is shown in, and whose dimensions a value must have; None without dimensions.
    low, high : float
        The allowed range, in `unit`, both ends included.
    choices : tuple of str
        The allowed words of a choice.
    several : bool
        True for a tuple of values.
    length : int or None
        The number of values, where it is fixed.
    structural : bool
        True if another value needs another compiled program.
    multiple_of : str
        Of a time that is counted in others: the parameter of which it must be a whole number, such as "dt".
    """

    kind: str
    meaning: str
    source: str = ""
    unit: Unit | None = None
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    several: bool = False
    length: int | None = None
    structural: bool = False
    multiple_of: str = ""

    @property
    def range_text(self) -> str:
        """The allowed values in words."""
        if self.kind == "text":
            return "a text"
        if self.kind == "choice":
            return ("one or more of " if self.several else "") + " | ".join(self.choices)
        unit = f" {self.unit}" if self.unit is not None else ""
        text = f"{brief(self.low)} to {brief(self.high)}{unit}"
        if self.multiple_of:
            text += f", a whole number of {self.multiple_of}"
        if self.length is not None:
            return f"{self.length} values, {text}"
        return f"one or more values, {text}" if self.several else text

    def format(self, value: Any) -> Any:
        """A value as it is written in config.json: a string with its unit, an integer, or a word; lists of them."""
        if self.several:
            return [self._format_one(item) for item in value]
        return self._format_one(value)

    def text(self, value: Any) -> str:
        """A value for people, as `--set` takes it, with six digits at most; of many, the first and the last."""
        words = list(map(self._text_of_one, value if self.several else [value]))
        return ", ".join(words if len(words) <= 6 else [*words[:3], "...", f"{words[-1]} ({len(words)} values)"])

    def _text_of_one(self, value: Any) -> str:
        if self.kind != "quantity":
            return str(value)
        return brief(self._number(value)) + ("" if self.unit is None else f" {self.unit}")

    def _number(self, value: Any) -> float:
        return float(np.asarray(value)) / (1.0 if self.unit is None else float(self.unit))

    def _format_one(self, value: Any) -> Any:
        if self.kind != "quantity":
            return value
        number = self._number(value)
        # 12 digits hide the rounding of the conversion; a value that needs all its digits keeps them.
        text = f"{number:.12g}"
        scale = 1.0 if self.unit is None else float(self.unit)
        if float(text) * scale != float(np.asarray(value)):
            text = repr(number)
        return text if self.unit is None else f"{text} {self.unit}"


def _field(default: Any, parameter: Parameter) -> Any:
    if not parameter.source and sys._getframe(2).f_globals.get("__name__", "").startswith("burstlab."):
        # Two frames up is the set: what is said of nobody's numbers is true of ours only.
        parameter = dataclasses.replace(parameter, source=BURSTLAB)
    return dataclasses.field(default_factory=lambda: default, metadata={"parameter": parameter})


def quantity(
    value: float, unit: Unit | None, low: float, high: float, meaning: str, source: str = "", **more: Any
) -> Any:
    """A field with a physical value; `low` and `high` are in `unit`, None is for numbers without dimensions."""
    default = Quantity(value) if unit is None else value * unit
    known = Parameter(kind="quantity", meaning=meaning, source=source, unit=unit, low=low, high=high, **more)
    return _field(default, known)


def quantities(
    values: Sequence[float],
    unit: Unit | None,
    low: float,
    high: float,
    meaning: str,
    source: str = "",
    **more: Any,
) -> Any:
    """A field with one or more physical values, or exactly `length` of them; `unit` as of `quantity`."""
    known = Parameter(
        kind="quantity", meaning=meaning, source=source, unit=unit, low=low, high=high, several=True, **more
    )
    return _field(tuple(Quantity(value) if unit is None else value * unit for value in values), known)


def integer(value: int, low: int, high: int, meaning: str, source: str = "", **more: Any) -> Any:
    """A field with a whole number."""
    return _field(value, Parameter(kind="integer", meaning=meaning, source=source, low=low, high=high, **more))


def integers(values: Sequence[int], low: int, high: int, meaning: str, source: str = "", **more: Any) -> Any:
    """A field with several whole numbers, as many as the default has; one or more with `length=None`."""
    more = {"length": len(values)} | more
    known = Parameter(kind="integer", meaning=meaning, source=source, low=low, high=high, several=True, **more)
    return _field(tuple(values), known)


def choice(value: str, choices: Sequence[str], meaning: str, source: str = "", **more: Any) -> Any:
    """A field with one of several words."""
    return _field(value, Parameter(kind="choice", meaning=meaning, source=source, choices=tuple(choices), **more))


def choices(values: Sequence[str], allowed: Sequence[str], meaning: str, source: str = "", **more: Any) -> Any:
    """A field with one or more words, each of several that are allowed."""
    known = Parameter(kind="choice", meaning=meaning, source=source, choices=tuple(allowed), several=True, **more)
    return _field(tuple(values), known)


def as_in(of: Any, name: str, default: Any = None, source: str = "", meaning: str = "") -> Any:
    """A field like one of another parameter set: its unit, its range and all else that is known of it.

    Parameters
    ----------
    of : type
        The other set; of a subclass that only changes defaults, its base.
    name : str
        The field of that set.
    default : optional
        Another default, with its unit.
    source : str, optional
        Where it comes from. Of another default "burstlab" in a set of burstlab's, if nothing is said.
    meaning : str, optional
        What it stands for here, if not the same.

    Raises
    ------
    ParameterError
        If the set has no such parameter, or the default is not allowed.
    """
    fields = {each.name: each for each in dataclasses.fields(of) if "parameter" in each.metadata}
    if name not in fields:
        raise ParameterError(f"{of.__name__} has no parameter {name!r}{nearest(name, list(fields))}")
    known = fields[name].metadata["parameter"]
    if default is None:
        value, source = fields[name].default_factory(), source or known.source  # type: ignore[operator]  # all have one
    else:
        value, source = check_value(name, default, known), source
    return _field(value, dataclasses.replace(known, source=source, meaning=meaning or known.meaning))


def text(value: str, meaning: str, source: str = "", **more: Any) -> Any:
    """A field with a text in one line, such as the place of a file."""
    return _field(value, Parameter(kind="text", meaning=meaning, source=source, **more))


def component(kind: Callable[..., Any], prefix: str = "", **changes: Any) -> Any:
    """A field that holds the parameter set that `kind` makes; its parameters have their names behind `prefix`."""
    return dataclasses.field(default_factory=lambda: kind(**changes), metadata={"prefix": prefix})


# ---- checking ----------------------------------------------------------------------------------------------------


def check(parameters: Any) -> None:
    """Check every field of a parameter set, and the times in it and in the sets in it; for its `__post_init__`.

    Raises
    ------
    ParameterError
        Naming the parameter, its value and what is allowed.
    """
    type(parameters)._repr_html_ = as_html  # no base class is common to parameter sets, but this check is
    for field in dataclasses.fields(parameters):
        known = field.metadata.get("parameter")
        if known is not None:
            checked = check_value(field.name, getattr(parameters, field.name), known)
            object.__setattr__(parameters, field.name, checked)
    found = {name: known for name, known, _ in walk(parameters)}
    for name, known in found.items():
        # A set in another one does not know the time step; the outer one looks at its times.
        if known.multiple_of in found:
            check_multiple(parameters, name, known.multiple_of)
    if hasattr(parameters, "dt") and hasattr(parameters, "duration"):
        _check_duration(parameters.duration, parameters.dt)


def check_multiple(parameters: Any, name: str, of: str) -> None:
    """Refuse a time that is no whole number of another one.

    Parameters
    ----------
    parameters : parameter set
    name, of : str
        Both times, as `walk` names them.

    Raises
    ------
    ParameterError
        With the nearest that are.
    """
    found = {each: (known, value) for each, known, value in walk(parameters)}
    (known, value), (whole, part) = found[name], found[of]
    count = float(value / part)
    if abs(count - round(count)) <= _ROUNDING * count:
        return
    near = (_in_unit(name, k * part, known)[0] for k in (math.floor(count), math.ceil(count)))
    nearest_ = [f"{number:.12g} {known.unit}" for number in near if known.low <= number <= known.high]
    raise ParameterError(
        f"{name} = {float(value / known.unit):.15g} {known.unit}: not a whole number of {of} = "
        f"{whole.format(part)}; take {' or '.join([*nearest_, f'another {of}'])}"
    )


def _check_duration(duration: Quantity, dt: Quantity) -> None:
    steps = float(duration / dt)
    if steps >= LAST_STEP:
        raise ParameterError(
            f"dt = {dt}: {steps:.3g} time steps in the {float(duration):g} s to simulate, more than the {LAST_STEP} "
            "that can be counted; take a longer dt or less to simulate"
        )


def check_value(name: str, value: Any, known: Parameter) -> Any:
    """`value` in the form a field keeps it (Quantity, int, str, or a tuple of them), or a ParameterError."""
    if not known.several:
        return _check_one(name, value, known)
    if isinstance(value, str) or (not isinstance(value, list | tuple) and np.ndim(value) == 0):
        value = (value,)
    if known.length is not None and len(value) != known.length:
        raise ParameterError(f"{name}: {len(value)} values given, {known.length} needed ({known.range_text})")
    if len(value) == 0:
        raise ParameterError(f"{name}: no value given; allowed: {known.range_text}")
    return tuple(_check_one(name, item, known) for item in value)


def _check_one(name: str, value: Any, known: Parameter) -> Any:
    if known.kind == "choice":
        if value not in known.choices:
            raise ParameterError(f"{name} = {value}: not one of {known.range_text}{nearest(str(value), known.choices)}")
        return str(value)
    if known.kind == "text":
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ParameterError(f"{name} = {value!r}: a text in one line is needed")
        return value
    if known.kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ParameterError(f"{name} = {value}: a whole number is needed, {known.range_text}")
        checked: Any = int(value)
        number: float = checked
    else:
        number, checked = _in_unit(name, value, known)
    # Range first: a whole number beyond it may be too large for a float.
    if not known.low <= number <= known.high or not math.isfinite(number):
        shown = known._format_one(checked)
        raise ParameterError(f"{name} = {shown}: outside the allowed range, {known.range_text}")
    return checked


def _in_unit(name: str, value: Any, known: Parameter) -> tuple[float, Any]:
    unit = Quantity(1.0) if known.unit is None else known.unit
    wanted = "a number without a unit" if known.unit is None else f"a value with a unit like {known.unit}"
    try:
        if isinstance(value, bool):
            raise TypeError
        quantity_ = Quantity(value, dtype=float)
        same = have_same_dimensions(quantity_, unit)
    except (TypeError, ValueError, OverflowError, DimensionMismatchError):
        raise ParameterError(f"{name} = {value}: {wanted} is needed, {known.range_text}") from None
    if quantity_.shape != ():
        raise ParameterError(f"{name} = {value}: one value is needed, {known.range_text}")
    if not same:
        what = "wrong unit" if quantity_.dim is not DIMENSIONLESS else "no unit"
        raise ParameterError(f"{name} = {value}: {what}, {wanted} is needed ({known.range_text})")
    # Division can leave 5 ms as 5.000000000000001: compare with the range in rounded form.
    given, scale = float(np.asarray(quantity_)), float(np.asarray(unit))
    number = float(f"{given / scale:.12g}")
    # 100000 us and 0.1 s are 100 ms, the same float and so the same run.
    if given != number * scale and abs(given - number * scale) <= ROUNDED * abs(given):
        quantity_ = Quantity(number) if known.unit is None else number * known.unit
    return number, quantity_


# ---- showing parameters --------------------------------------------------------------------------------------------


def as_html(parameters: Any) -> str:
    """A table of a parameter set for notebooks: value, default, what is allowed, meaning, source; changes are bold."""
    rows: list[tuple[str, ...]] = []
    changed = []
    for (name, known, value), (_, _, default) in zip(walk(parameters), walk(type(parameters)()), strict=True):
        if known.format(value) != known.format(default):
            changed.append(len(rows))
        unit = "" if known.unit is None else str(known.unit)
        rows.append((name, known.text(value), known.text(default), unit, known.range_text, known.meaning, known.source))
    return table(("name", "value", "default", "unit", "allowed", "meaning", "source"), rows, changed)


# ---- reaching parameters by name -----------------------------------------------------------------------------------


def walk(parameters: Any, prefix: str = "") -> Iterator[tuple[str, Parameter, Any]]:
    """Every parameter of a set and of the sets in it: its full name, what is known of it, its value."""
    for field in dataclasses.fields(parameters):
        value = getattr(parameters, field.name)
        if "parameter" in field.metadata:
            yield prefix + field.name, field.metadata["parameter"], value
        elif dataclasses.is_dataclass(value):
            yield from walk(value, prefix + field.metadata.get("prefix", ""))


def with_changes(parameters: Any, changes: dict[str, Any]) -> Any:
    """The same set with other values; names are those of `walk`, texts are read as on the command line.

    Raises
    ------
    ParameterError
        For an unknown name (the nearest one is offered) or a value that is not allowed.
    """
    known = {name: parameter for name, parameter, _ in walk(parameters)}
    for name in changes:
        if name not in known:
            raise ParameterError(f"unknown parameter {name!r}{nearest(name, list(known))}")
    read = {
        name: parse(name, value, known[name]) if isinstance(value, str | list) else value
        for name, value in changes.items()
    }
    return _replaced(parameters, read, "")


def _replaced(parameters: Any, changes: dict[str, Any], prefix: str) -> Any:
    new: dict[str, Any] = {}
    for field in dataclasses.fields(parameters):
        value = getattr(parameters, field.name)
        if "parameter" in field.metadata:
            if prefix + field.name in changes:
                new[field.name] = changes[prefix + field.name]
        elif dataclasses.is_dataclass(value):
            new[field.name] = _replaced(value, changes, prefix + field.metadata.get("prefix", ""))
    return dataclasses.replace(parameters, **new)


# ---- reading text --------------------------------------------------------------------------------------------------

_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|nan)\b", re.IGNORECASE)


def parse(name: str, text: str | list[Any], known: Parameter) -> Any:
    """Read a value: a number with a unit as Brian2 writes it, an integer, a choice word, or a comma list of these.

    No code is evaluated.

    Raises
    ------
    ParameterError
        If the text is none of these, or the value is not allowed.
    """
    if isinstance(text, list):
        items: list[Any] = text
    else:
        items = [item.strip() for item in text.strip().strip("[]").split(",")] if known.several else [text.strip()]
    if isinstance(text, list) and not known.several:
        raise ParameterError(f"{name}: one value is needed, {known.range_text}")
    values = [_parse_one(name, item, known) if isinstance(item, str) else item for item in items]
    return check_value(name, tuple(values) if known.several else values[0], known)


def _parse_one(name: str, text: str, known: Parameter) -> Any:
    if known.kind in ("choice", "text"):
        return text
    text = typed(text)
    if _NOT_FINITE.match(text):
        raise ParameterError(f"{name} = {text}: not a finite value; allowed: {known.range_text}")
    if known.kind == "integer":
        if not re.fullmatch(r"[+-]?\d{1,18}", text):
            raise ParameterError(f"{name} = {text}: a whole number is needed, {known.range_text}")
        return int(text)
    value = parse_quantity(text)
    if value is None:
        example = known.format(known_example(known))
        raise ParameterError(f"{name} = {text}: not a number with a unit such as {example!r} ({known.range_text})")
    return value


def known_example(known: Parameter) -> Any:
    """Some allowed value, for messages."""
    low = known.low if math.isfinite(known.low) else 1.0
    value = Quantity(low) if known.unit is None else low * known.unit
    return (value,) if known.several else value


# ---- giving parameters to Brian2 objects -----------------------------------------------------------------------------


def in_si(values: Sequence[Quantity]) -> np.ndarray:
    """A list of quantities of one kind as an array of numbers in SI units."""
    return np.array([float(value) for value in values])


def assignments(group: str, parameters: Any, suffix: str = "") -> dict[str, float]:
    """What each parameter sets in a Brian2 object, in SI units: {"group.variable": value}.

    Parameters
    ----------
    group : str
        The name of the object.
    parameters : dataclass
        A parameter set without sets in it; its integers and choices are left out.
    suffix : str
        What the names of the variables end with.
    """
    return {
        f"{group}.{name}{suffix}": float(np.asarray(value))
        for name, known, value in walk(parameters)
        if known.kind == "quantity" and not known.several
    }


def assign(group: Any, parameters: Any, suffix: str = "") -> None:
    """Set every parameter of a set in a Brian2 object that has a variable of that name, with `suffix`, for each."""
    for name, known, value in walk(parameters):
        if known.kind == "quantity" and not known.several:
            setattr(group, name + suffix, value)
