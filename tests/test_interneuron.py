"""Interneurons: passive membrane, rheobase, firing rate by quadrature, adaptation, refractoriness."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import SpikeMonitor, StateMonitor, ms, mV, pA
from scipy.integrate import quad
from scipy.linalg import expm

from burstlab.models import Interneuron, interneurons, pv_parameters, som_parameters

DT = 0.1e-3


def si(value):
    return float(np.asarray(value))


def drift(p, v, current):
    """dV/dt without adaptation."""
    g_L, D_T = si(p.g_L), si(p.D_T)
    return (g_L * (si(p.E_L) - v) + g_L * D_T * np.exp((v - si(p.V_T)) / D_T) + current) / si(p.C)


def rheobase(p):
    """The current at which stable and unstable fixed point of a cell without adaptation meet, at V_T."""
    return si(p.g_L) * (si(p.V_T) - si(p.E_L) - si(p.D_T))


def isi(spikes, cell=0):
    return np.diff(np.asarray(spikes.t)[np.array(spikes.i) == cell])


def passive_error(run, dt):
    # V_T far above: the exponential is below exp(-17) D_T = 1e-10 V.
    p = Interneuron(V_T=0 * mV)
    cells = interneurons(1, p)
    cells.v, cells.w_a = -90 * mV, 5 * pA
    states = StateMonitor(cells, ["v", "w_a"], record=0, dt=2 * ms)
    run(cells, states, duration=60 * ms, dt=dt)
    matrix = np.array(
        [[-si(p.g_L) / si(p.C), -1 / si(p.C)], [si(p.a) / si(p.tau_w), -1 / si(p.tau_w)]],
    )
    exact = np.array([expm(matrix * t) @ [-0.02, 5e-12] for t in np.asarray(states.t)])
    error_v = np.abs(np.asarray(states.v[0]) + 0.07 - exact[:, 0]).max()
    return error_v, np.abs(np.asarray(states.w_a[0]) - exact[:, 1]).max()


def test_passive_decay_converges_with_first_order(run):
    steps = np.array([0.2, 0.1, 0.05])
    errors = np.array([passive_error(run, dt * ms) for dt in steps])
    assert np.all(errors > 0)
    slopes = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    # Forward Euler: error = c dt (1 + O(dt/tau)) with dt/tau at most 0.2/20.
    np.testing.assert_allclose(slopes, 1, atol=0.05)


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_pv_cells_fire_above_rheobase_only(run, factor):
    p = pv_parameters()
    cells = interneurons(5, p)
    cells.I = factor * rheobase(p) * 1e12 * pA
    spikes = SpikeMonitor(cells)
    # 2 % above, the passage of the ghost of the fixed point takes pi C sqrt(2 D_T/(g_L dI)) = 0.1 s.
    run(cells, spikes, duration=600 * ms)
    assert np.all(np.bincount(spikes.i, minlength=5) >= 3) if factor > 1 else spikes.num_spikes == 0


@pytest.mark.parametrize("current", [250, 400, 800])
def test_pv_interval_equals_the_quadrature(run, current):
    p = pv_parameters()
    dt = 0.01e-3
    cells = interneurons(1, p)
    cells.I = current * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=150 * ms, dt=dt * 1e3 * ms)
    between = quad(lambda v: 1 / drift(p, v, current * 1e-12), si(p.E_L), si(p.V_cut), points=[si(p.V_T)], limit=200)[0]
    assert len(isi(spikes)) >= 3
    # Euler lags by dt/2 ln(F(end)/F(start)), the end being where dt F' = 1 (about 5 dt), and some steps of upstroke,
    # detection and refractory edge: 10 steps in all, 0.1 ms.
    np.testing.assert_allclose(isi(spikes), between + si(p.refractory_time), rtol=0, atol=10 * dt)


def test_pv_cells_do_not_adapt(run):
    cells = interneurons(1, pv_parameters())
    cells.I = 400 * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=500 * ms)
    assert len(isi(spikes)) >= 10
    assert np.ptp(isi(spikes)) < 1e-9  # every interval begins from the same state
    assert cells.w_a[0] == 0 * pA


def test_som_cells_adapt(run):
    cells = interneurons(1, som_parameters())
    cells.I = 150 * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=500 * ms)
    intervals = isi(spikes)
    assert len(intervals) >= 5
    # w grows from spike to spike towards its limit: no interval is shorter than the one before it, but by a step.
    assert np.all(np.diff(intervals) > -1.5 * DT)
    assert intervals[4] > intervals[0] + 5 * DT


def test_som_adaptation_jumps_by_b(run):
    p = som_parameters()
    cells = interneurons(2, p)
    cells.v = [10, -70] * mV  # above the cut-off: spikes in the first step
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=0.1 * ms)
    assert list(spikes.i) == [0]
    subthreshold = si(p.a) * (0.010 - si(p.E_L)) / si(p.tau_w) * DT
    np.testing.assert_allclose(np.asarray(cells.w_a), [si(p.b) + subthreshold, 0], rtol=1e-9, atol=1e-24)


@pytest.mark.parametrize("parameters", [som_parameters(), pv_parameters()], ids=["som", "pv"])
def test_voltage_is_held_at_rest_while_refractory(run, parameters):
    cells = interneurons(1, parameters)
    cells.I = 2000 * pA
    states, spikes = StateMonitor(cells, "v", record=0), SpikeMonitor(cells)
    run(cells, states, spikes, duration=100 * ms)
    v = np.asarray(states.v[0])
    refractory = round(si(parameters.refractory_time) / DT)
    steps = np.rint(np.asarray(spikes.t) / DT).astype(int)
    steps = steps[steps + refractory + 1 < len(v)]
    assert len(steps) >= 5
    for step in steps:
        # Records are made at the beginning of a step.
        assert np.all(v[step + 1 : step + refractory + 1] == si(parameters.E_L))
        assert v[step + refractory + 1] > si(parameters.E_L)


def test_refractory_time_limits_the_rate(run):
    p = som_parameters()
    cells = interneurons(1, p)
    cells.I = 1e5 * pA
    spikes = SpikeMonitor(cells)
    run(cells, spikes, duration=50 * ms)
    assert len(isi(spikes)) >= 10
    assert isi(spikes).min() > si(p.refractory_time) - 1e-9


def test_voltage_stays_finite_whatever_the_drive(run):
    cells = interneurons(3, pv_parameters())
    cells.I = [0, 1e4, 1e6] * pA
    run(cells, duration=50 * ms)
    assert np.all(np.isfinite(np.asarray(cells.v)))
