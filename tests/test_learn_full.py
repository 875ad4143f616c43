"""`learn` by full cells: what is transmitted and by whom, the network of xor_full as a special case, refusals."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from brian2 import Synapses, start_scope

from burstlab.experiments import learn, run, xor_full
from burstlab.experiments.contract.isolation import isolated
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.in_process import set_values
from burstlab.experiments.learning.drawn import inhibited
from burstlab.experiments.learning.learn_settings import Config
from burstlab.models import ParameterError
from burstlab.models.parameters import with_changes

from .arrivals import arrived, under_own_spikes

DURATION = 0.7
FULL = {"cell": "full", "learning": "two_phase"}
STP = FULL | {"transmission": "stp"}
# Some cells, for numpy.
TINY = {
    "cells_per_unit": "30", "inputs_per_unit": "20", "inhibitory_inputs": "8", "n_pv": "10", "n_som": "10",
    "settling": "0.2 s", "example_duration": "0.2 s", "prediction": "0.5", "epochs": "1",
    "tau_avg": "0.2 s", "layers": "2,3,2", "task": "random2", "feedback": "random",
    # SOM cells of few and strong synapses would be too fast for the step of dendrites.
    "w_som": "1", "feedback_inh": "0.3",
}  # fmt: skip


def full_cells(**changes):
    return with_changes(learn.PRESETS["full_cells"], changes)


def synapses_of(config):
    """All Synapses of a network but those that count, by name."""
    with isolated():
        start_scope()
        model = learn.EXPERIMENT.build(structure(config))
        set_values(model, learn.EXPERIMENT.values(config, 1))
        return {one.name: one for one in model.network.objects if isinstance(one, Synapses) and one.name != "sums"}


def sent(synapses):
    """What each kind of synapse transmits on: {name: event}, of its first pathway."""
    return {name: one.events["transmit" if "transmit" in one.events else "pre"] for name, one in synapses.items()}


# ---- what is transmitted ---------------------------------------------------------------------------------------------


def test_no_synapse_is_told_what_an_event_is():
    """Depressing synapses lead up and facilitating ones down; events and bursts are for the rule."""
    found = synapses_of(full_cells(**TINY))
    assert set(found) == {
        "plastic", "feedback_exc", "up_to_pv", "from_pv", "down_to_som", "feedback_inh", "within",
    }  # fmt: skip
    assert set(sent(found).values()) == {"spike"}
    for name, release in {
        "plastic": "release_std_pre", "up_to_pv": "release_std_pre", "feedback_exc": "release_stf_pre",
        "down_to_som": "release_stf_pre", "within": "release_stf_pre", "from_pv": "w", "feedback_inh": "w",
    }.items():  # fmt: skip
        code = getattr(found[name], "transmit" if name == "plastic" else "pre").code
        assert release in code, name
        assert ("release" in code) == (release != "w"), name
    for name in ("plastic", "from_pv", "feedback_inh", "within"):
        code = getattr(found[name], "transmit" if name == "plastic" else "pre").code
        inhibits = found[name].source.name in ("pv", "som") or name == "within"
        assert ("g_inh" in code) == inhibits, name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (FULL, {"plastic": "event", "inhibition": "event", "feedback_exc": "burst", "feedback_inh": "burst"}),
        (STP, dict.fromkeys(("plastic", "inhibition", "feedback_exc", "feedback_inh"), "spike")),
        (
            STP | {"feedback": "learned"},
            dict.fromkeys(("plastic", "inhibition", "feedback_exc", "feedback_inh"), "spike"),
        ),
        (
            FULL | {"interneurons": "on"},
            {
                "plastic": "event", "up_to_pv": "event", "from_pv": "spike", "feedback_exc": "burst",
                "down_to_som": "burst", "feedback_inh": "spike", "within": "burst",
            },
        ),
    ],
)  # fmt: skip
def test_what_synapses_of_full_cells_are_told_is_a_choice(changes, told):
    found = synapses_of(with_changes(Config(), changes))
    assert sent(found) == told
    assert {one.source.name for one in found.values()} <= {"cells", "pv", "som"}
    delayed = changes.get("transmission") == "stp"
    for name, one in found.items():
        way = one.transmit if name == "plastic" else one.pre
        assert np.allclose(np.array(way.delay), 0.8e-3 if delayed else 0, atol=1e-12), name


@pytest.fixture(scope="module")
def network():
    """Units of full cells under their own spikes for 0.7 s, numpy, double precision."""
    config = full_cells(
        cells_per_unit="40", inputs_per_unit="20", n_pv="20", n_som="20", settling="0.4 s", example_duration="0.4 s",
        prediction="0.5", epochs="1", background_exc_hidden="0", background_inh_hidden="0",
        background_exc_dendrite="0", background_inh_dendrite="0", background_exc_pv="0", background_exc_som="0",
        I_s_hidden="500 pA", I_s_output="900 pA", I_d_output="700 pA", I_som="400 pA", plasticity="off",
    )  # fmt: skip
    return config, *under_own_spikes(learn.EXPERIMENT, config, DURATION)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "receptor", "kind", "units"),
    [
        ("plastic", "g_exc_s", "std", (2, 6)),
        ("up_to_pv", "g_exc", "std", None),
        ("from_pv", "g_inh_s", None, (2, 6)),
        ("feedback_exc", "g_exc_d", "stf", (2, 6)),
        ("down_to_som", "g_exc", "stf", None),
        ("feedback_inh", "g_inh_d", None, (4, 6)),
        ("within", "g_inh_d", "stf", (0, 4)),
    ],
)
def test_synapses_release_what_the_closed_form_says(network, name, receptor, kind, units):
    """Each with its own weight: what each spike released, decayed since it arrived."""
    config, objects, spikes = network

    def of(synapses, kind):
        effect = np.asarray(synapses.w)
        if synapses.name == "plastic":
            effect = effect * np.asarray(objects["cells"].gain)[np.asarray(synapses.j)]
        stp = {"std": config.std, "stf": config.stf, None: None}[kind]
        return arrived(synapses, effect, stp, spikes, config, receptor, DURATION)

    expected = of(objects[name], kind)
    if name == "feedback_inh":  # they inhibit themselves too
        expected += of(objects["within"], "stf")
    compared = slice(None) if units is None else slice(units[0] * 40, units[1] * 40)
    assert expected[compared].mean() > 1e-3
    found = np.asarray(objects[name].target.variables[receptor].get_value())
    assert found[compared] == pytest.approx(expected[compared], rel=1e-6)


# ---- the network of xor_full -----------------------------------------------------------------------------------------


def test_with_two_hidden_units_it_is_the_network_of_xor_full():
    """Currents, rates, weights and learning rates as cells have them, inputs, teacher and background: one by one."""
    of_output = repr(0.3 / 0.55)
    mine = full_cells(
        layers="2,2,1", cells_per_unit="250", inputs_per_unit="50", w_spread="0", output_part=of_output
    )  # fmt: skip
    other = xor_full.PRESETS["quick"]
    here, there = learn.EXPERIMENT.values(mine, 1), xor_full.EXPERIMENT.values(other, 1)
    same = [name for name in there if name in here]
    assert len(same) > 80
    assert not {name for name in there if name.startswith(("input_current", "target", "teaching"))} - set(same)
    n, gain = 250, here["cells.gain"]
    learned = ("cells.eta", "cells.w_max")  # in units of w, with which gain is to be multiplied
    for name in same:
        if name not in learned and np.shape(here[name]) == np.shape(there[name]):
            np.testing.assert_allclose(here[name], there[name], rtol=1e-9, err_msg=name)
    np.testing.assert_allclose(gain[2 * n :], 2)
    np.testing.assert_allclose(2 * here["cells.eta"], there["cells.eta"])
    assert 2 * here["cells.w_max"] == pytest.approx(there["cells.w_max"])
    w = other.weights
    table, kinds = learn.tables(mine, 1), ("plastic", "up_to_pv", "from_pv", "feedback_exc")
    pairs = {name: table.pairs(name, "weight") for name in kinds}
    first = there["cells.w_initial"][2 * n :: n]
    np.testing.assert_allclose(2 * pairs["plastic"][0, 2:4], first[:2])
    np.testing.assert_allclose(2 * pairs["plastic"][2:4, 4], first[2])
    low, high = w.w_pv_output, w.w_pv_output_hidden2
    wanted = [[0.11, 0], [0.11, 0], [0.11, low], [0.11, high], [0, low]]
    np.testing.assert_allclose(pairs["up_to_pv"], wanted)
    np.testing.assert_allclose(pairs["from_pv"], [[0, 0, 0.5, 0.5, 0], [0, 0, 0, 0, 0.2]])
    np.testing.assert_allclose(pairs["feedback_exc"][4], [0, 0, w.w_feedback, 0, 0])
    np.testing.assert_allclose(table.pairs("feedback_inh", "weight"), [[0, 0, 0, w.w_inh_hidden2, 0]])
    np.testing.assert_allclose(table.pairs("down_to_som", "weight")[:, 0], [0, 0, 0, 0, w.w_som])
    np.testing.assert_allclose(np.diag(table.pairs("within", "weight")), w.w_within)
    rows = {kind: {(r.source, r.target): r.inputs for r in table.of_kind(kind)} for kind in pairs}
    assert set(rows["plastic"].values()) == set(rows["up_to_pv"].values()) == {50}
    assert set(rows["feedback_exc"].values()) == {50}
    assert set(rows["from_pv"].values()) == {12}


def test_layers_of_any_size_drive_interneurons_alike():
    """Synapses that a PV cell has from a layer, times their weight: as in xor_full, whatever the units are."""
    made = learn.tables(
        full_cells(layers="2,6,3,2", task="random2", inputs_per_unit="20,10,30", cells_per_unit="100"), 1
    )
    total = {}
    for row in made.of_kind("up_to_pv"):
        key = (made[row.source].layer, row.source.partition("_")[0].rstrip("0123456789") or row.source, row.target)
        total[key] = total.get(key, 0) + row.inputs * float(row.weight)
    assert {target for *_, target in total} == {"pv_hidden1", "pv_hidden2", "pv_output"}
    by_layer = {}
    for row in made.of_kind("up_to_pv"):
        k = next(k for k, layer in enumerate(learn_names(made)) if row.source in layer)
        by_layer[k, row.target] = by_layer.get((k, row.target), 0) + row.inputs * float(row.weight)
    assert by_layer[0, "pv_hidden1"] == pytest.approx(100 * 0.11)
    assert by_layer[1, "pv_hidden1"] == pytest.approx(100 * 0.11)
    assert by_layer[1, "pv_hidden2"] == pytest.approx(100 * 0.11)
    assert by_layer[2, "pv_hidden2"] == pytest.approx(100 * 0.11)
    # Two of three units of the second hidden layer are excited by what comes down, one is inhibited.
    assert by_layer[2, "pv_output"] == pytest.approx(100 * (2 * 0.09 + 0.3) / 3)
    assert by_layer[3, "pv_output"] == pytest.approx(50 * 0.09)


def learn_names(made):
    """Units by layer of 2,6,3,2."""
    cells = made.names(group="cells")
    ends = np.cumsum([0, 2, 6, 3, 2])
    return [cells[a:b] for a, b in pairwise(ends)]


def test_how_much_of_the_feedback_of_a_unit_inhibits():
    exc, inh = np.array([[2.0, 0, 0, 1]]), np.array([[0, 4.0, 0.0, 2]])
    np.testing.assert_allclose(inhibited(exc, inh), [0, 1, 0, 0.5], atol=1e-9)
    nothing = np.zeros((2, 5))
    assert inhibited(nothing, nothing).tolist() == [0, 0, 0, 1, 1]


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transmission": "stp"}, "transmission = stp: the second spike of reduced cells is drawn"),
        ({"interneurons": "on"}, "interneurons = on: they are there for full cells; take cell=full"),
        (FULL | {"interneurons": "on", "feedback": "learned"}, "feedback = learned: SOM cells follow no rule"),
        ({"cell": "full", "transmission": "stp"}, "event_route = on: it is told events"),
        (STP | {"delay": "0.3 ms"}, "delay = 0.3 ms: not a whole number of dt = 0.2 ms"),
        ({"cell": "half"}, "cell = half: not one of reduced | full"),
    ],
)
def test_what_these_cells_cannot_be_is_refused_in_one_line(changes, said):
    with pytest.raises(ParameterError, match=re.escape(said)) as refused:
        with_changes(Config(), changes)
    assert "\n" not in str(refused.value)


def test_what_is_of_no_effect_is_not_refused():
    assert with_changes(Config(), {"delay": "0.3 ms"}).conduction == 0
    config = with_changes(Config(), {"cell": "full", "transmission": "stp", "event_route": "off"})
    assert config.constant
    assert structure(config).event_route == "off"  # what its program is made of is not refused, either


# ---- a run -----------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_trained_network_of_full_cells_is_tested_with_its_weights(tmp_path):
    """Index by index, interneurons and all, on another seed; reduced cells do not take them."""
    done = run("learn", preset="full_cells", backend="numpy", out=tmp_path / "one", **TINY)
    assert done.status == "done"
    assert set(done.summary["interneuron_rate_Hz"]) == {"pv_hidden", "pv_output", "som_output1", "som_output2"}
    assert "feedback_angle_deg" not in done.summary
    again = run("learn", backend="numpy", seed=9, weights=done.folder, plasticity="off", out=tmp_path / "again")
    for kind in ("", "/up_to_pv", "/from_pv", "/feedback_exc", "/down_to_som", "/feedback_inh", "/within"):
        ends = [
            np.array([each.arrays[f"weights{kind}/{name}"] for name in ("source", "target", "w")])
            for each in (done, again)
        ]
        first, second_ = (columns[:, np.lexsort(columns[1::-1])] for columns in ends)
        assert first.shape[1] > 10, kind
        np.testing.assert_array_equal(first, second_, kind)
    reduced = {"transmission": "labelled", "interneurons": "off", "cell": "reduced"}
    with pytest.raises(ParameterError, match=r"cell = reduced: the weights of .* are for cell = full"):
        run("learn", backend="numpy", weights=done.folder, out=tmp_path / "other", **reduced)
