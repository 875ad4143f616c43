"""Learning in one phase: the constant reference, the event route, and when a burst changes weights."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import Equations, Hz, Network, NeuronGroup, PoissonGroup, StateMonitor, Synapses, ms, second

from burstlab.experiments import xor
from burstlab.experiments.engine.in_process import simulate_here
from burstlab.experiments.learning.schedule import schedule
from burstlab.models import BurstPlasticity, ParameterError, burst_rule, plastic_projection, projection
from burstlab.models.burst_plasticity import FIXED
from burstlab.models.parameters import with_changes

SHORT = {"n": 125, "inputs_per_cell": 25, "dt": 0.5 * ms, "example_duration": 0.4 * second, "tau_avg": "0.2 s"}


def config(**changes):
    return with_changes(xor.Config(), SHORT | changes)


# ---- the schedule ----------------------------------------------------------------------------------------------------


def test_teacher_and_plasticity_are_always_on_in_one_phase():
    two, one = (schedule(config(epochs=2, learning=learning), 1) for learning in ("two_phase", "one_phase"))
    taught = two["teaching.values"].reshape(-1)
    assert 0 < taught.sum() < one["teaching.values"].sum()
    tick = config().tick_steps * 0.5e-3
    begin, end = (round(float(t) / tick) for t in (6 + 4 * 0.4, 6 + 12 * 0.4))
    for name in ("teaching", "plasticity", "teaching_begins"):
        values = one[f"{name}.values"]
        assert values[begin:end].all(), name
        assert not values[:begin].any(), name
        assert not values[end:].any(), name
    assert np.array_equal(one["target.values"], two["target.values"])


def test_learning_rates_are_those_of_the_same_work():
    """One phase teaches ten times as long as two with prediction = 0.9."""
    rates = {
        learning: {row.target: float(row.eta) for row in xor.tables(config(learning=learning)).of_kind("plastic")}
        for learning in ("two_phase", "one_phase")
    }
    for name in ("hidden1", "hidden2", "output"):
        assert rates["one_phase"][name] == pytest.approx(0.1 * rates["two_phase"][name])


def test_a_reference_needs_time_to_be_measured():
    with pytest.raises(ParameterError, match=r"settling = 0\.4 s: shorter than the 1\. s that it takes"):
        config(learning="one_phase", settling=0.4 * second)
    assert config(learning="one_phase", settling=0.4 * second, reference="given").constant


# ---- the reference ---------------------------------------------------------------------------------------------------


def test_the_measured_reference_is_the_burst_probability_of_the_population():
    settled = config(learning="one_phase", settling=1.6 * second, inputs="00")
    raw = simulate_here(xor.EXPERIMENT, settled, 1, "numpy", 64).raw
    tick, width = settled.tick_steps * 0.5e-3, settled.bin_steps * 0.5e-3
    first, last = (round(k * tick / width) for k in (2, round(1.6 / tick) - 1))
    half = round(round(1.6 / tick) // 2 * tick / width)
    # Counts begin at the end of the tick in which they are told to, and row k of a record is the end of bin k.
    per_tick = round(tick / width)
    begin, end = half + per_tick - 1, last + per_tick - 1
    events, bursts = (raw[name][end] - raw[name][begin] for name in ("events", "bursts"))
    assert (events > 20).all()
    np.testing.assert_allclose(raw["P_b"][-1], bursts / events, rtol=1e-12)
    assert first < begin
    assert np.ptp(raw["P_b"][-1]) > 0.05  # outputs burst more than hidden cells


def test_a_silent_population_keeps_the_reference_that_it_was_given():
    quiet = config(learning="one_phase", settling=1.6 * second, inputs="00", P_b_hidden=0.125, w_initial=0)
    raw = simulate_here(xor.EXPERIMENT, quiet, 1, "numpy", 64).raw
    events, measured = np.diff(raw["events"], axis=0).sum(axis=0), raw["P_b"][-1]
    hidden, inputs = slice(2, 4), slice(0, 2)
    assert (events[hidden] < 100).all()
    assert (events[inputs] > 500).all()
    assert measured[hidden].tolist() == [0.125, 0.125]
    assert (np.abs(measured[inputs] - 0.125) > 1e-3).all()


def test_a_given_reference_is_that_of_each_layer():
    values = xor.EXPERIMENT.values(config(reference="given", P_b_hidden=0.25, P_b_output=0.35), 1)
    n = 125
    assert np.unique(values["cells.P_b"][2 * n : 4 * n]).tolist() == [0.25]
    assert np.unique(values["cells.P_b"][4 * n :]).tolist() == [0.35]


# ---- the event route -------------------------------------------------------------------------------------------------


def _mean_drive(rate, p, balance):
    """Mean synaptic drive (V) of a cell held at -60 mV by bursts and events of many cells."""
    brian2.defaultclock.dt = 0.5 * ms
    n, V = 400, -60e-3
    cells = PoissonGroup(n, rate * Hz, name="source_events")
    source = NeuronGroup(n, "due : 1\nP_b : 1", events={"event": "due > 0.5", "burst": "due > 1.5"}, name="source")
    for event in ("event", "burst"):
        source.set_event_schedule(event, when="thresholds")
    source.run_on_event("event", "due = 0", when="end")
    source.P_b = p
    fires = Synapses(cells, source, on_pre="due_post = 1 + int(rand() < P_b_post)", name="fires")
    fires.connect(j="i")
    target = NeuronGroup(
        1, "dg_exc_d/dt = -g_exc_d/(5*ms) : 1\ndg_inh_d/dt = -g_inh_d/(10*ms) : 1\nbalance : 1",
        method="exact", name="target",
    )  # fmt: skip
    target.balance = balance
    also = {"event_route": ("event", "g_inh_d", "P_b_pre*balance_post*w")}
    feedback = projection(source, target, "g_exc_d", on="burst", weight=0.1, also=also, name="feedback")
    feedback.connect()
    seen = StateMonitor(target, ["g_exc_d", "g_inh_d"], record=True, name="seen")
    Network(cells, source, fires, target, feedback, seen).run(6 * second, namespace={})
    drive = (seen.g_exc_d[0] * (0 - V) + seen.g_inh_d[0] * (-80e-3 - V))[1000:]
    # Blocks of half a second are independent.
    blocks = drive.reshape(-1, 1000).mean(axis=1)
    return blocks.mean(), blocks.std(ddof=1) / np.sqrt(len(blocks))


def test_events_alone_leave_the_mean_dendritic_drive_where_it_is():
    """With Q = -P_b Y a cell whose inputs burst at P_b gets no drive at any event rate; without it, one that grows."""
    balance = xor.Config().balance
    assert balance == pytest.approx(5 * 60 / (10 * 20))
    slow, fast = (_mean_drive(rate, 0.3, balance) for rate in (2, 8))
    alone = [_mean_drive(rate, 0.3, 0)[0] for rate in (2, 8)]
    assert alone[1] - alone[0] > 10 * np.hypot(slow[1], fast[1])
    assert abs(fast[0] - slow[0]) < 4 * np.hypot(slow[1], fast[1])
    assert abs(fast[0]) < 4 * fast[1]


# ---- when a burst changes weights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "each"), [("paper", np.exp(-9e-3 / 0.1) - 1), ("event", 0), ("window", 0)], ids=lambda value: str(value)
)
def test_the_drift_at_the_reference_is_that_of_the_eligibility(forced, timing, each):
    """Ten cells that fire 1 ms after their input, half of which burst 9 ms later, at P_b = 1/2."""
    brian2.defaultclock.dt = 1 * ms
    n, steps = 10, 60
    events, bursts, inputs = (np.zeros((steps, n), dtype=bool) for _ in range(3))
    inputs[10] = events[11] = True
    bursts[20, : n // 2] = True
    rule = burst_rule("off", timing=timing, reference=FIXED)
    groups, namespace = {}, {}
    for name, trains in {"source": (inputs, np.zeros_like(bursts)), "target": (events, bursts)}.items():
        part = rule.part
        trains = dict(zip(("event", "burst"), trains, strict=True))
        also = {event: condition for event, (condition, _) in part.events.items()}
        group, needed = forced(
            part.equations + Equations("g_exc_s : 1"), trains, also=also, name=name, dtype=part.dtype
        )
        for event, (_, statements) in part.events.items():
            group.run_on_event(event, statements, when="after_thresholds")
        group.run_on_event("event", part.on_event, when="after_thresholds")
        group.run_on_event("burst", part.on_burst, when="after_thresholds")
        rule.begin(group, BurstPlasticity(e_max=100 * Hz))
        group.P_b, group.eta = 0.5, 0.01
        groups[name] = group
        namespace |= needed
    plastic = plastic_projection(groups["source"], groups["target"], rule)
    plastic.connect(j="i")
    plastic.w = 0.5
    Network(*groups.values(), plastic).run(steps * ms, namespace=namespace)
    change = np.array(plastic.w) - 0.5
    assert change[0] > 1e-3 > -1e-3 > change[-1]
    at_event = np.exp(-1e-3 / 0.1)
    assert change.mean() == pytest.approx(0.5 * 0.01 * at_event * each, abs=1e-12)
