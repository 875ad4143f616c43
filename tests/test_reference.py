"""Published numbers and ours: where ours is found, and what agreement is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.contract.reference import Reference, compare, lookup
from burstlab.experiments.runs import seeds
from burstlab.experiments.runs.plans import plan

from .experiment_runs import cache, short_xor, steps_result

__all__ = ["cache"]

SUMMARY = {
    "rate": [1.5, 2.5],
    "range": {"lower_bp": [0.1, 0.2]},
    "solved": True,
    "cut": False,
    "change": {"63": 0.15, "100": 0.28},
    "none": None,
    "word": "x",
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rate[1]", 2.5),
        ("range.lower_bp[0]", 0.1),
        ("change.100", 0.28),
        ("solved", 1.0),
        ("cut", 0.0),
        ("none", None),
        ("word", None),
        ("rate", None),
        ("rate[2]", None),
        ("range.upper_bp[0]", None),
        ("nothing", None),
    ],
)
def test_lookup(key, value):
    assert lookup(SUMMARY, key) == value


def test_lookup_over_seeds():
    """Numbers over seeds are means, with their standard deviation; of true and false, the fraction that is true."""
    runs = [
        {"seed": k, "status": "done", "solved": k != 3, "rate": [k, 2.0 * k], "bp": {"a": [0.1 * k]}} for k in (1, 2, 3)
    ]
    over = seeds.finite(seeds.over_seeds(runs, plan("xor"), None))
    assert lookup(over, "solved") == pytest.approx(2 / 3)
    assert lookup(over, "rate[1]") == pytest.approx(4)
    assert lookup(over, "bp.a[0]") == pytest.approx(0.2)
    known = [
        Reference(name=key, key=key, value=4, low=3, high=5) for key in ("rate[1]", "bp.a[0]", "solved", "missing")
    ]
    assert [found.sd for found in compare(over, known)] == [
        pytest.approx(2),
        pytest.approx(0.1),
        pytest.approx(np.std([1, 1, 0], ddof=1)),
        None,
    ]
    assert [found.sd for found in compare(runs[0], known)] == [None] * 4


@pytest.mark.parametrize(
    ("ours", "agrees"), [(3.0, True), (5.0, True), (2.999, False), (5.001, False), (None, False), (math.nan, False)]
)
def test_a_number_agrees_from_low_to_high(ours, agrees):
    (found,) = compare({"x": ours}, [Reference(name="x", key="x", value=4, low=3, high=5)])
    assert found.agrees is agrees
    assert found.difference == (None if ours is None else pytest.approx(ours - 4, nan_ok=True))


def test_there_is_no_difference_from_a_band_alone():
    (found,) = compare({"x": 1.0}, [Reference(name="x", key="x", value=None, low=0.3, high=math.inf)])
    assert found.agrees
    assert found.difference is None


def test_references_of_the_catalogue():
    """Each has a name and a key of its own, and a band that the published number lies in."""
    count = 0
    for module in EXPERIMENTS.values():
        for preset in module.presets:
            known = module.references_of(preset)
            count += len(known)
            for attribute in ("name", "key"):
                values = [getattr(reference, attribute) for reference in known]
                assert len(set(values)) == len(values), (module.name, preset)
            for reference in known:
                assert reference.low <= reference.high, reference.name
                assert reference.value is None or reference.low <= reference.value <= reference.high, reference.name
                assert reference.source
    assert count >= 31


def test_every_reference_has_its_number_in_a_summary():
    for result, preset in ((steps_result(), "paper"), (short_xor(), "quick"), (short_xor(), "paper")):
        known = EXPERIMENTS[result.config["experiment"]].references_of(preset)
        assert known
        assert None not in [found.ours for found in compare(result.summary, known)]


def test_the_paper_preset_of_current_steps_agrees():
    found = compare(steps_result().summary, EXPERIMENTS["current_steps"].references_of("paper"))
    assert len(found) == 18
    assert all(each.agrees for each in found)
    assert sum(each.ours for each in found if each.reference.key.startswith("spike")) == 53
