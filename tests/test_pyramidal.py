"""The full two-compartment cell: passive physics, back-propagating spike, moving threshold, the original's spikes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import Equations, EventMonitor, SpikeMonitor, StateMonitor, ms, mV, nA, pA, second, volt
from scipy.linalg import expm
from scipy.optimize import brentq

from burstlab.analysis.bursts import count_per_cell, find_bursts
from burstlab.models import Pyramidal, pyramidal

REFERENCE = Path(__file__).parent / "reference" / "two_compartment_steps.npz"
UNCOUPLED = Pyramidal(g_s=0 * pA, g_d=0 * pA, c_d=0 * pA)
DT = 0.1e-3


def si(value):
    return float(np.asarray(value))


def linear_solution(p, state, currents, times):
    """Exact solution of the cell without coupling and spikes; rows: v_s, w_s, theta, v_d, w_d relative to rest."""
    I_s, I_d = currents
    matrix = np.zeros((6, 6))  # the last component is the constant 1
    matrix[0, [0, 1, 5]] = -1 / si(p.tau_s), -si(p.b) / si(p.C_s), I_s / si(p.C_s)
    matrix[1, 1] = -1 / si(p.tau_ws)
    matrix[2, 2] = -1 / si(p.tau_theta)
    matrix[3, [3, 4, 5]] = -1 / si(p.tau_d), -si(p.a) / si(p.C_d), I_d / si(p.C_d)
    matrix[4, [3, 4]] = 1 / si(p.tau_wd), -1 / si(p.tau_wd)
    return np.array([expm(matrix * t) @ np.append(state, 1.0) for t in times])[:, :5].T


def passive_errors(run, dt):
    """Largest error of each state variable over 40 ms of subthreshold relaxation."""
    cell = pyramidal(1, UNCOUPLED)
    cell.v_s, cell.v_d, cell.w_s, cell.theta, cell.w_d = -62 * mV, -50 * mV, 0.5, -44 * mV, 3 * mV
    cell.I_s, cell.I_d = -100 * pA, 120 * pA
    states = StateMonitor(cell, ["v_s", "w_s", "theta", "v_d", "w_d"], record=0, dt=2 * ms)
    spikes = SpikeMonitor(cell)
    run(cell, states, spikes, duration=40 * ms, dt=dt)
    assert spikes.num_spikes == 0
    times = np.asarray(states.t)
    exact = linear_solution(UNCOUPLED, [8e-3, 0.5, 6e-3, 20e-3, 3e-3], (-100e-12, 120e-12), times)
    got = np.array([states.v_s[0] / volt + 0.07, states.w_s[0], states.theta[0] / volt + 0.05])
    got = np.vstack([got, states.v_d[0] / volt + 0.07, states.w_d[0] / volt])
    return np.abs(got - exact).max(axis=1)


def test_passive_decay_converges_with_first_order(run):
    steps = np.array([0.2, 0.1, 0.05, 0.025])
    errors = np.array([passive_errors(run, dt * ms) for dt in steps])
    assert np.all(errors > 0)
    slopes = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    # Forward Euler: error = c dt (1 + O(dt/tau)); dt/tau is at most 0.2/7 = 0.03, some multiples of it bound the slope.
    np.testing.assert_allclose(slopes, 1, atol=0.1)


def test_uncoupled_cell_at_rest_stays_exactly(run):
    cell = pyramidal(3, UNCOUPLED)
    cell.w_d = 0 * mV
    spikes = SpikeMonitor(cell)
    run(cell, spikes, duration=200 * ms)
    assert spikes.num_spikes == 0
    assert np.all(cell.v_s[:] == UNCOUPLED.E_L)
    assert np.all(cell.v_d[:] == UNCOUPLED.E_L)
    assert np.all(cell.theta[:] == UNCOUPLED.V_T)
    assert np.all(cell.w_d[:] == 0 * mV)


def test_coupled_cell_stays_at_its_fixed_point(run):
    p = Pyramidal()

    def f(v):
        return 1 / (1 + np.exp(-(v - si(p.E_d)) / si(p.D_d)))

    def net_current(v):
        leak = (si(p.C_d) / si(p.tau_d) + si(p.a)) * (si(p.E_L) - v)  # w_d = v_d - E_L at rest
        return leak + si(p.g_d) * f(v)

    v_d = brentq(net_current, -0.0700, -0.0650, xtol=1e-15)
    v_s = si(p.E_L) + si(p.tau_s) / si(p.C_s) * si(p.g_s) * f(v_d)
    cell = pyramidal(1, p)
    cell.v_s, cell.v_d, cell.w_d = v_s * volt, v_d * volt, (v_d - si(p.E_L)) * volt
    run(cell, duration=500 * ms)
    # A stable fixed point forgets the rounding of its calculation (1e-15 V): far less than 1 nV is left.
    np.testing.assert_allclose([cell.v_s[0] / volt, cell.v_d[0] / volt], [v_s, v_d], rtol=0, atol=1e-9)


def spike_at(network, cell, duration):
    """The next step emits a spike."""
    cell.v_s = 0 * mV
    network.run(duration, namespace={})


def boxed_cell(run, spike_steps, duration):
    """Back-propagating current in every step, of a passive cell made to spike in given steps."""
    p = Pyramidal(g_s=0 * pA, g_d=0 * pA, a=0 * pA / mV)
    cell = pyramidal(1, p)
    state = StateMonitor(cell, ["I_active", "v_d", "theta"], record=0)
    spikes = SpikeMonitor(cell)
    network = run(cell, state, spikes, duration=0 * ms)
    ends = [*spike_steps[1:], duration]
    for begin, end in zip(spike_steps, ends, strict=True):
        spike_at(network, cell, (end - begin) * DT * second)
    assert np.array_equal(np.rint(np.asarray(spikes.t) / DT), spike_steps)
    return p, state


def test_box_begins_in_the_next_step_and_lasts_its_duration(run):
    p, state = boxed_cell(run, [0], 100)
    steps = round(si(p.K_duration) / DT)
    assert steps == 20
    expected = np.zeros(100)
    expected[1 : 1 + steps] = si(p.c_d)
    np.testing.assert_array_equal(np.asarray(state.I_active[0]), expected)


def test_box_charges_the_dendrite_like_a_capacitor(run):
    p, state = boxed_cell(run, [0], 100)
    resistance = si(p.tau_d) / si(p.C_d)
    height = np.asarray(state.v_d[0]) - si(p.E_L)
    # The discrete charging curve; v_d after the state update of step k stands in record k + 1.
    expected = si(p.c_d) * resistance * (1 - (1 - DT / si(p.tau_d)) ** 20)
    np.testing.assert_allclose(height[21], expected, rtol=1e-9)
    assert np.argmax(height) == 21


def test_second_spike_restarts_the_box_and_does_not_add(run):
    p, state = boxed_cell(run, [0, 10], 100)
    expected = np.zeros(100)
    expected[1:31] = si(p.c_d)
    np.testing.assert_array_equal(np.asarray(state.I_active[0]), expected)


def test_threshold_jumps_with_every_spike_and_decays(run):
    p, state = boxed_cell(run, [0, 50], 400)
    above = np.asarray(state.theta[0]) - si(p.V_T)
    t = np.arange(400) * DT
    # A spike at step k is seen first in record k + 1.
    exact = np.where(t > 0, np.exp(-(t - DT) / si(p.tau_theta)), 0)
    exact += np.where(t > 50.5 * DT, np.exp(-(t - 51 * DT) / si(p.tau_theta)), 0)
    h = DT / si(p.tau_theta)
    # |(1 - h)^n - exp(-n h)| <= h/e for each of the two jumps.
    np.testing.assert_allclose(above, si(p.delta_theta) * exact, rtol=0, atol=2 * si(p.delta_theta) * h / np.e)
    assert above.max() > 1.5 * si(p.delta_theta)


def test_spike_resets_and_adapts(run):
    cell = pyramidal(2)
    cell.v_s = [-40, -60] * mV
    cell.w_s = 0.25
    spikes = SpikeMonitor(cell)
    run(cell, spikes, duration=0.1 * ms)
    assert list(spikes.i) == [0]
    assert cell.v_s[0] == Pyramidal().E_L
    decayed = 0.25 * (1 - DT / si(Pyramidal().tau_ws))
    np.testing.assert_allclose(cell.w_s[:], [decayed + 1, decayed], rtol=1e-12)


def test_adaptation_current_slows_firing(run):
    counts = []
    for b in (0 * pA, 200 * pA):
        cell = pyramidal(1, Pyramidal(b=b))
        cell.I_s = 1 * nA
        spikes = SpikeMonitor(cell)
        run(cell, spikes, duration=500 * ms)
        counts.append(spikes.num_spikes)
    assert 0 < counts[1] < counts[0]


def current_steps(run, dt):
    """Spikes and on-line events and bursts of the six cells of the reference."""
    reference = np.load(REFERENCE)
    cells = pyramidal(6)
    monitors = {
        "spike": SpikeMonitor(cells),
        "event": EventMonitor(cells, "event"),
        "burst": EventMonitor(cells, "burst"),
    }
    network = run(cells, *monitors.values(), duration=100 * ms, dt=dt)
    cells.I_s = reference["soma_current_pA"] * pA
    cells.I_d = reference["dendrite_current_pA"] * pA
    network.run(500 * ms, namespace={})
    cells.I_s = cells.I_d = 0 * pA
    network.run(200 * ms, namespace={})
    return reference, {name: (np.array(m.i), np.asarray(m.t)) for name, m in monitors.items()}


@pytest.mark.parametrize("dt", [0.1, 0.05, 0.025])
def test_current_steps_give_the_counts_of_the_original(run, dt):
    reference, ours = current_steps(run, dt * ms)
    theirs = find_bursts(reference["spike_cell"], reference["spike_t_s"])
    spikes = count_per_cell(reference["spike_cell"], 6)
    assert list(spikes) == [0, 0, 3, 8, 12, 30]  # the protocol's own numbers: four of six cells fire
    assert list(count_per_cell(ours["spike"][0], 6)) == list(spikes)
    assert list(count_per_cell(ours["event"][0], 6)) == list(count_per_cell(theirs.event_cell, 6))
    assert list(count_per_cell(ours["burst"][0], 6)) == list(count_per_cell(theirs.burst_cell, 6))
    assert count_per_cell(ours["burst"][0], 6)[4] == 2


def test_first_spikes_come_when_those_of_the_original_do(run):
    reference, ours = current_steps(run, 0.1 * ms)
    for cell in range(2, 6):
        first = ours["spike"][1][ours["spike"][0] == cell].min()
        theirs = reference["spike_t_s"][reference["spike_cell"] == cell].min()
        # Its threshold is effectively dt I/C higher (current is added after the test): up to 1.2 ms, and two steps.
        assert abs(first - theirs) < 1.5e-3
        assert first <= theirs + DT


def test_statements_run_at_every_event_and_burst(run):
    """Counts made by the cell itself, and by the off-line definition from its spikes."""
    cells = pyramidal(
        4,
        extra=Equations("n_events : 1\nn_bursts : 1\nn_spikes : 1"),
        on_spike="n_spikes += 1",
        on_event="n_events += 1",
        on_burst="n_bursts += 1",
    )
    cells.I_s, cells.I_d = 600 * pA, [0, 300, 500, 800] * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=600 * ms)
    found = find_bursts(spikes.i, spikes.t / second)
    np.testing.assert_array_equal(cells.n_spikes[:], count_per_cell(spikes.i, 4))
    np.testing.assert_array_equal(cells.n_events[:], count_per_cell(found.event_cell, 4))
    np.testing.assert_array_equal(cells.n_bursts[:], count_per_cell(found.burst_cell, 4))
    assert np.all(cells.n_events[:] > 0)
    assert cells.n_bursts[0] == 0
    assert np.all(cells.n_bursts[2:] > 0)


def test_the_regenerative_current_may_change_while_cells_run(run):
    """A cell that loses it after 40 ms goes on like one that has its state and never had it."""
    lost = pyramidal(1, name="lost")
    lost.I_s = lost.I_d = 700 * pA
    network = run(lost, duration=40 * ms)
    never = pyramidal(1, Pyramidal(g_d=0 * pA), name="never")
    for name, values in lost.get_states(units=False, read_only_variables=False).items():
        if name not in ("g_d", "i", "N"):
            never.variables[name].set_value(values)
    assert abs(float(lost.v_d[0] - lost.E_L)) > 5e-3
    lost.run_regularly("g_d = 0*amp", dt=10 * ms, name="loss")
    kept = [StateMonitor(group, "v_d", record=True, name=f"{group.name}_v") for group in (lost, never)]
    lost_monitor, never_monitor = kept
    network.add(lost.contained_objects[-1], never, *kept)
    network.run(60 * ms, namespace={})
    np.testing.assert_array_equal(lost_monitor.v_d, never_monitor.v_d)
    assert np.ptp(np.asarray(lost_monitor.v_d)) > 1e-3
