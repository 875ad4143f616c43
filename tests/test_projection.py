"""Fixed projections: what is transmitted, how much, once, and when."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import NeuronGroup, StateMonitor, ms, mV, nA

from burstlab.models import projection, pyramidal, reduced_pyramidal, stf_parameters
from burstlab.models import short_term_plasticity as stp

STEPS = 200
SENT = {"spike": [20, 30, 60], "event": [20, 60], "burst": [30]}


def arrivals(run, forced, on, delay_ms, weight=0.25, n_targets=3):
    """g of the targets at the end of every step, shape (targets, steps); the source emits SENT."""
    trains = {}
    for event, steps in SENT.items():
        trains[event] = np.zeros((STEPS, 2), dtype=bool)
        trains[event][steps, 0] = True
    source, namespace = forced("", trains)
    target = NeuronGroup(n_targets, "g_exc_d : 1")  # without decay
    synapses = projection(source, target, "g_exc_d", on=on, weight=weight, delay=delay_ms * ms)
    synapses.connect(i=[0, 0, 1], j=[0, 1, 2])
    states = StateMonitor(target, "g_exc_d", record=True, when="end")
    run(source, target, synapses, states, duration=STEPS * 0.1 * ms, namespace=namespace)
    return np.asarray(states.g_exc_d)


@pytest.mark.parametrize("on", ["spike", "event", "burst"])
@pytest.mark.parametrize("delay_ms", [0, 0.8, 5])
def test_adds_the_weight_once_after_the_delay(run, forced, on, delay_ms):
    g = arrivals(run, forced, on, delay_ms)
    expected = np.zeros(STEPS)
    for step in SENT[on]:
        expected[step + round(delay_ms * 10) :] += 0.25
    np.testing.assert_array_equal(g[0], expected)
    np.testing.assert_array_equal(g[1], expected)
    assert expected[-1] == 0.25 * len(SENT[on])


def test_silent_source_transmits_nothing(run, forced):
    assert np.all(arrivals(run, forced, "spike", 0)[2] == 0)


def test_weight_belongs_to_the_projection_and_can_be_set(run, forced):
    np.testing.assert_allclose(
        arrivals(run, forced, "spike", 0, weight=0.3), 3 * arrivals(run, forced, "spike", 0, weight=0.1), rtol=1e-12
    )


def test_amount_can_be_a_variable_of_the_target(run, forced):
    train = np.zeros((STEPS, 1), dtype=bool)
    train[10] = True
    source, namespace = forced("", {"spike": train})
    target = NeuronGroup(2, "g_inh_d : 1\nw_feedback : 1")
    target.w_feedback = [0.1, 0.7]
    synapses = projection(source, target, "g_inh_d", amount="w_feedback_post")
    synapses.connect()
    run(source, target, synapses, duration=20 * ms, namespace=namespace)
    np.testing.assert_array_equal(target.g_inh_d[:], [0.1, 0.7])


def test_short_term_plasticity_scales_the_weight_by_the_release(run, forced):
    train = np.zeros((STEPS, 1), dtype=bool)
    train[[10, 90]] = True
    source, namespace = forced(stp.EQUATIONS, {"spike": train}, reset=stp.ON_SPIKE, dtype=stp.DTYPE)
    stp.rest(source, stf_parameters())
    target = NeuronGroup(1, "g_exc_s : 1")
    synapses = projection(source, target, "g_exc_s", weight=0.5, amount="w*release_pre", delay=0.8 * ms)
    synapses.connect()
    states = StateMonitor(target, "g_exc_s", record=0, when="end")
    run(source, target, synapses, states, duration=STEPS * 0.1 * ms, namespace=namespace)
    g = np.asarray(states.g_exc_s[0])
    second = (0.02 + 0.098 * np.exp(-0.08)) * (1 - 0.02 * np.exp(-0.08))
    assert g[17] == 0
    np.testing.assert_allclose([g[18], g[97], g[98]], [0.01, 0.01, 0.01 + 0.5 * second], rtol=1e-9)


@pytest.mark.parametrize("factory", [pyramidal, reduced_pyramidal])
def test_cells_transmit_every_event_and_burst(run, factory):
    from brian2 import EventMonitor

    cells = factory(30)
    cells.I_s, cells.I_d = np.linspace(0.5, 1.5, 30) * nA, 0.6 * nA
    target = NeuronGroup(30, "g_event : 1\ng_burst : 1")
    parts = [target]
    for on in ("event", "burst"):
        synapses = projection(cells, target, f"g_{on}", on=on, weight=1.0, delay=0.8 * ms, name=f"on_{on}")
        synapses.connect(j="i")
        parts += [synapses, EventMonitor(cells, on, name=f"{on}s")]
    network = run(cells, *parts, duration=300 * ms)
    cells.I_s, cells.I_d = -1 * nA, 0 * nA
    cells.v_s = -70 * mV
    network.run(30 * ms, namespace={})
    for on, monitor in (("event", parts[2]), ("burst", parts[4])):
        counts = np.bincount(monitor.i, minlength=30)
        assert np.sum(counts > 0) >= 15
        np.testing.assert_array_equal(getattr(target, f"g_{on}")[:], counts)
