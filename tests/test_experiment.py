"""The contract: every experiment keeps it, and what it does not know is an error where it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.experiment import Experiment
from burstlab.models.parameters import ParameterError

from .conformance import check_conformance


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_ours_keep_the_contract(name):
    check_conformance(EXPERIMENTS[name])


@pytest.mark.parametrize("member", ["headlnes", "HEADLINES", "PRESETS", "colour"])
def test_an_unknown_member_is_an_error(member):
    known = {name: getattr(EXPERIMENTS["xor"], name) for name in ("name", "meaning", "presets", "build", "values")}
    with pytest.raises(TypeError, match=member):
        Experiment(**known, analyse=None, plot=None, **{member: ()})


@pytest.mark.parametrize("member", ["name", "meaning", "presets", "build"])
def test_a_missing_member_is_an_error(member):
    known = {
        name: getattr(EXPERIMENTS["xor"], name)
        for name in ("name", "meaning", "presets", "build", "values", "analyse", "plot")
        if name != member
    }
    with pytest.raises(TypeError, match=member):
        Experiment(**known)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "My network"}, "small letters"),
        ({"presets": {}}, "no presets"),
        ({"presets": {"quick": 1}}, "preset quick is no parameter set"),
        ({"expected_s": {"quikc": 1}}, "expected_s of 'quikc', which is no preset"),
        ({"preset_references": {"papr": ()}}, "preset_references of 'papr'"),
    ],
)
def test_what_is_wrong_with_it_is_said(changes, said):
    with pytest.raises(ParameterError, match=said) as raised:
        replace(EXPERIMENTS["xor"], **changes)
    assert "\n" not in str(raised.value)


def test_of_other_members_there_are_defaults():
    known = EXPERIMENTS["two_sites"]
    needed = ("name", "meaning", "presets", "build", "values", "analyse", "plot")
    least = Experiment(**{name: getattr(known, name) for name in needed})
    check_conformance(least)
    assert least.references_of("quick") == ()
    assert (least.populations, least.example_duration, least.given, least.headlines) == (None, None, None, None)
