"""The burst-dependent rule against an implementation by sums over event times; its sign, fixed point and bounds."""

from __future__ import annotations

from types import SimpleNamespace

import brian2
import numpy as np
import pytest
from brian2 import Equations, EventMonitor, Hz, Network, SpikeMonitor, ms, second

from burstlab.models import (
    BurstPlasticity,
    Conductance,
    ParameterError,
    plastic_projection,
    pyramidal,
    reduced_pyramidal,
)
from burstlab.models.burst_plasticity import FIXED, begin_averages, burst_rule
from burstlab.models.conductance import pyramidal_synapses
from burstlab.models.parameters import assign

from .patience import long

# The rule is event-driven with exact decay: a step of 1 ms is no approximation.
DT = 1e-3
HOMEOSTASIS = pytest.mark.parametrize("homeostasis", ["slow", "off", long("fast"), "range"])


@pytest.fixture(autouse=True)
def _step(_brian):
    brian2.defaultclock.dt = DT * second


@pytest.fixture
def pair(forced):
    """pair(pre, post, ...): two groups that emit given events, plastic synapses all to all; weights after the run."""

    def pair_(
        pre, post, rule, homeostasis="off", eta=0.01, M=1, w=0.5, event_rate=5 * Hz, P=0.2, one_to_one=False,
        own_eta=None, **more,
    ):  # fmt: skip
        kind = burst_rule(homeostasis, **more)
        part = kind.part
        groups, namespace = {}, {}
        for name, (events, bursts) in {"source": pre, "target": post}.items():
            group, needed = forced(
                part.equations + Equations("g_exc_s : 1"),
                {"event": events, "burst": bursts},
                name=name,
                dtype=part.dtype,
            )
            group.run_on_event("event", part.on_event + part.every_spike, when="after_thresholds")
            group.run_on_event("burst", part.on_burst + part.every_spike, when="after_thresholds")
            kind.begin(group)
            begin_averages(group, rule, event_rate, P)
            groups[name] = group
            namespace |= needed
        groups["target"].eta, groups["target"].M = eta, M
        synapses = plastic_projection(groups["source"], groups["target"], kind, own_eta=own_eta is not None)
        synapses.connect(j="i") if one_to_one else synapses.connect()
        synapses.w = w
        if own_eta is not None:
            synapses.own_eta = own_eta
        Network(*groups.values(), synapses).run(len(pre[0]) * DT * second, namespace=namespace)
        return SimpleNamespace(w=np.array(synapses.w), i=np.array(synapses.i), j=np.array(synapses.j), **groups)

    return pair_


def at(steps, *times_ms, cells=1):
    train = np.zeros((steps, cells), dtype=bool)
    train[list(times_ms)] = True
    return train


def quiet(steps, cells=1):
    return np.zeros((steps, cells), dtype=bool)


def random_cells(rng, steps, cells, rate, p):
    """Poisson events and, after some of them, bursts 2 to 12 ms later."""
    events = rng.random((steps, cells)) < np.broadcast_to(rate, cells) * DT
    bursts = quiet(steps, cells)
    step, cell = np.nonzero(events)
    later = step + rng.integers(2, 13, len(step))
    chosen = (rng.random(len(step)) < np.broadcast_to(p, cells)[cell]) & (later < steps)
    bursts[later[chosen], cell[chosen]] = True
    return events & ~bursts, bursts


def trace(t, times, tau, now):
    """Sum of exponentials of events before t, or until t."""
    times = times[times <= t + 1e-9] if now else times[times < t - 1e-9]
    return np.exp(-(t - times) / tau).sum()


def expected_change(pre, post, rule, homeostasis, eta, event_rate, P):
    """Weight change of one synapse: sums over event times, no state. Arguments are (event times, burst times)."""
    tau, tau_x = float(rule.tau_avg), float(rule.tau_eligibility)
    e_min, e_max = float(rule.e_min), float(rule.e_max)

    def average(times, start, t, tau=tau):
        return start * np.exp(-t / tau) + trace(t, times, tau, now=False) / tau

    spikes = np.sort(np.concatenate(post))

    def excess(t):
        rate = average(post[0], event_rate, t)
        if homeostasis == "range":
            # The spike itself is counted after H.
            rate = average(spikes, 0.1, t, tau=30.0)
        return -(1 - e_max / rate) if rate > e_max else 0.0

    change, H_used, P_used = 0.0, 0, 0
    for t in post[0]:
        P_bar = average(post[1], event_rate * P, t) / average(post[0], event_rate, t)
        change += eta * (-min(P_bar, 1) + excess(t)) * trace(t, pre[0], tau_x, now=True)
        H_used, P_used = H_used + (excess(t) < 0), P_used + (P_bar > 1)
    for t in post[1]:
        change += eta * (1 + excess(t)) * trace(t, pre[0], tau_x, now=True)
    for t in pre[0] if homeostasis != "off" else []:
        renewed = np.floor(t / 0.01 + 1e-9) * 0.01
        fast = average(post[0], event_rate, renewed)
        watched = fast if homeostasis == "fast" else average(spikes, 0.1, renewed, tau=30.0)
        change += eta * max(e_min - watched, 0)
    return change, H_used, P_used


@HOMEOSTASIS
def test_each_synapse_may_have_a_learning_rate_of_its_own(pair, rng, homeostasis):
    pre, post = (random_cells(rng, 1000, cells, 8, 0.3) for cells in (3, 2))
    rates = np.array([1e-3, 0, 4e-3, 2e-3, 3e-3, 0])
    own, of_cells = (
        pair(pre, post, BurstPlasticity(), homeostasis, eta=eta, own_eta=own) for eta, own in ((1, rates), (1e-3, None))
    )
    assert np.all(np.abs(of_cells.w - 0.5) > 1e-4)
    # Far from its bounds, the change of a weight is proportional to the learning rate.
    np.testing.assert_allclose(own.w - 0.5, (of_cells.w - 0.5) * rates / 1e-3, rtol=1e-3, atol=1e-7)


@HOMEOSTASIS
@pytest.mark.parametrize("P", [0.3, 1.6])
def test_weights_equal_the_rule_written_as_sums(pair, rng, homeostasis, P):
    steps, n_pre, n_post = 4000, 4, 6
    pre = random_cells(rng, steps, n_pre, [2, 5, 10, 20], 0.3)
    post = random_cells(rng, steps, n_post, [0.5, 2, 5, 9, 14, 30], [0.2, 0.5, 0.1, 0.9, 0.3, 0.5])
    post[0][100], pre[0][100], post[1][100] = True, True, False  # coincident events
    # In 4 s an average over 30 s comes to a few Hz.
    rule = BurstPlasticity(w_max=10, e_max=1 * Hz if homeostasis == "range" else 10 * Hz)
    eta = 1e-3
    result = pair(pre, post, rule, homeostasis, eta, w=5, event_rate=6 * Hz, P=P)
    times = [
        [tuple(np.flatnonzero(x[:, k]) * DT for x in side) for k in range(side[0].shape[1])] for side in (pre, post)
    ]
    rows = [
        expected_change(times[0][i], times[1][j], rule, homeostasis, eta, 6.0, P)
        for i, j in zip(result.i, result.j, strict=True)
    ]
    change, H_used, P_used = np.array(rows).T
    assert H_used.max() > 20  # e_max was exceeded
    assert (P_used.max() > 0) == (P > 1)
    assert np.all(np.abs(change) > 1e-5)
    # Sums of some 100 exact exponentials in double precision, next to w = 5.
    np.testing.assert_allclose(result.w - 5, change, rtol=1e-8, atol=1e-12)


def test_bursts_potentiate_and_events_depress(pair):
    steps = 200
    pre = (at(steps, 50), quiet(steps))
    lone = pair(pre, (at(steps, 60), quiet(steps)), BurstPlasticity()).w[0]
    burst = pair(pre, (at(steps, 60), at(steps, 70)), BurstPlasticity()).w[0]
    assert lone < 0.5 < burst
    # x decays with 100 ms from the presynaptic event; both P_bar as at the start: 0.2.
    np.testing.assert_allclose(lone - 0.5, -0.01 * 0.2 * np.exp(-0.1), rtol=1e-9)
    np.testing.assert_allclose(burst - lone, 0.01 * np.exp(-0.2), rtol=1e-9)


def test_nothing_is_learned_without_eligibility(pair):
    steps = 200
    result = pair((at(steps, 150), quiet(steps)), (at(steps, 60), at(steps, 70)), BurstPlasticity())
    assert result.w[0] == 0.5


def test_presynaptic_bursts_are_not_eligible(pair):
    steps = 200
    post = (at(steps, 60), at(steps, 70))
    single = pair((at(steps, 40), quiet(steps)), post, BurstPlasticity()).w
    assert pair((at(steps, 40), at(steps, 50)), post, BurstPlasticity()).w[0] == single[0] != 0.5


def test_coincident_presynaptic_event_counts(pair):
    steps = 200
    result = pair((at(steps, 60), quiet(steps)), (at(steps, 60), quiet(steps)), BurstPlasticity())
    np.testing.assert_allclose(result.w[0] - 0.5, -0.01 * 0.2, rtol=1e-9)


def test_the_rule_sees_the_average_before_the_event(pair):
    steps = 100
    rule = BurstPlasticity(tau_avg=0.05 * second)  # an event adds 20 Hz: counting it first would change P_bar fivefold
    result = pair((at(steps, 0), quiet(steps)), (at(steps, 0), quiet(steps)), rule, P=0.4)
    np.testing.assert_allclose(result.w[0] - 0.5, -0.01 * 0.4, rtol=1e-9)
    np.testing.assert_allclose(float(result.target.E_bar[0]), 25, rtol=1e-9)


def mean_change(pair, rng, p):
    """Mean weight change of 200 synapses of independent Poisson cells, and its standard error; P_bar is 0.3."""
    steps, n = 10000, 200
    pre = random_cells(rng, steps, n, 10, 0)
    post = random_cells(rng, steps, n, 8, p)
    rule = BurstPlasticity(tau_avg=100 * second, e_max=100 * Hz)
    w = pair(pre, post, rule, eta=1e-4, event_rate=8 * Hz, P=0.3, one_to_one=True).w - 0.5
    assert np.all(w != 0)
    return w.mean(), w.std(ddof=1) / np.sqrt(n)


@pytest.mark.parametrize(("p", "sign"), [long(0.15, -1), (0.3, 0), long(0.6, 1)])
def test_mean_change_vanishes_where_the_burst_probability_is_its_average(pair, rng, p, sign):
    mean, error = mean_change(pair, rng, p)
    # Pre and post are independent, so E[dw] = eta x E (p - P_bar): 5 standard errors of 200 independent synapses.
    # P_bar with tau 100 s stays within 1 % of p for p = 0.3, much less than the error.
    assert abs(mean) < 5 * error if sign == 0 else sign * mean > 5 * error


@HOMEOSTASIS
def test_weights_stay_within_their_bounds(pair, rng, homeostasis):
    steps = 1500
    pre = random_cells(rng, steps, 5, 20, 0.2)
    post = random_cells(rng, steps, 8, 10, [0, 0, 0, 0, 1, 1, 1, 1])
    rule = BurstPlasticity(w_min=0.1, w_max=0.9, tau_avg=100 * second)
    result = pair(pre, post, rule, homeostasis, eta=0.5, event_rate=8 * Hz, P=0.5)
    assert result.w.min() == 0.1 if homeostasis == "off" else result.w.min() >= 0.1
    assert result.w.max() == 0.9
    off = pair(pre, post, rule, "off", eta=0.5, event_rate=8 * Hz, P=0.5).w
    assert {off.min(), off.max()} == {0.1, 0.9}


@HOMEOSTASIS
def test_weights_are_bit_identical_while_plasticity_is_off(pair, rng, homeostasis):
    steps = 1000
    pre, post = random_cells(rng, steps, 6, 20, 0.5), random_cells(rng, steps, 6, 20, 0.5)
    w = rng.random(36)
    result = pair(pre, post, BurstPlasticity(), homeostasis, eta=0.5, M=0, w=w)
    assert np.all(result.w == w)
    assert not np.any(pair(pre, post, BurstPlasticity(), homeostasis, eta=0.5, M=1, w=w).w == w)


@pytest.mark.parametrize("M", [0, 1])
def test_transmits_once_per_event_and_not_per_burst(pair, M):
    steps = 100
    result = pair((at(steps, 10, 40), at(steps, 20, 50)), (quiet(steps), quiet(steps)), BurstPlasticity(), M=M)
    assert result.target.g_exc_s[0] == 2 * 0.5


@pytest.mark.parametrize(("homeostasis", "rate"), [("slow", 0.1), ("fast", 1.0), ("off", None)])
def test_homeostasis_potentiates_a_quiet_cell_at_presynaptic_events(pair, homeostasis, rate):
    steps = 100
    rule = BurstPlasticity(tau_avg=2 * second)
    quiet_cell = quiet(steps), quiet(steps)
    change = pair((at(steps, 0), quiet(steps)), quiet_cell, rule, homeostasis, event_rate=1 * Hz).w[0] - 0.5
    expected = 0 if rate is None else 0.01 * (2 - rate)  # eta (e_min - what is watched) per event
    np.testing.assert_allclose(change, expected, rtol=1e-9)


@pytest.mark.parametrize("homeostasis", ["slow", "fast"])
def test_homeostasis_leaves_an_active_cell_alone(pair, homeostasis):
    steps = 4000
    rule = BurstPlasticity(tau_avg=100 * second)
    # 500 spikes in 2.5 s bring the slow average above 2 Hz (500/30 Hz); no presynaptic trace is left when they come.
    post = quiet(steps), at(steps, *range(0, 2500, 5))
    pre = at(steps, *range(3000, 4000, 50)), quiet(steps)
    assert pair(pre, post, rule, homeostasis, event_rate=6 * Hz, P=0.2).w[0] == 0.5


def test_events_above_e_max_depress_more_and_bursts_potentiate_less(pair):
    steps = 100
    rule = BurstPlasticity(tau_avg=100 * second)
    pre = at(steps, 0), quiet(steps)
    H = -(1 - 10 / 40)
    event = pair(pre, (at(steps, 0), quiet(steps)), rule, event_rate=40 * Hz, P=0.2).w[0] - 0.5
    np.testing.assert_allclose(event, 0.01 * (-0.2 + H), rtol=1e-9)
    burst = pair(pre, (quiet(steps), at(steps, 0)), rule, event_rate=40 * Hz, P=0.2).w[0] - 0.5
    np.testing.assert_allclose(burst, 0.01 * (1 + H), rtol=1e-9)


def test_a_reference_that_follows_is_an_average_over_the_last_events(pair, rng):
    """P_b after each event and burst, one by one; its mean is the burst probability, without a trend of the rate."""
    steps, N = 20_000, 50.0
    post = random_cells(rng, steps, 8, [2, 5, 10, 20, 2, 5, 10, 20], [0.2, 0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 0.5])
    pre = quiet(steps), quiet(steps)
    rule = BurstPlasticity(reference_events=N)
    found = pair(pre, post, rule, reference=FIXED, follows=True).target.P_b[:]
    for cell, last in enumerate(found):
        P_b = 0.2
        for event, burst in zip(post[0][:, cell], post[1][:, cell], strict=True):
            P_b += burst / N - event * P_b / N
        np.testing.assert_allclose(last, P_b, rtol=1e-9)
    # Of 20 s: the cells of 10 and 20 Hz have forgotten where they began. An SD of an average over N events: 0.05.
    assert np.all(np.abs(found[[2, 3]] - 0.2) < 0.2)
    assert np.all(np.abs(found[[6, 7]] - 0.5) < 0.2)
    with pytest.raises(ParameterError, match="only P_b can follow"):
        burst_rule(follows=True)


def test_learning_rate_belongs_to_the_target(pair):
    steps = 100
    pre, post = (at(steps, 0), quiet(steps)), (at(steps, 0), quiet(steps))
    one, two = (pair(pre, post, BurstPlasticity(), eta=eta).w[0] - 0.5 for eta in (0.01, 0.02))
    np.testing.assert_allclose(two, 2 * one, rtol=1e-9)


@pytest.mark.parametrize("make", [reduced_pyramidal, pyramidal], ids=["reduced", "full"])
def test_real_cells_learn_at_their_own_events_and_bursts(run, make):
    """Statements of a cell's event run before its synapses: the sums reproduce what the cells do."""
    brian2.defaultclock.dt = 0.1 * ms
    kind, rule = burst_rule("off"), BurstPlasticity(w_max=10)
    cells = make(20, synapses=pyramidal_synapses(), parts=[kind.part])
    assign(cells, Conductance())
    begin_averages(cells, rule, 6 * Hz, 0.3)
    cells.eta, cells.M = 1e-4, 1
    cells.I_s = np.linspace(0.7, 1.5, 20) * brian2.nA
    cells.I_d = 300 * brian2.pA
    synapses = plastic_projection(cells, cells, kind)
    synapses.connect(condition="i != j")
    events, bursts = EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    synapses.w = 5e-3
    run(cells, synapses, events, bursts, duration=600 * ms)
    times = [tuple(np.asarray(m.t)[np.array(m.i) == k] for m in (events, bursts)) for k in range(20)]
    assert sum(len(own[0]) > 2 for own in times) >= 10
    assert sum(len(own[1]) > 0 for own in times) >= 10
    # Weights may not reach their lower bound, where sums no longer hold.
    assert synapses.w[:].min() > 0
    expected = [
        expected_change(times[i], times[j], rule, "off", 1e-4, 6.0, 0.3)[0]
        for i, j in zip(synapses.i, synapses.j, strict=True)
    ]
    np.testing.assert_allclose(np.array(synapses.w) - 5e-3, expected, rtol=1e-8, atol=1e-12)


def test_slow_homeostasis_counts_every_spike_of_a_long_burst(run):
    cells = pyramidal(2, parts=[burst_rule("slow").part])
    cells.I_s, cells.I_d = 600 * brian2.pA, [0, 800] * brian2.pA
    spikes, events, bursts = SpikeMonitor(cells), EventMonitor(cells, "event"), EventMonitor(cells, "burst")
    run(cells, spikes, events, bursts, duration=500 * ms)
    for k in range(2):
        times = np.asarray(spikes.t)[np.array(spikes.i) == k]
        assert len(times) > 3
        # From 0.1 Hz at time 0, one 1/tau a spike: the sum of what is left of each at the last one.
        expected = 0.1 * np.exp(-times[-1] / 30) + np.sum(np.exp(-(times[-1] - times) / 30)) / 30
        np.testing.assert_allclose(float(cells.rate[k]), expected, rtol=1e-9)
    # The second cell fires bursts of more than two spikes: some of its spikes are neither event nor burst.
    ours = [np.count_nonzero(np.array(m.i) == 1) for m in (spikes, events, bursts)]
    assert ours[0] > ours[1] + ours[2] > 0


def test_unknown_homeostasis_names_the_choices():
    with pytest.raises(ParameterError, match=r"medium.*slow \| off \| fast"):
        burst_rule("medium")


def test_weights_survive_long_silence():
    """E_bar of a cell silent for 500 averages is far below the smallest float32; P_bar must not become 0/0."""
    import numpy as np
    from brian2 import Equations, Network, NeuronGroup, SpikeGeneratorGroup, Synapses, defaultclock, ms, second

    from burstlab.models.burst_plasticity import BurstPlasticity, begin_averages, burst_rule

    defaultclock.dt = 1 * ms
    part = burst_rule("off").part
    cells = NeuronGroup(
        1,
        part.equations + Equations("due : 1"),
        events={"event": "due > 0"},
        dtype=np.float32 if not part.dtype else {**part.dtype, "E_bar": np.float32, "B_bar": np.float32},
        namespace={},
        name="silent_cells",
    )
    cells.set_event_schedule("event", when="thresholds")
    cells.run_on_event("event", part.on_event + "\ndue = 0", when="after_thresholds")
    begin_averages(cells, BurstPlasticity(tau_avg=0.05 * second))
    cells.eta = 0.1
    kick = SpikeGeneratorGroup(1, [0], [25] * second, name="kick")
    wake = Synapses(kick, cells, on_pre="due_post = 1", namespace={}, name="wake")
    wake.connect()
    Network(cells, kick, wake).run(25.1 * second, namespace={})
    assert cells.t_average[0] > 24 * second  # the event took place
    assert np.isfinite(cells.delta[0])
    assert cells.E_bar[0] > 0
