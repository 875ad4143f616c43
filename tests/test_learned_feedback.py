"""Feedback that is learned: a weight down changes as the weight up between the same cells, with either sign."""

from __future__ import annotations

from types import SimpleNamespace

import brian2
import numpy as np
import pytest
from brian2 import Equations, Hz, Network, ms, second

from burstlab.analysis import credit
from burstlab.experiments import learn, run
from burstlab.models import BurstPlasticity, ParameterError, learned_feedback, plastic_projection
from burstlab.models.burst_plasticity import FIXED, MOVING, burst_rule
from burstlab.models.parameters import with_changes

STEPS, BELOW, ABOVE = 1500, 4, 3


@pytest.fixture
def loop(forced, rng):
    """loop(...): cells below and above with random trains, all connected, up and down; weights after 1.5 s."""
    brian2.defaultclock.dt = 1 * ms

    def loop_(follow=1.0, w=0.5, fading=0.0, M=1.0, eta=2e-3, reference=MOVING, largest=100.0, **choices):
        rule = burst_rule(reference=reference, **choices)
        part, groups, namespace = rule.part, {}, {}
        for name, n in (("below", BELOW), ("above", ABOVE)):
            events = rng.random((STEPS, n)) < 0.01
            bursts = np.roll(events, 8, axis=0) & (rng.random((STEPS, n)) < 0.5)
            also = {event: condition for event, (condition, _) in part.events.items()}
            receptors = Equations("g_exc_s : 1\ng_exc_d : 1\ng_inh_d : 1")
            cells, needed = forced(
                part.equations + receptors + learned_feedback.CELLS, {"event": events, "burst": bursts}, also=also,
                name=name, dtype=part.dtype,
            )  # fmt: skip
            for event, (_, statements) in part.events.items():
                cells.run_on_event(event, statements, when="after_thresholds")
            cells.run_on_event("event", part.on_event + part.every_spike, when="after_thresholds")
            cells.run_on_event("burst", part.on_burst + part.every_spike, when="after_thresholds")
            rule.begin(cells, BurstPlasticity(tau_avg=0.5 * second, e_min=6 * Hz, e_max=9 * Hz))
            cells.eta, cells.M, cells.follow, cells.largest_down = eta, M, follow, largest
            cells.fading, cells.w_middle = fading, 0.3
            groups[name] = cells
            namespace |= needed
        up = plastic_projection(groups["below"], groups["above"], learned_feedback.fading(rule), name="up")
        down = {
            sign: learned_feedback.learned_feedback(groups["above"], groups["below"], rule, sign, name=sign)
            for sign in ("exc", "inh")
        }
        for synapses in (up, *down.values()):
            synapses.connect()
            synapses.w = w
        Network(*groups.values(), up, *down.values()).run(STEPS * ms, namespace=namespace)
        shape = (BELOW, ABOVE)
        weights = {sign: np.array(each.w).reshape(shape[::-1]).T for sign, each in down.items()}
        return SimpleNamespace(up=np.array(up.w).reshape(shape), **weights)

    return loop_


@pytest.mark.parametrize(("timing", "homeostasis"), [("paper", "slow"), ("event", "range"), ("window", "off")])
def test_a_weight_down_changes_as_the_weight_up(loop, timing, homeostasis):
    """Twice as much, where it is to follow so; inhibition by the opposite. Sums in another order differ in rounding."""
    found = loop(follow=2.0, w=0.5, timing=timing, homeostasis=homeostasis, reference=FIXED)
    change = found.up - 0.5
    assert np.ptp(change) > 0.01
    assert np.abs(change).mean() > 1e-3
    np.testing.assert_allclose(found.exc - 0.5, 2 * change, atol=1e-12)
    np.testing.assert_allclose(found.inh - 0.5, -2 * change, atol=1e-12)


def test_neither_kind_goes_below_nothing_or_above_its_limit(loop):
    found = loop(follow=100.0, w=0.1, largest=0.3, homeostasis="off", reference=FIXED)
    for mine in (found.exc, found.inh):
        assert mine.min() == 0
        assert mine.max() == 0.3
    assert (found.exc * found.inh == 0).any()


def test_what_plasticity_does_not_change_feedback_does_not(loop):
    for off in ({"M": 0.0}, {"eta": 0.0}, {"follow": 0.0}):
        found = loop(fading=0.1 if "M" in off else 0.0, **off)
        np.testing.assert_array_equal(found.exc, 0.5)
        np.testing.assert_array_equal(found.inh, 0.5)


def test_both_fade_by_as_much_at_an_event_of_the_cell_above(loop):
    """Nothing is learned: up towards the mean, down towards nothing, by the power of one number of events."""
    found = loop(eta=0.0, fading=0.02, follow=5.0)
    np.testing.assert_allclose((found.up - 0.3) / 0.2, found.exc / 0.5)
    np.testing.assert_allclose(found.exc, found.inh)
    events = np.log(found.exc[0] / 0.5) / np.log(0.98)
    np.testing.assert_allclose(events, np.rint(events), atol=1e-6)
    assert (events > 5).all()


def test_cells_without_what_it_needs_are_refused():
    rule = burst_rule()
    cells = SimpleNamespace(events={"event": "", "burst": ""}, variables={"g_exc_d": 0}, name="cells")
    with pytest.raises(ParameterError, match="learned feedback: both populations need"):
        learned_feedback.learned_feedback(cells, cells, rule, "exc")
    with pytest.raises(ParameterError, match=r"receptor = g_inh_d: cells has no variable"):
        learned_feedback.learned_feedback(cells, cells, rule, "inh")


def test_weights_down_come_to_agree_with_those_up(tmp_path):
    """In a short run that learns fast the angle between them falls, from one between random weights."""
    changes = {
        "cells_per_unit": "10", "inputs_per_unit": "9", "dt": "1 ms", "settling": "1 s", "example_duration": "0.2 s",
        "prediction": "0.5", "epochs": "3", "tau_avg": "0.2 s", "driving_force": "somatic", "layers": "2,6,2",
        "task": "random4", "feedback": "learned", "w_spread": "0.2", "feedback_exc": "0.05", "feedback_inh": "0.05",
        "feedback_max": "0.5", "eta_feedback": "2", "eta_output": "0.04", "feedback_decay": "0.05",
    }  # fmt: skip
    done = run("learn", backend="numpy", seed=2, out=tmp_path / "one", **changes)
    first = learn.drawn(with_changes(learn.PRESETS["quick"], changes), 2)
    up, down = first["plastic"][1], first["feedback_exc"][0] - first["feedback_inh"][0]
    before = credit.angle(up - up.mean(), down.T - down.mean())
    assert 60 < before < 120
    assert done.summary["feedback_angle_deg"] < before - 20


def test_angles_by_hand():
    one = np.array([[1.0, 0], [0, 0]])
    for row, below, angle in (([2, 0], [0, 0], 0), ([1, 1], [0, 0], 45), ([0, 0], [3, 0], 90), ([-1, 0], [0, 0], 180)):
        assert credit.angle(one, np.array([row, below])) == pytest.approx(angle)
    assert credit.angle(one, 0 * one) == 90
