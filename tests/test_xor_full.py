"""XOR of full cells: what synapses transmit, controls, the burst signal, and the working point of the cells."""

from __future__ import annotations

import brian2
import numpy as np
import pytest
from brian2 import SpikeMonitor, Synapses, second

from burstlab.analysis import learning
from burstlab.experiments import working_point, xor_full
from burstlab.experiments.catalogue import configure
from burstlab.experiments.simulation import set_precision, set_values, structure
from burstlab.models import ParameterError

from .experiment_runs import cache, run_once

__all__ = ["cache"]
pytestmark = pytest.mark.long

# Inputs and output fire by their currents, no background reaches the conductances that are compared.
DRIVEN = {
    "n": "125",
    "settling": "0.4 s",
    "example_duration": "0.4 s",
    "prediction": "0.5",
    "epochs": "1",
    "background_exc_hidden": "0",
    "background_inh_hidden": "0",
    "background_exc_dendrite": "0",
    "background_inh_dendrite": "0",
    "I_s_output": "900 pA",
    "I_d_output": "700 pA",
    "plasticity": "off",
}
DURATION = 0.7


def released(spikes: np.ndarray, kind, dt: float) -> np.ndarray:
    """Closed form of what each spike of one cell releases."""
    releases, x, u, before = [], 1.0, float(kind.U), -1e9
    for now in spikes:
        x = 1 - (1 - x) * np.exp(-(now - before) / float(kind.tau_D))
        u = float(kind.U) + (u - float(kind.U)) * np.exp(-(now - before) / float(kind.tau_F))
        releases.append(u * x)
        x, u, before = x - u * x, u + float(kind.f) * (1 - u), now
    return np.array(releases)


@pytest.fixture(scope="module", params=["dynamic", "static"])
def network(request):
    """The network under its own spikes for 0.7 s, numpy, double precision."""
    config = configure(xor_full, "quick", DRIVEN | {"transmission": request.param})
    with pytest.MonkeyPatch.context() as patch:
        for name in ("codegen.target", "core.default_float_dtype", "codegen.loop_invariant_optimisations"):
            patch.setitem(brian2.prefs, name, brian2.prefs[name])
        brian2.prefs.codegen.target = "numpy"
        set_precision(64)
        brian2.seed(3)
        model = xor_full.build(structure(config))
        set_values(model, xor_full.values(config, 1))
        model.connect()
        objects = {one.name: one for one in model.network.objects}
        spikes = SpikeMonitor(objects["cells"], name="all_spikes")
        model.network.add(spikes)
        model.network.run(DURATION * second, namespace=dict(model.functions))
    return config, objects, spikes


@pytest.mark.parametrize(
    ("name", "receptor", "targets"),
    [
        ("plastic", "g_exc_s", (2, 4)),
        ("inhibition", "g_inh_s", (2, 4)),
        ("feedback_exc", "g_exc_d", (2, 3)),
        ("feedback_inh", "g_inh_d", (3, 4)),
        ("within", "g_inh_d", (0, 2)),
    ],
)
def test_synapses_release_what_the_closed_form_says_under_the_networks_spikes(network, name, receptor, targets):
    config, objects, spikes = network
    cells, synapses, dt, n = objects["cells"], objects[name], float(config.dt), config.n
    std, stf, w = xor_full._transmission(config)
    kind = std if name in ("plastic", "inhibition") else stf
    weight = {
        "plastic": w.w_hidden, "inhibition": w.w_inh_hidden, "feedback_exc": w.feedback_exc_hidden1,
        "feedback_inh": w.feedback_inh_hidden2, "within": w.w_within,
    }[name]  # fmt: skip
    tau = float(config.synapse.tau_inh if "inh" in receptor else config.synapse.tau_exc)
    end, delay = round(DURATION / dt), round(float(config.delay / config.dt))
    left = np.zeros(len(cells))
    for cell, times in spikes.spike_trains().items():
        steps = np.rint(np.asarray(times / second) / dt)
        arrived = steps + delay <= end - 1
        # The step in which a spike arrives raises the conductance after its update; later ones let it decay.
        decayed = (1 - dt / tau) ** (end - 1 - delay - steps)
        left[cell] = np.sum((released(steps * dt, kind, dt) * decayed)[arrived])
    expected = np.zeros(len(cells))
    np.add.at(expected, np.asarray(synapses.j), float(weight) * left[np.asarray(synapses.i)])
    if name == "feedback_inh":  # hidden2 inhibits itself too
        inside = objects["within"]
        np.add.at(expected, np.asarray(inside.j), float(w.w_within) * left[np.asarray(inside.i)])
    compared = slice(targets[0] * n, targets[1] * n)
    assert expected[compared].mean() > 1e-3
    assert np.asarray(cells.variables[receptor].get_value())[compared] == pytest.approx(expected[compared], rel=1e-6)


def test_no_projection_is_told_what_is_an_event_or_a_burst(network):
    _, objects, _ = network
    synapses = {name: one for name, one in objects.items() if isinstance(one, Synapses) and name != "sums"}
    assert set(synapses) == {"plastic", "inhibition", "feedback_exc", "feedback_inh", "within"}
    for name, one in synapses.items():
        transmitting = "transmit" if name == "plastic" else "pre"
        assert one.events[transmitting] == "spike"
        for pathway, event in one.events.items():
            if pathway != transmitting:
                assert name == "plastic"
                assert event in ("event", "burst")


def test_controls_change_what_they_say():
    quick = xor_full.PRESETS["quick"]

    def values(**changes):
        return xor_full.values(configure(xor_full, "quick", changes), 1)

    plain = values()
    assert not np.any(values(feedback="cut")["cells.w_feedback_exc"])
    assert not np.any(values(hidden_plasticity="off")["cells.eta"][: 4 * quick.n])
    assert values(g_s="0 pA")["cells.g_s"] == 0
    exchanged = values(transmission="exchanged")
    for std, stf in ((plain, exchanged), (exchanged, plain)):
        assert std["cells.tau_F_std"] == stf["cells.tau_F_stf"]
    mean = float(quick.release_std / quick.release_stf)
    assert exchanged["within.w"] == pytest.approx(plain["within.w"] / mean)
    assert values(transmission="static")["cells.f_std"] == 0
    # Every epoch still has two targets of each kind, in another order.
    targets = [given["target.values"] for given in (plain, values(teaching="shuffled"))]
    assert targets[0].sum() == pytest.approx(targets[1].sum())
    assert not np.array_equal(*targets)


def test_a_delay_below_a_step_is_refused():
    with pytest.raises(ParameterError, match="at least a time step"):
        configure(xor_full, "quick", {"delay": "0.1 ms"})


def test_burst_probability_is_that_of_all_windows_together():
    events, bursts = np.array([[10.0, 10, 2, 2, 4, 4]]), np.array([[1.0, 3, 1, 1, 0, 4]])
    found = learning.burst_probability(
        events, bursts, 1.0, np.array([0, 2, 4]), np.array([2, 4, 6]), np.array([0, 0, 1])
    )
    assert found == pytest.approx(np.array([[6 / 24, 4 / 8]]))


def test_fano_factor_tells_volleys_from_independent_cells(rng):
    independent = rng.poisson(60, (1, 4000)).astype(float)
    volleys = independent * np.tile([0.2, 1.8], 2000)
    found = learning.fano(np.concatenate([independent, volleys]), 0.1, np.array([0.0]), np.array([400.0]))
    # The sampling error of a variance is 2 % here; a volley adds (0.8 * 60)^2 / 60.
    assert found[0, 0] == pytest.approx(1, abs=0.1)
    assert found[1, 0] > 30


# ---- working point ---------------------------------------------------------------------------------------------------


def test_working_point_lies_in_its_bands():
    """Burst probability of 10 to 50 % by the dendrite, moved by at most 0.1 by the input; event rates by the input."""
    result = run_once("working_point")
    summary, arrays = result.summary, result.arrays
    low, high = summary["I_d_band_pA"]
    assert high - low >= 200
    assert summary["bp_monotonic"]
    assert summary["er_monotonic"]
    assert summary["bp_spread_over_inputs"] < 0.1
    # Learning needs rates on both sides of 2 and 10 Hz to be in reach, and none of them by the dendrite.
    assert summary["er_Hz"][0] > 1
    assert summary["er_Hz"][1] < 9
    assert summary["er_spread_over_I_d_Hz"] < 0.5
    assert summary["correlation_std_events"] > 0.95 > summary["correlation_std_bursts"]
    # With the event rate given, facilitating synapses read the bursts.
    for releases, bursts in zip(arrays["cells/release_stf"], arrays["cells/burst_rate"], strict=True):
        assert np.corrcoef(releases, bursts)[0, 1] > 0.95


def test_working_point_has_the_networks_values():
    network, alone = xor_full.PRESETS["quick"], working_point.PRESETS["quick"]
    for name in ("cell", "synapse", "std", "stf", "background", "weights", "delay", "driving_force"):
        assert getattr(network, name) == getattr(alone, name), name
    assert network.I_s_hidden == alone.I_s
    assert network.inputs_per_cell == alone.inputs_per_cell
