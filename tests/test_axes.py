"""What a sweep varies: the three forms of --vary, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import ms, pA

from burstlab.experiments import current_steps, xor
from burstlab.experiments.runs.axes import read_axis
from burstlab.models.parameters import ParameterError, with_changes

STEPS, XOR = current_steps.Config(), xor.Config()


@pytest.mark.parametrize(
    ("config", "name", "given", "numbers"),
    [
        (STEPS, "g_d", "1000 pA:1400 pA:5", [1000, 1100, 1200, 1300, 1400]),
        (STEPS, "g_d", "1 nA : 1.4*nA : 3", [1000, 1200, 1400]),
        (STEPS, "tau_d", "log:4 ms:16 ms:3", [4, 8, 16]),
        (STEPS, "tau_d", "[5 ms, 9*ms,7 ms]", [5, 9, 7]),
        (STEPS, "tau_d", [5 * ms, "9 ms"], [5, 9]),
        (STEPS, "tau_d", "9 ms:5 ms:3", [9, 7, 5]),
        (STEPS, "somatic_current", "100 pA:300 pA:3", [100, 200, 300]),
        (STEPS, "somatic_current", [100 * pA, 300 * pA], [100, 300]),
        (XOR, "eta_hidden", "log:1e-3:1e-1:3", [1e-3, 1e-2, 1e-1]),
        (XOR, "n", "200:500:4", [200, 300, 400, 500]),
        (XOR, "n", [200, 500], [200, 500]),
        (XOR, "feedback", "[cut, normal]", ["cut", "normal"]),
    ],
)
def test_forms(config, name, given, numbers):
    axis = read_axis(config, name, given)
    assert axis.numbers.tolist() == (numbers if name == "feedback" else pytest.approx(numbers, rel=1e-12))
    # Every value is one that --set takes, and means what the table says.
    for value, number in zip(axis.values, axis.numbers, strict=True):
        changed = with_changes(config, {name: value})
        found = read_axis(changed, name, [value]).numbers[0]
        assert found == number


def test_ends_and_round_steps_are_exact():
    assert read_axis(STEPS, "g_d", "1000 pA:1400 pA:5").values == (
        "1000 pA",
        "1100 pA",
        "1200 pA",
        "1300 pA",
        "1400 pA",
    )
    values = read_axis(STEPS, "tau_d", "log:5 ms:9 ms:7").values
    assert (values[0], values[-1]) == ("5 ms", "9 ms")


def test_ranges_are_what_numpy_makes():
    np.testing.assert_allclose(read_axis(STEPS, "tau_d", "5 ms:9 ms:17").numbers, np.linspace(5, 9, 17), rtol=1e-11)
    found = read_axis(STEPS, "tau_d", "log:5 ms:9 ms:17").numbers
    np.testing.assert_allclose(found, np.geomspace(5, 9, 17), rtol=1e-11)


@pytest.mark.parametrize(
    ("config", "name", "given", "said"),
    [
        (STEPS, "tau_dd", "1 ms:2 ms:3", "did you mean tau_d"),
        (STEPS, "tau_d", "5 ms", "A:B:N"),
        (STEPS, "tau_d", "5 ms:9 ms", "A:B:N"),
        (STEPS, "tau_d", "lin:5 ms:9 ms:3", "A:B:N"),
        (STEPS, "tau_d", "5 ms:9 ms:0", "number of values"),
        (STEPS, "tau_d", "5 ms:9 ms:-3", "number of values"),
        (STEPS, "tau_d", "5 ms:9 ms:2.5", "number of values"),
        (STEPS, "tau_d", "5 ms:9 ms:1000000", "number of values"),
        (STEPS, "tau_d", "5 ms:9 ms:³", "number of values"),
        (STEPS, "tau_d", "5 ms:9 mV:3", "wrong unit"),
        (STEPS, "tau_d", "5:9:3", "ms"),
        (STEPS, "tau_d", "5 ms:900 ms:3", "1 to 100 ms"),
        (STEPS, "tau_d", "5 ms:nan ms:3", "not a finite value"),
        (STEPS, "tau_d", "[5 ms,,7 ms]", "not a number"),
        (STEPS, "tau_d", "[]", "not a number"),
        (STEPS, "tau_d", "[5 ms, 5 ms]", "twice"),
        (STEPS, "tau_d", "5 ms:5 ms:2", "twice"),
        (STEPS, "tau_d", [], "no value"),
        (STEPS, "tau_d", "[__import__('os')]", "not a number"),
        (STEPS, "somatic_current", "log:-1 pA:5 pA:3", "positive"),
        (STEPS, "somatic_current", [(1 * pA, 2 * pA)], "one value at a time"),
        (XOR, "n", "200:301:3", "whole number"),
        (XOR, "targets", "[0,1]", "cannot be varied"),
        (XOR, "feedback", "cut:normal:2", "[a,b,c]"),
        (XOR, "feedback", "[cut,cutt]", "did you mean cut"),
    ],
)
def test_refused(config, name, given, said):
    with pytest.raises(ParameterError) as raised:
        read_axis(config, name, given)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
