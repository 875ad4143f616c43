"""Parameters as data: reading and writing values, refusing what is not allowed."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil

import numpy as np
import pytest
from brian2 import Hz, Quantity, amp, ms, mV, nA, second
from hypothesis import given
from hypothesis import strategies as st

from burstlab import models
from burstlab.models import BurstPlasticity, ParameterError, Pyramidal, pyramidal
from burstlab.models.parameters import (
    Parameter,
    as_in,
    assignments,
    check,
    choice,
    component,
    integer,
    integers,
    parse,
    quantities,
    quantity,
    walk,
    with_changes,
)
from burstlab.models.quantities import decimal, parse_quantity


@dataclasses.dataclass(frozen=True, kw_only=True)
class Example:
    """One parameter of every kind."""

    tau: Quantity = quantity(9, ms, 1, 1000, "a time")
    c: Quantity = quantity(1, nA * Hz, 0, 10, "a product of units")
    p: Quantity = quantity(0.2, None, 0, 1, "a number")
    currents: tuple = quantities([1, 2.5], nA, -10, 10, "several currents")
    n: int = integer(10, 1, 100, "a whole number")
    pattern: tuple = integers([0, 1, 1, 0], 0, 1, "four whole numbers")
    mode: str = choice("slow", ("slow", "fast"), "a word")
    cell: Pyramidal = component(Pyramidal, "cell_")

    __post_init__ = check


EXAMPLE = {name: known for name, known, _ in walk(Example())}


def parameter_sets():
    """Every dataclass with parameters in burstlab.models."""
    found = set()
    for module in pkgutil.iter_modules(models.__path__):
        for kind in vars(importlib.import_module(f"burstlab.models.{module.name}")).values():
            if dataclasses.is_dataclass(kind) and isinstance(kind, type):
                fields = dataclasses.fields(kind)
                if any("parameter" in field.metadata for field in fields):
                    found.add(kind)
    return sorted(found, key=lambda kind: kind.__name__)


def si(value):
    return np.asarray(value, dtype=float)


@pytest.mark.parametrize(
    "text", ["9 ms", "9*ms", "9ms", " 9 ms ", "0.009 s", "9e-3*second", "9000 us", "+9.0 ms", "9. ms"]
)
def test_one_time_in_many_forms(text):
    np.testing.assert_allclose(si(parse("tau", text, EXAMPLE["tau"])), 9e-3, rtol=1e-15)
    assert parse("tau", text, EXAMPLE["tau"]).dim == second.dim


@pytest.mark.parametrize(
    "text", ["1 nA*Hz", "1*nA*Hz", "1 nA Hz", "1 nA/s", "1e-9 amp*hertz", "1 nA * Hz", "1 nA*s**-1"]
)
def test_products_of_units(text):
    value = parse("c", text, EXAMPLE["c"])
    np.testing.assert_allclose(si(value), 1e-9, rtol=1e-12)
    assert value.dim == (amp * Hz).dim


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("p", "0.25", 0.25),
        ("p", "1e-2", 0.01),
        ("n", "42", 42),
        ("mode", "fast", "fast"),
        ("pattern", "1,0,0,1", (1, 0, 0, 1)),
        ("pattern", "[1, 0, 0, 1]", (1, 0, 0, 1)),
        ("pattern", [1, 0, 0, 1], (1, 0, 0, 1)),
        ("pattern", ["1", "0", "0", "1"], (1, 0, 0, 1)),
    ],
)
def test_numbers_words_and_lists(name, text, expected):
    assert parse(name, text, EXAMPLE[name]) == expected


@pytest.mark.parametrize("text", ["1 nA, 2500 pA", "[1 nA, 2.5 nA]", ["1 nA", "2.5 nA"]])
def test_lists_of_quantities(text):
    value = parse("currents", text, EXAMPLE["currents"])
    assert isinstance(value, tuple)
    np.testing.assert_allclose([float(item) for item in value], [1e-9, 2.5e-9], rtol=1e-12)


@pytest.mark.parametrize("kind", [*parameter_sets(), Example], ids=lambda kind: kind.__name__)
def test_every_default_survives_writing_and_reading(kind):
    seen = 0
    for name, known, value in walk(kind()):
        text = known.format(value)
        back = parse(name, text if known.several else str(text), known)
        np.testing.assert_array_equal(back, value) if known.kind == "choice" else np.testing.assert_array_equal(
            si(back), si(value)
        )
        assert known.meaning
        assert known.source or kind is Example  # a set from outside the package
        seen += 1
    assert seen >= 1


def test_there_are_parameter_sets_to_check():
    names = {kind.__name__ for kind in parameter_sets()}
    assert {"Pyramidal", "ReducedPyramidal", "Interneuron", "Conductance", "BurstPlasticity"} <= names
    assert {"ShortTermPlasticity", "SlowHomeostasis"} <= names


@given(st.floats(1, 1000))
def test_any_allowed_value_survives_writing_and_reading(number):
    value = number * ms
    known = EXAMPLE["tau"]
    np.testing.assert_allclose(si(parse("tau", known.format(value), known)), si(value), rtol=1e-15)


@pytest.mark.parametrize("kind", parameter_sets(), ids=lambda kind: kind.__name__)
def test_range_ends_are_allowed_and_what_is_beyond_is_not(kind):
    for name, known, _ in walk(kind()):
        if known.kind != "quantity":
            continue
        unit = 1.0 if known.unit is None else known.unit
        span = known.high - known.low
        kind(**{name: known.low * unit})
        kind(**{name: known.high * unit})
        for beyond in (known.low - 0.01 * span, known.high + 0.01 * span):
            with pytest.raises(ParameterError, match=name):
                kind(**{name: beyond * unit})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tau", "9"),
        ("tau", "9 mV"),
        ("tau", "9 ms*ms"),
        ("tau", "ms"),
        ("tau", ""),
        ("tau", "9 parsecs"),
        ("tau", "9 ms; 1"),
        ("tau", "9 ms ms"),
        ("tau", "9 //ms"),
        ("tau", "inf ms"),
        ("tau", "-inf"),
        ("tau", "nan"),
        ("tau", "nan ms"),
        ("tau", "NaN*ms"),
        ("tau", "1e400 ms"),
        ("tau", "0.5 ms"),
        ("tau", "-9 ms"),
        ("tau", "1001 ms"),
        ("tau", "1 ms, 2 ms"),
        ("tau", "__import__('os')"),
        ("tau", "__import__('os').system('true')"),
        ("tau", "9*ms if True else 1"),
        ("tau", "(9)*ms"),
        ("tau", "3**2*ms"),
        ("p", "1.5"),
        ("p", "0.5 ms"),
        ("p", "lambda: 1"),
        ("n", "1.5"),
        ("n", "10.0"),
        ("n", "1e1"),
        ("n", "0"),
        ("n", "101"),
        ("n", "ten"),
        ("n", "inf"),
        ("n", "9" * 400),
        ("n", "10 ms"),
        ("mode", "Slow"),
        ("mode", ""),
        ("mode", "__import__('os')"),
        ("pattern", "1,0,0"),
        ("pattern", "1,0,0,2"),
        ("pattern", "1,0,0,0.5"),
        ("pattern", []),
        ("currents", ""),
        ("currents", []),
        ("currents", "1 nA, 2 mV"),
        ("currents", "1 nA, 11 nA"),
        ("tau", ["9 ms"]),
        ("currents", [None]),
        ("currents", [["1 nA"]]),
        ("currents", [{}]),
        ("currents", [10**400]),
        ("pattern", [10**400, 0, 0, 0]),
        ("pattern", [True, 0, 0, 0]),
        ("pattern", [1.0, 0, 0, 0]),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_name(name, text):
    with pytest.raises(ParameterError, match=name):
        parse(name, text, EXAMPLE[name])


def test_nothing_is_evaluated(tmp_path):
    target = tmp_path / "made"
    for known in EXAMPLE.values():
        with pytest.raises(ParameterError):
            parse("x", f"__import__('pathlib').Path({str(target)!r}).touch()", known)
    assert not target.exists()


def test_a_message_says_what_is_allowed():
    with pytest.raises(ParameterError, match=r"tau = 2000 ms.*1 to 1000 ms"):
        parse("tau", "2 s", EXAMPLE["tau"])
    with pytest.raises(ParameterError, match=r"mode = slaw.*slow \| fast, did you mean slow\?"):
        parse("mode", "slaw", EXAMPLE["mode"])


texts = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[+-]?[0-9.]{0,4}([eE][+-]?[0-9]{1,3})? ?[*/]? ?[a-zA-Z]{0,4}(\*\*-?[0-9])?", fullmatch=True),
    st.lists(
        st.sampled_from(["9", "1e308", "ms", "GHz", "fs", "*", "/", " ", "**9", "**-9", "-", ",", "[", "]", "nan"]),
        max_size=12,
    ).map("".join),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(name=st.sampled_from(sorted(EXAMPLE)), text=texts | st.lists(json_values, max_size=5))
def test_reading_gives_a_valid_value_or_a_parameter_error(name, text):
    known = EXAMPLE[name]
    try:
        value = parse(name, text, known)
    except ParameterError:
        return
    back = parse(name, known.format(value) if known.several else str(known.format(value)), known)
    if known.kind == "quantity":
        np.testing.assert_allclose(si(back), si(value), rtol=1e-15)
        assert np.all(np.isfinite(si(value)))
    else:
        assert back == value


@given(texts)
def test_parse_quantity_never_raises(text):
    assert parse_quantity(text) is None or isinstance(parse_quantity(text), Quantity)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tau_s", 9),
        ("tau_s", 9 * mV),
        ("tau_s", np.array([9, 9]) * ms),
        ("tau_s", None),
        ("tau_s", "9 ms"),
        ("tau_s", np.nan * ms),
        ("tau_s", np.inf * ms),
        ("tau_s", 0 * ms),
    ],
)
def test_a_parameter_set_refuses_wrong_values(name, value):
    with pytest.raises(ParameterError, match=name):
        Pyramidal(**{name: value})


@pytest.mark.parametrize("value", [1.5, True, "3", 1e3, None, 0, 10**400])
def test_whole_numbers_must_be_whole_numbers(value):
    with pytest.raises(ParameterError, match="n = "):
        Example(n=value)


def test_parameter_sets_are_frozen_and_keyword_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Pyramidal().tau_s = 9 * ms
    with pytest.raises(TypeError):
        Pyramidal(-70 * mV)


def test_unknown_name_offers_the_nearest():
    with pytest.raises(ParameterError, match=r"unknown parameter 'tau_avrg', did you mean tau_avg\?"):
        with_changes(BurstPlasticity(), {"tau_avrg": "3 second"})


def test_changes_reach_sets_within_sets():
    changed = with_changes(Example(), {"cell_tau_s": "20 ms", "n": "7", "mode": "fast"})
    assert float(changed.cell.tau_s) == 0.02
    assert (changed.n, changed.mode) == (7, "fast")
    before = {name: value for name, _, value in walk(Example())}
    different = {name for name, known, value in walk(changed) if known.format(value) != known.format(before[name])}
    assert different == {"cell_tau_s", "n", "mode"}


def test_changes_are_checked():
    with pytest.raises(ParameterError, match="tau_s"):
        with_changes(Example(), {"cell_tau_s": "20 mV"})
    with pytest.raises(ParameterError, match="unknown parameter 'tau_s'"):
        with_changes(Example(), {"tau_s": "20 ms"})


def test_a_field_is_as_in_another_set_but_for_what_is_said():
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Longer(Example):
        tau: Quantity = as_in(Example, "tau", 20 * ms)
        n: int = as_in(Example, "n", 5, source="a paper", meaning="some cells")

    known = {name: (parameter, value) for name, parameter, value in walk(Longer())}
    assert list(known) == list(EXAMPLE)  # the order of the base
    assert known["tau"] == (EXAMPLE["tau"], 20 * ms)
    assert known["n"] == (dataclasses.replace(EXAMPLE["n"], source="a paper", meaning="some cells"), 5)
    with pytest.raises(ParameterError, match="tau = 1001 ms: outside"):
        Longer(tau=1001 * ms)

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Paper:
        n: int = integer(3, 1, 9, "cells", "a paper")

    # A default keeps its source, another one has its own.
    for default, source, value in ((None, "a paper", 3), (4, "", 4)):
        of = dataclasses.make_dataclass("Of", [("n", int, as_in(Paper, "n", default))], frozen=True, kw_only=True)
        ((_, parameter, found),) = walk(of())
        assert (parameter.source, parameter.high, found) == (source, 9, value)
    with pytest.raises(ParameterError, match="Paper has no parameter 'm'"):
        as_in(Paper, "m", 3)
    with pytest.raises(ParameterError, match="n = 10: outside the allowed range"):
        as_in(Paper, "n", 10)


def test_assignments_are_what_the_group_has():
    p = Pyramidal(tau_s=20 * ms)
    group = pyramidal(1, p, name="cells")
    values = assignments("cells", p)
    assert len(values) == len(dataclasses.fields(p))
    for name, value in values.items():
        assert float(group.variables[name.removeprefix("cells.")].get_value().item()) == value


def test_a_source_that_nobody_names_is_burstlab_in_its_own_sets_only():
    assert EXAMPLE["n"].source == ""
    assert "burstlab" in {known.source for _, known, _ in walk(BurstPlasticity())}


@pytest.mark.parametrize(
    ("value", "text"),
    [(1118.033988749895 * ms, "1118.03 ms"), (1e6 * ms, "1000000 ms"), (0.1 * ms, "0.1 ms"), (1e-7 * ms, "1e-07 ms")],
)
def test_people_see_six_digits_and_files_have_all(value, text):
    known = Parameter(kind="quantity", meaning="", unit=ms, low=1e-9, high=1e6)
    assert known.text(value) == text
    assert known.range_text == "1e-09 to 1000000 ms"
    assert parse("time", known.format(value), known) == value


def test_range_text_describes_every_kind():
    assert Parameter(kind="integer", meaning="", low=1, high=3).range_text == "1 to 3"
    assert EXAMPLE["pattern"].range_text == "4 values, 0 to 1"
    assert EXAMPLE["mode"].range_text == "slow | fast"
    assert EXAMPLE["currents"].range_text.startswith("one or more values, -10 to 10 nA")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("9000 \u00b5s", 9e-3), ("9000*\u03bcs", 9e-3), ("9 ms", 9e-3), ("\u22129 ms", -9e-3), ("9e\u22123 s", 9e-3)],
)
def test_the_micro_sign_and_the_minus_of_print_are_read(text, seconds):
    value = parse_quantity(text)
    assert value is not None
    assert value.dim is second.dim
    assert float(value) == pytest.approx(seconds, rel=1e-14)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.13870000000000002, "0.1387"), (1.4999999999999996, "1.5"), (0.1, "0.1"), (1e-30, "1e-30"), (0.0, "0"),
     (1 / 3, "0.3333333333333333"), (0.12345678901234, "0.12345678901234")],
)  # fmt: skip
def test_a_number_as_text_has_no_digits_of_rounding(value, said):
    assert decimal(value) == said
