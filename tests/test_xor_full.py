"""XOR of full cells: what synapses transmit, controls, the burst signal, and the working point of the cells."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Synapses

from burstlab.analysis import learning
from burstlab.experiments import working_point, xor_full
from burstlab.experiments.catalogue import configure
from burstlab.models import ParameterError
from burstlab.models.parameters import walk, with_changes

from .arrivals import arrived, under_own_spikes
from .experiment_runs import cache, run_once, short_xor_full

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
    "background_exc_pv": "0",
    "background_exc_som": "0",
    "I_s_hidden": "500 pA",
    "I_s_output": "900 pA",
    "I_d_output": "700 pA",
    "I_som": "400 pA",
    "plasticity": "off",
}
DURATION = 0.7


@pytest.fixture(scope="module", params=["dynamic", "static"])
def network(request):
    """The network under its own spikes for 0.7 s, numpy, double precision."""
    config = configure(xor_full.EXPERIMENT, "quick", DRIVEN | {"transmission": request.param})
    return config, *under_own_spikes(xor_full.EXPERIMENT, config, DURATION)


@pytest.mark.parametrize(
    ("name", "receptor", "targets"),
    [
        ("plastic", "g_exc_s", (2, 4)),
        ("up_to_pv", "g_exc", None),
        ("from_pv", "g_inh_s", (2, 4)),
        ("feedback", "g_exc_d", (2, 3)),
        ("down_to_som", "g_exc", None),
        ("from_som", "g_inh_d", (3, 4)),
        ("within", "g_inh_d", (0, 3)),
    ],
)
def test_synapses_release_what_the_closed_form_says_under_the_networks_spikes(network, name, receptor, targets):
    config, objects, spikes = network
    target = objects[name].target
    weight = onto_pv(objects[name], config) if name == "up_to_pv" else weights_of(config)[name]
    expected = arrived(objects[name], weight, kind_of(config, name), spikes, config, receptor, DURATION)
    if name == "from_som":  # hidden2 inhibits itself too
        expected += arrived(
            objects["within"], config.weights.w_within, kind_of(config, "within"), spikes, config, receptor, DURATION
        )
    compared = slice(None) if targets is None else slice(targets[0] * config.n, targets[1] * config.n)
    assert expected[compared].mean() > 1e-3
    assert np.asarray(target.variables[receptor].get_value())[compared] == pytest.approx(expected[compared], rel=1e-6)


def onto_pv(synapses, config) -> np.ndarray:
    """Weight of each synapse onto PV cells: of the hidden layer; of the output from hidden2 and from others."""
    w = config.weights
    from_hidden2 = np.asarray(synapses.i) // config.n == 3
    of_output = np.asarray(synapses.j) >= config.n_pv
    assert np.any(from_hidden2 & of_output)
    return np.where(of_output, np.where(from_hidden2, w.w_pv_output_hidden2, w.w_pv_output), w.w_pv_hidden)


def weights_of(config) -> dict[str, float]:
    w = config.weights
    return {
        "plastic": w.w_hidden, "from_pv": w.w_inh_hidden, "feedback": w.w_feedback,
        "down_to_som": w.w_som, "from_som": w.w_inh_hidden2, "within": w.w_within,
    }  # fmt: skip


def kind_of(config, name):
    """Short-term plasticity of a projection; none of interneurons."""
    std, stf, *_ = xor_full._transmission(config)
    return {"plastic": std, "up_to_pv": std, "from_pv": None, "from_som": None}.get(name, stf)


def test_no_projection_is_told_what_is_an_event_or_a_burst(network):
    _, objects, _ = network
    synapses = {name: one for name, one in objects.items() if isinstance(one, Synapses) and name != "sums"}
    assert set(synapses) == {"plastic", "up_to_pv", "from_pv", "feedback", "down_to_som", "from_som", "within"}
    for name, one in synapses.items():
        transmitting = "transmit" if name == "plastic" else "pre"
        assert one.events[transmitting] == "spike"
        for pathway, event in one.events.items():
            if pathway != transmitting:
                assert name == "plastic"
                assert event in ("event", "burst")


def test_excitation_and_inhibition_leave_different_cells_but_for_facilitating_inhibition_within(network):
    _, objects, _ = network
    for name in ("plastic", "up_to_pv", "from_pv", "feedback", "down_to_som", "from_som", "within"):
        synapses = objects[name]
        inhibits = "g_inh" in getattr(synapses, "transmit" if name == "plastic" else "pre").code
        assert inhibits == (synapses.source.name in ("pv", "som") or name == "within"), name


def test_controls_change_what_they_say():
    quick = xor_full.PRESETS["quick"]

    def values(**changes):
        return xor_full.EXPERIMENT.values(configure(xor_full.EXPERIMENT, "quick", changes), 1)

    plain = values()
    assert values(feedback="cut")["feedback.w"] == values(feedback="cut")["down_to_som.w"] == 0
    assert not np.any(values(hidden_plasticity="off")["cells.eta"][: 4 * quick.n])
    assert values(g_s="0 pA")["cells.g_s"] == 0
    exchanged = values(transmission="exchanged")
    for std, stf in ((plain, exchanged), (exchanged, plain)):
        assert std["cells.tau_F_std"] == stf["cells.tau_F_stf"]
    mean = float(quick.release_std / quick.release_stf)
    assert exchanged["within.w"] == pytest.approx(plain["within.w"] / mean)
    for name in ("cells.w_initial", "cells.eta", "cells.w_max", "pv.w_up", "pv.w_up_hidden2"):
        assert exchanged[name] == pytest.approx(mean * np.asarray(plain[name]))
    assert values(transmission="static")["cells.f_std"] == 0
    against = values(I_s_teach="-100 pA")
    (changed,) = [name for name in plain if not np.array_equal(plain[name], against[name])]
    (channel,) = np.flatnonzero(np.any(plain[changed] != against[changed], axis=0))
    assert np.flatnonzero(plain["cells.channel"] == channel).tolist() == list(range(4 * quick.n, 5 * quick.n))
    # Every epoch still has two targets of each kind, in another order.
    targets = [given["target.values"] for given in (plain, values(teaching="shuffled"))]
    assert targets[0].sum() == pytest.approx(targets[1].sum())
    assert not np.array_equal(*targets)


def test_exchanged_synapses_keep_weights_in_the_unit_of_the_bounds():
    """They release a tenth, with ten times the weight: a run must not pass for one that left its bounds."""
    runs = [short_xor_full(transmission=kind, plasticity="off") for kind in ("dynamic", "exchanged")]
    assert [one.summary["status"] for one in runs] == ["done", "done"]
    assert runs[1].arrays["weights/w"] == pytest.approx(runs[0].arrays["weights/w"], rel=1e-6)
    # Sums of 100 weights in single precision.
    assert runs[1].summary["final_mean_weight"] == pytest.approx(runs[0].summary["final_mean_weight"], rel=1e-5)


def test_a_delay_below_a_step_is_refused():
    with pytest.raises(ParameterError, match=r"delay = 0\.1 ms: not a whole number of dt"):
        configure(xor_full.EXPERIMENT, "quick", {"delay": "0.1 ms"})


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
    """Burst probability of 10 to 50 % by the dendrite, at any input; event rates by the input."""
    result = run_once("working_point")
    summary, arrays = result.summary, result.arrays
    low, high = summary["I_d_band_pA"]
    assert high - low >= 300
    assert summary["bp_monotonic"]
    assert summary["er_monotonic"]
    # The dendrite moves burst probability more than the input does; event rates are of other cells at each current.
    current, rate = arrays["dendrite/current"] * 1e12, arrays["cells/event_rate"]
    inside = (current >= low) & (current <= high)
    probability = (arrays["cells/burst_rate"] / rate)[:, inside]
    assert np.ptp(probability.mean(axis=0)) > 1.5 * np.ptp(probability.mean(axis=1))
    by_current = rate[:, inside].mean(axis=0)
    assert np.ptp(by_current) < 0.2 * by_current.mean()
    assert summary["er_Hz"][0] < 2
    assert 4 < summary["er_Hz"][1] < 10
    assert summary["correlation_std_events"] > 0.98 > summary["correlation_std_bursts"]
    assert summary["correlation_stf_bursts"] > summary["correlation_stf_events"]
    # With the event rate given, facilitating synapses read the bursts.
    for releases, bursts in zip(arrays["cells/release_stf"], arrays["cells/burst_rate"], strict=True):
        assert np.corrcoef(releases, bursts)[0, 1] > 0.95


def test_working_point_has_the_networks_values():
    network, alone = xor_full.PRESETS["quick"], working_point.PRESETS["quick"]
    for name in ("cell", "synapse", "std", "stf", "delay", "driving_force", "pv"):
        assert getattr(network, name) == getattr(alone, name), name
    for part in ("background", "weights"):
        own = {name: value for name, _, value in walk(getattr(alone, part))}
        assert len(own) in (4, 9)
        assert own.items() <= {name: value for name, _, value in walk(getattr(network, part))}.items()
    assert network.I_s_hidden == alone.I_s
    assert network.I_pv_hidden == alone.I_pv
    assert network.inputs_per_cell == alone.inputs_per_cell
    assert network.inhibitory_inputs == alone.inhibitory_inputs


def test_each_input_of_working_point_has_cells_of_its_own():
    config = with_changes(working_point.PRESETS["quick"], {"I_input": "-100 pA, 300 pA", "I_d": "0 pA, 50 pA, 90 pA"})
    table = working_point.network.tables(config)
    currents = {}
    for row in table.of_kind("excitation"):
        cells = table[row.target].values
        currents.setdefault(row.target, []).append(float(table[row.source].values["I_s"]))
        assert float(cells["I_s"]) == pytest.approx(-250e-12)
    pairs = sorted((inputs[0], float(table[name].values["I_d"])) for name, inputs in currents.items())
    np.testing.assert_allclose(pairs, [(i * 1e-12, d * 1e-12) for i in (-100, 300) for d in (0, 50, 90)])
    # Two populations of inputs each, as in the network, with one current.
    assert all(len(inputs) == 2 and inputs[0] == inputs[1] for inputs in currents.values())
    # PV cells inhibit the cells that they hear.
    heard = {(row.source, row.target) for row in table.of_kind("own_to_pv")}
    assert heard == {(row.target, row.source) for row in table.of_kind("from_pv")}
    assert len(heard) == 6
    # What PV cells hear of their own cells is 2 x 50 synapses, whatever the currents, or all cells that there are.
    assert [sum(row.inputs for row in table.of_kind("own_to_pv") if row.target == name) for name in ("pv0", "pv1")] == [
        pytest.approx(100), pytest.approx(100)
    ]  # fmt: skip
    few = working_point.network.tables(with_changes(config, {"n": "50", "I_d": "0 pA"}))
    assert {row.inputs for row in few.of_kind("own_to_pv")} == {50}
