"""Synaptic conductances: decay, driving force, and its two forms on the dendrite."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import StateMonitor, ms, mV, pA

from burstlab.models import Conductance, Pyramidal, interneurons, pv_parameters, pyramidal
from burstlab.models.conductance import DRIVING_FORCES, interneuron_synapses, pyramidal_synapses
from burstlab.models.parameters import ParameterError, assign

DT = 0.1e-3
P = Conductance()
UNCOUPLED = Pyramidal(g_s=0 * pA, g_d=0 * pA, c_d=0 * pA)


def cell(driving_force):
    group = pyramidal(1, UNCOUPLED, synapses=pyramidal_synapses(driving_force))
    assign(group, P)
    group.w_d = 0 * mV
    return group


def test_conductances_decay_exponentially(run):
    group = cell("local")
    taus = {"g_exc_s": P.tau_exc, "g_exc_d": P.tau_exc, "g_inh_s": P.tau_inh, "g_inh_d": P.tau_inh}
    for number, name in enumerate(taus):
        setattr(group, name, 0.01 * (number + 1))
    steps = 100
    run(group, duration=steps * DT * 1e3 * ms)
    for number, (name, tau) in enumerate(taus.items()):
        h = DT / float(tau)
        got = getattr(group, name)[0] / (0.01 * (number + 1))
        np.testing.assert_allclose(got, (1 - h) ** steps, rtol=1e-12)
        # |(1 - h)^n - exp(-n h)| <= h/e for every n.
        assert abs(got - np.exp(-steps * h)) < h / np.e


def test_exact_decay_multiplies_by_the_exponential_in_each_step(run):
    group = cell("local")
    assign(group, P.stepwise(DT * 1e3 * ms))
    group.g_exc_d, group.g_inh_d = 0.3, 0.2
    states = StateMonitor(group, ["g_exc_d", "g_inh_d"], record=0)
    run(group, states, duration=50 * ms)
    for name, start, tau in (("g_exc_d", 0.3, P.tau_exc), ("g_inh_d", 0.2, P.tau_inh)):
        time = np.asarray(states.t)
        assert len(time) == 500
        np.testing.assert_allclose(getattr(states, name)[0], start * np.exp(-time / float(tau)), rtol=1e-9)


def test_area_of_a_conductance(run):
    # The sum over all steps of a geometric series: tau for forward Euler, dt/(1 - exp(-dt/tau)) for the exact decay.
    for decay in ("euler", "exact"):
        used = P.stepwise(DT * 1e3 * ms, decay)
        factor = 1 - DT / float(used.tau_exc)
        area, tau = DT / (1 - factor), float(P.tau_exc)
        assert area == pytest.approx(tau if decay == "euler" else tau + DT / 2, rel=1e-4)
    assert P.stepwise(0.1 * ms, "euler") == P
    with pytest.raises(ParameterError, match=r"half.*exact \| euler"):
        P.stepwise(0.1 * ms, "half")


def test_conductances_of_a_point_cell_decay(run):
    group = interneurons(1, pv_parameters(), synapses=interneuron_synapses())
    assign(group, P)
    group.g_exc, group.g_inh = 0.1, 0.2
    run(group, duration=5 * ms)
    expected = [0.1 * (1 - DT / float(P.tau_exc)) ** 50, 0.2 * (1 - DT / float(P.tau_inh)) ** 50]
    np.testing.assert_allclose([group.g_exc[0], group.g_inh[0]], expected, rtol=1e-12)


def test_driving_forces_are_somatic_and_local():
    assert set(DRIVING_FORCES) == {"somatic", "local"}


@pytest.mark.parametrize(("driving_force", "seen"), [("somatic", "v_s"), ("local", "v_d")])
def test_dendritic_drive_sees_the_chosen_voltage(driving_force, seen):
    group = cell(driving_force)
    group.v_s, group.v_d = -55 * mV, -30 * mV
    group.g_exc_d, group.g_inh_d, group.g_exc_s, group.g_inh_s = 0.3, 0.2, 0.7, 0.5
    v = getattr(group, seen)[0]
    expected = 0.3 * (P.E_exc - v) + 0.2 * (P.E_inh - v)
    np.testing.assert_allclose(float(group.drive_d[0]), float(expected), rtol=1e-12)
    soma = 0.7 * (P.E_exc + 55 * mV) + 0.5 * (P.E_inh + 55 * mV)
    np.testing.assert_allclose(float(group.drive_s[0]), float(soma), rtol=1e-12)


@pytest.mark.parametrize("driving_force", ["somatic", "local"])
def test_one_step_moves_each_compartment_by_its_leak_units(run, driving_force):
    group = cell(driving_force)
    group.v_s, group.v_d = -60 * mV, -65 * mV
    group.g_exc_s, group.g_exc_d, group.g_inh_d = 0.5, 0.25, 0.4
    seen = -0.060 if driving_force == "somatic" else -0.065
    run(group, duration=DT * 1e3 * ms)
    dv_s = DT / float(UNCOUPLED.tau_s) * (-0.010 + 0.5 * 0.060)
    dv_d = DT / float(UNCOUPLED.tau_d) * (-0.005 + 0.25 * -seen + 0.4 * (-0.080 - seen))
    np.testing.assert_allclose([float(group.v_s[0]) + 0.060, float(group.v_d[0]) + 0.065], [dv_s, dv_d], rtol=1e-9)


def test_excitation_depolarises_and_inhibition_hyperpolarises_a_point_cell(run):
    group = interneurons(3, pv_parameters(), synapses=interneuron_synapses())
    assign(group, P)
    group.g_exc, group.g_inh = [0, 0.05, 0], [0, 0, 0.05]
    run(group, duration=3 * ms)
    assert group.v[2] < group.v[0] < group.v[1]


def test_unknown_driving_force_names_the_choices():
    with pytest.raises(ParameterError) as error:
        pyramidal_synapses("dendritic")
    for word in ("dendritic", "somatic", "local"):
        assert word in str(error.value)
